"""Holdings: plans, funds, insurances and services that customers hold, more of them the larger and the longer here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.accounts import OPEN, name_contracts
from demo.calendar import Calendar
from demo.columns import Bools, Floats, Ints, as_dates, as_money, name_customers, pick
from demo.customers import Customers
from demo.products import FIRST_HELD, FIRST_SERVICE, PRODUCTS, SWINGS, TERMS, find_launches
from demo.telling import keep_known

BASE, BY_SIZE, BY_YEAR, MOST_YEARS, SMALL_CNY = 0.2, 0.25, 0.22, 8.0, 2e4  # mean number of holdings
FIRM_CHOICE = np.array([0.14, 0.12, 0.06, 0.03, 0.01, 0.20, 0.24, 0.10, 0.10])  # of PRODUCTS from FIRST_HELD on
PERSON_CHOICE = np.array([0.24, 0.26, 0.16, 0.18, 0.12, 0.01, 0.01, 0.01, 0.01])
MONTHS_INVESTED, SPREAD = np.array([0.25, 9.0]), 0.8  # of turnover, of companies and of persons
LONGEST_AGO = 720  # days before the first month on which something still held was bought
UNIT_CENTS = 100_000


@dataclass(frozen=True)
class Holdings:
    """One entry a holding, by customer; `bought` and `matures` are days, `amount` whole cents, 0 for a service."""

    customer: Ints
    place: Ints
    product: Ints
    bought: Ints
    matures: Ints
    amount: Ints

    @property
    def is_service(self) -> Bools:
        """Say which are services, without an amount."""
        return self.product >= FIRST_SERVICE

    def find_held(self, calendar: Calendar) -> Bools:
        """Say which are held at the end of each month."""
        ends = calendar.first_day[1:]
        return np.asarray((self.bought[:, None] < ends) & (self.matures[:, None] >= ends))


def draw_holdings(
    rng: np.random.Generator, customers: Customers, is_loss_maker: Bools, last_day: Ints, calendar: Calendar
) -> Holdings:
    """Draw who buys what and when; nobody buys before a product is sold or once its own last account is closed."""
    size = np.maximum(np.log(customers.base_amount / SMALL_CNY), 0.0)
    years = np.clip((calendar.first_day[-1] - customers.joined) / 365, 0.0, MOST_YEARS)
    mean = np.where(customers.is_outside | is_loss_maker, 0.0, BASE + BY_SIZE * size + BY_YEAR * years)
    customer = np.repeat(np.arange(mean.size), rng.poisson(mean))
    product = _choose(rng, customers.is_person[customer])
    earliest = np.maximum(customers.joined[customer], calendar.first_day[0] - LONGEST_AGO)
    latest = np.minimum(last_day[customer], calendar.first_day[-1])
    bought = (earliest + rng.random(customer.size) * (latest - earliest)).astype(np.int64)
    amount = _invest(rng, customers, customer, product)
    keep = np.flatnonzero(bought >= find_launches(calendar)[product])
    customer, product, bought, amount = customer[keep], product[keep], bought[keep], amount[keep]
    order = np.lexsort((bought, customer))
    starts = np.flatnonzero(np.diff(customer[order], prepend=-1))
    place = np.arange(order.size) - np.repeat(starts, np.diff(starts, append=order.size)) + 1
    matures = np.where(TERMS[product] > 0, bought + TERMS[product] * 365 // 12, OPEN)
    matures = np.where(product >= FIRST_SERVICE, last_day[customer], matures)
    return Holdings(customer[order], place, product[order], bought[order], matures[order], amount[order])


def _choose(rng: np.random.Generator, is_person: Bools) -> Ints:
    draw = rng.random(is_person.size)
    firm, person = (np.searchsorted(np.cumsum(shares)[:-1], draw, "right") for shares in (FIRM_CHOICE, PERSON_CHOICE))
    return FIRST_HELD + np.where(is_person, person, firm)


def _invest(rng: np.random.Generator, customers: Customers, customer: Ints, product: Ints) -> Ints:
    months = MONTHS_INVESTED[customers.is_person[customer].astype(np.int64)]
    cny = customers.base_amount[customer] * months * np.exp(SPREAD * rng.standard_normal(customer.size))
    cents = np.maximum(np.rint(100 * cny / UNIT_CENTS), 10).astype(np.int64) * UNIT_CENTS
    return np.where(product >= FIRST_SERVICE, 0, cents)


def tabulate_holdings(
    rng: np.random.Generator, holdings: Holdings, prices: Floats, customers: Customers, calendar: Calendar
) -> pa.Table:
    """Lay out landing.holdings: a row when bought, and later ones that keep the bank's books of it right.

    One with its price after each quarter where that swings; one with the day on which a service ended, as a service
    has no day to mature on and ends when the customer goes.
    """
    row, month, is_end = _list_rows(holdings, calendar)
    is_quote = month >= 0
    happened = np.where(is_end, holdings.matures[row], holdings.bought[row])
    known = (
        np.where(is_quote, calendar.first_day[month + 1], happened)
        + rng.integers(1, 4, row.size)
        + 3 * (is_quote | is_end)
    )
    order = keep_known(known, int(calendar.first_day[-1]))
    row, month, is_quote, is_end = row[order], month[order], is_quote[order], is_end[order]
    product, is_service = holdings.product[row], holdings.is_service[row]
    bought_in = np.searchsorted(calendar.first_day, holdings.bought[row], "right") - 2  # the month's end before
    start = np.where(bought_in >= 0, prices[product, np.maximum(bought_in, 0)], 1.0)
    nav = np.round(np.where(is_quote, prices[product, month] / start, 1.0), 6)
    return pa.table(
        {
            "holding_id": name_contracts("H", customers.number[holdings.customer], holdings.place).take(pa.array(row)),
            "customer_id": name_customers(customers.number).take(pa.array(holdings.customer[row])),
            "product_id": pick([product.product_id for product in PRODUCTS], product),
            "bought_on": as_dates(holdings.bought[row]),
            "matures_on": as_dates(
                holdings.matures[row], missing=(holdings.matures[row] == OPEN) | (is_service & ~is_end)
            ),
            "amount": as_money(holdings.amount[row], missing=is_service),
            "nav_ratio": pa.array(nav, mask=is_service),
            "known_on": as_dates(known[order]),
        }
    )


def _list_rows(holdings: Holdings, calendar: Calendar) -> tuple[Ints, Ints, Bools]:
    """Return the holding, month and kind of every row: month -1 but for each quarter's end while a price swings."""
    swings = (SWINGS[holdings.product] > 0)[:, None] & holdings.find_held(calendar)
    quoted, month = np.nonzero(swings & (calendar.month_of_year % 3 == 2))
    ended = np.flatnonzero(holdings.is_service & (holdings.matures < OPEN))
    count = holdings.customer.size
    row = np.concatenate([np.arange(count), quoted, ended])
    return (
        row,
        np.concatenate([np.full(count, -1), month, np.full(ended.size, -1)]),
        np.arange(row.size) >= count + quoted.size,
    )
