"""Partition keys: the month that a run of the scheduler carries, read strictly and in this one place."""

from __future__ import annotations

import re
from datetime import date

from pipelines.errors import SettingsError
from pipelines.settings import as_of_of_month

_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")


def read_as_of(partition_key: str | None, month: str | None) -> date:
    """Turn a run's partition key, or the month given by hand, into its as_of: the first day of the month after.

    "2026-10" gives 2026-11-01. Refused: neither of the two, two that differ, and anything but exactly YYYY-MM
    ("2026-9" is a key that a scheduler would hand on as it is, and it would then name a partition of its own).
    """
    return as_of_of_month(_read_period(partition_key, month))


def read_quarter_as_of(partition_key: str | None, month: str | None) -> date:
    """As read_as_of, but a quarter rolled up from its three months is a key too: "2026-Q2" gives 2026-07-01."""
    period = _read_period(partition_key, month)
    quarter = _QUARTER.fullmatch(period)
    return as_of_of_month(f"{quarter[1]}-{int(quarter[2]) * 3:02d}" if quarter else period)


def _read_period(partition_key: str | None, month: str | None) -> str:
    given = {value for value in (partition_key, month) if value is not None}
    if len(given) != 1:
        raise SettingsError(
            f"a run needs one month; got partition key {partition_key!r} and month {month!r}. "
            "Trigger it with a partition key such as 2026-10, or with the parameter month."
        )
    return given.pop()
