"""Bounds by hand: what a figure may move, by its own least, by what the past moved, and by how few are behind it."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from pipelines.publishing.bounds import Bounds, Point, find_bounds
from pipelines.publishing.measures import BEFORE, find_measure

GROW = ("care_lists", "grow")


def bound(subject: tuple[str, str], now: float, *past: float, sample: int = 1000, months: int = 1) -> Bounds | None:
    """Hold a value to those of the runs before, of `sample` rows each."""
    points = [Point(value, sample) for value in past]
    moves = [math.log(one / other) if min(one, other) > 0 else 0.0 for other, one in pairwise(past)]
    before = points[-1] if points else None
    return find_bounds(find_measure(*subject), Point(now, sample), before, points, moves, months)


def evaluate(subject: tuple[str, str], now: float, *past: float, sample: int = 1000, months: int = 1) -> str:
    found = bound(subject, now, *past, sample=sample, months=months)
    return found.evaluate(now) if found else "unchecked"


def test_with_no_run_before_there_is_nothing_to_compare() -> None:
    assert evaluate(GROW, 73) == "unchecked"
    assert evaluate(("m", "mean_move"), 3.0, 0.3, 0.3) == "unchecked"


@pytest.mark.parametrize(
    ("now", "state"),
    [(42, "stopped"), (37, "stopped"), (146, "stopped"), (52, "warned"), (73, "usual"), (100, "warned")],
)
def test_a_list_halved_or_doubled_stops_after_a_single_run(now: float, state: str) -> None:
    assert evaluate(GROW, now, 73) == state


@pytest.mark.parametrize("restless", [(73, 100, 70, 105, 72, 98, 73), (73,) * 7])
def test_a_restless_past_widens_the_bounds_and_never_lets_a_half_or_a_double_through(
    restless: tuple[float, ...],
) -> None:
    assert evaluate(GROW, 0.5 * 73, *restless) == evaluate(GROW, 2 * 73, *restless) == "stopped"


def test_a_restless_past_widens_the_bounds() -> None:
    calm, restless = bound(GROW, 73, *(73,) * 7), bound(GROW, 73, 73, 115, 70, 112, 72, 110, 73)
    assert calm
    assert restless
    assert calm.high == pytest.approx(73 * math.exp(0.5))
    assert restless.high == pytest.approx(73 * math.exp(0.65))


def test_a_single_wild_month_teaches_nothing() -> None:
    calm, once = bound(GROW, 73, *(73,) * 8), bound(GROW, 73, 73, 73, 73, 300, 73, 73, 73, 73)
    assert calm
    assert once
    assert once.high == calm.high


@pytest.mark.parametrize(("before", "now"), [(5, 0), (0, 9), (10, 19), (3, 12)])
def test_ten_names_more_or_fewer_stop_nothing(before: float, now: float) -> None:
    assert evaluate(GROW, now, before) != "stopped"


def test_few_customers_may_move_further() -> None:
    mean = ("key_account_distress", "mean_score")
    assert evaluate(mean, 0.197, 0.123, sample=80) == "stopped"
    assert evaluate(mean, 0.197, 0.123, sample=8) == "warned"
    assert evaluate(mean, 0.740, 0.123, sample=30) == "stopped"


def test_months_between_the_runs_widen_the_bounds() -> None:
    assert evaluate(GROW, 42, 73, months=1) == "stopped"
    assert evaluate(GROW, 42, 73, months=4) == "warned"


def test_nothing_has_no_ratio() -> None:
    assert evaluate(("contributions", "bank_monthly"), 1e6, 0.0) == "usual"


@pytest.mark.parametrize(
    ("measure", "now", "usual", "state"),
    [
        ("psi", 0.24, 0.03, "warned"),
        ("psi", 0.29, 0.03, "stopped"),
        ("psi", 0.0, 0.05, "usual"),
        ("rank_correlation", 0.83, 0.94, "stopped"),
        ("rank_correlation", 0.99, 0.94, "usual"),
        ("mean_move", 0.37, 0.25, "stopped"),
        ("mean_move", 0.25, 0.25, "usual"),
        ("mean_move", 0.18, 0.25, "usual"),
        ("mean_move", 0.12, 0.25, "stopped"),
        ("top_decile_kept_share", 0.3, 0.7, "stopped"),
    ],
)
def test_figures_of_two_runs_are_held_to_the_median_of_the_last_ones(
    measure: str, now: float, usual: float, state: str
) -> None:
    assert evaluate(("prospect_growth", measure), now, usual, usual, usual) == state


def test_a_stated_bound_counts_while_fewer_than_three_are_known() -> None:
    assert evaluate(("prospect_growth", "rank_correlation"), 0.5, 0.94, sample=500) == "stopped"
    assert evaluate(("prospect_growth", "rank_correlation"), 0.8, 0.94, sample=500) == "usual"


def test_every_figure_compared_with_the_usual_says_its_scale() -> None:
    assert find_measure("prospect_growth", "mean_score").against == BEFORE
    assert find_measure("prospect_growth", "psi").is_of_scores
    assert not find_measure(*GROW).is_of_scores
