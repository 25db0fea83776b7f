"""Consents: who lets the bank court it, who refused, who never said, and the few who take it back or want erasure."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Bools, as_dates, name_customers
from demo.customers import Customers
from demo.telling import keep_known

SHARE_SILENT, SHARE_SILENT_FIRMS = 0.01, 0.9  # a firm is asked only where it signs up for something by its own name
SHARE_REFUSING, SHARE_REFUSING_FIRMS = 0.01, 0.003
SHARE_WITHDRAWN, SHARE_ERASED = 0.01, 0.001  # of who consented, and of all
SIGNED_WITHIN, AGAIN_AFTER = 15, 30  # days after joining, less than; after the first statement, at least
TOLD_WITHIN = 5  # days, less than


def tabulate_consents(rng: np.random.Generator, customers: Customers, calendar: Calendar) -> pa.Table:
    """Lay out landing.consents: a row when a customer first states it, and one more when it takes it back.

    It hangs on luck alone, never on a hidden state. An outside firm has signed nothing.
    """
    states, consents, asks, withdraws = _draw_minds(rng, customers)
    stated = customers.joined + rng.integers(0, SIGNED_WITHIN, len(customers))
    again = rng.integers(int(calendar.first_day[0]), int(calendar.first_day[-1]), len(customers))
    later = np.maximum(stated + AGAIN_AFTER, again)
    first, second = np.flatnonzero(states), np.flatnonzero(asks | withdraws)
    row, is_second = np.concatenate([first, second]), np.repeat([False, True], [first.size, second.size])
    day = np.where(is_second, later[row], stated[row])
    known = day + rng.integers(0, TOLD_WITHIN, row.size)
    order = keep_known(known, int(calendar.first_day[-1]))
    row, day, is_second = row[order], day[order], is_second[order]
    is_asking = is_second & asks[row]
    return pa.table(
        {
            "customer_id": name_customers(customers.number[row]),
            "has_marketing_consent": pa.array(consents[row] & ~is_second, mask=is_asking),
            "erasure_requested_on": as_dates(day, missing=~is_asking),
            "stated_on": as_dates(day),
            "known_on": as_dates(known[order]),
        }
    )


def _draw_minds(rng: np.random.Generator, customers: Customers) -> tuple[Bools, Bools, Bools, Bools]:
    """Return who states anything on joining, who consents then, who asks for erasure later, and who withdraws."""
    draws = rng.random((4, len(customers)))
    is_here = ~customers.is_outside
    refuses = is_here & (draws[0] < np.where(customers.is_person, SHARE_REFUSING, SHARE_REFUSING_FIRMS))
    is_silent = draws[1] < np.where(customers.is_person, SHARE_SILENT, SHARE_SILENT_FIRMS)
    consents = is_here & ~refuses & ~is_silent
    asks = is_here & (draws[2] < SHARE_ERASED)
    withdraws = consents & ~asks & (draws[3] < SHARE_WITHDRAWN)
    return refuses | consents, consents, asks, withdraws
