"""Bare LightGBM learns the same trees and says the same numbers as our functions around it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench.our_models import hash_trees
from bench.rival_models import train_bare
from models.declare.catalog import MODELS
from models.declare.examples import Examples, arrange_examples
from models.explain.reasons import explain_rows
from models.learn.learner import fit_trees, load_booster, score_raw
from pipelines.learning.specs import load_spec

ROWS = 600


def make_examples(model_name: str) -> Examples:
    """Rows whose label follows two features, with values missing; the tables need not be a bank's."""
    draw = np.random.default_rng(4)
    names = load_spec(model_name).feature_names
    values = draw.normal(size=(ROWS, len(names)))
    values[draw.random(values.shape) < 0.1] = np.nan
    frame = pd.DataFrame(values, columns=list(names))
    return arrange_examples(
        frame.assign(
            as_of=np.datetime64("2026-01-01"),
            customer_id=[f"c{number:04}" for number in range(ROWS)],
            label=np.nan_to_num(values[:, 0]) + np.nan_to_num(values[:, 3]) > 0.8,
            is_scored_population=draw.random(ROWS) < 0.5,
        ),
        names,
    )


@pytest.mark.parametrize("model_name", MODELS)
def test_bare_training_on_an_array_grows_the_trees_that_fit_trees_grows(model_name: str) -> None:
    spec, examples = load_spec(model_name), make_examples(model_name)
    ours = fit_trees(spec, examples, num_threads=1)
    array, label = examples.features.to_numpy(), examples.label.astype(np.float32)
    theirs = train_bare(spec, examples, array, label, num_threads=1)
    assert hash_trees(ours) == hash_trees(theirs.model_to_string())
    other = train_bare(spec, examples, array, 1 - label, num_threads=1)
    assert hash_trees(ours) != hash_trees(other.model_to_string())


def test_bare_prediction_and_contributions_are_our_scores_and_reasons() -> None:
    spec, examples = load_spec("prospect_growth"), make_examples("prospect_growth")
    booster = load_booster(fit_trees(spec, examples, num_threads=1))
    array = examples.features.to_numpy()
    np.testing.assert_array_equal(booster.predict(array, raw_score=True), score_raw(booster, examples.features, 1))
    contributed = np.asarray(booster.predict(array, pred_contrib=True))[:, :-1]
    assert np.abs(contributed - explain_rows(booster, examples.features, 1)).max() <= 1e-5
