"""What a run foresees is served up to its last valid day, and never after it; facts and rules stay."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipelines import status
from pipelines.features.build import build_features
from pipelines.publishing.publish import publish_run, rollback_run
from pipelines.rules.apply import apply_rules
from pipelines.scoring.score import score_customers
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse
from tests.pipelines.small_bank import fill_bank

NOVEMBER, DECEMBER = date(2022, 11, 1), date(2022, 12, 1)
PAST, FAR = 1, 36_500
"""A run as of 2022 that is valid for one day expired long ago; one valid for a century will outlive its readers."""
NUMBERS = ("score", "raw_score", "base_value", "rank", "percentile", "band", "band_version", "trend")


@pytest.fixture
def scored(
    filled_warehouse: Callable[[str, Callable[[Warehouse], None]], Warehouse],
    promote: Callable[[], None],
    settings: Settings,
) -> Warehouse:
    """A bank of which two months are described; November's run is open."""
    promote()
    return filled_warehouse("november scored", lambda warehouse: _score_november(warehouse, settings))


def _score_november(warehouse: Warehouse, settings: Settings) -> None:
    fill_bank(warehouse, customers=8, until=DECEMBER)
    build_features(warehouse, NOVEMBER)
    build_features(warehouse, DECEMBER)
    fill_run(warehouse, NOVEMBER, settings)


def fill_run(warehouse: Warehouse, as_of: date, settings: Settings) -> None:
    """Fill the open run of an as_of, as the two steps before publish do."""
    score_customers(warehouse, as_of, settings)
    apply_rules(warehouse, as_of, settings.rulebook)


def read(warehouse: Warehouse, table: str, order: str = "customer_id") -> list[dict[str, Any]]:
    """Return all rows of a table or view in order."""
    return warehouse.select(f"select * from {table} order by {order}").to_pylist()


def test_scores_are_withheld_once_they_expired(scored: Warehouse) -> None:
    publish_run(scored, NOVEMBER, valid_days=PAST)
    kept = {(r["customer_id"], r["model_name"]): r for r in read(scored, "crm.scores_v1")}
    shown = read(scored, "crm.scores")
    assert len(shown) == len(kept)
    outdated = [row for row in shown if kept[row["customer_id"], row["model_name"]]["status"] == "scored"]
    assert outdated, "a run without a score shows nothing"
    for row in outdated:
        assert (row["status"], row["cause"]) == ("withheld", "expired")
        assert [row[name] for name in NUMBERS] == [None] * len(NUMBERS)
        assert row["valid_until"] == date(2022, 11, 2)
    others = [row for row in shown if row not in outdated]
    assert {(r["status"], r["cause"]) for r in others} == {
        (r["status"], r["cause"]) for r in kept.values() if r["status"] != "scored"
    }


def test_what_rests_on_expired_scores_is_not_shown_and_facts_are(scored: Warehouse) -> None:
    publish_run(scored, NOVEMBER, valid_days=PAST)
    for table in ("reasons", "care_lists"):
        assert read(scored, f"crm.{table}_v1"), f"nothing could have been hidden of {table}"
        assert read(scored, f"crm.{table}") == []
    for table in ("key_accounts", "relationship_classes"):
        assert len(read(scored, f"crm.{table}")) == len(read(scored, f"crm.{table}_v1")) > 0


def test_a_card_says_what_expired_and_keeps_the_rest(scored: Warehouse) -> None:
    publish_run(scored, NOVEMBER, valid_days=PAST)
    kept = {row["customer_id"]: row for row in read(scored, "crm.customer_cards_v1")}
    models = (("growth", "is_growing"), ("distress", "is_in_danger"))
    seen = set()
    for card in read(scored, "crm.customer_cards"):
        was = kept[card["customer_id"]]
        changed = {name for name, value in card.items() if value != was[name]}
        expected: set[str] = set()
        for model, flag in models:
            if was[f"{model}_status"] == "scored":
                seen.add(model)
                assert (card[f"{model}_status"], card[f"{model}_cause"]) == ("withheld", "expired")
                assert card[f"{model}_score"] is card[f"{model}_band"] is card[flag] is card["is_conflict"] is None
                assert {f"{model}_score", flag} <= set(card["unknown"].split(","))
                expected |= {f"{model}_{part}" for part in ("status", "cause", "score", "band")}
                expected |= {flag, "is_conflict", "unknown"}
        assert changed <= expected
        assert set((was["unknown"] or "").split(",")) - {""} <= set((card["unknown"] or "").split(","))
    assert "growth" in seen


@pytest.mark.parametrize("valid_days", [0, FAR])
def test_a_valid_run_is_shown_as_it_was_written(scored: Warehouse, valid_days: int) -> None:
    publish_run(scored, NOVEMBER, valid_days=valid_days)
    for table, order in (
        ("scores", "customer_id, model_name"),
        ("reasons", "customer_id, model_name, place"),
        ("customer_cards", "customer_id"),
        ("care_lists", "customer_id"),
    ):
        written, shown = read(scored, f"crm.{table}_v1", order), read(scored, f"crm.{table}", order)
        assert shown
        assert [{name: row[name] for name in row if name != "valid_until"} for row in shown] == [
            {name: row[name] for name in shown[0] if name != "valid_until"} for row in written
        ]
    run = read(scored, "crm.current_run", "run_id")
    assert [row["is_expired"] for row in run] == [False]
    assert [row["valid_until"] is None for row in run] == [valid_days == 0]


@pytest.mark.parametrize(("days_ago", "is_expired"), [(0, False), (1, True)])
def test_the_last_valid_day_is_still_served(scored: Warehouse, days_ago: int, is_expired: bool) -> None:
    today = scored.select("select current_date as today")["today"][0].as_py()
    publish_run(scored, NOVEMBER, valid_days=(today - NOVEMBER).days - days_ago)
    assert [row["is_expired"] for row in read(scored, "crm.current_run", "run_id")] == [is_expired]


def test_publish_and_rollback_warn_of_a_run_that_is_too_old(
    scored: Warehouse, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        publish_run(scored, NOVEMBER, valid_days=PAST)
    assert "run 2022-11-01.1 is valid until 2022-11-02, which is past" in caplog.text
    caplog.clear()
    fill_run(scored, DECEMBER, settings)
    publish_run(scored, DECEMBER, valid_days=FAR)
    assert "which is past" not in caplog.text
    rollback_run(scored)
    assert "run 2022-11-01.1 is valid until 2022-11-02, which is past" in caplog.text


@pytest.mark.parametrize(
    ("valid_until", "is_expired", "told"),
    [
        (None, False, "The CRM reads run r, as of 2022-11-01."),
        (date(2022, 12, 1), False, "The CRM reads run r, as of 2022-11-01, valid until 2022-12-01."),
        (date(2022, 12, 1), True, "which expired: its scores were valid until 2022-12-01 and are withheld since."),
    ],
)
def test_status_says_whether_the_run_is_valid(valid_until: date | None, is_expired: bool, told: str) -> None:
    run = {"run_id": "r", "as_of": NOVEMBER, "valid_until": valid_until, "is_expired": is_expired}
    assert told in status.report_run(run)
