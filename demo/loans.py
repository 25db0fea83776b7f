"""Loans: what each borrower has been granted, one loan after another, sized by its turnover of the time.

A borrower has one line that is always there, renewed when it ends, and the larger ones a second or third of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.accounts import name_contracts
from demo.calendar import Calendar
from demo.columns import Bools, Floats, Ints, as_dates, as_money, name_customers, pick
from demo.customers import PERSON_SIZE, Customers
from demo.flows import Flows
from demo.products import CONSUMER, FIXED_ASSET, MORTGAGE, PRODUCTS, RATES, TERMS, WORKING
from demo.telling import keep_known

LINES, SHARE_SECOND = 3, np.array([0.0, 0.30, 0.12])  # of borrowers, by line
MONTHS_LENT, LENT_SPREAD = np.array([1.8, 7.0, 5.0, 45.0]), 0.5  # turnover, by product from WORKING on
LESS_BY_SIZE = -0.4  # the larger borrow fewer months of it: an exponent
ROOM = (1.0, 1.3)  # limit over principal
SHARE_UNSECURED, SECURED = 0.3, (0.4, 1.8)  # and collateral over principal
RATE_SPREAD, CHEAPER_BY_SIZE, LOWEST_RATE = 0.004, 0.0015, 0.028
SMALLEST_CENTS, STEP_CENTS = 1_000_000, 100_000


@dataclass(frozen=True)
class Loans:
    """One entry a loan, by customer, line and time; `first` and `last` are months of the panel, `last` the month after.

    `first` may be negative. Money is in whole cents.
    """

    customer: Ints
    line: Ints
    place: Ints  # the how many-th of its customer
    product: Ints
    first: Ints
    last: Ints
    granted: Ints  # day
    matures: Ints  # day
    principal: Ints
    limit: Ints
    collateral: Ints
    rate_ratio: Floats

    def name(self, customers: Customers) -> pa.Array:
        """Return the loan ids, such as L0000012-1."""
        return name_contracts("L", customers.number[self.customer], self.place)


def draw_loans(rng: np.random.Generator, customers: Customers, flows: Flows, calendar: Calendar) -> Loans:
    """Draw every loan that is there in one of the bank's months."""
    customer, line, product, first = _draw_chains(rng, customers, calendar)
    last = first + TERMS[product]
    day = rng.integers(0, 27, customer.size)
    granted = np.maximum(find_month(calendar, first) + day, customers.joined[customer])
    started = np.maximum(first, customers.first_month[customer])
    level = np.where(started > 0, flows.level_amount[customer, started], customers.base_amount[customer])
    keep = np.flatnonzero(level > 0)
    multiple = MONTHS_LENT[product - WORKING] * np.exp(LENT_SPREAD * rng.standard_normal(customer.size))
    multiple *= (
        np.maximum(level, 1.0) / 1e5 / np.where(customers.is_person[customer], PERSON_SIZE, 1.0)
    ) ** LESS_BY_SIZE
    principal = np.maximum(np.rint(100 * level * multiple / STEP_CENTS) * STEP_CENTS, SMALLEST_CENTS).astype(np.int64)
    loans = Loans(
        customer=customer,
        line=line,
        place=_count_within(customer, keep),
        product=product,
        first=first,
        last=last,
        granted=granted,
        matures=find_month(calendar, last) + day,
        principal=principal,
        limit=_round(principal * rng.uniform(*ROOM, customer.size)),
        collateral=_secure(rng, principal, product),
        rate_ratio=_price(rng, customers.base_amount[customer], product),
    )
    return Loans(**{name: values[keep] for name, values in vars(loans).items()})


def _draw_chains(rng: np.random.Generator, customers: Customers, calendar: Calendar) -> tuple[Ints, Ints, Ints, Ints]:
    """Return customer, line, product and first month of each loan: a line's loans follow each other without a gap."""
    large = np.clip(np.log(customers.base_amount / 1e5), 0.0, 2.0)[:, None]
    has = (rng.random((len(customers), LINES)) < SHARE_SECOND * (1 + large)) | (np.arange(LINES) == 0)
    owner, line = np.nonzero(has & customers.is_borrower[:, None])
    is_person, chance = customers.is_person[owner], rng.random(owner.size) < 0.5
    business = np.where((line == 0) | chance, WORKING, FIXED_ASSET)
    product = np.where(is_person, np.where(chance, CONSUMER, MORTGAGE), business)
    known = (
        np.maximum(calendar.first_day[0] - customers.joined[owner], 0) // 31
    )  # months with the bank before the first
    before = np.minimum(rng.integers(0, 1 << 20, owner.size) % TERMS[product], known)
    start = np.where(customers.first_month[owner] > 0, customers.first_month[owner], -before)
    count = -(-(calendar.months - start) // TERMS[product])
    which = np.repeat(np.arange(owner.size), count)
    order = np.arange(which.size) - np.repeat(np.cumsum(count) - count, count)
    return owner[which], line[which], product[which], start[which] + order * TERMS[product[which]]


def _count_within(customer: Ints, keep: Ints) -> Ints:
    """Number the kept loans of each customer from 1; what is not kept gets any number."""
    kept = customer[keep]
    starts = np.flatnonzero(np.diff(kept, prepend=-1))
    place = np.zeros(customer.size, dtype=np.int64)
    place[keep] = np.arange(kept.size) - np.repeat(starts, np.diff(starts, append=kept.size)) + 1
    return place


def _round(cents: Floats) -> Ints:
    return np.asarray(np.rint(cents / STEP_CENTS).astype(np.int64) * STEP_CENTS)


def _secure(rng: np.random.Generator, principal: Ints, product: Ints) -> Ints:
    is_secured = (rng.random(principal.size) >= SHARE_UNSECURED) | (product == MORTGAGE)
    return _round(np.where(is_secured & (product != CONSUMER), principal * rng.uniform(*SECURED, principal.size), 0.0))


def _price(rng: np.random.Generator, base_amount: Floats, product: Ints) -> Floats:
    """Agree the rate: the posted one, cheaper for the large, and some luck."""
    rate = (
        RATES[product] - CHEAPER_BY_SIZE * np.log10(base_amount / 1e5) + RATE_SPREAD * rng.standard_normal(product.size)
    )
    return np.asarray(np.round(np.maximum(rate, LOWEST_RATE), 4), dtype=np.float64)


def find_month(calendar: Calendar, month: Ints) -> Ints:
    """Return the first day of months of the panel, those before its beginning and after its end as well."""
    first = calendar.first_day[:1].astype("datetime64[D]").astype("datetime64[M]")
    return np.asarray((first + month).astype("datetime64[D]").astype(np.int64))


def tabulate_loans(rng: np.random.Generator, loans: Loans, customers: Customers, calendar: Calendar) -> pa.Table:
    """Lay out landing.loans: a row a loan, known some days after it was granted."""
    known = loans.granted + rng.integers(0, 4, loans.granted.size)
    row = keep_known(known, int(calendar.first_day[-1]))
    has_none: Bools = loans.collateral[row] == 0
    return pa.table(
        {
            "loan_id": loans.name(customers).take(pa.array(row)),
            "customer_id": name_customers(customers.number).take(pa.array(loans.customer[row])),
            "product_id": pick([product.product_id for product in PRODUCTS], loans.product[row]),
            "granted_on": as_dates(loans.granted[row]),
            "matures_on": as_dates(loans.matures[row]),
            "principal_amount": as_money(loans.principal[row]),
            "limit_amount": as_money(loans.limit[row]),
            "rate_ratio": pa.array(loans.rate_ratio[row]),
            "collateral_value": as_money(loans.collateral[row], missing=has_none),
            "known_on": as_dates(known[row]),
        }
    )
