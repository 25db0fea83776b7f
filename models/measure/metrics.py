"""Metrics of a ranking and of a probability, each for many weightings of the same customers at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from models.declare.examples import BoolArray, FloatArray

TOP_SHARE = 0.1
BIN_COUNT = 10
LEAST_GROUPS = 50


@dataclass(frozen=True)
class Sums:
    """What the metrics are made of, a line a draw: weights by group of equal score, from the highest score down."""

    events: FloatArray
    others: FloatArray
    squared_error: FloatArray
    gaps: FloatArray
    within: Within


@dataclass(frozen=True)
class Within:
    """Events and others by group of equal score of one month, month after month; `starts` is each month's first."""

    events: FloatArray
    others: FloatArray
    starts: NDArray[np.intp]


@dataclass(frozen=True)
class Tally:
    """Rows summed by customer and group of equal score, so that drawing customers costs a product and no sorting."""

    events: csr_array
    others: csr_array
    squared_error: FloatArray
    gaps: FloatArray
    month_events: csr_array
    month_others: csr_array
    month_starts: NDArray[np.intp]

    def weigh(self, weights: FloatArray) -> Sums:
        """Return the sums under each weighting, (customers, draws)."""
        return Sums(
            events=np.asarray(self.events @ weights).T,
            others=np.asarray(self.others @ weights).T,
            squared_error=self.squared_error @ weights,
            gaps=(self.gaps.T @ weights).T,
            within=Within(
                np.asarray(self.month_events @ weights).T,
                np.asarray(self.month_others @ weights).T,
                self.month_starts,
            ),
        )


def tally_rows(
    raw: FloatArray,
    probability: FloatArray,
    label: BoolArray,
    customer: NDArray[np.intp],
    most_groups: int | None = None,
    month: NDArray[np.generic] | None = None,
) -> Tally:
    """Sum rows by customer and by group of equal raw score; `customer` numbers the customers from 0.

    With `most_groups`, neighbouring scores share a group of about equal row count where there are more distinct ones;
    the groups within months share that number. Without `month` all rows are of one.
    """
    group, size = _group_scores(raw, most_groups), int(customer.max()) + 1
    inner, starts = _group_months(raw, most_groups, np.zeros(len(raw)) if month is None else month)
    inner_shape = (int(inner.max()) + 1, size)
    groups = int(group.max()) + 1
    cell = customer * BIN_COUNT + _bin_probabilities(raw, probability)
    miss = np.asarray(probability - label, dtype=np.float64)
    return Tally(
        events=_count_cells(group[label], customer[label], (groups, size)),
        others=_count_cells(group[~label], customer[~label], (groups, size)),
        squared_error=_sum_cells(customer, miss**2, size),
        gaps=_sum_cells(cell, miss, size * BIN_COUNT).reshape(size, BIN_COUNT),
        month_events=_count_cells(inner[label], customer[label], inner_shape),
        month_others=_count_cells(inner[~label], customer[~label], inner_shape),
        month_starts=starts,
    )


def _bin_probabilities(raw: FloatArray, probability: FloatArray) -> NDArray[np.intp]:
    """Deal the rows into bins of equal count by rising probability; of equal ones the highest raw score comes first."""
    order = np.lexsort((-raw, probability))
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    return place * BIN_COUNT // len(order)


def _group_scores(raw: FloatArray, most_groups: int | None) -> NDArray[np.intp]:
    """Number the groups of equal score from the highest down; equal scores never part."""
    distinct, inverse, counts = np.unique(-raw, return_inverse=True, return_counts=True)
    if most_groups is None or len(distinct) <= most_groups:
        return np.asarray(inverse, dtype=np.intp)
    before = np.cumsum(counts) - counts
    _, shared = np.unique(before * most_groups // len(raw), return_inverse=True)
    return np.asarray(shared[inverse], dtype=np.intp)


def _group_months(
    raw: FloatArray, most_groups: int | None, month: NDArray[np.generic]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Number the groups of equal score month after month, from the highest down; return them and each month's first."""
    months = np.unique(month)
    share = None if most_groups is None else max(LEAST_GROUPS, most_groups // len(months))
    inner, starts, next_one = np.empty(len(raw), dtype=np.intp), [], 0
    for one in months:
        rows = month == one
        found = _group_scores(raw[rows], share)
        inner[rows] = found + next_one
        starts.append(next_one)
        next_one += int(found.max()) + 1
    return inner, np.array(starts, dtype=np.intp)


def _sum_cells(cell: NDArray[np.intp], value: FloatArray, size: int) -> FloatArray:
    return np.asarray(np.bincount(cell, value, size), dtype=np.float64)


def _count_cells(group: NDArray[np.intp], customer: NDArray[np.intp], shape: tuple[int, int]) -> csr_array:
    return csr_array((np.ones(len(group)), (group, customer)), shape=shape)


def compute_roc_auc(sums: Sums) -> FloatArray:
    """Return the chance that an event ranks above a non-event, a tie counting half; NaN where one kind is absent."""
    below = sums.others.sum(axis=1, keepdims=True) - np.cumsum(sums.others, axis=1)
    pairs = sums.events.sum(axis=1) * sums.others.sum(axis=1)
    return _divide((sums.events * (below + sums.others / 2)).sum(axis=1), pairs)


def compute_roc_auc_within(sums: Sums) -> FloatArray:
    """Return the same chance over the pairs of one month: what a worklist of that month is worth."""
    events, others, starts = sums.within.events, sums.within.others, sums.within.starts
    counts = np.diff(np.append(starts, events.shape[1]))
    passed = np.cumsum(others, axis=1)
    month_others = np.add.reduceat(others, starts, axis=1)
    last = np.repeat(np.cumsum(month_others, axis=1), counts, axis=1)
    ahead = (events * (last - passed + others / 2)).sum(axis=1)
    return _divide(ahead, (np.add.reduceat(events, starts, axis=1) * month_others).sum(axis=1))


def compute_average_precision(sums: Sums) -> FloatArray:
    """Return precision averaged over the steps of recall, without interpolation, as scikit-learn does."""
    found = np.cumsum(sums.events, axis=1)
    precision = _divide(found, found + np.cumsum(sums.others, axis=1))
    return _divide((sums.events * np.nan_to_num(precision)).sum(axis=1), sums.events.sum(axis=1))


def compute_top_precision(sums: Sums) -> FloatArray:
    """Return the share of events in the tenth with the highest scores; a group that the cut divides counts in part."""
    sizes = sums.events + sums.others
    wanted = TOP_SHARE * sizes.sum(axis=1, keepdims=True)
    before = np.cumsum(sizes, axis=1) - sizes
    taken = np.clip(np.nan_to_num(_divide(wanted - before, sizes)), 0.0, 1.0)
    return _divide((taken * sums.events).sum(axis=1), wanted[:, 0])


def compute_top_lift(sums: Sums) -> FloatArray:
    """Return the precision of the top tenth over the share of events in all rows."""
    return _divide(compute_top_precision(sums), _divide(sums.events.sum(axis=1), _count_rows(sums)))


def compute_brier(sums: Sums) -> FloatArray:
    """Return the mean squared difference of probability and answer."""
    return _divide(sums.squared_error, _count_rows(sums))


def compute_calibration_error(sums: Sums) -> FloatArray:
    """Return the mean distance of mean probability and share of events over ten bins of equal row count."""
    return _divide(np.abs(sums.gaps).sum(axis=1), _count_rows(sums))


def _count_rows(sums: Sums) -> FloatArray:
    return np.asarray(sums.events.sum(axis=1) + sums.others.sum(axis=1))


def _divide(left: FloatArray, right: FloatArray) -> FloatArray:
    return np.divide(left, right, out=np.full(np.broadcast(left, right).shape, np.nan), where=np.asarray(right) != 0)


METRICS: Mapping[str, Callable[[Sums], FloatArray]] = MappingProxyType(
    {
        "roc_auc": compute_roc_auc,
        "roc_auc_within": compute_roc_auc_within,
        "average_precision": compute_average_precision,
        "lift_top_decile": compute_top_lift,
        "precision_top_decile": compute_top_precision,
        "brier": compute_brier,
        "calibration_error": compute_calibration_error,
    }
)
