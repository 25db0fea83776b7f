"""A fitted model scores a month as a whole: batches do not matter, nor does the month's level, nor storing it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from models.declare.examples import Examples, ExamplesError
from models.declare.spec import ModelSpec
from models.explain.reasons import TOLERANCE, build_model_explainer, compute_model_base, refuse_gap
from models.learn.choice import Figure, choose_default
from models.learn.fit import fit_model
from models.learn.fitted import FittedModel, read_model, write_model
from models.learn.learner import fit_trees, load_booster, score_raw
from models.learn.ranks import LEAST_ROWS, build_rank_table, rank_months

NAMES = ("one_feature", "logistic_0.01", "declared_trees_on_ranks", "free_trees")


@pytest.fixture
def model(spec: ModelSpec, examples: Examples) -> FittedModel:
    """A model of four parts of every kind."""
    figures = tuple(Figure(name, 0.7, 0.7, 0.01, 0.25, 0.9) for name in NAMES)
    return fit_model(spec, examples, replace(choose_default(), figures=figures), 1)


def test_batches_of_a_month_score_as_the_whole_month(model: FittedModel, examples: Examples) -> None:
    rows = examples.features.head(120)
    month = model.describe_month(rows, 1)
    whole = model.score(rows, month, 1)
    parts = [model.score(rows.iloc[start : start + 7].reset_index(drop=True), month, 1) for start in range(0, 120, 7)]
    assert (np.concatenate(parts) == whole).all()
    assert whole.mean() == pytest.approx(0, abs=1e-9)


def test_a_month_that_lies_higher_as_a_whole_scores_the_same_by_ranks(spec: ModelSpec, examples: Examples) -> None:
    model = fit_model(spec, examples, replace(choose_default(), figures=choose_default().figures[:1]), 1)
    inflated = examples.features.assign(inflow_mean_3m=examples.features["inflow_mean_3m"] * 16)
    before = model.score_months(examples.features, examples.as_of)
    assert (model.score_months(inflated, examples.as_of) == before).all()


def test_a_month_of_few_customers_is_ranked_by_the_rows_learnt_from(model: FittedModel, examples: Examples) -> None:
    few = examples.features.head(LEAST_ROWS - 1)
    assert model.describe_month(few, 1).table is model.pool
    assert model.describe_month(examples.features.head(LEAST_ROWS), 1).table is not model.pool
    one = model.score_months(few.head(1))
    assert one == pytest.approx(model.score_months(few)[:1])


def test_contributions_and_base_add_up_to_the_score(model: FittedModel, examples: Examples) -> None:
    rows = examples.features.head(120)
    month = model.describe_month(rows, 1)
    shapley = build_model_explainer(model).explain(rows, month, 1)
    refuse_gap(compute_model_base(model, month), shapley, model.score(rows, month, 1))
    assert np.abs(shapley).max() > 100 * TOLERANCE
    unread = rows.assign(inflow_mean_3m=np.float32(1e9))
    assert (build_model_explainer(model).explain(unread, month, 1)[:, 0] != shapley[:, 0]).any()


def test_a_stored_model_scores_the_same(model: FittedModel, examples: Examples) -> None:
    again = read_model(write_model(model))
    assert (
        again.score_months(examples.features, examples.as_of) == model.score_months(examples.features, examples.as_of)
    ).all()
    assert write_model(again) == write_model(model)
    with pytest.raises(ExamplesError, match="train again"):
        read_model(json.dumps({"format": "kcrm-model-0"}))


def test_the_bare_trees_of_an_older_version_score_as_they_did(spec: ModelSpec, examples: Examples) -> None:
    text = fit_trees(spec, examples, 1)
    model, rows = read_model(text), examples.features.head(90)
    month = model.describe_month(rows.head(0), 1)
    raw = score_raw(load_booster(text), rows, 1)
    assert (model.score(rows, month, 1) == raw).all()
    refuse_gap(compute_model_base(model, month), build_model_explainer(model).explain(rows, month, 1), raw)


def test_ranks_count_ties_by_half_and_keep_what_is_missing() -> None:
    values = np.array([[1.0], [2.0], [2.0], [5.0], [np.nan]], dtype=np.float32)
    ranked = build_rank_table(values).rank(values)
    assert ranked.ranks[:4, 0].tolist() == [0.125, 0.5, 0.5, 0.875]
    assert np.isnan(ranked.ranks[4, 0])
    assert ranked.missing[:, 0] == pytest.approx([-0.2] * 4 + [0.8])
    unknown = np.full((60, 1), np.nan, dtype=np.float32)
    assert (build_rank_table(unknown).rank(values).ranks[:4, 0] == 0.5).all()


def test_each_month_is_ranked_by_itself(examples: Examples) -> None:
    pool = build_rank_table(examples.features.to_numpy())
    ranked = rank_months(examples.features, examples.as_of, pool)
    for day in np.unique(examples.as_of):
        means = np.nanmean(ranked.ranks[examples.as_of == day], axis=0)
        assert means == pytest.approx(0.5, abs=0.01)
