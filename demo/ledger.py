"""The general ledger: what each branch wrote off a month, exactly the sum of its loans, told when all of them are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Ints, as_dates, as_money, name_branches
from demo.customers import Customers
from demo.loan_months import CLOSED_ON_DAY, LoanMonths
from demo.loans import Loans
from demo.telling import LATEST

TOLD_AFTER = CLOSED_ON_DAY + 2 + LATEST  # days into the next month: the day after the last late row of a loan


def sum_write_offs(known: LoanMonths, loans: Loans, customers: Customers, branches: int, months: int) -> Ints:
    """Return cents written off, branches x months."""
    sums = np.zeros((branches, months), dtype=np.int64)
    np.add.at(sums, (customers.branch[loans.customer[known.loan]], known.month), known.written_off)
    return sums


def tabulate_ledger(written_off: Ints, calendar: Calendar) -> pa.Table:
    """Lay out landing.ledger_write_offs: a row a month and branch, of nothing as well."""
    told = calendar.first_day[1:] + TOLD_AFTER
    month = np.flatnonzero(told < calendar.first_day[-1])
    month, branch = np.repeat(month, len(written_off)), np.tile(np.arange(len(written_off)), month.size)
    return pa.table(
        {
            "branch_id": name_branches(branch),
            "month": as_dates(calendar.first_day[month]),
            "written_off_amount": as_money(written_off[branch, month]),
            "known_on": as_dates(told[month]),
        }
    )
