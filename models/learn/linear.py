"""Linear scores on ranks: logistic regression with curves and missing indicators, and one feature by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models.declare.examples import BoolArray, FloatArray
from models.learn.ranks import Matrix

_BASES = 3  # slope, curve, missing
_SCALE = math.sqrt(12.0)  # a rank is uniform: this gives it the variance one
_CURVE = math.sqrt(180.0)


@dataclass(frozen=True)
class Linear:
    """A score that adds up, for every feature, slope x rank, curve x rank squared and what a missing value counts.

    `weights` and `means` are (3, features): the weight of each term, and its mean over the rows learnt from, so that
    the contribution of a feature is its terms less their mean and the base is the mean score.
    """

    weights: FloatArray
    means: FloatArray
    intercept: float

    @property
    def base(self) -> float:
        """The mean score over the rows learnt from."""
        return self.intercept + float((self.weights * self.means).sum())

    def score(self, ranks: Matrix) -> FloatArray:
        """Return the score of every row."""
        return self.base + self.explain(ranks).sum(axis=1)

    def explain(self, ranks: Matrix) -> FloatArray:
        """Return the contribution of every feature (rows x features); with the base they sum to the score exactly."""
        found = np.zeros(ranks.shape)
        for term, weight, mean in zip(expand_ranks(ranks), self.weights, self.means, strict=True):
            found += weight * (term - mean)
        return found


def expand_ranks(ranks: Matrix) -> FloatArray:
    """Return the terms of every rank (3, rows, features): centred, squared and centred, and whether it is missing."""
    is_missing = np.isnan(ranks)
    centred = np.where(is_missing, 0.0, ranks.astype(np.float64) - 0.5)
    curved = np.where(is_missing, 0.0, centred**2 - 1 / 12)
    return np.stack([_SCALE * centred, _CURVE * curved, is_missing.astype(np.float64)])


def fit_logistic(
    ranks: Matrix, label: BoolArray, weight: FloatArray, strength: float, *, has_curves: bool = False
) -> Linear:
    """Fit a logistic regression with the regularisation C = `strength` on ranks, with a curve a feature if wanted."""
    terms = expand_ranks(ranks)
    chosen = [0, 1, 2] if has_curves else [0, 2]
    design = np.concatenate([terms[place] for place in chosen], axis=1)
    fitted = LogisticRegression(C=strength, solver="newton-cholesky").fit(design, label, sample_weight=weight)
    weights = np.zeros((_BASES, ranks.shape[1]))
    weights[chosen] = fitted.coef_.reshape(len(chosen), -1)
    return Linear(weights, terms.mean(axis=1), float(fitted.intercept_[0]))


def fit_one_feature(ranks: Matrix, place: int, sign: int) -> Linear:
    """Return the score by the rank of one feature alone; a missing value counts as the middle."""
    weights = np.zeros((_BASES, ranks.shape[1]))
    weights[0, place] = sign
    return Linear(weights, expand_ranks(ranks).mean(axis=1), 0.0)


def linear_to_dict(linear: Linear) -> dict[str, Any]:
    """Return the numbers as plain values."""
    return {"weights": linear.weights.tolist(), "means": linear.means.tolist(), "intercept": linear.intercept}


def linear_from_dict(values: dict[str, Any]) -> Linear:
    """Return what `linear_to_dict` wrote."""

    def read(name: str) -> NDArray[np.float64]:
        return np.asarray(values[name], dtype=np.float64)

    return Linear(read("weights"), read("means"), float(values["intercept"]))
