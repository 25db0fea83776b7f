"""Events: what befalls a customer and what is said of it, drawn from the hidden states and known some days later."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from demo.calendar import Calendar
from demo.customers import Customers, as_dates, pick
from demo.states import FAILING, GONE

KINDS = ("arrears", "default", "complaint", "report")
ARREARS, DEFAULT, COMPLAINT, REPORT = range(len(KINDS))
CHANCE = np.array(  # by kind, then by state: steady, rising, strained, failing, gone
    [
        [0.002, 0.001, 0.050, 0.260, 0.0],
        [0.0, 0.0, 0.001, 0.070, 0.0],
        [0.008, 0.012, 0.050, 0.070, 0.0],
        [0.010, 0.060, 0.015, 0.020, 0.0],
    ]
)


def draw_events(
    rng: np.random.Generator, customers: Customers, states: NDArray[np.int8], calendar: Calendar
) -> pa.Table:
    """Draw events month by month; an outside firm has no loan here, so its arrears are unseen."""
    happens = rng.random((len(KINDS), *states.shape)) < CHANCE[:, states]
    happens &= (np.arange(calendar.months) >= customers.first_month[:, None])[None]
    happens[ARREARS] &= ~customers.is_outside[:, None]
    happens[DEFAULT] &= np.cumsum(happens[DEFAULT], axis=1) == 1
    kind, customer, month = np.nonzero(happens)
    days_past_due = _draw_days_past_due(rng, states[customer, month])
    occurred = calendar.first_day[month] + (rng.random(month.size) * calendar.length[month]).astype(np.int64)
    known = occurred + np.where(kind == REPORT, rng.integers(3, 40, month.size), rng.integers(0, 6, month.size))
    keep = np.flatnonzero(known < calendar.first_day[-1])
    order = keep[np.lexsort((kind[keep], customer[keep], occurred[keep], known[keep]))]
    return pa.table(
        {
            "event_id": pa.array([f"V{place:07d}" for place in range(1, order.size + 1)]),
            "customer_id": customers.table["customer_id"].combine_chunks().take(pa.array(customer[order])),
            "occurred_on": as_dates(occurred[order]),
            "kind": pick(KINDS, kind[order]),
            "value": pa.array(days_past_due[order].astype(np.float64), mask=kind[order] != ARREARS),
            "known_on": as_dates(known[order]),
        }
    )


def _draw_days_past_due(rng: np.random.Generator, states: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return days past due: some weeks under strain, months when failing."""
    short = rng.integers(3, 34, states.size)
    return np.where((states == FAILING) | (states == GONE), rng.integers(15, 130, states.size), short)
