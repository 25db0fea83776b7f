"""Scoring accounts for every candidate, explains every score, and refuses what it cannot do honestly."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from models.declare.spec import Feature
from models.explain.reasons import Explainer
from pipelines.errors import BrokenSeal, ModelError
from pipelines.features.build import build_features
from pipelines.learning.registry import Registry
from pipelines.learning.seals import combine_seal
from pipelines.learning.specs import load_spec, load_specs
from pipelines.rules.families.data_quality import FreshnessParameters
from pipelines.rules.rulebook import Rulebook
from pipelines.scoring.no_champion import find_first_training
from pipelines.scoring.score import score_customers
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse
from tests.pipelines.small_bank import fill_bank
from tests.pipelines.small_champions import make_version

AS_OF = date(2022, 12, 1)


@pytest.fixture
def bank(
    filled_warehouse: Callable[[str, Callable[[Warehouse], None]], Warehouse], promote: Callable[[], None]
) -> Warehouse:
    """A bank of 20 customers described as of AS_OF, and champions."""
    promote()
    return filled_warehouse("20 customers described", _describe_customers)


def _describe_customers(warehouse: Warehouse) -> None:
    fill_bank(warehouse, customers=20, until=AS_OF)
    build_features(warehouse, AS_OF)


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
    small = settings.model_copy(update={"batch_rows": 3})
    assert score_customers(bank, AS_OF, small) == first
    assert read_both(bank) == before


def test_without_a_champion_all_are_withheld_but_the_excluded(
    bank: Warehouse, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """The first of both models has no champion: the other is scored as ever."""
    Registry(settings)._client.delete_registered_model_alias("prospect_growth", "champion")
    exclude = (
        "insert into features.marketing_exclusions select min(customer_id), as_of, 'blacklisted' "
        "from features.key_accounts where as_of = date '2022-12-01' and not is_key_account group by as_of"
    )
    with bank.transaction():
        bank.run(exclude)
    result = score_customers(bank, AS_OF, settings)
    assert result.without_champion == ("prospect_growth",)
    rows = read(bank, "crm.scores_v1", "model_name, customer_id")
    growth = [row for row in rows if row["model_name"] == "prospect_growth"]
    told = [(row["status"], row["cause"]) for row in growth]
    assert sorted(told) == [("excluded", "blacklisted")] + [("withheld", "no_champion")] * (len(growth) - 1)
    assert len(growth) > 2
    assert {row["score"] for row in growth} == {row["model_version"] for row in growth} == {None}
    assert any(row["status"] == "scored" for row in rows if row["model_name"] == "key_account_distress")
    assert {row["model_name"] for row in read(bank, "crm.reasons_v1", "customer_id")} == {"key_account_distress"}
    assert "model prospect_growth has no champion" in caplog.text
    # 2022-01 and six months of history, the first date of training 2024-11-01, and twice six months of horizon
    assert "first training that can be tested is as of 2025-11-01" in caplog.text


def test_a_champion_that_comes_later_takes_the_place_of_no_champion(
    bank: Warehouse, settings: Settings, promote: Callable[[], None]
) -> None:
    (settings.var / "mlflow.db").unlink()
    first = score_customers(bank, AS_OF, settings)
    assert len(first.without_champion) == 2
    promote()
    again = score_customers(bank, AS_OF, settings)
    assert (again.run_id, again.row_count, again.without_champion) == (first.run_id, first.row_count, ())
    assert "no_champion" not in {row["cause"] for row in read(bank, "crm.scores_v1", "customer_id")}


@pytest.mark.parametrize(
    ("first_month", "first_training_as_of", "trained"),
    [
        (date(2026, 10, 1), date(2024, 11, 1), date(2028, 4, 1)),
        (date(2022, 1, 1), date(2024, 11, 1), date(2025, 11, 1)),
    ],
)
def test_the_first_training_needs_history_and_two_horizons(
    first_month: date, first_training_as_of: date, trained: date
) -> None:
    assert find_first_training(first_month, first_training_as_of, 6) == trained


def test_a_feature_that_is_gone_is_refused(bank: Warehouse, settings: Settings) -> None:
    spec = load_spec("prospect_growth")
    other = replace(spec, features=(*spec.features, Feature("gone_12m", "money", "gone", "没了")))
    registry = Registry(settings)
    registry.promote(spec.name, registry.register(replace(make_version(other), identity="other")), approved_by="test")
    with pytest.raises(ModelError, match="features that the warehouse has not: gone_12m"):
        score_customers(bank, AS_OF, settings)
    assert read(bank, "ops.runs", "run_id") == []


def test_a_bank_without_customers_is_an_error(
    warehouse: Warehouse, settings: Settings, promote: Callable[[], None]
) -> None:
    promote()
    build_features(warehouse, AS_OF)
    with pytest.raises(ModelError, match="no customer is described as of 2022-12-01"):
        score_customers(warehouse, AS_OF, settings)


def test_a_bank_with_nobody_to_score_has_no_scores_and_no_error(
    warehouse: Warehouse, settings: Settings, promote: Callable[[], None]
) -> None:
    """After two months of history every customer is withheld."""
    early = date(2022, 3, 1)
    fill_bank(warehouse, customers=5, until=early)
    build_features(warehouse, early)
    promote()
    score_customers(warehouse, early, settings)
    assert {row["status"] for row in read(warehouse, "crm.scores_v1", "customer_id")} == {"withheld"}
    assert read(warehouse, "crm.reasons_v1", "customer_id") == []


def late_event(warehouse: Warehouse) -> None:
    """Let the only event be known 32 days before AS_OF."""
    told = {"event_id": "e", "customer_id": "C001", "kind": "complaint", "known_on": date(2022, 10, 30)}
    day = {"occurred_on": told["known_on"], "source_known_on": told["known_on"]}
    warehouse.append("landing.events", pa.Table.from_pylist([{**told, **day}]))


def late_loan(warehouse: Warehouse) -> None:
    """Let the only month of a loan be known 32 days before AS_OF."""
    told = {"loan_id": "l", "customer_id": "C001", "month": date(2022, 9, 1), "outstanding_amount": Decimal("1.00")}
    days = dict.fromkeys(("known_on", "source_known_on"), date(2022, 10, 30))
    warehouse.append("landing.loan_months", pa.Table.from_pylist([{**told, **days}]))


def fresh(warehouse: Warehouse) -> None:
    """The last transactions are known on 2022-11-28, three days before AS_OF; nothing else spoke."""


BOTH = {"prospect_growth", "key_account_distress"}


@pytest.mark.parametrize(
    ("plant", "lag", "feed", "withheld"),
    [
        (fresh, {"transactions_days": 2}, "transactions", BOTH),
        (fresh, {"transactions_days": 3}, "transactions", set()),
        (fresh, {"events_days": 1, "loan_months_days": 1}, "events", set()),
        (late_event, {"events_days": 31}, "events", {"key_account_distress"}),
        (late_event, {"events_days": 32}, "events", set()),
        (late_event, {"events_days": 0}, "events", set()),
        (late_loan, {"loan_months_days": 31}, "loan_months", {"key_account_distress"}),
        (late_loan, {"loan_months_days": 32}, "loan_months", set()),
    ],
)
def test_a_stale_feed_withholds_the_models_that_depend_on_it_and_no_other(
    bank: Warehouse,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    plant: Callable[[Warehouse], None],
    lag: dict[str, int],
    feed: str,
    withheld: set[str],
) -> None:
    plant(bank)
    score_customers(
        bank, AS_OF, settings.model_copy(update={"rulebook": Rulebook({"freshness": FreshnessParameters(**lag)})})
    )
    scores = read(bank, "crm.scores_v1", "customer_id")
    assert len(scores) == 20
    for model_name in BOTH:
        causes = {row["cause"] for row in scores if row["model_name"] == model_name}
        assert (causes == {f"stale_{feed}"}) == (model_name in withheld)
        assert (f"stale_{feed}" in causes) == (model_name in withheld)
    explained = {row["model_name"] for row in read(bank, "crm.reasons_v1", "customer_id")}
    assert not explained & withheld
    assert (f"raise {feed}_days of [rules.freshness]" in caplog.text) == bool(withheld)


def test_every_model_names_feeds_that_are_asked_and_have_a_lag(bank: Warehouse) -> None:
    asked = bank.read("scoring/feeds", as_of=AS_OF)["table_name"].to_pylist()
    feeds = {feed for spec in load_specs().values() for feed in spec.feeds}
    assert feeds == {"transactions", "loan_months", "events"}
    assert feeds <= set(asked)
    assert all(FreshnessParameters().lag_days(feed) > 0 for feed in asked)


def test_reasons_that_do_not_add_up_leave_nothing_behind(
    bank: Warehouse, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(explainer: Explainer, features: Any, num_threads: int) -> np.ndarray:
        return np.zeros(features.shape)

    monkeypatch.setattr(Explainer, "explain", wrong)
    with pytest.raises(ModelError, match="explanations miss their raw score"):
        score_customers(bank, AS_OF, settings)
    assert read(bank, "crm.scores_v1", "customer_id") == []


def test_a_champion_whose_files_are_not_those_registered_does_not_score(bank: Warehouse, settings: Settings) -> None:
    score_customers(bank, AS_OF, settings)
    scored = read_both(bank)
    bank.run("update ops.models set sha256 = 'another' where file_name = 'model.txt'")
    with pytest.raises(BrokenSeal, match=r"model.txt of version 1 of .* expected SHA-256 another.* \(ops.models of"):
        score_customers(bank, AS_OF, settings)
    assert read_both(bank) == scored


def test_a_run_names_the_versions_that_scored_it_with_their_seals(bank: Warehouse, settings: Settings) -> None:
    result = score_customers(bank, AS_OF, settings)
    rows = read(bank, "ops.run_models", "model_name")
    expected = {name: combine_seal(Registry(settings).load_champion(name).seal) for name in load_specs()}
    assert {row["model_name"]: row["seal"] for row in rows} == expected
    assert {(row["run_id"], row["model_version"]) for row in rows} == {(result.run_id, "1")}
