"""The bank's months: first days and lengths, as days since 1970-01-01."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Calendar:
    """`months` whole months that end before `end`; first_day has one entry more, which is `end` itself."""

    months: int
    end: date
    first_day: NDArray[np.int64]
    month_of_year: NDArray[np.int64]

    @property
    def length(self) -> NDArray[np.int64]:
        """Days of each month."""
        return np.diff(self.first_day)


def make_calendar(months: int, end: date) -> Calendar:
    """Lay out the months before `end`, which must be the first day of a month."""
    if end.day != 1 or months < 1:
        raise ValueError(f"end is {end} and months is {months}; expected a first of month and at least one month.")
    last = np.datetime64(end, "M")
    firsts = np.arange(last - months, last + 1)
    return Calendar(
        months=months,
        end=end,
        first_day=firsts.astype("datetime64[D]").astype(np.int64),
        month_of_year=firsts[:-1].astype(np.int64) % 12,
    )
