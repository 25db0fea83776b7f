"""Linear scores on ranks within the month: logistic regression with missing indicators, and one feature by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
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


def fit_logistic(
    ranked: Ranked, label: BoolArray, weight: FloatArray, strength: float, directions: Sequence[int]
) -> Linear:
    """Fit a logistic regression with the regularisation C = `strength`, and leave its intercept out.

    A feature whose slope goes against its direction is left out and the rest fitted again, until none does.
    """
    sign = np.asarray(directions)
    design = np.concatenate([centre_ranks(ranked), ranked.missing], axis=1)
    slopes, kept = np.zeros(len(sign)), np.ones(len(sign), dtype=bool)
    while True:
        columns = np.concatenate([kept, np.ones(len(sign), dtype=bool)])
        fitted = LogisticRegression(C=strength, solver="newton-cholesky")
        fitted.fit(design[:, columns], label, sample_weight=weight)
        slopes[:] = 0.0
        slopes[kept] = fitted.coef_[0, : kept.sum()]
        if not (wrong := slopes * sign < 0).any():
            return Linear(slopes, fitted.coef_[0, kept.sum() :])
        kept &= ~wrong


def fit_one_feature(ranked: Ranked, as_of: Days, label: BoolArray, directions: Sequence[int]) -> Linear:
    """Return the score by the one feature, with its sign, that ranks these rows best within their months.

    A feature with a direction counts only with the sign that it allows.
    """
    ahead = measure_features(ranked, as_of, label) - 0.5
    place = int(np.where(ahead * np.asarray(directions) < 0, 0.0, np.abs(ahead)).argmax())
    slopes = np.zeros(len(ahead))
    slopes[place] = 1.0 if ahead[place] >= 0 else -1.0
    return Linear(slopes, np.zeros(len(ahead)))


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
