"""Scoring accounts for every candidate, explains every score, and refuses what it cannot do honestly."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from models.reasons import Explainer
from models.spec import Feature
from pipelines.errors import ModelError, NoChampion
from pipelines.features import build_features
from pipelines.registry import Registry
from pipelines.rule_sections import FreshnessRule
from pipelines.rulebook import Rulebook
from pipelines.score import is_feed_stale, score_customers
from pipelines.settings import Settings
from pipelines.specs import load_spec
from pipelines.warehouse import Warehouse
from tests.pipelines.small_bank import fill_bank
from tests.pipelines.small_champions import make_version

AS_OF = date(2022, 12, 1)


@pytest.fixture
def bank(warehouse: Warehouse, crown: Callable[[], None]) -> Warehouse:
    """A bank of 20 customers described as of AS_OF, and champions."""
    fill_bank(warehouse, customers=20, until=AS_OF)
    build_features(warehouse, AS_OF)
    crown()
    return warehouse


def read(warehouse: Warehouse, table: str, order: str) -> list[dict[str, Any]]:
    """Return a table's rows."""
    rows: list[dict[str, Any]] = warehouse.select("select * from " + table + " order by " + order).to_pylist()
    return rows


def read_both(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Return the rows of scores and of reasons."""
    scores = read(warehouse, "crm.scores_v1", "model_name, customer_id")
    return scores + read(warehouse, "crm.reasons_v1", "model_name, customer_id, place")


def test_every_candidate_is_accounted_for_and_every_score_explained(bank: Warehouse, settings: Settings) -> None:
    result = score_customers(bank, AS_OF, settings)
    scores = read(bank, "crm.scores_v1", "model_name, customer_id")
    assert result.row_count == len(scores) == 20  # each customer is a prospect or a key account
    scored = [row for row in scores if row["status"] == "scored"]
    assert scored
    assert all((row["status"] == "scored") == (row["score"] is not None) == (row["cause"] is None) for row in scores)
    assert all(row["trend"] is not None and row["band"] in "ABCDE" for row in scored)
    for model_name in ("prospect_growth", "key_account_distress"):
        ranks = sorted((row["rank"], -row["raw_score"]) for row in scored if row["model_name"] == model_name)
        assert [rank for rank, _ in ranks] == list(range(1, len(ranks) + 1))
        assert [raw for _, raw in ranks] == sorted(raw for _, raw in ranks)
    reasons = read(bank, "crm.reasons_v1", "model_name, customer_id, place")
    for row in scored:
        told = [r for r in reasons if (r["model_name"], r["customer_id"]) == (row["model_name"], row["customer_id"])]
        assert [r["place"] for r in told] == list(range(1, settings.reason_count + 2))
        assert told[-1]["feature"] == "(rest)"
        assert abs(row["base_value"] + sum(r["shapley"] for r in told) - row["raw_score"]) < 1e-5


def test_reasons_tell_the_customers_own_values(bank: Warehouse, settings: Settings) -> None:
    score_customers(bank, AS_OF, settings)
    features = {row["customer_id"]: row for row in bank.read("features/described_customers", as_of=AS_OF).to_pylist()}
    for reason in read(bank, "crm.reasons_v1", "model_name, customer_id, place"):
        if reason["feature"] != "(rest)":
            own = features[reason["customer_id"]][reason["feature"]]
            assert reason["value"] == (None if own is None else pytest.approx(own, rel=1e-6))


def test_twice_gives_the_same_run_and_rows(bank: Warehouse, settings: Settings) -> None:
    first = score_customers(bank, AS_OF, settings)
    before = read_both(bank)
    assert score_customers(bank, AS_OF, settings) == first
    assert read_both(bank) == before
    small = replace(settings, batch_rows=3)
    assert score_customers(bank, AS_OF, small) == first
    assert read_both(bank) == before


def test_without_a_champion_nothing_is_written(warehouse: Warehouse, settings: Settings) -> None:
    fill_bank(warehouse, customers=5, until=AS_OF)
    build_features(warehouse, AS_OF)
    with pytest.raises(NoChampion, match="prospect_growth has no champion"):
        score_customers(warehouse, AS_OF, settings)
    assert read(warehouse, "ops.runs", "run_id") == []


def test_a_feature_that_is_gone_is_refused(bank: Warehouse, settings: Settings) -> None:
    spec = load_spec("prospect_growth")
    other = replace(spec, features=(*spec.features, Feature("gone_12m", "cny", "gone", "没了")))
    registry = Registry(settings)
    registry.crown(spec.name, registry.register(replace(make_version(other), identity="other")), approved_by="test")
    with pytest.raises(ModelError, match="features that the warehouse has not: gone_12m"):
        score_customers(bank, AS_OF, settings)
    assert read(bank, "ops.runs", "run_id") == []


def test_a_bank_without_customers_is_an_error(
    warehouse: Warehouse, settings: Settings, crown: Callable[[], None]
) -> None:
    crown()
    build_features(warehouse, AS_OF)
    with pytest.raises(ModelError, match="no customer is described as of 2022-12-01"):
        score_customers(warehouse, AS_OF, settings)


def test_a_bank_with_nobody_to_score_has_no_scores_and_no_error(
    warehouse: Warehouse, settings: Settings, crown: Callable[[], None]
) -> None:
    """After two months of history every customer is withheld."""
    early = date(2022, 3, 1)
    fill_bank(warehouse, customers=5, until=early)
    build_features(warehouse, early)
    crown()
    score_customers(warehouse, early, settings)
    assert {row["status"] for row in read(warehouse, "crm.scores_v1", "customer_id")} == {"withheld"}
    assert read(warehouse, "crm.reasons_v1", "customer_id") == []


@pytest.mark.parametrize("days", [2, 3])
def test_where_the_transactions_are_stale_everybody_is_withheld(
    bank: Warehouse, settings: Settings, caplog: pytest.LogCaptureFixture, days: int
) -> None:
    """The last ones are known on 2022-11-28, three days before AS_OF."""
    rulebook = Rulebook(freshness=FreshnessRule(transactions_days=days))
    score_customers(bank, AS_OF, replace(settings, rulebook=rulebook))
    scores = read(bank, "crm.scores_v1", "customer_id")
    told = {(row["model_name"], row["status"], row["cause"], row["score"]) for row in scores}
    assert len(scores) == 20
    if days == 2:
        models = ("prospect_growth", "key_account_distress")
        assert told == {(model_name, "withheld", "stale_feed", None) for model_name in models}
        assert read(bank, "crm.reasons_v1", "customer_id") == []
        assert "raise transactions_days of [rules.freshness]" in caplog.text
    else:
        assert any(status == "scored" for _, status, _, _ in told)
        assert "stale_feed" not in {cause for _, _, cause, _ in told}


def test_a_feed_without_a_declared_lag_is_never_stale(bank: Warehouse, settings: Settings) -> None:
    def is_stale(days: int) -> bool:
        rulebook = Rulebook(freshness=FreshnessRule(transactions_days=days))
        return is_feed_stale(bank, AS_OF, replace(settings, rulebook=rulebook))

    assert (is_stale(1), is_stale(0)) == (True, False)


def test_reasons_that_do_not_add_up_leave_nothing_behind(
    bank: Warehouse, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(explainer: Explainer, features: Any, num_threads: int) -> np.ndarray:
        return np.zeros(features.shape)

    monkeypatch.setattr(Explainer, "explain", wrong)
    with pytest.raises(ModelError, match="explanations miss their raw score"):
        score_customers(bank, AS_OF, settings)
    assert read(bank, "crm.scores_v1", "customer_id") == []
