"""The rivals of a model on the same rows, from one feature to boosted trees with the library's defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from models.declare.examples import BoolArray, Examples, FloatArray
from models.declare.spec import ModelSpec
from models.learn.candidates import CANDIDATES, fit_candidate
from models.learn.fit import learn_model, make_scorer
from models.learn.fitted import FittedModel
from models.learn.learner import Scorer, limit_threads, refuse_few_events, weigh_rows
from models.learn.ranks import Days, build_rank_table, rank_months
from models.learn.splits import assign_folds, mask_sample

MOST_BOOSTED = 20_000
BINS = 255  # of a feature, the library's own default
STRENGTHS = (0.0003, 0.003, 0.03, 0.3)
Learner = Callable[[ModelSpec, Examples, int], Scorer]


def learn_momentum(spec: ModelSpec, examples: Examples, num_threads: int) -> Scorer:
    """Return the score by one feature alone, signed; where it is null, the median of the rows learnt from."""
    name, sign = spec.momentum_feature, spec.momentum_sign
    known = examples.features[name].dropna()
    median = float(known.median()) if len(known) else 0.0

    def score(features: pd.DataFrame, as_of: Days | None = None) -> FloatArray:
        return np.asarray(sign * features[name].astype(np.float64).fillna(median), dtype=np.float64)

    return score


def learn_logistic(spec: ModelSpec, examples: Examples, num_threads: int) -> Scorer:
    """Fit a logistic regression, its regularisation chosen among STRENGTHS on folds of customers, and score with it."""
    refuse_few_events(spec, examples)
    weight, preparation = weigh_rows(spec, examples), prepare_columns(examples)
    columns = preparation.fit_transform(examples.features)
    fitted = _fit(columns, examples.label, weight, choose_strength(columns, examples, weight))

    def score(features: pd.DataFrame, as_of: Days | None = None) -> FloatArray:
        return np.asarray(fitted.decision_function(preparation.transform(features)), dtype=np.float64)

    return score


def learn_one_feature(spec: ModelSpec, examples: Examples, num_threads: int) -> Scorer:
    """Return the score by the feature, with its sign, that ranks the rows learnt from best within their months."""
    pool = build_rank_table(examples.features.to_numpy())
    ranked = rank_months(examples.features, examples.as_of, pool)
    part = fit_candidate(spec, CANDIDATES["one_feature"], examples, ranked, num_threads)
    return make_scorer(FittedModel(spec.feature_names, (part,), pool), num_threads)


def learn_boosting(spec: ModelSpec, examples: Examples, num_threads: int) -> Scorer:
    """Fit scikit-learn's histogram gradient boosting with its defaults on the features, in as many bins as it makes.

    They are binned here: with weights the library computes a weighted quantile for each bin, two thirds of the time of
    a training. Its trees see only the order of a feature's values, so codes of bins are as good. Of more rows than
    MOST_BOOSTED a sample of customers is learnt from: on 54,000 rows it takes three times as long as the model's trees.
    """
    refuse_few_events(spec, examples)
    examples = examples.take(mask_sample(examples, MOST_BOOSTED))
    values = examples.features.to_numpy()
    varies = np.array([_varies(values[:, place]) for place in range(values.shape[1])])
    edges = [_list_edges(column) for column in values[:, varies].T]
    fitted = HistGradientBoostingClassifier(random_state=0)
    with threadpool_limits(limit_threads(len(examples), num_threads), user_api="openmp"):
        fitted.fit(_bin(values[:, varies], edges), examples.label, sample_weight=weigh_rows(spec, examples))

    def score(features: pd.DataFrame, as_of: Days | None = None) -> FloatArray:
        with threadpool_limits(limit_threads(len(features), num_threads), user_api="openmp"):
            columns = _bin(features.to_numpy()[:, varies], edges)
            return np.asarray(fitted.decision_function(columns), dtype=np.float64)

    return score


def _varies(column: NDArray[np.float32]) -> bool:
    """Whether a column has two values: the library refuses one that is never known."""
    return bool(np.fmin.reduce(column) < np.fmax.reduce(column))


def _list_edges(column: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the values at which bins begin after the first, ascending: of few values all, else quantiles."""
    known = np.sort(column[~np.isnan(column)])
    distinct = np.unique(known)
    if len(distinct) <= BINS:
        return distinct[1:]
    return np.unique(known[np.arange(1, BINS) * len(known) // BINS])


def _bin(values: NDArray[np.float32], edges: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the place of the bin of each value, column by column; a missing value stays missing."""
    places = [np.searchsorted(one, column, side="right") for one, column in zip(edges, values.T, strict=True)]
    return np.where(np.isnan(values), np.nan, np.column_stack(places)).astype(np.float32)


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


RIVALS: Mapping[str, Learner] = MappingProxyType(
    {
        "momentum": learn_momentum,
        "one_feature": learn_one_feature,
        "logistic": learn_logistic,
        "boosting": learn_boosting,
    }
)
LEARNERS: Mapping[str, Learner] = MappingProxyType({"model": learn_model, **RIVALS})
