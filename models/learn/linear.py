"""Linear scores on ranks within the month: logistic regression with missing indicators, and one feature by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression

from models.declare.examples import BoolArray, FloatArray
from models.learn.ranks import Days, Ranked, iterate_months

_BLOCK = 50_000
_SCALE = math.sqrt(12.0)  # a rank is uniform: this gives it the variance one


@dataclass(frozen=True)
class Linear:
    """A score that adds up, for every feature, slope x centred rank and what a missing value counts.

    It has no intercept: each term has the mean zero in every month, so the score tells customers of one month apart and
    carries nothing of the months that it was learnt from. The level comes from the calibration.
    """

    slopes: FloatArray
    missing: FloatArray

    def score(self, ranked: Ranked) -> FloatArray:
        """Return the score of every row, block by block, as a double of all rows and features takes much memory."""
        found = np.empty(len(ranked))
        for start in range(0, len(ranked), _BLOCK):
            rows = slice(start, start + _BLOCK)
            found[rows] = self.explain(Ranked(ranked.ranks[rows], ranked.missing[rows])).sum(axis=1)
        return found

    def explain(self, ranked: Ranked) -> FloatArray:
        """Return the contribution of every feature (rows x features); they sum to the score exactly."""
        return self.slopes * centre_ranks(ranked) + self.missing * ranked.missing


def centre_ranks(ranked: Ranked) -> FloatArray:
    """Return the ranks with mean zero and variance one; a missing value counts as the middle."""
    return np.asarray(np.nan_to_num(_SCALE * (ranked.ranks.astype(np.float64) - 0.5)), dtype=np.float64)


def fit_logistic(ranked: Ranked, label: BoolArray, weight: FloatArray, strength: float) -> Linear:
    """Fit a logistic regression with the regularisation C = `strength`, and leave its intercept out."""
    design = np.concatenate([centre_ranks(ranked), ranked.missing], axis=1)
    fitted = LogisticRegression(C=strength, solver="newton-cholesky").fit(design, label, sample_weight=weight)
    slopes, missing = np.split(fitted.coef_[0], 2)
    return Linear(slopes, missing)


def fit_one_feature(ranked: Ranked, as_of: Days, label: BoolArray) -> Linear:
    """Return the score by the one feature, with its sign, that ranks these rows best within their months."""
    auc = measure_features(ranked, as_of, label)
    place = int(np.abs(auc - 0.5).argmax())
    slopes = np.zeros(len(auc))
    slopes[place] = 1.0 if auc[place] >= 0.5 else -1.0
    return Linear(slopes, np.zeros(len(auc)))


def measure_features(ranked: Ranked, as_of: Days, label: BoolArray) -> FloatArray:
    """Return the ROC AUC within months of every feature by itself; 0.5 where no month holds both kinds of answer."""
    centred = centre_ranks(ranked)
    ahead, pairs = np.zeros(centred.shape[1]), 0
    for month in iterate_months(as_of, len(label)):
        events = int(label[month].sum())
        places = rankdata(centred[month], axis=0)[label[month]]
        ahead += places.sum(axis=0) - events * (events + 1) / 2
        pairs += events * (int(month.sum()) - events)
    return ahead / pairs if pairs else np.full(centred.shape[1], 0.5)


def linear_to_dict(linear: Linear) -> dict[str, Any]:
    """Return the numbers as plain values."""
    return {"slopes": linear.slopes.tolist(), "missing": linear.missing.tolist()}


def linear_from_dict(values: dict[str, Any]) -> Linear:
    """Return what `linear_to_dict` wrote."""
    return Linear(np.asarray(values["slopes"], dtype=np.float64), np.asarray(values["missing"], dtype=np.float64))
