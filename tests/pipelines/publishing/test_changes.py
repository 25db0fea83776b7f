"""A run is held to the runs published before it: what stops it, what is said, and what a person lets through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest

from pipelines.errors import PublicationError
from pipelines.ledger.runs import flip_pointer, mark_run, open_run, read_publications
from pipelines.publishing.changes import (
    Acceptance,
    Comparison,
    compare_with_past,
    record_changes,
    refuse_changes,
)
from pipelines.warehouse import Warehouse
from tests.pipelines.rows import write_rows

JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (6, 7, 8))
MODEL = "key_account_distress"
CUSTOMERS = 200
BOARD = Acceptance("Li", "two branches were sold")


@pytest.fixture
def bank(shared_warehouse: Warehouse) -> Warehouse:
    """A warehouse whose history is two years long."""
    first = {"customer_id": "C000", "month": date(2024, 6, 1), "known_month": date(2024, 6, 1)}
    zero = dict.fromkeys(shared_warehouse.columns("facts.customer_month"), 0)
    write_rows(shared_warehouse, "facts.customer_month", [zero | first])
    return shared_warehouse


def make_run(
    bank: Warehouse,
    as_of: date,
    seed: int = 1,
    level: float = -2.0,
    spread: float = 1.0,
    listed: int = 73,
    version: str | None = "1",
    **changed: Any,
) -> str:
    """Write an open run: raw scores around `level` that wander a little by `seed`, and a list of customers to grow."""
    run_id = open_run(bank, as_of)
    generator = np.random.default_rng(7)
    raw = level + spread * generator.normal(size=CUSTOMERS) + np.random.default_rng(seed).normal(0, 0.2, CUSTOMERS)
    is_scored = version is not None
    scores = [
        {
            "run_id": run_id,
            "customer_id": f"C{number:03d}",
            "as_of": as_of,
            "model_name": MODEL,
            "status": "scored" if is_scored else "withheld",
            "cause": None if is_scored else "no_champion",
            "raw_score": float(one) if is_scored else None,
            "score": float(1 / (1 + np.exp(-one))) if is_scored else None,
            "band": "ABCDE"[min(int(-one + 1.5), 4)] if is_scored and one < 1.5 else "A" if is_scored else None,
            "model_version": version,
        }
        | changed
        for number, one in enumerate(raw)
    ]
    write_rows(bank, "crm.scores_v1", scores)
    grow = {"run_id": run_id, "as_of": as_of, "list": "grow", "reason": "growing", "rule_version": "v"}
    names = [grow | {"customer_id": f"C{place:03d}", "place": place} for place in range(listed)]
    write_rows(bank, "crm.care_lists_v1", names)
    return run_id


def publish(bank: Warehouse, as_of: date, acceptance: Acceptance | None = None, **made: Any) -> Comparison:
    """Make a run and publish it, whatever it says."""
    run_id = make_run(bank, as_of, **made)
    found = compare_with_past(bank, run_id, as_of)
    flip_pointer(bank, read_publications(bank), run_id, as_of, "publish")
    mark_run(bank, run_id, "published")
    record_changes(bank, found, acceptance)
    return found


def publish_months(bank: Warehouse, count: int = 6) -> None:
    """Publish clean months up to June."""
    for number in range(count):
        publish(bank, date(2026, 7 - count + number, 1), seed=number)


def list_stopped(found: Comparison) -> set[str]:
    return {one.subject[1] for one in found.changes if one.state == "stopped"}


def test_a_first_run_and_clean_months_stop_nothing(bank: Warehouse) -> None:
    for number in range(8):
        found = publish(bank, date(2026, 1 + number, 1), seed=number)
        assert found.list_reasons() == []
        assert not [one for one in found.changes if one.state == "warned"]
    assert {one.state for one in found.changes} == {"usual"}
    kept = bank.select("select distinct run_id from ops.run_measures").num_rows
    assert kept == 8


@pytest.mark.parametrize(
    ("made", "stopped"),
    [
        ({"listed": 36}, {"grow", "grow_kept_share"}),
        ({"listed": 146}, {"grow"}),
        ({"level": -1.0}, {"mean_score", "mean_move", "psi"}),
        (
            {"level": 2.0, "spread": -1.0},
            {"mean_score", "mean_move", "psi", "rank_correlation", "top_decile_kept_share"},
        ),
        ({"level": -2.0, "spread": -1.0}, {"mean_move", "rank_correlation", "top_decile_kept_share"}),
    ],
)
def test_a_broken_month_stops_and_the_sentence_says_what(
    bank: Warehouse, made: dict[str, Any], stopped: set[str]
) -> None:
    publish_months(bank)
    found = compare_with_past(bank, make_run(bank, JULY, seed=9, **made), JULY)
    assert stopped <= list_stopped(found)
    with pytest.raises(PublicationError, match=r"run 2026-07-01\.1 is out of bounds.*beside 2026-06-01\.1") as refused:
        refuse_changes(bank, found)
    assert "kcrm publish --as-of 2026-07-01 --accept-changes --by NAME --reason WHY" in str(refused.value)
    if made == {"listed": 36}:
        assert "customers on the list grow is 36, before 73, expected 44 to 120" in str(refused.value)


def test_a_run_published_before_this_table_came_is_measured_then(bank: Warehouse) -> None:
    publish_months(bank, 1)
    with bank.transaction():
        bank.run("delete from ops.run_measures")
    assert "grow" in list_stopped(compare_with_past(bank, make_run(bank, JULY, listed=36), JULY))


def test_a_rerun_is_held_to_the_month_before_and_never_to_itself(bank: Warehouse) -> None:
    publish_months(bank)
    publish(bank, JULY, listed=30, acceptance=BOARD)
    again = compare_with_past(bank, make_run(bank, JULY, listed=30), JULY)
    assert again.run_id == "2026-07-01.2"
    assert "grow" in list_stopped(again)
    assert again.before is not None
    assert again.before.run_id == "2026-06-01.1"


def test_what_a_person_let_through_is_recorded_once_and_both_levels_are_usual_then(bank: Warehouse) -> None:
    publish_months(bank)
    publish(bank, JULY, listed=30, acceptance=BOARD)
    rows = bank.select("select run_id, accepted_by, reason from ops.publication_acceptances").to_pylist()
    assert rows == [{"run_id": "2026-07-01.1", "accepted_by": "Li", "reason": "two branches were sold"}]
    states = "select state from ops.run_measures where run_id = '2026-07-01.1' and measure = 'grow'"
    assert bank.select(states)["state"].to_pylist() == ["accepted"]
    stays = compare_with_past(bank, make_run(bank, AUGUST, listed=31), AUGUST)
    assert stays.list_reasons() == []
    with bank.transaction():
        bank.run("delete from crm.care_lists_v1 where run_id = '2026-08-01.1'")
        bank.run("delete from crm.scores_v1 where run_id = '2026-08-01.1'")
    assert compare_with_past(bank, make_run(bank, AUGUST, listed=73), AUGUST).list_reasons() == []
    with bank.transaction():
        bank.run("delete from crm.care_lists_v1 where run_id = '2026-08-01.1'")
        bank.run("delete from crm.scores_v1 where run_id = '2026-08-01.1'")
    assert "grow" in list_stopped(compare_with_past(bank, make_run(bank, AUGUST, listed=150), AUGUST))


def test_another_champion_may_move_the_scores_and_not_the_lists(bank: Warehouse) -> None:
    publish_months(bank)
    found = compare_with_past(bank, make_run(bank, JULY, level=-1.0, listed=20, version="2"), JULY)
    assert list_stopped(found) == {"grow", "grow_kept_share"}
    assert {one.state for one in found.changes if one.subject == (MODEL, "mean_score")} == {"other_version"}
    with pytest.raises(PublicationError, match=f"Version 2 of {MODEL} scores instead of 1, so its scores are not"):
        refuse_changes(bank, found)


def shorten(bank: Warehouse, run_id: str, count: int) -> None:
    """Withhold the first customers of a run as their branch's delivery was short, and take them off the list."""
    first = f" where run_id = '{run_id}' and customer_id < 'C{count:03d}'"
    empty = "cause = 'short_transactions', score = null, raw_score = null, band = null"
    with bank.transaction():
        bank.run("update crm.scores_v1 set status = 'withheld', " + empty + first)
        bank.run("delete from crm.care_lists_v1" + first)


def test_a_short_branch_is_withheld_and_the_rest_is_compared(bank: Warehouse) -> None:
    """Forty of the list's 73 names are of the branch; the others are compared, also when the branch comes back."""
    publish_months(bank)
    run_id = make_run(bank, JULY, seed=9)
    shorten(bank, run_id, 40)
    found = compare_with_past(bank, run_id, JULY)
    assert found.list_reasons() == []
    assert {one.now.value for one in found.changes if one.subject == ("care_lists", "grow")} == {33.0}
    flip_pointer(bank, read_publications(bank), run_id, JULY, "publish")
    record_changes(bank, found, None)
    assert publish(bank, AUGUST, seed=10).list_reasons() == []
    later = publish(bank, date(2026, 9, 1), seed=11)
    assert later.list_reasons() == []
    assert {one.now.value for one in later.changes if one.subject == ("care_lists", "grow")} == {73.0}


def test_a_run_without_a_scored_row_is_refused(bank: Warehouse) -> None:
    stale = {"status": "withheld", "cause": "stale_transactions", "score": None, "raw_score": None, "band": None}
    found = compare_with_past(bank, make_run(bank, JUNE, **stale), JUNE)
    assert found.list_reasons() == ["no customer is scored by any model (cause stale_transactions)"]


def test_a_run_without_any_champion_is_published_until_one_has_scored(bank: Warehouse) -> None:
    assert publish(bank, date(2026, 5, 1), version=None).list_reasons() == []
    first = publish(bank, JUNE)
    assert first.list_reasons() == []
    assert any(f"Version 1 of {MODEL} scores instead of no champion" in one for one in first.notes)
    (reason,) = compare_with_past(bank, make_run(bank, JULY, version=None), JULY).list_reasons()
    assert reason.startswith(f"model {MODEL} has no champion now, and version 1 scored the run before")


def test_in_the_first_year_of_history_lists_only_warn(bank: Warehouse) -> None:
    with bank.transaction():
        bank.run("update facts.customer_month set month = date '2025-08-01', known_month = date '2025-08-01'")
    publish_months(bank)
    found = compare_with_past(bank, make_run(bank, JULY, listed=20), JULY)
    assert found.list_reasons() == []
    assert "grow" in {one.subject[1] for one in found.changes if one.state == "warned"}


def deliver(bank: Warehouse, month: date, customers: Sequence[int]) -> None:
    """Let each customer have a transaction that becomes known in the month."""
    day = {"booked_on": month, "kind": "receipt", "amount": 1, "is_void": False}
    rows = [day | {"transaction_id": f"{month} {one}", "customer_id": f"C{one:03d}"} for one in customers]
    write_rows(bank, "landing.transactions", rows, known_on=month)


def test_the_sentence_names_the_feed_that_moved(bank: Warehouse) -> None:
    publish_months(bank)
    for month in range(1, 6):
        deliver(bank, date(2026, month, 28), range(100))
    deliver(bank, date(2026, 6, 28), range(40))
    found = compare_with_past(bank, make_run(bank, JULY, listed=20), JULY)
    with pytest.raises(PublicationError, match=r"Moved in the same month: transactions: rows 40 \(median before 100\)"):
        refuse_changes(bank, found)


@pytest.mark.parametrize(("by", "reason"), [("", "why"), ("Li", " "), ("L" * 201, "why")])
def test_an_acceptance_needs_a_name_and_a_reason(by: str, reason: str) -> None:
    with pytest.raises(PublicationError, match="expected 1 to"):
        Acceptance(by, reason)
