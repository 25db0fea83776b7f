"""Lead times: what each measure counts, on panels small enough to count by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.classes.lead_time import (
    Panel,
    choose_cheapest,
    compare_caught,
    cost_of,
    count_false,
    count_watch_before,
    find_alerts,
    find_events,
    find_false_alarms,
    measure_policy,
    summarize_policy,
)
from models.measure.bootstrap import draw_customers

# a month a letter: k key account, d in distress (and key), . neither
FATES = (
    "kkkkkkkddk",  # comes into distress in month 7
    "kkkkkkkkkk",  # never
    "ddkkkkkkkk",  # was in distress before the evaluated months
    "kkkkk.ddkk",  # no key account the month before
)
WATCH = (
    "...wwwwwww",
    "..ww...w..",
    "..........",
    "..........",
)
HORIZON = 2


def read_marks(lines: tuple[str, ...], letters: str) -> np.ndarray:
    return np.array([[one in letters for one in line] for line in lines])


@pytest.fixture
def panel() -> Panel:
    return Panel(read_marks(FATES, "kd"), read_marks(FATES, "d"), np.full((4, 10), 100.0), 2, 9, 9)


@pytest.fixture
def watch() -> np.ndarray:
    return read_marks(WATCH, "w")


def test_an_event_is_the_first_month_of_distress_of_who_was_key_before(panel: Panel) -> None:
    assert [tuple(at) for at in np.argwhere(find_events(panel, HORIZON))] == [(0, 7)]
    assert not find_events(panel.between(2, 7), HORIZON).any()


def test_a_relapse_within_the_horizon_is_no_event() -> None:
    fates = ("kkkdkkdkkkkd",)
    panel = Panel(read_marks(fates, "kd"), read_marks(fates, "d"), np.zeros((1, 12)), 1, 12, 11)
    assert [month for _, month in np.argwhere(find_events(panel, 2))] == [3, 6, 11]
    assert [month for _, month in np.argwhere(find_events(panel, 3))] == [3, 11]


def test_lead_is_the_unbroken_watch_up_to_the_month_before(watch: np.ndarray) -> None:
    assert count_watch_before(watch)[0].tolist() == [0, 0, 0, 0, 1, 2, 3, 4, 5, 6]
    assert count_watch_before(watch)[1].tolist() == [0, 0, 0, 1, 2, 0, 0, 0, 1, 0]


def test_an_alert_is_a_step_onto_watch_or_a_watch_at_the_start(panel: Panel, watch: np.ndarray) -> None:
    assert [tuple(at) for at in np.argwhere(find_alerts(panel, watch))] == [(0, 3), (1, 2), (1, 7)]
    assert [tuple(at) for at in np.argwhere(find_alerts(panel.between(4, 9), watch))] == [(0, 4), (1, 7)]


def test_a_false_alarm_sees_no_distress_within_the_horizon(panel: Panel, watch: np.ndarray) -> None:
    alerts = find_alerts(panel, watch)
    assert [tuple(at) for at in np.argwhere(find_false_alarms(panel, alerts, HORIZON))] == [(0, 3), (1, 2), (1, 7)]
    assert [tuple(at) for at in np.argwhere(find_false_alarms(panel, alerts, 4))] == [(1, 2), (1, 7)]


def test_what_a_month_does_not_know_yet_is_no_event(panel: Panel) -> None:
    assert find_events(panel.until(7), HORIZON).sum() == 1
    assert find_events(panel.until(6), HORIZON).sum() == 0


def test_measures_of_a_policy(panel: Panel, watch: np.ndarray) -> None:
    draws = draw_customers(np.array(list("abcd")), 50, 1)
    told = measure_policy("ours", summarize_policy(panel, watch, 4), draws)
    assert (told.event_count, told.alert_count, told.median_months) == (1, 3, 4.0)
    assert (told.caught_1m, told.caught_3m, told.caught_6m, told.caught_3m_by_exposure) == (1.0, 1.0, 0.0, 1.0)
    assert told.alerts_per_event == 3.0
    key_years = (7 + 7 + 7 + 6) / 12
    # of three alerts two are resolved within ten months, and one of them was for nothing
    assert told.false_alarms_per_100_year == pytest.approx(100 * 3 * (1 / 2) / key_years)
    assert told.watch_months_per_key_year == pytest.approx((6 + 2 + 1) / key_years)


def test_an_alert_whose_end_is_not_known_is_neither_true_nor_false(panel: Panel, watch: np.ndarray) -> None:
    sums = summarize_policy(panel.until(6), watch, 4)
    assert (sums.alerts.sum(), sums.resolved.sum(), sums.false_alarms.sum()) == (3, 1, 1)
    assert count_false(sums) == 3


def test_a_policy_of_fewer_months_is_not_on_watch_behind_them(panel: Panel, watch: np.ndarray) -> None:
    assert summarize_policy(panel, watch[:, :7], 4).alerts.sum() == 2


def test_exposure_is_what_was_owed_the_month_before(panel: Panel, watch: np.ndarray) -> None:
    panel.exposure_amount[0] = [0, 0, 0, 0, 0, 0, 7, 1000, 0, 0]
    assert summarize_policy(panel, watch, 4).exposure.tolist() == [7.0, 0.0, 0.0, 0.0]


def test_without_an_event_nothing_is_said_of_leads(panel: Panel, watch: np.ndarray) -> None:
    draws = draw_customers(np.array(list("abcd")), 50, 1)
    told = measure_policy("ours", summarize_policy(panel.between(2, 5), watch, 4), draws)
    assert told.event_count == 0
    assert all(math.isnan(value) for value in (told.median_months, told.caught_3m, told.alerts_per_event))


def test_what_catches_more_leads_by_so_much(panel: Panel, watch: np.ndarray) -> None:
    draws = draw_customers(np.array(list("abcd")), 50, 1)
    ours, theirs = summarize_policy(panel, watch, 4), summarize_policy(panel, np.zeros_like(watch), 4)
    assert compare_caught(ours, theirs, draws) == (1.0, 1.0, 1.0)
    assert compare_caught(ours, ours, draws) == (0.0, 0.0, 0.0)


def test_the_cheapest_edge_alarms_least_of_equal_ones(panel: Panel, watch: np.ndarray) -> None:
    missing, catching = summarize_policy(panel, np.zeros_like(watch), 4), summarize_policy(panel, watch, 4)
    assert (cost_of(missing, 10, 1), cost_of(catching, 10, 1)) == (10, 1.5)
    assert choose_cheapest({0.1: 2.0, 0.2: 2.0, 0.3: 5.0}) == 0.2
