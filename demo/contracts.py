"""Contracts: all that a batch of customers has with the bank, as costs and the front CRM look at it."""

from __future__ import annotations

from dataclasses import dataclass

from demo.accounts import Accounts
from demo.balances import Balances
from demo.holdings import Holdings
from demo.loan_months import LoanMonths
from demo.loans import Loans


@dataclass(frozen=True)
class Contracts:
    """Accounts with their balances, loans with their months, and holdings."""

    accounts: Accounts
    balances: Balances
    loans: Loans
    loan_months: LoanMonths
    holdings: Holdings
