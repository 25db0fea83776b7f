"""Events: what befell a customer and what is said of it, as rows known some days later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Floats, Ints, as_dates, name_customers, number, pick
from demo.customers import Customers
from demo.states import Panel
from demo.troubles import Troubles

KINDS = ("arrears", "default", "insolvency", "class5", "complaint", "report")
ARREARS, DEFAULT, INSOLVENCY, CLASS5, COMPLAINT, REPORT = range(len(KINDS))
# Chances a month, by state: steady, rising, strained, failing, gone.
COMPLAINS = np.array([0.008, 0.012, 0.120, 0.180, 0.0])
REPORTED = np.array([0.010, 0.050, 0.015, 0.020, 0.0])
LAST_DAY = 20  # of a month on which a trouble happens, so that it is known before the month is over


@dataclass(frozen=True)
class Happenings:
    """Single events, one an entry of each array."""

    kind: Ints
    customer: Ints  # row of Customers
    month: Ints
    value: Floats


def tabulate_events(
    rng: np.random.Generator, customers: Customers, panel: Panel, troubles: Troubles, calendar: Calendar, first_id: int
) -> pa.Table:
    """Lay out landing.events, in the order in which the bank learnt of them; ids count on from `first_id`."""
    rows = _gather(rng, customers, panel, troubles)
    count = rows.kind.size
    occurred = calendar.first_day[rows.month] + rng.integers(0, LAST_DAY, count)
    delay = np.where(rows.kind == REPORT, rng.integers(3, 40, count), rng.integers(0, 6, count))
    known = occurred + delay
    keep = np.flatnonzero(known < calendar.first_day[-1])
    order = keep[np.lexsort((keep, known[keep]))]
    has_value = np.isin(rows.kind[order], (ARREARS, CLASS5))
    return pa.table(
        {
            "event_id": number("V", np.arange(first_id, first_id + order.size), 9),
            "customer_id": name_customers(customers.number[rows.customer[order]]),
            "occurred_on": as_dates(occurred[order]),
            "kind": pick(KINDS, rows.kind[order]),
            "value": pa.array(rows.value[order], mask=~has_value),
            "known_on": as_dates(known[order]),
        }
    )


def _gather(rng: np.random.Generator, customers: Customers, panel: Panel, troubles: Troubles) -> Happenings:
    state = panel.state
    is_here = np.arange(state.shape[1]) >= customers.first_month[:, None]
    before = np.concatenate([np.minimum(troubles.grade[:, :1], 1), troubles.grade[:, :-1]], axis=1)
    happens = (
        troubles.arrears_days > 0,
        troubles.is_default,
        troubles.is_insolvency,
        (troubles.grade != before) & (before > 0),
        is_here & (rng.random(state.shape) < COMPLAINS[state]),
        is_here & (rng.random(state.shape) < REPORTED[state]),
    )
    found = [np.nonzero(one) for one in happens]
    kind = np.repeat(np.arange(len(KINDS)), [rows.size for rows, _ in found])
    customer, month = (np.concatenate(axis) for axis in zip(*found, strict=True))
    value = np.where(kind == ARREARS, troubles.arrears_days[customer, month], troubles.grade[customer, month])
    return Happenings(kind, customer, month, value.astype(np.float64))
