"""The learner: gradient boosted trees, seeded and deterministic, monotone where a sign is sure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Protocol

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.declare.examples import Examples, ExamplesError, FloatArray, select_features
from models.declare.spec import ModelSpec, TreeParams
from models.learn.ranks import Days


class Scorer(Protocol):
    """What a learner returns: the raw score of rows of one month, or of several when their as-of dates are given."""

    def __call__(self, features: pd.DataFrame, as_of: Days | None = None) -> FloatArray:
        """Return the raw score of every row."""


LEARNER_VERSION = str(lgb.__version__)
ROWS_PER_THREAD = 20_000


def fit_trees(spec: ModelSpec, examples: Examples, num_threads: int) -> str:
    """Fit the declared trees on all the rows and return LightGBM's model text; the same examples give the same text."""
    refuse_few_events(spec, examples)
    return grow_trees(spec, examples, choose_trees(spec, examples), num_threads)


def grow_trees(
    spec: ModelSpec,
    examples: Examples,
    trees: TreeParams,
    num_threads: int,
    ranks: NDArray[np.float32] | None = None,
) -> str:
    """Grow trees on the features, or on their `ranks`, and return LightGBM's model text.

    On ranks the trees start from the log odds of each month's share of events, which the text does not hold: what they
    add is what tells customers of one month apart.
    """
    data = lgb.Dataset(
        examples.features if ranks is None else ranks,
        label=examples.label.astype(np.float32),
        weight=weigh_rows(spec, examples),
        init_score=None if ranks is None else compute_month_odds(examples),
        feature_name=list(spec.feature_names),
        categorical_feature=[],
        free_raw_data=True,
    )
    parameters = lightgbm_params(spec, trees, limit_threads(len(examples), num_threads))
    return lgb.train(parameters, data, num_boost_round=trees.num_rounds).model_to_string()


def compute_month_odds(examples: Examples) -> FloatArray:
    """Return for every row the log odds of an event in its month, with one event and one other added."""
    odds = np.empty(len(examples))
    for day in np.unique(examples.as_of):
        rows = examples.as_of == day
        events = int(examples.label[rows].sum())
        odds[rows] = np.log((events + 1) / (rows.sum() - events + 1))
    return odds


def choose_trees(spec: ModelSpec, examples: Examples) -> TreeParams:
    """Return how the trees grow on so many customers."""
    is_many = len(np.unique(examples.customer_id)) >= spec.many_customers
    return spec.trees_of_many if spec.trees_of_many is not None and is_many else spec.trees


def lightgbm_params(spec: ModelSpec, trees: TreeParams, num_threads: int) -> dict[str, Any]:
    """Return LightGBM's parameters.

    No categorical splits, linear trees or zero_as_missing: exact reasons are not to be had with them.
    """
    chosen = {name: value for name, value in asdict(trees).items() if name != "num_rounds"}
    directions = list(spec.directions)
    return {
        **chosen,
        "objective": "binary",
        "monotone_constraints": directions if any(directions) else None,
        "deterministic": True,
        "force_row_wise": True,
        "feature_pre_filter": False,
        "num_threads": num_threads,
        "verbosity": -1,
    }


def limit_threads(rows: int, num_threads: int) -> int:
    """Return the threads that pay for so many rows.

    With few rows the threads wait for each other more than they work: on 3,600 rows and a busy machine of two cores,
    two threads took eleven times as long as one.
    """
    return min(num_threads, 1 + rows // ROWS_PER_THREAD)


def weigh_rows(spec: ModelSpec, examples: Examples) -> FloatArray:
    """Weigh rows of the scored population 1 and the other eligible rows as the spec says."""
    return np.where(examples.is_scored, 1.0, spec.outside_weight)


def load_booster(model_text: str) -> lgb.Booster:
    """Read a booster from its text."""
    return lgb.Booster(model_str=model_text)


def score_raw(booster: lgb.Booster, features: pd.DataFrame, num_threads: int) -> FloatArray:
    """Return the raw score (log odds, the sum of the trees) of every row; columns are taken by name."""
    matrix = select_features(features, booster.feature_name())
    threads = limit_threads(len(matrix), num_threads)
    return np.asarray(booster.predict(matrix, raw_score=True, num_threads=threads), dtype=np.float64)


def has_enough_events(spec: ModelSpec, examples: Examples) -> bool:
    """Whether the rows hold the events, and the non-events, that a fit needs."""
    events = int(examples.label.sum())
    return min(events, len(examples) - events) >= spec.min_events


def refuse_few_events(spec: ModelSpec, examples: Examples) -> None:
    """Refuse to learn from rows of one kind only."""
    if not has_enough_events(spec, examples):
        raise ExamplesError(
            f"model {spec.name} has {int(examples.label.sum())} events in {len(examples)} examples; expected at least "
            f"{spec.min_events} events and as many others, wait for more matured months or widen the population"
        )
