"""Transactions: single bookings drawn from the monthly flows, with returns, voids, reversals, fees and late rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from demo.calendar import Calendar
from demo.customers import BRANCHES, Customers, as_dates, pick
from demo.flows import Flows, Panel

Columns = dict[str, NDArray[Any]]
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
PARTNER_POOL = 4000
REVERSED_SHARE = 0.003
FEE_CNY = 30.0


def draw_transactions(rng: np.random.Generator, customers: Customers, flows: Flows, calendar: Calendar) -> pa.Table:
    """Draw every booking of every customer; those the bank would learn of only after the last month are left out."""
    sides = [
        _draw_side(rng, customers, flows, calendar, flows.receipts_cny, RECEIPT),
        _draw_side(rng, customers, flows, calendar, flows.payments_cny, PAYMENT),
    ]
    drawn = _stack([*sides, *[_draw_reversals(rng, side) for side in sides], _draw_fees(flows, calendar)])
    drawn["known"] = drawn["booked"] + _draw_delays(rng, drawn["booked"].size)
    known = drawn["known"] < calendar.first_day[-1]
    drawn = {name: values[known] for name, values in drawn.items()}
    order = np.lexsort((drawn["kind"], drawn["customer"], drawn["booked"], drawn["known"]))
    return _table(rng, customers, {name: values[order] for name, values in drawn.items()})


def _draw_side(
    rng: np.random.Generator, customers: Customers, flows: Flows, calendar: Calendar, expected_cny: Panel, kind: int
) -> Columns:
    """Split the expected flow of each month into bookings of uneven size; some of them are returns, some are void."""
    means = np.where(expected_cny > 0, 1.2 + 2.6 * (np.maximum(expected_cny, 1.0) / 2e5) ** 0.3, 0.0)
    means = np.minimum(means, 40.0) * np.where(customers.is_outside, 0.6, 1.0)[:, None]
    counts = rng.poisson(means)
    customer, month = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
    size = (expected_cny / np.maximum(means, 1e-9))[customer, month] * rng.lognormal(-0.405, 0.9, customer.size)
    is_return = rng.random(customer.size) < flows.return_share[customer, month]
    sign = np.where(is_return, -0.7, 1.0) * (1 if kind == RECEIPT else -1)
    return {
        "customer": customer,
        "booked": calendar.first_day[month] + (rng.random(customer.size) * calendar.length[month]).astype(np.int64),
        "cents": np.rint(np.maximum(size, 1.0) * sign * 100).astype(np.int64),
        "kind": np.where(is_return, RECEIPT_RETURN if kind == RECEIPT else PAYMENT_RETURN, kind),
        "partner": _draw_partners(rng, flows.partners[customer, month], customer, kind),
        "void": rng.random(customer.size) < flows.void_share[customer, month],
    }


def _draw_partners(
    rng: np.random.Generator, in_use: NDArray[np.float64], customer: NDArray[np.int64], kind: int
) -> NDArray[np.int64]:
    """Pick a partner out of those in use, the first far more often; a customer's partners have a fixed order."""
    place = (np.maximum(1.0, in_use) * rng.random(customer.size) ** 2.2).astype(np.int64)
    return (customer * 7919 + place * 104729 + kind * 31337) % PARTNER_POOL


def _draw_reversals(rng: np.random.Generator, side: Columns) -> Columns:
    """Correct a few wrong bookings days later: the same amount with the other sign."""
    candidates = np.flatnonzero(~side["void"] & (side["kind"] <= PAYMENT))
    wrong = candidates[rng.random(candidates.size) < REVERSED_SHARE]
    rows = {name: values[wrong].copy() for name, values in side.items()}
    rows["booked"] = rows["booked"] + rng.integers(1, 25, wrong.size)
    rows["cents"] = -rows["cents"]
    rows["kind"] = rows["kind"] + RECEIPT_REVERSAL
    return rows


def _draw_fees(flows: Flows, calendar: Calendar) -> Columns:
    """Book the quarterly account fee: kind other, no partner."""
    quarter_end = (calendar.month_of_year % 3 == 2)[None, :]
    customer, month = np.nonzero((flows.receipts_cny > 0) & quarter_end)
    return {
        "customer": customer,
        "booked": calendar.first_day[month + 1] - 1,
        "cents": np.full(customer.size, -round(FEE_CNY * 100)),
        "kind": np.full(customer.size, OTHER),
        "partner": np.full(customer.size, -1),
        "void": np.zeros(customer.size, dtype=bool),
    }


def _draw_delays(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Return days until the bank knows a booking: mostly none, some over a weekend, a few for weeks."""
    draw = rng.random(count)
    delay = np.where(draw < 0.05, rng.integers(1, 4, count), 0)
    return np.where(draw < 0.008, np.minimum(rng.geometric(1 / 14, count) + 3, 75), delay)


def _stack(parts: list[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _table(rng: np.random.Generator, customers: Customers, rows: Columns) -> pa.Table:
    count = rows["customer"].size
    customer = pa.array(rows["customer"])
    is_outside = customers.is_outside[rows["customer"]]
    branch = np.where(rng.random(count) < 0.9, customers.branch[rows["customer"]], rng.integers(0, BRANCHES, count))
    ids = customers.table["customer_id"].combine_chunks()
    return pa.table(
        {
            "transaction_id": _number("T", np.arange(1, count + 1), 10),
            "customer_id": ids.take(customer),
            "account_id": pick([f"A{name.as_py()[1:]}-1" for name in ids], rows["customer"], missing=is_outside),
            "booked_on": as_dates(rows["booked"]),
            "amount_cny": _as_cny(rows["cents"]),
            "kind": pick(KINDS, rows["kind"]),
            "counterparty_id": _number("P", np.maximum(rows["partner"], 0), 5, missing=rows["partner"] < 0),
            "branch_id": pick([f"B{b:02d}" for b in range(1, BRANCHES + 1)], branch, missing=is_outside),
            "channel": pick(CHANNELS, (rng.random(count) ** 2 * len(CHANNELS)).astype(np.int64)),
            "is_void": pa.array(rows["void"].astype(bool)),
            "known_on": as_dates(rows["known"]),
        }
    )


def _number(prefix: str, numbers: NDArray[np.int64], width: int, missing: NDArray[np.bool_] | None = None) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(numbers, mask=missing).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, pa.scalar(""))


def _as_cny(cents: NDArray[np.int64]) -> pa.Array:
    """Turn whole cents into decimal(18, 2) exactly: cast to a wide decimal, then divide by 100 in decimals."""
    wide = pa.array(cents).cast(pa.decimal128(19, 0))
    return pc.multiply(wide, pa.scalar("0.01").cast(pa.decimal128(2, 2))).cast(pa.decimal128(18, 2))
