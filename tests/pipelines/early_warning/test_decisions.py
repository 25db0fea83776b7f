"""Decisions of people: what does not fit is refused as a sentence and not written; the others count once, later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date

import pytest

from pipelines.early_warning.decisions import Decision, answer_alert, approve_exit, lift_exit, override_class
from pipelines.errors import DecisionError
from pipelines.warehouse import Warehouse, open_warehouse
from tests.pipelines.class_runs import (
    CLEAN,
    DECEMBER,
    LATE,
    LOST,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    judge,
    publish,
    read_class,
    read_view,
)

SAID = Decision(date(2026, 10, 5), "B. Banker", "seen with the owners")
ALERT = "lost|entered|2026-10-01"
Decide = Callable[[Warehouse], None]
BANK = {"good": CLEAN, "late": LATE, "lost": LOST}


@pytest.fixture
def bank(warehouse: Warehouse) -> Warehouse:
    """A run in force as of October: one customer normal, one on watch, one doubtful whose exit is proposed."""
    publish(warehouse, OCTOBER, BANK)
    return warehouse


def count_decisions(warehouse: Warehouse) -> int:
    return warehouse.select("select * from ops.class_decisions").num_rows


def override(customer_id: str, name: str, until: date = DECEMBER, said: Decision = SAID) -> Decide:
    return lambda warehouse: override_class(warehouse, customer_id, name, until, said)


EARLY = Decision(date(2026, 9, 30), "B. Banker", "x")
REFUSED: dict[str, tuple[Decide, str]] = {
    "approve_unknown": (lambda w: approve_exit(w, "nobody", SAID), "has no class of customer 'nobody'.*Publish a run"),
    "approve_unproposed": (lambda w: approve_exit(w, "late", SAID), "no exit of late is proposed as of 2026-10-01"),
    "approve_too_early": (lambda w: approve_exit(w, "lost", EARLY), "decision of 2026-09-30 .* expected 2026-10-01"),
    "lift_nothing": (lambda w: lift_exit(w, "late", SAID), "late is watch as of 2026-10-01, and no exit of it"),
    "lift_unknown": (lambda w: lift_exit(w, "nobody", SAID), "has no class of customer 'nobody'"),
    "override_to_exit": (override("good", "exit"), "override to 'exit'; expected of .*doubtful.*kcrm approve"),
    "override_to_nonsense": (override("good", "fine"), "override to 'fine'; expected of"),
    "override_under_floor": (override("late", "normal"), "under its floor watch as of 2026-10-01.*class_evidence"),
    "override_of_lost": (override("lost", "watch"), "under its floor doubtful"),
    "override_already_over": (override("good", "watch", SAID.decided_on), "ends on 2026-10-05; expected a day after"),
    "override_too_early": (override("good", "watch", said=EARLY), "expected 2026-10-01 or later"),
    "override_unknown": (override("nobody", "watch"), "has no class of customer 'nobody'"),
    "answer_unknown": (lambda w: answer_alert(w, "x|y|z", SAID), "no alert 'x|y|z'; correct it to an alert_id"),
    "answer_too_early": (lambda w: answer_alert(w, ALERT, EARLY), "expected 2026-10-01 or later"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_and_not_written(bank: Warehouse, case: str) -> None:
    decide, words = REFUSED[case]
    with pytest.raises(DecisionError, match=words) as refused:
        decide(bank)
    assert str(refused.value).endswith("Nothing was written.")
    assert count_decisions(bank) == 0


@pytest.mark.parametrize(("by", "reason"), [(" ", "x"), ("x", ""), ("x" * 201, "x"), ("x", "x" * 1001)])
def test_a_decision_has_a_name_and_a_reason_that_fit(by: str, reason: str) -> None:
    with pytest.raises(DecisionError, match=r"of a decision has \d+ characters; expected 1 to"):
        Decision(SAID.decided_on, by, reason)


def test_a_closed_alert_needs_no_answer(bank: Warehouse) -> None:
    for as_of in (NOVEMBER, DECEMBER, date(2027, 1, 1)):
        publish(bank, as_of, BANK | {"late": CLEAN})
    with pytest.raises(DecisionError, match=r"is closed as of 2027-01-01"):
        answer_alert(bank, "late|entered|2026-10-01", Decision(date(2027, 1, 5), "M", "x"))
    assert count_decisions(bank) == 0


def test_a_day_that_an_open_run_has_judged_is_refused(bank: Warehouse) -> None:
    judge(bank, NOVEMBER, BANK)
    with pytest.raises(DecisionError, match="would change the run as of 2026-11-01, which has judged already"):
        approve_exit(bank, "lost", SAID)
    with pytest.raises(DecisionError, match="would change the run as of 2026-11-01"):
        answer_alert(bank, ALERT, SAID)
    assert count_decisions(bank) == 0
    approve_exit(bank, "lost", Decision(NOVEMBER, "B. Banker", "x"))
    assert count_decisions(bank) == 1


def approve(warehouse: Warehouse) -> None:
    approve_exit(warehouse, "lost", SAID)


def answer(warehouse: Warehouse) -> None:
    answer_alert(warehouse, ALERT, SAID)


COUNTS: dict[str, tuple[Decide, str, str, object, object]] = {
    "approve": (approve, "lost", "relationship_class", "doubtful", "exit"),
    "override_to_worse": (override("good", "watch"), "good", "relationship_class", "normal", "watch"),
    "override_until_the_next_run": (
        override("good", "watch", NOVEMBER),
        "good",
        "relationship_class",
        "normal",
        "normal",
    ),
}


@pytest.mark.parametrize("case", COUNTS)
def test_a_decision_counts_from_the_next_run_and_not_in_one_done_again(bank: Warehouse, case: str) -> None:
    decide, customer, column, before, after = COUNTS[case]
    decide(bank)
    publish(bank, OCTOBER, BANK)
    assert read_class(bank, customer)[column] == before
    publish(bank, NOVEMBER, BANK)
    assert read_class(bank, customer)[column] == after
    publish(bank, NOVEMBER, BANK)
    assert read_class(bank, customer)[column] == after


def test_an_override_is_shown_and_the_machine_goes_on_from_its_own_class(bank: Warehouse) -> None:
    override_class(bank, "good", "doubtful", DECEMBER, SAID)
    publish(bank, NOVEMBER, BANK)
    row = read_class(bank, "good")
    assert (row["relationship_class"], row["machine_class"], row["override_by"]) == ("doubtful", "normal", "B. Banker")
    (first, *_) = [step for step in read_view(bank, "exit_plans", "good") if step["place"] == 1]
    assert first["due_on"] == date(2026, 10, 15), "a plan that a person asks for runs from that day"
    publish(bank, DECEMBER, BANK)
    assert read_class(bank, "good")["relationship_class"] == "normal"
    assert not read_view(bank, "exit_plans", "good")


def test_an_override_is_held_by_a_floor_that_comes_later(bank: Warehouse) -> None:
    override_class(bank, "good", "normal", date(2027, 6, 1), SAID)
    publish(bank, NOVEMBER, BANK | {"good": LATE})
    row = read_class(bank, "good")
    assert (row["relationship_class"], row["override_class"]) == ("watch", "normal")


def test_an_exit_is_lifted_to_doubtful_and_has_to_be_approved_anew(bank: Warehouse) -> None:
    approve(bank)
    publish(bank, NOVEMBER, BANK)
    lift_exit(bank, "lost", Decision(date(2026, 11, 20), "H. Head", "a buyer was found"))
    publish(bank, NOVEMBER, BANK)
    assert read_class(bank, "lost")["machine_class"] == "exit"
    publish(bank, DECEMBER, BANK)
    row = read_class(bank, "lost")
    assert (row["machine_class"], row["evidence"], row["is_exit_proposed"]) == ("doubtful", "exit_lifted", True)
    publish(bank, date(2027, 1, 1), BANK)
    assert read_class(bank, "lost")["machine_class"] == "doubtful", "the old approval is of the old proposal"


def test_an_approval_that_is_taken_back_before_the_next_run_does_not_count(bank: Warehouse) -> None:
    approve(bank)
    lift_exit(bank, "lost", Decision(SAID.decided_on, "H. Head", "not yet"))
    publish(bank, NOVEMBER, BANK)
    assert read_class(bank, "lost")["machine_class"] == "doubtful"


def test_an_answer_counts_from_the_next_run(bank: Warehouse) -> None:
    answer(bank)
    publish(bank, OCTOBER, BANK)
    assert {row["state"] for row in read_view(bank, "alerts", "lost")} == {"open"}
    publish(bank, NOVEMBER, BANK)
    (told,) = [row for row in read_view(bank, "alerts", "lost") if row["alert_id"] == ALERT]
    assert (told["state"], told["answered_by"], told["answer"]) == ("answered", SAID.decided_by, SAID.reason)
    assert (told["answered_on"], told["level"]) == (SAID.decided_on, 1)


def test_no_log_names_a_customer_or_a_person(bank: Warehouse, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="pipelines"):
        approve(bank)
        answer(bank)
    assert "decision: approve_exit on 2026-10-05" in caplog.text
    assert not [word for word in ("lost", SAID.decided_by, SAID.reason) if word in caplog.text]


def test_nobody_is_judged_before_a_run_is_published(warehouse: Warehouse) -> None:
    judge(warehouse, SEPTEMBER, BANK)
    with pytest.raises(DecisionError, match="has no class of customer 'lost'"):
        approve(warehouse)


def test_what_is_checked_still_holds_when_it_is_written(new_warehouse_url: Callable[[str], str]) -> None:
    url = new_warehouse_url("postgresql")  # DuckDB has one writer
    with open_warehouse(url) as first, open_warehouse(url) as second, ThreadPoolExecutor(1) as pool:
        publish(first, OCTOBER, BANK)
        with first.transaction():
            first.lock("ops.runs")
            late = pool.submit(approve, second)
            wait([late], timeout=1)
            assert not late.done(), "a decision waits for the run that is judging"
            publish(first, NOVEMBER, BANK)
        with pytest.raises(DecisionError, match="would change the run as of 2026-11-01"):
            late.result(timeout=30)
        assert count_decisions(first) == 0
