"""What the window of an extraction leaves out, by cause: known_on is missing, impossible, or not in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from pipelines.warehouse.queries import compile_literal

EARLIEST = date(1900, 1, 1)
_FAR_YEARS = 10


@dataclass(frozen=True)
class LeftOut:
    """How many rows a SELECT has without its window, and how many of them the window leaves out."""

    rows: int
    missing: int
    before_1900: int
    before_window: int
    not_yet_known: int
    far_future: int

    @property
    def impossible(self) -> int:
        """Rows whose known_on no row can have."""
        return self.before_1900 + self.far_future


def find_far_future(known_before: date) -> date:
    """Return the day from which on known_on is a mistake, such as 9999-12-31."""
    year = min(known_before.year + _FAR_YEARS, date.max.year)
    return date(year, known_before.month, 1)


def count_outside(statement: str, known_from: date, known_before: date) -> str:
    """Return the SELECT that gives the six counts of LeftOut over a SELECT without its window."""
    known_on = sa.cast(sa.column("known_on"), sa.Date())
    first, start, end, far = (
        sa.literal(day) for day in (EARLIEST, known_from, known_before, find_far_future(known_before))
    )
    causes = (
        known_on.is_(None),
        known_on < first,
        sa.and_(known_on >= first, known_on < start),
        sa.and_(known_on >= end, known_on < far),
        known_on >= far,
    )
    counts = [sa.func.count(sa.case((cause, 1))) for cause in causes]
    return compile_literal(sa.select(sa.func.count(), *counts)) + " from (" + statement + ") as q"
