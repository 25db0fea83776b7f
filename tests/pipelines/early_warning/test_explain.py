"""A customer's classes told line by line, in both languages, and refused where the table does not lead through them."""

from __future__ import annotations

import io
from datetime import date

import pytest
from rich.console import Console

from pipelines.early_warning.decisions import Decision, approve_exit, override_class
from pipelines.early_warning.explain import explain
from pipelines.errors import PublicationError
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
    judge,
    publish,
)

STORY = """
2026-08-01  first judged, normal: nothing asks for another class
            not told: turnover, limits, blacklist
2026-09-01  normal -> watch: payments are late
            - payments are late (15, edge 1) [floor: no score or person lifts it]
            - loans graded special mention (2, edge 2) [floor: no score or person lifts it]
2026-10-01  stays watch, period 2: nothing asks for another class
            clean periods running: 1
2026-11-01  watch -> doubtful: payments over 90 days late
            - payments over 90 days late (400, edge 91) [floor: no score or person lifts it]
            - loans graded substandard or worse (5, edge 3) [floor: no score or person lifts it]
            - distress is more likely than the edge of watch (0.25, edge 0.2)
            exit is proposed, and entered only when a person approves it
2026-12-01  doubtful -> exit: a named person has approved the exit
            - payments over 90 days late (400, edge 91) [floor: no score or person lifts it]
            - loans graded substandard or worse (5, edge 3) [floor: no score or person lifts it]
"""
STORY_ZH = """
2026-08-01  首次分类，正常：无需调整分类
            未知项：流水、限额、黑名单
2026-09-01  正常 -> 关注：存在逾期
            - 存在逾期（15，阈值1）【监管下限，评分和人工均不得上调】
            - 贷款分类为关注（2，阈值2）【监管下限，评分和人工均不得上调】
2026-10-01  维持关注，第2期：无需调整分类
            已连续1期无负面证据
"""


def tell(warehouse: Warehouse, as_of: date, language: str = "en", customer_id: str = "a") -> str:
    """Return what explain prints."""
    text = io.StringIO()
    explain(Console(file=text, width=80), warehouse, customer_id, as_of, language)
    return "\n" + text.getvalue()


@pytest.fixture
def bank(warehouse: Warehouse) -> Warehouse:
    """Five runs in which customer a goes from normal to exit."""
    unknown = {"unknown": "turnover_ratio_3m_12m,is_over_limit,is_blacklisted"}
    for as_of, measures in (
        (AUGUST, CLEAN | unknown),
        (SEPTEMBER, LATE),
        (OCTOBER, CLEAN),
        (NOVEMBER, LOST | {"distress_score": 0.25}),
    ):
        publish(warehouse, as_of, {"a": measures, "b": CLEAN})
    approve_exit(warehouse, "a", Decision(date(2026, 11, 9), "H. Head", "no way back"))
    publish(warehouse, DECEMBER, {"a": LOST, "b": CLEAN})
    return warehouse


def test_every_run_is_told_line_by_line(bank: Warehouse) -> None:
    assert tell(bank, DECEMBER) == STORY


def test_up_to_a_day_and_in_chinese(bank: Warehouse) -> None:
    assert tell(bank, date(2026, 10, 31), "zh") == STORY_ZH


def test_an_override_is_told_with_its_author(bank: Warehouse) -> None:
    override_class(bank, "b", "watch", date(2027, 6, 1), Decision(date(2026, 12, 3), "B. Banker", "x"))
    publish(bank, date(2027, 1, 1), {"a": LOST, "b": CLEAN})
    assert "shown as watch until 2027-06-01, by B. Banker" in tell(bank, date(2027, 1, 1), customer_id="b")
    assert "人工调整显示为关注，至2027-06-01，调整人B. Banker" in tell(bank, date(2027, 1, 1), "zh", "b")


def test_who_has_no_class_is_refused(bank: Warehouse) -> None:
    with pytest.raises(
        PublicationError, match=r"no run that stands up to 2026-12-01 has a class of customer 'c'\. Corr"
    ):
        tell(bank, DECEMBER, customer_id="c")
    with pytest.raises(PublicationError, match="no run that stands up to 2026-07-31"):
        tell(bank, date(2026, 7, 31))


def test_a_run_that_is_not_published_or_was_rolled_back_is_not_told(bank: Warehouse) -> None:
    judge(bank, date(2027, 1, 1), {"a": CLEAN})
    assert tell(bank, date(2027, 1, 1)) == STORY
    history = read_publications(bank)
    flip_pointer(bank, history, history[-2].run_id, NOVEMBER, "rollback")
    mark_run(bank, history[-1].run_id, "superseded")
    assert tell(bank, DECEMBER) == STORY[: STORY.index("2026-12-01")]
    publish(bank, DECEMBER, {"a": VERY_LATE, "b": CLEAN})
    assert "2026-12-01  doubtful -> exit" in tell(bank, DECEMBER)


def test_of_a_month_done_again_the_last_run_is_told(bank: Warehouse) -> None:
    publish(bank, DECEMBER, {"a": LOST, "b": LATE})
    assert "2026-12-01  normal -> watch" in tell(bank, DECEMBER, customer_id="b")


TAMPERED = {
    "class": "update crm.relationship_classes_v1 set machine_class = 'normal' "
    "where customer_id = 'a' and as_of = date '2026-11-01'",
    "floor": "update crm.relationship_classes_v1 set floor_class = 'normal' "
    "where customer_id = 'a' and as_of = date '2026-11-01'",
    "reason": "update crm.relationship_classes_v1 set evidence = 'score_high' "
    "where customer_id = 'a' and as_of = date '2026-11-01'",
    "previous": "update crm.relationship_classes_v1 set previous_class = 'normal' "
    "where customer_id = 'a' and as_of = date '2026-11-01'",
    "evidence_gone": "delete from crm.class_evidence_v1 where customer_id = 'a' and as_of = date '2026-09-01'",
    "evidence_of_no_line": "update crm.class_evidence_v1 set evidence = 'gossip' "
    "where customer_id = 'a' and evidence = 'score_high'",
    "line_gone": "delete from crm.class_transitions_v1 where from_class = 'watch' and as_of = date '2026-10-01'",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_history_changed_by_another_hand_is_refused(bank: Warehouse, what: str) -> None:
    bank.run(TAMPERED[what])
    with pytest.raises(
        PublicationError, match=r"the class of a in run 2026-\d\d-01\.1 (does not follow|has no ground)"
    ):
        tell(bank, DECEMBER)
    assert "first judged" in tell(bank, DECEMBER, customer_id="b")


def test_a_run_of_another_table_is_held_to_its_own(bank: Warehouse) -> None:
    """As if late payments had asked for nothing when the run of September was judged by an older revision."""
    for statement in (
        "update crm.class_transitions_v1 set to_class = 'doubtful' where from_class = 'normal' "
        "and evidence = 'overdue' and as_of = date '2026-09-01'",
        "update crm.relationship_classes_v1 set machine_class = 'doubtful', relationship_class = 'doubtful', "
        "floor_class = 'doubtful' where customer_id = 'a' and as_of = date '2026-09-01'",
        "update crm.relationship_classes_v1 set previous_class = 'doubtful', machine_class = 'doubtful' "
        "where customer_id = 'a' and as_of = date '2026-10-01'",
        "update crm.relationship_classes_v1 set previous_class = 'doubtful' "
        "where customer_id = 'a' and as_of = date '2026-11-01'",
    ):
        bank.run(statement)
    assert "normal -> doubtful: payments are late" in tell(bank, DECEMBER)


def test_who_was_gone_for_a_run_starts_anew_and_is_told(warehouse: Warehouse) -> None:
    for step, told in enumerate(({"a": VERY_LATE, "b": CLEAN}, {"b": CLEAN}, {"a": LATE, "b": CLEAN})):
        publish(warehouse, add_months(AUGUST, step), told)
    lines = tell(warehouse, OCTOBER).splitlines()
    assert [line for line in lines if line.startswith("2026")] == [
        "2026-08-01  first judged, doubtful: payments over 90 days late",
        "2026-10-01  first judged, watch: payments are late",
    ]
