"""The month of a run: exactly YYYY-MM, or nothing runs."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.errors import SettingsError
from pipelines.scheduling.partition_keys import read_as_of, read_quarter_as_of

BAD = [
    "2026-9",
    "2026-13",
    "2026-00",
    "",
    " ",
    "2026",
    "2026-10-01",
    "202610",
    "2026/10",
    "26-10",
    "2026-10 ",
    "2026-10\n",
    "-2026-10",
    "2026-Q5",
    "2026-q2",
    "2026Q2",
    "None",
    "２０２６-10",
    "0000-01",
]


@pytest.mark.parametrize(
    ("month", "as_of"),
    [("2026-10", date(2026, 11, 1)), ("2026-12", date(2027, 1, 1)), ("2026-01", date(2026, 2, 1))],
)
def test_a_month_means_the_first_day_after_it(month: str, as_of: date) -> None:
    assert read_as_of(month, None) == read_as_of(None, month) == read_as_of(month, month) == as_of
    assert read_quarter_as_of(month, None) == as_of


@pytest.mark.parametrize(
    ("key", "as_of"),
    [("2026-Q1", date(2026, 4, 1)), ("2026-Q2", date(2026, 7, 1)), ("2026-Q4", date(2027, 1, 1))],
)
def test_a_quarter_means_the_first_day_after_it(key: str, as_of: date) -> None:
    assert read_quarter_as_of(key, None) == as_of


@pytest.mark.parametrize("key", [*BAD, "2026-Q2"])
def test_a_month_is_read_strictly(key: str) -> None:
    for pair in ((key, None), (None, key)):
        with pytest.raises(SettingsError, match="YYYY-MM"):
            read_as_of(*pair)


@pytest.mark.parametrize("key", BAD)
def test_a_quarter_is_read_strictly(key: str) -> None:
    with pytest.raises(SettingsError, match="YYYY-MM"):
        read_quarter_as_of(key, None)


@pytest.mark.parametrize("pair", [(None, None), ("2026-10", "2026-09")])
def test_a_run_needs_one_month(pair: tuple[str | None, str | None]) -> None:
    for read in (read_as_of, read_quarter_as_of):
        with pytest.raises(SettingsError, match="one month"):
            read(*pair)
