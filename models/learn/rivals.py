"""The rivals that a model must beat on the same rows: momentum alone, and logistic regression on the same features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

from models.declare.examples import BoolArray, Examples, FloatArray
from models.declare.spec import ModelSpec
from models.learn.learner import Scorer, learn_trees, refuse_few_events, weigh_rows
from models.learn.splits import assign_folds

STRENGTHS = (0.0003, 0.003, 0.03, 0.3)
Learner = Callable[[ModelSpec, Examples, int], Scorer]


def learn_momentum(spec: ModelSpec, examples: Examples, num_threads: int) -> Scorer:
    """Return the score by one feature alone, signed; where it is null, the median of the rows learnt from."""
    name, sign = spec.momentum_feature, spec.momentum_sign
    known = examples.features[name].dropna()
    median = float(known.median()) if len(known) else 0.0

    def score(features: pd.DataFrame) -> FloatArray:
        return np.asarray(sign * features[name].astype(np.float64).fillna(median), dtype=np.float64)

    return score


def learn_logistic(spec: ModelSpec, examples: Examples, num_threads: int) -> Scorer:
    """Fit a logistic regression, its regularisation chosen among STRENGTHS on folds of customers, and score with it."""
    refuse_few_events(spec, examples)
    weight, preparation = weigh_rows(spec, examples), prepare_columns(examples)
    columns = preparation.fit_transform(examples.features)
    fitted = _fit(columns, examples.label, weight, choose_strength(columns, examples, weight))
    return lambda features: np.asarray(fitted.decision_function(preparation.transform(features)), dtype=np.float64)


def choose_strength(columns: FloatArray, examples: Examples, weight: FloatArray, fold_count: int = 3) -> float:
    """Return the C with the best ROC AUC over customers not learnt from; on a tie the strongest regularisation."""
    folds, label = assign_folds(examples, fold_count), examples.label
    found = {strength: np.zeros(len(examples)) for strength in STRENGTHS}
    for away in (folds == fold for fold in range(fold_count)):
        if not 0 < label[~away].sum() < (~away).sum():
            return STRENGTHS[0]
        for strength in STRENGTHS:
            fitted = _fit(columns[~away], label[~away], weight[~away], strength)
            found[strength][away] = fitted.decision_function(columns[away])
    return max(STRENGTHS, key=lambda strength: float(roc_auc_score(label, found[strength])))


def prepare_columns(examples: Examples) -> Pipeline:
    """Impute medians, mark what was missing, and turn each column into its standardised quantile.

    Quantiles, because amounts have tails that a linear model would follow: the rival is to be a fair one.
    """
    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True, add_indicator=True),
        QuantileTransformer(n_quantiles=min(200, len(examples)), subsample=50_000, random_state=0),
        StandardScaler(),
    )


def _fit(columns: FloatArray, label: BoolArray, weight: FloatArray, strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, solver="newton-cholesky").fit(columns, label, sample_weight=weight)


LEARNERS: Mapping[str, Learner] = MappingProxyType(
    {"model": learn_trees, "momentum": learn_momentum, "logistic": learn_logistic}
)
