"""The teacher: the same features and LightGBM, but told the true probability itself, of ten times the customers.

What it reaches is what these features can know at best; the rest of the way to the oracle is not in them.
"""

from __future__ import annotations

import lightgbm as lgb
import numpy as np

from bench.oracle.rows import KnownRows
from models.declare.examples import FloatArray
from models.declare.spec import ModelSpec
from models.learn.learner import weigh_rows

ROUNDS = 300
PARAMS = {
    "objective": "cross_entropy",
    "learning_rate": 0.1,
    "num_leaves": 63,
    "min_data_in_leaf": 100,
    "feature_fraction_bynode": 0.25,
    "bagging_fraction": 0.4,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "max_bin": 63,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


def fit_teacher(spec: ModelSpec, taught: KnownRows, num_threads: int) -> lgb.Booster:
    """Fit the true probabilities; trees grow freely, as there is no noise in what is learnt."""
    data = lgb.Dataset(
        taught.examples.features,
        label=np.clip(taught.truth, 0.0, 1.0),
        weight=weigh_rows(spec, taught.examples),
        free_raw_data=True,
    )
    return lgb.train({**PARAMS, "num_threads": num_threads}, data, num_boost_round=ROUNDS)


def predict_with_teacher(teacher: lgb.Booster, rows: KnownRows, num_threads: int) -> FloatArray:
    """Return the teacher's probability of each row."""
    return np.asarray(teacher.predict(rows.examples.features, num_threads=num_threads), dtype=np.float64)
