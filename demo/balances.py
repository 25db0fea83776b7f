"""Balances: a customer's deposits follow its flows, its state and its season, and go with a manager it depends on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.accounts import Accounts
from demo.calendar import Calendar
from demo.columns import Bools, Floats, Ints, as_dates, as_money, name_customers
from demo.customers import PERSON_SIZE, Customers
from demo.flows import Flows
from demo.staff import STAYS, Staff
from demo.states import Panel
from demo.telling import draw_known_months
from demo.truth import average_trailing

DAYS_KEPT, DAYS_SPREAD = np.array([14.0, 420.0]), np.array([0.7, 0.8])  # of turnover, of companies and of persons
LESS_BY_SIZE = -0.4  # the larger keep fewer days of it: an exponent
SHARE_LARGE, LARGE_TIMES, LOSS_MAKER_TIMES = 0.03, 6.0, 18.0
STATE_TIMES = np.array([1.0, 1.15, 0.70, 0.40, 0.15])
SHARE_DEPENDENT, LEFT_BEHIND = 0.35, np.array([0.80, 0.45, 0.25])  # in the month of the manager's leaving and after it
BONUS_TIMES, YEAR_END_TIMES = 1.12, 1.05  # persons in February, companies in December
DRESSED = 1.15  # companies' balances on the last day of a quarter, over the average
NOISE, END_NOISE = 0.08, 0.12
CLOSED_ON_DAY, WRONG_SHARE = 3, 0.003


@dataclass(frozen=True)
class Balances:
    """Whole cents of each account and month (accounts x months), 0 where it is not open."""

    average: Ints
    end: Ints
    is_open: Bools


def draw_deposits(
    rng: np.random.Generator,
    customers: Customers,
    panel: Panel,
    flows: Flows,
    calendar: Calendar,
    staff: Staff,
    is_loss_maker: Bools,
) -> Floats:
    """Return each customer's average deposits in each month, in CNY: some days of its recent turnover."""
    person = customers.is_person.astype(np.int64)
    days = DAYS_KEPT[person] * np.exp(DAYS_SPREAD[person] * rng.standard_normal(len(customers)))
    days *= np.where(rng.random(len(customers)) < SHARE_LARGE, LARGE_TIMES, 1.0)
    days *= np.where(is_loss_maker, LOSS_MAKER_TIMES, 1.0)
    season = np.where(customers.is_person[:, None], 1.0, np.where(calendar.month_of_year == 11, YEAR_END_TIMES, 1.0))
    season = np.where(customers.is_person[:, None] & (calendar.month_of_year == 1), BONUS_TIMES, season)
    recent = average_trailing(flows.turnover_amount, customers.first_month, span=3)
    usual = 1e5 * np.where(customers.is_person, PERSON_SIZE, 1.0)[:, None]
    kept = recent * np.maximum(recent / usual, 0.01) ** LESS_BY_SIZE
    noise = np.exp(NOISE * rng.standard_normal(recent.shape))
    stays = _stay(rng, customers, calendar, staff)
    return np.asarray(days[:, None] / 30 * kept * season * STATE_TIMES[panel.state] * noise * stays)


def _stay(rng: np.random.Generator, customers: Customers, calendar: Calendar, staff: Staff) -> Floats:
    """Return what share of its deposits a customer leaves in place: less once the manager it depends on has left."""
    leaves = staff.leaves_month[customers.manager]
    follows = (leaves != STAYS) & (rng.random(leaves.size) < SHARE_DEPENDENT) & (customers.first_month < leaves)
    since = np.arange(calendar.months)[None, :] - leaves[:, None]
    return np.where(follows[:, None] & (since >= 0), LEFT_BEHIND[np.clip(since, 0, LEFT_BEHIND.size - 1)], 1.0)


def draw_balances(
    rng: np.random.Generator, accounts: Accounts, deposit_balance: Floats, customers: Customers, calendar: Calendar
) -> Balances:
    """Spread each customer's deposits over its open accounts; companies dress their balances at the quarter's end."""
    is_open = accounts.find_open(calendar)
    weight = accounts.weight[:, None] * is_open
    total = sum_by_customer(accounts.customer, weight, len(customers))[accounts.customer]
    average = deposit_balance[accounts.customer] * weight / np.where(total > 0, total, 1.0)
    is_dressed = ~customers.is_person[accounts.customer][:, None] & (calendar.month_of_year % 3 == 2)
    swing = np.exp(END_NOISE * rng.standard_normal(average.shape)) * np.where(is_dressed, DRESSED, 1.0)
    stays_open = accounts.closed[:, None] >= calendar.first_day[1:]
    end = np.rint(100 * average * swing * stays_open).astype(np.int64)
    return Balances(np.rint(100 * average).astype(np.int64), end, is_open)


def sum_by_customer(customer: Ints, values: np.ndarray, count: int) -> np.ndarray:
    """Add up contracts x months to customers x months; `customer` is in ascending order."""
    total = np.zeros((count, values.shape[1]), dtype=values.dtype)
    if customer.size:
        starts = np.flatnonzero(np.diff(customer, prepend=-1))
        total[customer[starts]] = np.add.reduceat(values, starts, axis=0)
    return total


def tabulate_balances(
    rng: np.random.Generator, balances: Balances, accounts: Accounts, customers: Customers, calendar: Calendar
) -> pa.Table:
    """Lay out landing.balances: a row an account and month it was open in; the first telling of a few is wrong."""
    account, month = np.nonzero(balances.is_open)
    told = draw_known_months(rng, month, calendar, CLOSED_ON_DAY, WRONG_SHARE)
    account, month = account[told.row], month[told.row]
    average, end = (
        np.where(told.is_wrong, values[account, month] * 11 // 10, values[account, month])
        for values in (balances.average, balances.end)
    )
    return pa.table(
        {
            "account_id": accounts.name(customers).take(pa.array(account)),
            "customer_id": name_customers(customers.number).take(pa.array(accounts.customer[account])),
            "month": as_dates(calendar.first_day[month]),
            "average_balance": as_money(average),
            "end_balance": as_money(end),
            "known_on": as_dates(told.known),
        }
    )
