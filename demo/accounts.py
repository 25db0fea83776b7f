"""Accounts: which deposits a customer keeps, since when, at which rate, and how its money is spread over them.

A few large depositors are paid more than the posted rate, book a great deal and have nothing else: the bank loses by
them, which neither their deposits nor their turnover tells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Bools, Floats, Ints, as_dates, name_branches, name_customers, pick
from demo.customers import Customers
from demo.products import DEMAND, NOTICE, PRODUCTS, RATES, THREE_YEARS, YEAR
from demo.states import GONE, Panel
from demo.telling import keep_known

SHARE_LOSS_MAKER = 0.01  # of customers with an account
LARGE_CNY = 2e5  # turnover a month
OVERPAID = (0.014, 0.022)  # above the posted rate
OPEN = 1 << 30  # a day that never comes
SHARE_NOTICE, SHARE_TERM = np.array([0.25, 0.10]), np.array([0.22, 0.50])  # of companies, of persons
SHARE_ENDED, SHARE_DOLLARS = 0.15, 0.05
NOTICE_WEIGHT, TERM_WEIGHT = (0.3, 1.5), (0.5, 4.0)  # of the money, beside 1 on the demand account
CLOSED_AFTER_GOING = (10, 150)  # days


@dataclass(frozen=True)
class Accounts:
    """One entry an account, by customer; `customer` is the row of Customers, `place` counts a customer's accounts."""

    customer: Ints
    place: Ints
    product: Ints
    opened: Ints  # day
    closed: Ints  # day, OPEN while it is
    weight: Floats
    rate_ratio: Floats
    is_dollars: Bools

    def find_open(self, calendar: Calendar) -> Bools:
        """Say in which months each is open, on one day at least."""
        return (self.opened[:, None] < calendar.first_day[1:]) & (self.closed[:, None] > calendar.first_day[:-1])

    def name(self, customers: Customers) -> pa.Array:
        """Return the account ids, such as A0000012-1."""
        return name_contracts("A", customers.number[self.customer], self.place)


def name_contracts(prefix: str, customer: Ints, place: Ints) -> pa.Array:
    """Return ids such as A0000012-1: of whom, and the how many-th."""
    digits = pa.compute.utf8_lpad(pa.array(customer).cast(pa.string()), 7, "0")
    owner = pa.compute.binary_join_element_wise(pa.scalar(prefix), digits, pa.scalar(""))
    return pa.compute.binary_join_element_wise(owner, pa.array(place).cast(pa.string()), pa.scalar("-"))


def find_loss_makers(rng: np.random.Generator, customers: Customers) -> Bools:
    """Pick the large depositors by whom the bank loses, among those who book much and do not borrow."""
    can_be = (
        ~customers.is_outside
        & ~customers.is_borrower
        & (customers.bookings > 1.0)
        & (customers.base_amount > LARGE_CNY)
    )
    chance = SHARE_LOSS_MAKER * (~customers.is_outside).sum() / max(1, can_be.sum())
    return np.asarray(can_be & (rng.random(len(customers)) < chance))


def find_last_days(rng: np.random.Generator, panel: Panel, calendar: Calendar) -> Ints:
    """Return the day on which each customer's last account is closed, OPEN for those who stay."""
    is_gone = panel.state == GONE
    went = np.where(is_gone.any(axis=1), is_gone.argmax(axis=1), 0)
    day = calendar.first_day[went + 1] + rng.integers(*CLOSED_AFTER_GOING, went.size)
    return np.where(is_gone.any(axis=1) & (day < calendar.first_day[-1]), day, OPEN)


def draw_accounts(
    rng: np.random.Generator, customers: Customers, is_loss_maker: Bools, last_day: Ints, calendar: Calendar
) -> Accounts:
    """Draw up to three deposit accounts a customer: demand from the first day, notice and term later."""
    count, person = len(customers), customers.is_person.astype(np.int64)
    has = np.stack([~customers.is_outside, rng.random(count) < SHARE_NOTICE[person], _have_term(rng, customers)], 1)
    has[:, 2] |= is_loss_maker
    span = calendar.first_day[-1] - 30 - customers.joined
    opened = customers.joined[:, None] + (rng.random((count, 3)) ** 2 * np.maximum(span, 0)[:, None]).astype(np.int64)
    opened[:, 0] = customers.joined
    opened[:, 2] = np.where(is_loss_maker, customers.joined, opened[:, 2])
    has &= ~customers.is_outside[:, None] & (opened < last_day[:, None])
    customer, slot = np.nonzero(has)
    term = np.where(rng.random(count) < 0.5, YEAR, THREE_YEARS)
    return Accounts(
        customer=customer,
        place=np.cumsum(has, axis=1, dtype=np.int64)[customer, slot],
        product=np.choose(slot, [np.full(customer.size, DEMAND), np.full(customer.size, NOTICE), term[customer]]),
        opened=opened[customer, slot],
        closed=_close(rng, opened[customer, slot], slot, last_day[customer], is_loss_maker[customer], calendar),
        weight=_weigh(rng, slot, is_loss_maker[customer]),
        rate_ratio=_agree_rates(rng, np.choose(slot, [DEMAND, NOTICE, term[customer]]), is_loss_maker[customer]),
        is_dollars=(slot == 1) & (rng.random(customer.size) < SHARE_DOLLARS),
    )


def _have_term(rng: np.random.Generator, customers: Customers) -> Bools:
    return np.asarray(rng.random(len(customers)) < SHARE_TERM[customers.is_person.astype(np.int64)])


def _close(
    rng: np.random.Generator, opened: Ints, slot: Ints, last_day: Ints, is_loss_maker: Bools, calendar: Calendar
) -> Ints:
    """Close what ends by itself (never the first account) and all when the customer goes."""
    ends = (slot > 0) & ~is_loss_maker & (rng.random(slot.size) < SHARE_ENDED)
    day = opened + rng.integers(180, 1100, slot.size)
    return np.minimum(np.where(ends & (day < calendar.first_day[-1]), day, OPEN), last_day)


def _weigh(rng: np.random.Generator, slot: Ints, is_loss_maker: Bools) -> Floats:
    bounds = np.array([(1.0, 1.0), NOTICE_WEIGHT, TERM_WEIGHT])[slot]
    drawn = bounds[:, 0] + rng.random(slot.size) * (bounds[:, 1] - bounds[:, 0])
    return np.where(is_loss_maker & (slot == 2), 20.0, drawn)


def _agree_rates(rng: np.random.Generator, product: Ints, is_loss_maker: Bools) -> Floats:
    extra = np.round(rng.uniform(*OVERPAID, product.size), 4)
    return np.round(RATES[product] + np.where(is_loss_maker & (product > NOTICE), extra, 0.0), 4)


def tabulate_accounts(
    rng: np.random.Generator, accounts: Accounts, customers: Customers, calendar: Calendar
) -> pa.Table:
    """Lay out landing.accounts: a row at the opening of each, and one more, with closed_on, at its closing."""
    count, closing = accounts.customer.size, np.flatnonzero(accounts.closed < OPEN)
    row = np.concatenate([np.arange(count), closing])
    is_again = np.arange(row.size) >= count
    happened = np.where(is_again, accounts.closed[row], accounts.opened[row])
    known = happened + np.where(is_again, rng.integers(1, 4, row.size), rng.integers(0, 3, row.size))
    known = np.where(is_again, np.maximum(known, accounts.opened[row] + 3), known)
    order = keep_known(known, int(calendar.first_day[-1]))
    row, is_again, known = row[order], is_again[order], known[order]
    customer = accounts.customer[row]
    return pa.table(
        {
            "account_id": accounts.name(customers).take(pa.array(row)),
            "customer_id": name_customers(customers.number).take(pa.array(customer)),
            "product_id": pick([product.product_id for product in PRODUCTS], accounts.product[row]),
            "branch_id": name_branches(customers.branch[customer]),
            "currency": pick(("CNY", "USD"), accounts.is_dollars[row]),
            "rate_ratio": pa.array(accounts.rate_ratio[row]),
            "opened_on": as_dates(accounts.opened[row]),
            "closed_on": as_dates(np.where(is_again, accounts.closed[row], 0), missing=~is_again),
            "known_on": as_dates(known),
        }
    )
