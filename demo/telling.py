"""KnownDates: when the bank learns of a row, which rows are told wrongly at first and corrected by a later one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.calendar import Calendar
from demo.columns import Bools, Ints

LATE_SHARE, LATEST = 0.02, 26  # of month figures, and by how many days at most
CORRECTED_AFTER = (6, 45)  # days


@dataclass(frozen=True)
class KnownDates:
    """The rows in the order in which they are told: which `row` it is, the day, and whether this telling is wrong."""

    row: Ints
    known: Ints
    is_wrong: Bools


def keep_known(known: Ints, end: int) -> Ints:
    """Return the places of what is known before the day `end`, in the order in which it becomes known."""
    keep = np.flatnonzero(known < end)
    return keep[np.argsort((known[keep] - end).astype(np.int16), kind="stable")]


def draw_known_months(
    rng: np.random.Generator, month: Ints, calendar: Calendar, first_day: int, wrong_share: float
) -> KnownDates:
    """Tell figures of whole months `first_day` days or so into the next one, a few late, a few wrongly at first."""
    closing = first_day + rng.integers(0, 3, calendar.months)  # the day on which the month's books are closed
    late = np.where(rng.random(month.size) < LATE_SHARE, rng.integers(1, LATEST, month.size), 0)
    known = calendar.first_day[month + 1] - 1 + closing[month] + late
    return correct(rng, known, int(calendar.first_day[-1]), wrong_share)


def correct(rng: np.random.Generator, known: Ints, end: int, wrong_share: float) -> KnownDates:
    """Repeat a few rows later: their first telling is wrong, and only where the correction comes before the end."""
    again = known + rng.integers(*CORRECTED_AFTER, known.size)
    is_wrong = (rng.random(known.size) < wrong_share) & (again < end)
    mended = np.flatnonzero(is_wrong)
    row = np.concatenate([np.arange(known.size), mended])
    days = np.concatenate([known, again[mended]])
    order = keep_known(days, end)
    wrong = np.concatenate([is_wrong, np.zeros(mended.size, dtype=bool)])
    return KnownDates(row[order], days[order], wrong[order])
