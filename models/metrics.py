"""Metrics of a ranking and of a probability, each for many weightings of the same rows at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.examples import BoolArray, FloatArray

TOP_SHARE = 0.1
BIN_COUNT = 10


@dataclass(frozen=True)
class RankedRows:
    """Rows sorted by falling raw score; `starts` are the first rows of each group of equal scores.

    Weights are always a matrix of one weighting a line, its columns in the order of these sorted rows.
    """

    label: FloatArray
    probability: FloatArray
    starts: NDArray[np.intp]
    order: NDArray[np.intp]

    def sum_groups(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the weight of events and of non-events in every group of equal scores."""
        events = np.add.reduceat(weights * self.label, self.starts, axis=1)
        return events, np.add.reduceat(weights, self.starts, axis=1) - events


def rank_rows(raw: FloatArray, probability: FloatArray, label: BoolArray) -> RankedRows:
    """Sort rows by falling raw score and find the groups of equal scores."""
    order = np.argsort(-raw, kind="stable")
    ordered = raw[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    return RankedRows(label[order].astype(np.float64), probability[order], starts, order)


def compute_roc_auc(rows: RankedRows, weights: FloatArray) -> FloatArray:
    """Return the chance that an event ranks above a non-event, a tie counting half; NaN where one kind is absent."""
    events, others = rows.sum_groups(weights)
    below = others.sum(axis=1, keepdims=True) - np.cumsum(others, axis=1)
    pairs = events.sum(axis=1) * others.sum(axis=1)
    return _divide((events * (below + others / 2)).sum(axis=1), pairs)


def compute_average_precision(rows: RankedRows, weights: FloatArray) -> FloatArray:
    """Return precision averaged over the steps of recall, without interpolation, as scikit-learn does."""
    events, others = rows.sum_groups(weights)
    found = np.cumsum(events, axis=1)
    precision = _divide(found, found + np.cumsum(others, axis=1))
    return _divide((events * np.nan_to_num(precision)).sum(axis=1), events.sum(axis=1))


def compute_top_precision(rows: RankedRows, weights: FloatArray) -> FloatArray:
    """Return the share of events in the tenth with the highest scores; a group that the cut divides counts in part."""
    events, others = rows.sum_groups(weights)
    sizes = events + others
    wanted = TOP_SHARE * sizes.sum(axis=1, keepdims=True)
    before = np.cumsum(sizes, axis=1) - sizes
    taken = np.clip(np.nan_to_num(_divide(wanted - before, sizes)), 0.0, 1.0)
    return _divide((taken * events).sum(axis=1), wanted[:, 0])


def compute_top_lift(rows: RankedRows, weights: FloatArray) -> FloatArray:
    """Return the precision of the top tenth over the share of events in all rows."""
    return _divide(compute_top_precision(rows, weights), _divide(weights @ rows.label, weights.sum(axis=1)))


def compute_brier(rows: RankedRows, weights: FloatArray) -> FloatArray:
    """Return the mean squared difference of probability and answer."""
    return _divide(weights @ (rows.probability - rows.label) ** 2, weights.sum(axis=1))


def compute_calibration_error(rows: RankedRows, weights: FloatArray) -> FloatArray:
    """Return the mean distance of mean probability and share of events over ten bins of equal row count."""
    place = np.argsort(np.argsort(rows.probability, kind="stable"), kind="stable")
    bins = np.eye(BIN_COUNT)[place * BIN_COUNT // len(place)]
    gaps = weights @ ((rows.probability - rows.label)[:, None] * bins)
    return _divide(np.abs(gaps).sum(axis=1), weights.sum(axis=1))


def _divide(left: FloatArray, right: FloatArray) -> FloatArray:
    return np.divide(left, right, out=np.full(np.broadcast(left, right).shape, np.nan), where=np.asarray(right) != 0)


METRICS: Mapping[str, Callable[[RankedRows, FloatArray], FloatArray]] = MappingProxyType(
    {
        "roc_auc": compute_roc_auc,
        "average_precision": compute_average_precision,
        "lift_top_decile": compute_top_lift,
        "precision_top_decile": compute_top_precision,
        "brier": compute_brier,
        "calibration_error": compute_calibration_error,
    }
)
