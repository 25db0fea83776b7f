"""Income and cost of each customer and month, to the cent, from its balances, loans, holdings and bookings.

Deposits earn the transfer price and loans are charged it, so that both stand on their own: contribution is interest and
fee income less interest expense, operating cost and risk cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.balances import sum_by_customer
from demo.calendar import Calendar
from demo.columns import Bools, Floats, Ints, as_dates, as_money, name_customers
from demo.contracts import Contracts
from demo.customers import Customers
from demo.flows import Flows
from demo.loan_months import LoanMonths
from demo.products import FEES
from demo.telling import draw_known_months
from demo.transactions import FEE_CNY

TRANSFER_RATE = 0.018  # a year: credited for deposits, charged for loans
PAYMENT_FEE = 0.0002  # of payments
COST_ACCOUNT, COST_BOOKING, COST_LOAN, COST_HOLDING = 800, 150, 4000, 500  # cents a month, or a piece
PROVISION = np.array([0.0, 0.005, 0.010, 0.030, 0.080, 0.150])  # of the outstanding, by grade; index 0 has no loan
CLOSED_ON_DAY, WRONG_SHARE = 9, 0.005


@dataclass(frozen=True)
class Costs:
    """Whole cents, customers x months; `bookings` counts what was booked."""

    interest_income: Ints
    fee_income: Ints
    interest_expense: Ints
    operating_cost: Ints
    risk_cost: Ints

    @property
    def contribution(self) -> Ints:
        """Income less cost."""
        return self.interest_income + self.fee_income - self.interest_expense - self.operating_cost - self.risk_cost


def draw_costs(customers: Customers, flows: Flows, contracts: Contracts, bookings: Ints, calendar: Calendar) -> Costs:
    """Add up what a customer brings and costs; nothing here is left to chance."""
    shape, accounts, known = flows.turnover_amount.shape, contracts.accounts, contracts.loan_months
    average = contracts.balances.average.astype(np.float64)
    deposits, paid = (
        sum_by_customer(accounts.customer, amounts, shape[0])
        for amounts in (average, average * accounts.rate_ratio[:, None])
    )
    owed, cell = known.outstanding, contracts.loans.customer[known.loan] * shape[1] + known.month
    lent, earned = (_spread(cell, one, shape) for one in (owed, owed * contracts.loans.rate_ratio[known.loan]))
    open_accounts = sum_by_customer(accounts.customer, contracts.balances.is_open.astype(np.int64), shape[0])
    held = contracts.holdings.find_held(calendar).astype(np.int64)
    pieces = COST_ACCOUNT * open_accounts + COST_HOLDING * _sum_held(contracts, held, shape[0])
    pieces += COST_LOAN * _spread(cell, (owed > 0).astype(np.float64), shape).astype(np.int64)
    return Costs(
        interest_income=_cents((earned + deposits * TRANSFER_RATE) / 12),
        fee_income=_earn_fees(customers, flows, contracts, held, open_accounts > 0, calendar),
        interest_expense=_cents((paid + lent * TRANSFER_RATE) / 12),
        operating_cost=COST_BOOKING * bookings + pieces,
        risk_cost=_charge_risk(known, cell, customers, shape),
    )


def _earn_fees(
    customers: Customers, flows: Flows, contracts: Contracts, held: Ints, has_account: Bools, calendar: Calendar
) -> Ints:
    """Return the quarter's account fee, a share of payments and the fees of what is held."""
    holdings = contracts.holdings
    plans = _sum_held(contracts, held * (holdings.amount * FEES[holdings.product])[:, None], len(customers))
    quarter = np.where(calendar.month_of_year % 3 == 2, FEE_CNY * 100, 0.0) * (flows.level_amount > 0) * has_account
    payments = np.where(customers.is_outside[:, None], 0.0, flows.payments_amount)
    return _cents(quarter + 100 * PAYMENT_FEE * payments + plans / 12)


def _sum_held(contracts: Contracts, values: np.ndarray, count: int) -> np.ndarray:
    return sum_by_customer(contracts.holdings.customer, values, count)


def _charge_risk(loan_months: LoanMonths, cell: Ints, customers: Customers, shape: tuple[int, ...]) -> Ints:
    """Charge what is written off and what the provision grows by; a provision that was there before is not charged."""
    provision = _cents(_spread(cell, loan_months.outstanding * PROVISION[loan_months.grade], shape))
    before = np.concatenate([provision[:, :1] * (customers.first_month == 0)[:, None], provision[:, :-1]], axis=1)
    return np.asarray(provision - before + _cents(_spread(cell, loan_months.written_off, shape)))


def _spread(cell: Ints, amounts: Ints | Floats, shape: tuple[int, ...]) -> Floats:
    return np.asarray(np.bincount(cell, amounts, shape[0] * shape[1]).reshape(shape), dtype=np.float64)


def _cents(amounts: Floats) -> Ints:
    return np.asarray(np.rint(amounts).astype(np.int64))


def count_bookings(transactions: pa.Table, customers: Customers, calendar: Calendar) -> Ints:
    """Count the booked rows of each customer and month, customers x months; voids cost as well."""
    digits = pa.compute.utf8_slice_codeunits(transactions["customer_id"], 1)
    customer = digits.cast(pa.int64()).to_numpy() - customers.number[0]
    day = transactions["booked_on"].cast(pa.int32()).to_numpy() - calendar.first_day[0]
    month = np.repeat(np.arange(calendar.months), calendar.length)[day]
    count = np.bincount(customer * calendar.months + month, minlength=len(customers) * calendar.months)
    return count.reshape(len(customers), calendar.months)


def tabulate_costs(
    rng: np.random.Generator, costs: Costs, has_business: np.ndarray, customers: Customers, calendar: Calendar
) -> pa.Table:
    """Lay out landing.income_costs: a row a customer and month with an account, a loan or a holding."""
    customer, month = np.nonzero(has_business)
    told = draw_known_months(rng, month, calendar, CLOSED_ON_DAY, WRONG_SHARE)
    customer, month = customer[told.row], month[told.row]
    columns = {name: values[customer, month] for name, values in vars(costs).items()}
    columns["operating_cost"] = columns["operating_cost"] * np.where(told.is_wrong, 2, 1)
    return pa.table(
        {
            "customer_id": name_customers(customers.number).take(pa.array(customer)),
            "month": as_dates(calendar.first_day[month]),
            **{name: as_money(values) for name, values in columns.items()},
            "known_on": as_dates(told.known),
        }
    )
