"""A third model needs its declaration, its two queries and one line of the catalog, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from models.declare.catalog import MODELS
from models.declare.spec import Feature, ModelSpec, SpecError, TreeParams
from pipelines.errors import ModelError
from pipelines.features.build import build_features
from pipelines.learning.examples import build_examples
from pipelines.learning.registry import Registry
from pipelines.learning.specs import load_spec, load_specs
from pipelines.learning.train import train_model
from pipelines.rules.families.data_quality import FreshnessParameters
from pipelines.rules.rulebook import Rulebook
from pipelines.scoring.feeds import list_stale_feeds
from pipelines.scoring.score import score_customers
from pipelines.settings import Settings, SourceSettings, add_months
from pipelines.top import _build_table
from pipelines.warehouse import Warehouse
from tests.pipelines.small_bank import AS_OF, LADDER_START, fill_bank

NAME = "inflow_doubling"
POPULATION = """
    -- One row a customer with features of :as_of; all are scored.
    select
        f.customer_id,
        true as is_scored_population,
        'eligible' as status,
        cast(null as varchar(40)) as cause
    from features.customer_features as f
    where f.as_of = cast(:as_of as date)
"""
LABELS = """
    -- One row a customer with features of :as_of, answered before :matured_on, known before :known_before.
    select
        f.customer_id,
        coalesce(sum(m.inflow_amount), 0) / :horizon_months >= :times * coalesce(max(f.turnover_mean_12m), 0) as label
    from features.customer_features as f
    left join facts.customer_month as m
        on
            f.customer_id = m.customer_id
            and m.month >= cast(:as_of as date)
            and m.month < cast(:matured_on as date)
            and m.known_month < cast(:known_before as date)
    where f.as_of = cast(:as_of as date)
    group by f.customer_id
"""


@pytest.fixture
def third(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Declare a model with a horizon of 3 months, queries of its own and a feed that no other model reads."""
    for name, text in (("population", POPULATION), ("labels", LABELS)):
        (tmp_path / f"{name}.sql").write_text(dedent(text).lstrip(), encoding="utf-8")

    def declare(features: Sequence[Feature]) -> ModelSpec:
        return ModelSpec(
            name=NAME,
            foresees_en="inflow of the next three months above its mean",
            foresees_zh="未来三个月流入高于均值",
            label_version="doubling_v1",
            population_query=str(tmp_path / "population"),
            label_query=str(tmp_path / "labels"),
            label_binds=(("times", 1.1),),
            feeds=("balances",),
            title_en="Inflows that rise",
            title_zh="流入上升",
            features=tuple(features),
            momentum_feature="turnover_ratio_3m_12m",
            momentum_sign=1,
            band_cuts=(0.5, 0.4, 0.3, 0.2),
            band_version="doubling_bands_v1",
            horizon_months=3,
            trees=TreeParams(num_rounds=10, learning_rate=0.2),
            min_events=5,
        )

    monkeypatch.setitem(MODELS, NAME, declare)


@pytest.mark.usefixtures("third")
def test_a_third_model_is_built_trained_and_scored(
    warehouse: Warehouse, settings: Settings, promote: Callable[[], None]
) -> None:
    settings = settings.model_copy(
        update={
            "source": "t",
            "declared_sources": {"t": SourceSettings(first_training_as_of=add_months(LADDER_START, 6))},
            "bootstrap_rounds": 20,
            "refit_every_months": 13,
        }
    )
    fill_bank(warehouse)
    build_features(warehouse, AS_OF)
    build_examples(warehouse, AS_OF, settings)
    newest = warehouse.select("select model_name, max(as_of) as newest from learn.examples group by model_name")
    months = {row["model_name"]: row["newest"] for row in newest.to_pylist()}
    assert months[NAME] == add_months(AS_OF, -3)
    assert months["prospect_growth"] == add_months(AS_OF, -6)
    promote()
    result = train_model(warehouse, NAME, AS_OF, settings)
    Registry(settings).promote(NAME, result.version, approved_by="test")
    score_customers(warehouse, AS_OF, settings)
    scored = warehouse.select("select model_name, status from crm.scores_v1").to_pylist()
    assert {row["model_name"] for row in scored} == set(MODELS)
    assert {row["status"] for row in scored if row["model_name"] == NAME} == {"scored"}


@pytest.mark.usefixtures("third")
def test_its_feed_and_titles_come_from_its_declaration(warehouse: Warehouse) -> None:
    freshness = Rulebook().get(FreshnessParameters)
    assert list_stale_feeds(warehouse, AS_OF, freshness, load_specs()) == []
    title = _build_table(load_spec(NAME), [], "en").title
    assert title == "Inflows that rise"
    with pytest.raises(
        ModelError, match=r"model inflow_doubling declares feeds \['ledgers'\]; expected landing tables"
    ):
        list_stale_feeds(warehouse, AS_OF, freshness, {NAME: replace(load_spec(NAME), feeds=("ledgers",))})


@pytest.mark.usefixtures("third")
@pytest.mark.parametrize("name", ["as_of", "not a name"])
def test_a_label_bind_of_another_meaning_is_refused(name: str) -> None:
    with pytest.raises(SpecError, match="label_binds"):
        replace(load_spec(NAME), label_binds=((name, 1.0),))
