"""Transactions: bookings that add up to the month's flows, with returns, voids, reversals, fees and late rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from demo.calendar import Calendar
from demo.columns import Floats, Ints, as_dates, as_money, name_branches, name_customers, number, pick
from demo.customers import Customers
from demo.flows import Flows
from demo.staff import Staff

Rows = dict[str, NDArray[Any]]
KINDS = (
    "receipt",
    "payment",
    "receipt_return",
    "payment_return",
    "receipt_reversal",
    "payment_reversal",
    "other",
)
RECEIPT, PAYMENT, RECEIPT_RETURN, PAYMENT_RETURN, RECEIPT_REVERSAL, _, OTHER = range(len(KINDS))
CHANNELS = ("online", "mobile", "counter", "clearing")
CHANNEL_SHARES = (0.45, 0.30, 0.15, 0.10)
PARTNER_POOL = 200_000
SIZE_SPREAD = 0.9  # of a booking's size on a log scale
RETURNED = 0.5  # share of a booking that comes back when something does
REVERSED_SHARE = 0.003
SHARE_ELSEWHERE = 0.1  # of bookings made at another branch than the daily one
FEE_CNY = 30.0
LATE = ((0.05, 1, 4), (0.008, 4, 18))  # share of bookings, days from, and up to or on average


def tabulate_transactions(
    rng: np.random.Generator, customers: Customers, flows: Flows, calendar: Calendar, staff: Staff, first_id: int
) -> pa.Table:
    """Lay out landing.transactions, in the order in which the bank learnt of them; ids count on from `first_id`.

    What it would learn only after the last month is left out.
    """
    sides = [
        draw_side(rng, customers, flows, calendar, flows.turnover_amount, RECEIPT),
        draw_side(rng, customers, flows, calendar, flows.payments_amount, PAYMENT),
    ]
    drawn = _stack([*sides, *[_draw_wrong(rng, side) for side in sides], _draw_fees(customers, flows, calendar)])
    drawn["known"] = drawn["booked"] + _draw_delays(rng, drawn["booked"].size)
    keep = np.flatnonzero(drawn["known"] < calendar.first_day[-1])
    order = keep[np.argsort((drawn["known"][keep] << 32) + keep)]
    return _table(rng, customers, staff, {name: values[order] for name, values in drawn.items()}, first_id)


def draw_side(
    rng: np.random.Generator, customers: Customers, flows: Flows, calendar: Calendar, flow_amount: Floats, kind: int
) -> Rows:
    """Split each month's flow into bookings of uneven size, whose sum less what was returned is the flow.

    Void bookings come on top. An outside firm has no account here, so nothing of it is booked.
    """
    flow = np.where(customers.is_outside[:, None], 0.0, flow_amount)
    growth = np.sqrt(np.maximum(flows.level_amount, 1.0) / customers.base_amount[:, None])
    counts = np.where(flow > 0.01, 1 + rng.poisson(customers.bookings[:, None] * np.minimum(growth, 3.0)), 0)
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    weight = np.exp(SIZE_SPREAD * rng.standard_normal(cell.size))
    returned = np.flatnonzero(rng.random(cell.size) < flows.return_share.ravel()[cell])
    void = np.flatnonzero(rng.random(cell.size) < flows.void_share.ravel()[cell])
    net = np.bincount(cell, weight, counts.size) - np.bincount(cell[returned], RETURNED * weight[returned], counts.size)
    unit = 100 * flow.ravel() / np.where(net > 0, net, 1.0)
    partner = _draw_partners(rng, customers, flows, cell, kind)
    source = np.concatenate([np.arange(cell.size), returned, void])
    is_return = np.repeat([False, True, False], [cell.size, returned.size, void.size])
    cents = np.maximum(np.rint(weight[source] * np.where(is_return, RETURNED, 1.0) * unit[cell[source]]), 1)
    sign = np.where(is_return, -1, 1) * (1 if kind == RECEIPT else -1)
    customer, month = np.divmod(cell[source], counts.shape[1])
    return {
        "customer": customer,
        "booked": calendar.first_day[month] + (rng.random(source.size) * calendar.length[month]).astype(np.int64),
        "cents": cents.astype(np.int64) * sign,
        "kind": np.where(is_return, kind + RECEIPT_RETURN, kind),
        "partner": partner[source],
        "void": np.arange(source.size) >= cell.size + returned.size,
    }


def _draw_partners(rng: np.random.Generator, customers: Customers, flows: Flows, cell: Ints, kind: int) -> Ints:
    """Pick a partner out of those in use, the first far more often; a customer's partners have a fixed order."""
    place = (np.maximum(1.0, flows.partners.ravel()[cell]) * rng.random(cell.size) ** 2.2).astype(np.int64)
    who = customers.number[cell // flows.partners.shape[1]]
    return np.asarray((who * 7919 + place * 104729 + kind * 31337) % PARTNER_POOL)


def _draw_wrong(rng: np.random.Generator, side: Rows) -> Rows:
    """Book a few bookings once more by mistake, and take each back some days later."""
    candidates = np.flatnonzero(~side["void"] & (side["kind"] <= PAYMENT))
    wrong = candidates[rng.random(candidates.size) < REVERSED_SHARE]
    rows = {name: np.tile(values[wrong], 2) for name, values in side.items()}
    is_back = np.arange(2 * wrong.size) >= wrong.size
    rows["booked"] = rows["booked"] + np.where(is_back, rng.integers(1, 25, is_back.size), 0)
    rows["cents"] = np.where(is_back, -rows["cents"], rows["cents"])
    rows["kind"] = np.where(is_back, rows["kind"] + RECEIPT_REVERSAL, rows["kind"])
    return rows


def _draw_fees(customers: Customers, flows: Flows, calendar: Calendar) -> Rows:
    """Book the quarterly account fee: kind other, no partner."""
    quarter_end = (calendar.month_of_year % 3 == 2)[None, :]
    customer, month = np.nonzero((flows.level_amount > 0) & quarter_end & ~customers.is_outside[:, None])
    return {
        "customer": customer,
        "booked": calendar.first_day[month + 1] - 1,
        "cents": np.full(customer.size, -round(FEE_CNY * 100)),
        "kind": np.full(customer.size, OTHER),
        "partner": np.full(customer.size, -1),
        "void": np.zeros(customer.size, dtype=bool),
    }


def _draw_delays(rng: np.random.Generator, count: int) -> Ints:
    """Return days until the bank knows a booking: mostly none, some over a weekend, a few for weeks."""
    draw = rng.random(count)
    (some, least, most), (few, from_day, mean) = LATE
    delay = np.where(draw < some, rng.integers(least, most, count), 0)
    return np.where(draw < few, np.minimum(rng.geometric(1 / (mean - from_day), count) + from_day - 1, 75), delay)


def _stack(parts: list[Rows]) -> Rows:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _table(rng: np.random.Generator, customers: Customers, staff: Staff, rows: Rows, first_id: int) -> pa.Table:
    count, customer = rows["customer"].size, rows["customer"]
    is_elsewhere = rng.random(count) < SHARE_ELSEWHERE
    branch = np.where(is_elsewhere, rng.integers(0, staff.branches, count), customers.daily_branch[customer])
    channel = np.searchsorted(np.cumsum(CHANNEL_SHARES)[:-1], rng.random(count), side="right")
    ids = name_customers(customers.number)
    accounts = pa.compute.binary_join_element_wise(pa.compute.replace_substring(ids, "C", "A"), pa.scalar("1"), "-")
    row = pa.array(customer)
    return pa.table(
        {
            "transaction_id": number("T", np.arange(first_id, first_id + count), 10),
            "customer_id": ids.take(row),
            "account_id": accounts.take(row),
            "booked_on": as_dates(rows["booked"]),
            "amount": as_money(rows["cents"]),
            "kind": pick(KINDS, rows["kind"]),
            "counterparty_id": number("P", np.maximum(rows["partner"], 0), 6, missing=rows["partner"] < 0),
            "branch_id": name_branches(branch),
            "channel": pick(CHANNELS, channel),
            "is_void": pa.array(rows["void"].astype(bool)),
            "known_on": as_dates(rows["known"]),
        }
    )
