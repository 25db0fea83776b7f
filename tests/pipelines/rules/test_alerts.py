"""Alerts over consecutive runs: one a fact, in the run that finds it; it ages, goes up, is answered, and is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pipelines.early_warning.decisions import Decision, answer_alert, override_class
from pipelines.ledger.runs import flip_pointer, mark_run, read_publications
from pipelines.settings import add_months
from pipelines.warehouse import Warehouse
from tests.pipelines.class_runs import (
    AUGUST,
    CLEAN,
    DECEMBER,
    LATE,
    LOST,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    VERY_LATE,
    publish,
    read_class,
    read_view,
)
from tests.pipelines.rows import write_rows

OUTSIDE = {
    "customer_id": "a",
    "stage": "prospect",
    "reason": "outside",
    "since": AUGUST,
    "turnover_6m": 0,
    "turnover_before_6m": 0,
    "rule_version": "v",
}
ENTERED = "a|entered|2026-09-01"


def alerts_of(warehouse: Warehouse, as_of: date, measures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Publish a run in which customer a is measured so, beside one that is never late, and return a's alerts."""
    publish(warehouse, as_of, {"a": measures, "other": CLEAN})
    assert not read_view(warehouse, "alerts", "other")
    return read_view(warehouse, "alerts")


def test_entering_watch_raises_one_alert_in_the_same_run(warehouse: Warehouse) -> None:
    assert not alerts_of(warehouse, AUGUST, CLEAN)
    (alert,) = alerts_of(warehouse, SEPTEMBER, LATE)
    (first, *_) = read_view(warehouse, "exit_plans")
    expected = {
        "alert_id": ENTERED,
        "kind": "entered",
        "relationship_class": "watch",
        "evidence": "overdue",
        "why_en": "payments are late",
        "raised_on": SEPTEMBER,
        "due_on": date(2026, 9, 21),
        "age_days": 0,
        "level": 1,
        "state": "open",
        "owner_role": "manager",
        "owner_id": "M1",
    }
    assert {name: alert[name] for name in expected} == expected
    assert alert["next_action_en"] == first["text_en"]
    assert first["text_en"].endswith("on the customer; days late: 15; probability of distress: 2 %.")
    assert first["due_on"] == alert["due_on"]


def test_who_stays_raises_none_and_an_unanswered_alert_goes_up(warehouse: Warehouse) -> None:
    told = [alerts_of(warehouse, add_months(SEPTEMBER, step), LATE) for step in range(4)]
    assert [[row["alert_id"] for row in rows] for rows in told] == [[ENTERED]] * 4
    one = [rows[0] for rows in told]
    assert [row["age_days"] for row in one] == [0, 30, 61, 91]
    assert [row["level"] for row in one] == [1, 2, 3, 3]
    assert [row["owner_role"] for row in one] == ["manager", "branch", "head_office", "head_office"]
    assert [row["owner_id"] for row in one] == ["M1", "B1", None, None]
    assert {row["due_on"] for row in one} == {date(2026, 9, 21)}


def test_an_answer_stops_it(warehouse: Warehouse) -> None:
    alerts_of(warehouse, SEPTEMBER, LATE)
    answer_alert(warehouse, ENTERED, Decision(date(2026, 9, 10), "M. Manager", "visited"))
    told = [alerts_of(warehouse, add_months(SEPTEMBER, step), LATE)[0] for step in range(1, 4)]
    assert [(row["state"], row["level"], row["owner_role"]) for row in told] == [("answered", 1, "manager")] * 3


def test_recovery_closes_it_and_the_next_fall_is_another(warehouse: Warehouse) -> None:
    told = [
        alerts_of(warehouse, add_months(SEPTEMBER, step), measures)
        for step, measures in enumerate([LATE, CLEAN, CLEAN, CLEAN, CLEAN, LATE])
    ]
    states = [[row["state"] for row in rows] for rows in told]
    assert states == [["open"], ["open"], ["open"], ["closed"], [], ["open"]]
    assert told[-1][0]["alert_id"] == "a|entered|2027-02-01"


def test_each_worse_class_and_a_proposed_exit_alert_once(warehouse: Warehouse) -> None:
    alerts_of(warehouse, SEPTEMBER, LATE)
    kinds = [
        sorted((row["kind"], row["relationship_class"]) for row in alerts_of(warehouse, as_of, measures))
        for as_of, measures in ((OCTOBER, VERY_LATE), (NOVEMBER, LOST), (DECEMBER, LOST))
    ]
    both = [("entered", "doubtful"), ("entered", "watch")]
    assert kinds == [both, [*both, ("exit_proposed", "doubtful")], [*both, ("exit_proposed", "doubtful")]]


def test_a_run_done_again_raises_the_same(warehouse: Warehouse) -> None:
    alerts_of(warehouse, AUGUST, CLEAN)
    first = alerts_of(warehouse, SEPTEMBER, LATE)
    assert alerts_of(warehouse, SEPTEMBER, LATE) == first
    later = alerts_of(warehouse, OCTOBER, VERY_LATE)
    assert alerts_of(warehouse, OCTOBER, VERY_LATE) == later
    assert len(later) == 2


def test_after_a_rollback_the_month_goes_on_from_the_run_that_stands(warehouse: Warehouse) -> None:
    alerts_of(warehouse, AUGUST, CLEAN)
    wrong = publish(warehouse, SEPTEMBER, {"a": VERY_LATE, "other": CLEAN})
    before = read_publications(warehouse)
    flip_pointer(warehouse, before, before[0].run_id, AUGUST, "rollback")
    mark_run(warehouse, wrong, "superseded")
    mark_run(warehouse, before[0].run_id, "published")
    (alert,) = alerts_of(warehouse, SEPTEMBER, LATE)
    assert (alert["alert_id"], alert["relationship_class"]) == (ENTERED, "watch")
    assert read_class(warehouse)["previous_class"] == "normal"


def test_a_class_that_a_person_sets_alerts_once_until_it_no_longer_counts(warehouse: Warehouse) -> None:
    assert not alerts_of(warehouse, AUGUST, CLEAN)
    override_class(
        warehouse, "a", "watch", date(2026, 10, 15), Decision(date(2026, 8, 20), "B. Banker", "owners quarrel")
    )
    (alert,) = alerts_of(warehouse, SEPTEMBER, CLEAN)
    assert (alert["alert_id"], alert["relationship_class"], alert["state"]) == (ENTERED, "watch", "open")
    assert alert["why_en"].startswith("a person has set this class where the rule says: ")
    (alert,) = alerts_of(warehouse, OCTOBER, LATE)
    assert (alert["alert_id"], alert["state"], read_class(warehouse)["machine_class"]) == (ENTERED, "open", "watch")
    (alert,) = alerts_of(warehouse, NOVEMBER, LATE)
    assert (alert["alert_id"], alert["state"]) == (ENTERED, "open")


def test_who_leaves_the_books_leaves_a_closed_alert(warehouse: Warehouse) -> None:
    alerts_of(warehouse, SEPTEMBER, LATE)
    publish(warehouse, OCTOBER, {"other": CLEAN})
    (alert,) = read_view(warehouse, "alerts")
    assert (alert["alert_id"], alert["state"], alert["why_en"]) == (ENTERED, "closed", "payments are late")
    publish(warehouse, NOVEMBER, {"other": CLEAN})
    assert not read_view(warehouse, "alerts")


def test_who_is_outside_and_owes_nothing_alerts_when_it_comes_in(warehouse: Warehouse) -> None:
    owed = [0, 0, 9, 9, 0, 0]
    told = []
    for step, loans in enumerate(owed):
        as_of = add_months(SEPTEMBER, step)
        write_rows(warehouse, "crm.lifecycle_v1", [OUTSIDE | {"as_of": as_of, "run_id": f"{as_of}.1"}])
        told.append(alerts_of(warehouse, as_of, VERY_LATE | {"loan_balance": loans}))
        assert len(read_view(warehouse, "exit_plans")) == (4 if loans else 0)
        assert read_class(warehouse)["machine_class"] == "doubtful"
        assert not read_view(warehouse, "plan_gaps")
    raised = "a|entered|2026-11-01"
    assert [[(row["alert_id"], row["state"]) for row in rows] for rows in told] == [
        *([], []),
        *([(raised, "open")], [(raised, "open")]),
        *([(raised, "closed")], []),
    ]
    assert [row["next_action_en"] is None for rows in told for row in rows] == [False, False, True]


def test_a_doubtful_customer_whose_alert_nobody_answers_is_a_gap(warehouse: Warehouse) -> None:
    gaps = []
    for as_of, loans in ((SEPTEMBER, None), (OCTOBER, 9), (NOVEMBER, 9)):
        publish(warehouse, as_of, {"a": VERY_LATE | {"loan_balance": loans}, "other": CLEAN})
        gaps.append([row["gap"] for row in read_view(warehouse, "plan_gaps")])
    assert gaps == [["loans_not_received"], [], ["unanswered"]]
