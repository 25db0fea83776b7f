"""Guarantees: borrowing firms that answer for one another in rings, and parents for their daughters, loan by loan."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo.accounts import name_contracts
from demo.calendar import Calendar
from demo.columns import Ints, as_dates, as_money, name_customers
from demo.customers import Customers
from demo.loans import Loans
from demo.telling import keep_known

SHARE_IN_RINGS, RING = 0.06, (3, 7)  # of borrowing firms; how many make a ring, half-open
SHARE_BY_PARENT = 0.4  # of borrowing daughters
SHARE_COVERED = (0.3, 1.0)  # of the principal
TOLD_WITHIN = 4  # days, less than


def tabulate_guarantees(rng: np.random.Generator, customers: Customers, loans: Loans, calendar: Calendar) -> pa.Table:
    """Lay out landing.guarantees: one for each loan on the first line of who has a guarantor, as long as the loan."""
    guarantor, debtor = _draw_pairs(rng, customers)
    first = np.flatnonzero(loans.line == 0)
    pair, place = np.nonzero(debtor[:, None] == loans.customer[first][None, :])
    loan = first[place]
    amount = np.rint(loans.principal[loan] * rng.uniform(*SHARE_COVERED, loan.size) / 100_000) * 100_000
    known = loans.granted[loan] + rng.integers(0, TOLD_WITHIN, loan.size)
    is_here = loans.granted[loan] >= customers.joined[guarantor[pair]]
    rows = keep_known(np.where(is_here, known, calendar.first_day[-1]), int(calendar.first_day[-1]))
    answered = _count_within(debtor[pair])
    names = name_customers(customers.number)
    return pa.table(
        {
            "guarantee_id": name_contracts("G", customers.number[debtor[pair[rows]]], answered[rows]),
            "guarantor_id": names.take(pa.array(guarantor[pair[rows]])),
            "customer_id": names.take(pa.array(debtor[pair[rows]])),
            "amount": as_money(amount[rows]),
            "granted_on": as_dates(loans.granted[loan[rows]]),
            "ends_on": as_dates(loans.matures[loan[rows]]),
            "known_on": as_dates(known[rows]),
        }
    )


def _draw_pairs(rng: np.random.Generator, customers: Customers) -> tuple[Ints, Ints]:
    """Return guarantors and debtors, rows of Customers: around each ring, then parents of daughters."""
    firms = np.flatnonzero(customers.is_borrower & ~customers.is_person)
    drawn = rng.permutation(firms)[: round(SHARE_IN_RINGS * firms.size)]
    sizes = rng.integers(*RING, drawn.size)
    starts = np.cumsum(sizes) - sizes
    rings = [drawn[start : start + size] for start, size in zip(starts, sizes, strict=True) if start < drawn.size]
    rings = [ring for ring in rings if ring.size >= RING[0]]
    around = np.concatenate([*rings, np.zeros(0, dtype=np.int64)])
    following = np.concatenate([*(np.roll(ring, -1) for ring in rings), np.zeros(0, dtype=np.int64)])
    parent = customers.parent - customers.number[0]
    daughters = firms[(customers.parent[firms] > 0) & (rng.random(firms.size) < SHARE_BY_PARENT)]
    return np.concatenate([around, parent[daughters]]), np.concatenate([following, daughters])


def _count_within(debtor: Ints) -> Ints:
    """Number the guarantees of each debtor from 1."""
    order = np.argsort(debtor, kind="stable")
    starts = np.flatnonzero(np.diff(debtor[order], prepend=-1))
    place = np.zeros(debtor.size, dtype=np.int64)
    place[order] = np.arange(debtor.size) - np.repeat(starts, np.diff(starts, append=debtor.size)) + 1
    return place
