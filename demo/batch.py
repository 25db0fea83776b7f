"""A batch of customers: what its landing tables are made of, drawn when first asked for, each from its own stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa

from demo.accounts import Accounts, draw_accounts, find_last_days, find_loss_makers, tabulate_accounts
from demo.balances import Balances, draw_balances, draw_deposits, sum_by_customer, tabulate_balances
from demo.blacklist import tabulate_blacklist
from demo.calendar import Calendar
from demo.columns import Bools, Ints
from demo.consents import tabulate_consents
from demo.contacts import tabulate_contacts
from demo.contracts import Contracts
from demo.costs import Costs, count_bookings, draw_costs, tabulate_costs
from demo.crm_profiles import tabulate_crm_profiles
from demo.customers import Customers, tabulate_customers
from demo.events import tabulate_events
from demo.flows import Flows
from demo.guarantees import tabulate_guarantees
from demo.holdings import Holdings, draw_holdings, tabulate_holdings
from demo.loan_months import LoanMonths, draw_loan_months, tabulate_loan_months
from demo.loans import Loans, draw_loans, tabulate_loans
from demo.outside import tabulate_outside_exposures
from demo.products import draw_prices
from demo.profiles import tabulate_profile_fields
from demo.reports import draw_reports, tabulate_reports
from demo.staff import Staff
from demo.states import Panel
from demo.transactions import tabulate_transactions
from demo.troubles import Troubles

# Each of these draws from a stream of its own, so that one may change, or be left out, alone. Only ever append.
_STREAMS = (
    "loss_makers", "last_days", "accounts", "deposits", "balances", "loans", "loan_months", "holdings", "reports",
    "tell_accounts", "tell_balances", "tell_loans", "tell_loan_months", "tell_income_costs", "tell_firm_reports",
    "tell_holdings", "tell_profile_fields", "tell_crm_profiles", "prices", "diligence", "managers",
    "tell_contacts", "blacklist", "guarantees", "outside_exposures", "consents",
    "manager_skills",
)  # fmt: skip
_FIRST_KEY = 100  # the batch's own parts and the bank's have the keys below


def open_stream(entropy: int | tuple[int, int], name: str) -> np.random.Generator:
    """Return the random stream of one name: of a batch (seed, place), or of the whole bank (seed alone)."""
    key = _FIRST_KEY + _STREAMS.index(name)
    return np.random.default_rng(np.random.SeedSequence(entropy, spawn_key=(key,)))


@dataclass(frozen=True)
class Batch:
    """Some customers with their hidden states and what follows from these; the rest is drawn when first asked for."""

    seed: int
    place: int
    customers: Customers
    panel: Panel
    flows: Flows
    troubles: Troubles
    calendar: Calendar
    staff: Staff
    papers: np.random.Generator
    bookings: np.random.Generator
    news: np.random.Generator
    first_ids: Mapping[str, int] = field(default_factory=dict)

    def stream(self, name: str) -> np.random.Generator:
        """Return a stream of this batch."""
        return open_stream((self.seed, self.place), name)

    @cached_property
    def is_loss_maker(self) -> Bools:
        """The large depositors by whom the bank loses."""
        return find_loss_makers(self.stream("loss_makers"), self.customers)

    @cached_property
    def last_day(self) -> Ints:
        """The day on which each customer's last account is closed."""
        return find_last_days(self.stream("last_days"), self.panel, self.calendar)

    @cached_property
    def accounts(self) -> Accounts:
        """Every deposit account."""
        stream = self.stream("accounts")
        return draw_accounts(stream, self.customers, self.is_loss_maker, self.last_day, self.calendar)

    @cached_property
    def balances(self) -> Balances:
        """What stands on the accounts."""
        deposits = draw_deposits(
            self.stream("deposits"),
            self.customers,
            self.panel,
            self.flows,
            self.calendar,
            self.staff,
            self.is_loss_maker,
        )
        return draw_balances(self.stream("balances"), self.accounts, deposits, self.customers, self.calendar)

    @cached_property
    def loans(self) -> Loans:
        """Every loan."""
        return draw_loans(self.stream("loans"), self.customers, self.flows, self.calendar)

    @cached_property
    def loan_months(self) -> LoanMonths:
        """What is owed of the loans."""
        return draw_loan_months(self.stream("loan_months"), self.loans, self.customers, self.panel, self.troubles)

    @cached_property
    def holdings(self) -> Holdings:
        """What else the customers hold."""
        stream = self.stream("holdings")
        return draw_holdings(stream, self.customers, self.is_loss_maker, self.last_day, self.calendar)

    @cached_property
    def transactions(self) -> pa.Table:
        """The table landing.transactions, whose bookings cost."""
        first = self.first_ids.get("transactions", 1)
        return tabulate_transactions(self.bookings, self.customers, self.flows, self.calendar, self.staff, first)

    @cached_property
    def costs(self) -> Costs:
        """What the customers bring and cost."""
        booked = count_bookings(self.transactions, self.customers, self.calendar)
        return draw_costs(self.customers, self.flows, self.contracts, booked, self.calendar)

    @property
    def contracts(self) -> Contracts:
        """All that the customers have with the bank."""
        return Contracts(self.accounts, self.balances, self.loans, self.loan_months, self.holdings)


def _tabulate_costs(batch: Batch) -> pa.Table:
    is_open = batch.balances.is_open
    has_business = sum_by_customer(batch.accounts.customer, is_open.astype(np.int64), len(batch.customers)) > 0
    stream = batch.stream("tell_income_costs")
    return tabulate_costs(stream, batch.costs, has_business, batch.customers, batch.calendar)


def _tabulate_holdings(batch: Batch) -> pa.Table:
    prices = draw_prices(open_stream(batch.seed, "prices"), batch.calendar)
    return tabulate_holdings(batch.stream("tell_holdings"), batch.holdings, prices, batch.customers, batch.calendar)


def _tabulate_reports(batch: Batch) -> pa.Table:
    stream, customers = batch.stream("reports"), batch.customers
    reports = draw_reports(stream, customers, batch.panel, batch.flows, batch.calendar)
    return tabulate_reports(batch.stream("tell_firm_reports"), reports, customers, batch.calendar)


def _tabulate_profiles(batch: Batch) -> pa.Table:
    stream, shared = batch.stream("tell_profile_fields"), open_stream(batch.seed, "diligence")
    return tabulate_profile_fields(stream, shared, batch.customers, batch.staff, batch.calendar)


def _tabulate_crm(b: Batch) -> pa.Table:
    return tabulate_crm_profiles(b.stream("tell_crm_profiles"), b.customers, b.staff, b.contracts, b.calendar)


TABLES: Mapping[str, Callable[[Batch], pa.Table]] = {
    "customers": lambda b: tabulate_customers(b.papers, b.customers, b.calendar, b.staff),
    "transactions": lambda b: b.transactions,
    "events": lambda b: tabulate_events(
        b.news, b.customers, b.panel, b.troubles, b.calendar, b.first_ids.get("events", 1)
    ),
    "accounts": lambda b: tabulate_accounts(b.stream("tell_accounts"), b.accounts, b.customers, b.calendar),
    "balances": lambda b: tabulate_balances(b.stream("tell_balances"), b.balances, b.accounts, b.customers, b.calendar),
    "loans": lambda b: tabulate_loans(b.stream("tell_loans"), b.loans, b.customers, b.calendar),
    "loan_months": lambda b: tabulate_loan_months(
        b.stream("tell_loan_months"), b.loan_months, b.loans, b.customers, b.calendar
    ),
    "income_costs": _tabulate_costs,
    "firm_reports": _tabulate_reports,
    "holdings": _tabulate_holdings,
    "profile_fields": _tabulate_profiles,
    "crm_profiles": _tabulate_crm,
    "contacts": lambda b: tabulate_contacts(b.stream("tell_contacts"), b.customers, b.staff, b.last_day, b.calendar),
    "blacklist": lambda b: tabulate_blacklist(b.stream("blacklist"), b.customers, b.troubles, b.calendar),
    "consents": lambda b: tabulate_consents(b.stream("consents"), b.customers, b.calendar),
    "guarantees": lambda b: tabulate_guarantees(b.stream("guarantees"), b.customers, b.loans, b.calendar),
    "outside_exposures": lambda b: tabulate_outside_exposures(
        b.stream("outside_exposures"), b.customers, b.last_day, b.calendar
    ),
}
