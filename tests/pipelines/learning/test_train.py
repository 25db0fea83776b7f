"""Training registers one version of the same rows, writes its evaluations, and promotes it only if it passes."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import pipelines.learning.compare
import pipelines.learning.train
from models.declare.spec import ModelSpec, TreeParams
from pipelines.errors import ModelError
from pipelines.learning.compare import (
    average,
    compare_models,
    locate_source,
    print_comparisons,
    write_comparisons,
)
from pipelines.learning.examples import build_examples
from pipelines.learning.registry import Registry
from pipelines.learning.specs import load_spec
from pipelines.learning.train import TrainResult, read_examples, train_model
from pipelines.settings import Settings, SourceSettings, add_months, load_settings
from pipelines.warehouse import Warehouse, open_warehouse
from tests.pipelines.small_bank import AS_OF, LADDER_START, fill_bank

NAME = "prospect_growth"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Settings]]:
    """A bank with examples of 16 months, on DuckDB: what differs between engines is tested by the queries' goldens."""
    from pipelines.warehouse.migrations import migrate_warehouse

    folder = tmp_path_factory.mktemp("train")
    settings = load_settings(environment={}).model_copy(
        update={
            "var": folder,
            "warehouse_url": f"duckdb:///{folder}/kcrm.duckdb",
            "mlflow_uri": f"sqlite:///{folder}/mlflow.db",
            "source": "t",
            "declared_sources": {"t": SourceSettings(first_training_as_of=LADDER_START)},
            "bootstrap_rounds": 50,
            "refit_every_months": 4,
        }
    )
    with open_warehouse(settings.warehouse_url) as warehouse:
        migrate_warehouse(warehouse)
        fill_bank(warehouse)
        build_examples(warehouse, AS_OF, settings)
        yield warehouse, settings


@pytest.fixture(autouse=True)
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train few trees, in an instant."""

    def load(name: str) -> ModelSpec:
        return replace(load_spec(name), trees=TreeParams(num_rounds=10, learning_rate=0.2), min_events=5)

    monkeypatch.setattr(pipelines.learning.train, "load_spec", load)


def evaluations(warehouse: Warehouse, version: str) -> list[dict[str, Any]]:
    """Return the evaluation rows of a version."""
    rows = warehouse.select("select * from learn.evaluations order by split, rival, metric").to_pylist()
    return [row for row in rows if row["model_version"] == version and row["model_name"] == NAME]


def test_a_version_and_its_evaluations_agree_and_a_rerun_adds_nothing(bank: tuple[Warehouse, Settings]) -> None:
    warehouse, settings = bank
    first = train_model(warehouse, NAME, AS_OF, settings)
    rows = evaluations(warehouse, first.version)
    assert {(row["split"], row["rival"]) for row in rows} == {
        (split, rival)
        for split in ("test", "test_all")
        for rival in ("model", "momentum", "one_feature", "logistic", "boosting")
    }
    assert {row["metric"] for row in rows if row["rival"] == "logistic"} == {
        "roc_auc",
        "average_precision",
        "lift_top_decile",
        "precision_top_decile",
        "brier",
        "calibration_error",
        "roc_auc_difference",
        "roc_auc_within",
        "roc_auc_within_difference",
    }
    stored = Registry(settings).find_version(NAME, _identity(settings))
    assert stored is not None
    assert stored.version == first.version
    assert {(e.split, e.rival, e.metric, e.value) for e in stored.evaluations} == {
        (row["split"], row["rival"], row["metric"], row["value"]) for row in rows
    }
    assert stored.card.startswith(f"# {NAME}")
    again = train_model(warehouse, NAME, AS_OF, settings)
    assert (again.version, again.row_count) == (first.version, first.row_count)
    assert evaluations(warehouse, first.version) == rows


def test_who_does_not_pass_the_gate_does_not_score_and_says_so(
    bank: tuple[Warehouse, Settings], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    warehouse, settings = bank
    fresh = settings.model_copy(update={"mlflow_uri": f"sqlite:///{settings.var}/other.db"})

    def load_constant(name: str) -> ModelSpec:
        """Declare trees that may not split, whose score is the same for everybody."""
        return replace(load_spec(name), trees=TreeParams(num_rounds=1, min_data_in_leaf=1_000_000), min_events=5)

    monkeypatch.setattr(pipelines.learning.train, "load_spec", load_constant)
    with caplog.at_level(logging.WARNING):
        result: TrainResult = train_model(warehouse, NAME, AS_OF, fresh)
    assert not result.is_champion
    assert "does not score, no champion yet: does not clearly beat momentum" in caplog.text
    assert Registry(fresh).find_champion(NAME) is None


def test_a_tie_keeps_the_champion(bank: tuple[Warehouse, Settings]) -> None:
    """The champion saw every answer there is, so no row can tell the two apart."""
    warehouse, settings = bank
    first = train_model(warehouse, NAME, AS_OF, settings)
    Registry(settings).promote(NAME, first.version, approved_by="test")
    other = settings.model_copy(update={"bootstrap_rounds": 40})
    second = train_model(warehouse, NAME, AS_OF, other)
    assert second.version != first.version
    assert not second.is_champion
    assert Registry(settings).load_champion(NAME).version == first.version


def test_a_person_who_promotes_is_not_overruled_by_a_rerun(bank: tuple[Warehouse, Settings]) -> None:
    warehouse, settings = bank
    own = settings.model_copy(update={"mlflow_uri": f"sqlite:///{settings.var}/person.db"})
    registry = Registry(own)
    first = train_model(warehouse, NAME, AS_OF, own)
    second = train_model(warehouse, NAME, AS_OF, own.model_copy(update={"bootstrap_rounds": 40}))
    registry.promote(NAME, second.version, approved_by="gate")
    registry.promote(NAME, first.version, approved_by="Li")
    assert train_model(warehouse, NAME, AS_OF, own).is_champion
    assert registry.load_champion(NAME).approved_by == "Li"
    again = train_model(warehouse, NAME, AS_OF, own.model_copy(update={"bootstrap_rounds": 40}))
    assert not again.is_champion
    assert "has been replaced since" in again.message
    assert registry.load_champion(NAME).version == first.version


def test_an_older_champion_is_compared_on_rows_that_neither_saw(bank: tuple[Warehouse, Settings]) -> None:
    warehouse, settings = bank
    old = settings.model_copy(update={"mlflow_uri": f"sqlite:///{settings.var}/older.db"})
    earlier = train_model(warehouse, NAME, add_months(AS_OF, -9), old)
    Registry(old).promote(NAME, earlier.version, approved_by="test")
    later = train_model(warehouse, NAME, AS_OF, old)
    compared = [row for row in evaluations(warehouse, later.version) if row["rival"] == "champion"]
    assert [row["metric"] for row in compared] == ["roc_auc_difference"]
    tested = [row for row in evaluations(warehouse, later.version) if row["split"] == "test"]
    assert 0 < compared[0]["row_count"] < min(row["row_count"] for row in tested if row["rival"] != "champion")


def test_no_examples_is_an_error_to_act_on(bank: tuple[Warehouse, Settings]) -> None:
    warehouse, settings = bank
    with pytest.raises(ModelError, match="no examples as of 2020-01-01; run `kcrm examples"):
        train_model(warehouse, NAME, AS_OF.replace(year=2020, month=1), settings)


def test_too_little_history_is_an_error_to_act_on(bank: tuple[Warehouse, Settings]) -> None:
    warehouse, settings = bank
    with pytest.raises(ModelError, match="leave no out-of-time test"):
        train_model(warehouse, NAME, add_months(LADDER_START, 8), settings)


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ModelError, match="no model 'nope' is declared"):
        load_spec("nope")


def _identity(settings: Settings) -> str:
    from mlflow.tracking import MlflowClient

    return str(MlflowClient(settings.mlflow_uri).get_model_version(NAME, "1").tags["identity"])


def test_a_large_bank_learns_from_whole_customers_and_always_the_same(bank: tuple[Warehouse, Settings]) -> None:
    warehouse, _ = bank
    spec = load_spec(NAME)
    everybody = read_examples(warehouse, spec, AS_OF, spec.feature_names)
    some = read_examples(warehouse, spec, AS_OF, spec.feature_names, most_customers=20)
    drawn = set(some["customer_id"])
    assert 8 < len(drawn) < 32 < everybody["customer_id"].nunique()
    assert len(some) == everybody["customer_id"].isin(drawn).sum(), "each with all its months"
    assert set(read_examples(warehouse, spec, AS_OF, spec.feature_names, 30)["customer_id"]) > drawn


def test_models_of_a_source_are_compared_with_every_rival(
    bank: tuple[Warehouse, Settings], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    warehouse, settings = bank
    spec = replace(load_spec(NAME), trees=TreeParams(num_rounds=10, learning_rate=0.2), min_events=5)
    monkeypatch.setattr(pipelines.learning.compare, "load_specs", lambda: {NAME: spec})
    found = list(compare_models(warehouse, settings.model_copy(update={"refit_every_months": 12})))
    assert [(one.source, one.model) for one in found] == [("t", NAME)]
    assert found[0].choice.startswith(("later_months", "other_customers"))
    console = Console(width=200, record=True)
    print_comparisons(console, found)
    told = console.export_text()
    assert all(rival in told for rival in ("model", "momentum", "one_feature", "logistic", "boosting"))
    write_comparisons(tmp_path / "compared.json", found)
    stored = json.loads((tmp_path / "compared.json").read_text(encoding="utf-8"))
    assert stored["means"]["boosting"]["roc_auc"] == average(found, "boosting", "roc_auc")
    assert stored["comparisons"][0]["row_count"] == found[0].find("model", "roc_auc").row_count


def test_a_source_without_a_warehouse_is_refused(settings: Settings) -> None:
    with pytest.raises(ModelError, match=r"sme_invoices has no warehouse at .*; run `make demo SOURCE=sme_invoices"):
        locate_source("sme_invoices", settings)
