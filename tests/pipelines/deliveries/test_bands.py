"""Bands learnt from the months before: median and deviation, what counting alone makes, the season, stated limits."""

from __future__ import annotations

import pytest

from pipelines.deliveries.bands import Point, is_silent, learn_band
from pipelines.deliveries.declared import MEASURES

ROWS, LOST, VOIDS = MEASURES["rows"], MEASURES["returning_share"], MEASURES["void_share"]


def points(*values: float | None, sample: int = 1000) -> list[Point | None]:
    return [None if value is None else Point(value, sample) for value in values]


@pytest.mark.parametrize(
    ("value", "state"),
    [(1000, "usual"), (1240, "usual"), (1260, "warned"), (1490, "warned"), (1510, "stopped"), (0, "stopped")],
)  # fmt: skip
def test_counts_of_a_steady_table_may_move_by_the_stated_least(value: float, state: str) -> None:
    assert learn_band(ROWS, points(*[1000] * 12), 1000).describe(value) == state


def test_a_table_that_moves_by_itself_has_a_wider_band() -> None:
    restless = points(600, 1400, 700, 1300, 800, 1200, 900, 1100)
    assert learn_band(ROWS, restless, 1000).describe(2000) != "stopped"
    assert learn_band(ROWS, points(*[1000] * 8), 1000).describe(2000) == "stopped"


def test_one_month_gone_wrong_does_not_move_the_band() -> None:
    assert learn_band(ROWS, points(*[1000] * 7, 3), 1000).describe(100) == "stopped"


def test_few_customers_are_allowed_what_chance_makes() -> None:
    few, many = points(*[1.0] * 8, sample=20), points(*[1.0] * 8, sample=2000)
    assert learn_band(LOST, few, 20).describe(0.95) == "usual"
    assert learn_band(LOST, many, 2000).describe(0.95) == "stopped"


def test_a_season_seen_a_year_ago_is_usual() -> None:
    """New Year halves the rows in February of one year and in January of the next."""
    year = [1000, 500, *[1000] * 10]
    assert learn_band(ROWS, points(*[1000] * 6, *year), 1000).describe(500) == "usual"
    assert learn_band(ROWS, points(*[1000] * 18), 1000).describe(500) == "stopped"


@pytest.mark.parametrize(
    ("months", "value", "state"), [(5, 0.49, "stopped"), (5, 0.51, "usual"), (0, 0.49, "stopped"), (6, 0.9, "stopped")]
)
def test_without_six_months_only_the_stated_limit_counts(months: int, value: float, state: str) -> None:
    assert learn_band(LOST, points(*[1.0] * months), 1000).describe(value) == state


def test_a_share_that_is_bad_above_has_no_lower_bound() -> None:
    band = learn_band(VOIDS, points(*[0.1] * 8), 1000)
    assert (band.describe(0.0), band.describe(0.26)) == ("usual", "stopped")


@pytest.mark.parametrize(
    ("history", "value", "silent"),
    [
        ((10, 20, 30), 0, True), ((10, 20, 30), 1, False), ((10, 20), 0, False), ((10, 9, 30), 0, False),
        ((None, 10, 20), 0, False),
    ],
)  # fmt: skip
def test_silence_needs_three_months_that_all_had_many_rows(
    history: tuple[float | None, ...], value: float, silent: bool
) -> None:
    assert is_silent(points(*history), value) is silent


@pytest.mark.parametrize(("value", "is_stopped"), [(0, False), (20, False), (60, True)])
def test_a_small_count_may_vanish_by_chance_but_not_grow_eightfold(value: float, is_stopped: bool) -> None:
    band = learn_band(MEASURES["second_customers"], points(*[7] * 8, sample=7), 7)
    assert (band.describe(value) == "stopped") is is_stopped


def test_a_typical_amount_of_half_stops() -> None:
    band = learn_band(MEASURES["median_amount"], points(*[100.0] * 8, sample=300), 300)
    assert [band.describe(value) for value in (50, 75, 100)] == ["stopped", "usual", "usual"]
