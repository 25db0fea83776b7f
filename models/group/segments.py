"""Segments: similar customers, found by k-means on the measures of models.group.segmentation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from models.declare.examples import FloatArray
from models.group.segmentation import (
    IntArray,
    Measure,
    Plan,
    Scale,
    Segmentation,
    SegmentsError,
    choose_measures,
    learn_scale,
    shape_values,
)

_STARTS = 10
_BLOCK = 100_000


def find_segments(values: FloatArray, plan: Plan, previous: Segmentation | None = None) -> Segmentation:
    """Find segments among the rows; the same rows, in the same order, give the same ones.

    What was found before, moved to these rows, stays unless another number or place of centres has a silhouette that is
    better by the plan's margin. A segment keeps the label of the one before that it lies nearest to.
    """
    measures = choose_measures(values)
    shaped = shape_values(values, measures)
    shaped = shaped[~np.isnan(shaped).any(axis=1)]
    if not len(shaped) or not measures:
        raise SegmentsError(f"{len(values)} customers have no measure that all of them have; expected one at least.")
    scale = learn_scale(shaped)
    points = scale.apply(shaped)
    with threadpool_limits(limits=1):  # on two busy cores two took 16 to 60 times as long; one adds up in order
        centres, silhouette = _choose_centres(points, plan, _start_of(previous, measures, scale))
    found = Segmentation(measures, scale, np.arange(1, len(centres) + 1), centres, silhouette)
    return match_labels(found, previous) if previous else found


def find_nearest(points: FloatArray, centres: FloatArray) -> IntArray:
    """Return the place of the centre nearest to each point, the first of equal ones; a point with NaN has none, -1."""
    place = np.full(len(points), -1, dtype=np.int64)
    for start in range(0, len(points), _BLOCK):
        block = points[start : start + _BLOCK]
        distance = np.square(block[:, None, :] - centres[None, :, :]).sum(axis=2)
        place[start : start + _BLOCK] = np.where(np.isnan(distance).any(axis=1), -1, distance.argmin(axis=1))
    return place


def assign_segments(values: FloatArray, segmentation: Segmentation) -> IntArray:
    """Return the label of every row's nearest segment; 0 for a row of which a measure in use is unknown."""
    points = segmentation.scale.apply(shape_values(values, segmentation.measures))
    place = find_nearest(points, segmentation.centres)
    return np.where(place < 0, 0, segmentation.labels[place])


def match_labels(found: Segmentation, previous: Segmentation) -> Segmentation:
    """Give each segment the label of the previous one that is its pair, pairs being as near as all can be together.

    A segment without a pair gets the next number that the previous ones did not have.
    """
    before, now = _lay_over(previous, found)
    cost = np.square(now[:, None, :] - before[None, :, :]).sum(axis=2)
    rows, columns = linear_sum_assignment(cost)
    labels = np.zeros(len(now), dtype=np.int64)
    labels[rows] = previous.labels[columns]
    is_new = labels == 0
    labels[is_new] = previous.labels.max() + np.arange(1, is_new.sum() + 1)
    order = np.argsort(labels)
    return replace(found, labels=labels[order], centres=found.centres[order])


def _start_of(previous: Segmentation | None, measures: tuple[Measure, ...], scale: Scale) -> FloatArray | None:
    """Return the centres found before as points of this scale, if they are of the same measures."""
    return scale.apply(previous.shaped) if previous and previous.measures == measures else None


def _lay_over(previous: Segmentation, found: Segmentation) -> tuple[FloatArray, FloatArray]:
    """Return both centres by the measures that they share, in the spreads of the one found now."""
    shared = [measure for measure in found.measures if measure in previous.measures]
    old = [previous.measures.index(measure) for measure in shared]
    new = [found.measures.index(measure) for measure in shared]
    return previous.shaped[:, old] / found.scale.spread[new], found.shaped[:, new] / found.scale.spread[new]


def _choose_centres(points: FloatArray, plan: Plan, start: FloatArray | None) -> tuple[FloatArray, float]:
    """Return the centres with the best silhouette, the fewest of equal ones, and that silhouette."""
    drawn = np.random.default_rng(plan.seed).permutation(len(points))[: plan.silhouette_customers]
    sample = points[np.sort(drawn)]
    fits = [_fit_centres(points, count, plan.seed) for count in _list_counts(points, plan)]
    judged = [(one, _measure_silhouette(sample, one)) for one in fits]
    best = max(judged, key=lambda one: one[1])
    if start is None:
        return best
    moved = _fit_centres(points, len(start), plan.seed, start)
    kept = (moved, _measure_silhouette(sample, moved))
    return best if best[1] > kept[1] + plan.switch_margin else kept


def _list_counts(points: FloatArray, plan: Plan) -> list[int]:
    """Return how many segments to try: never more than there are different customers."""
    different = len(np.unique(points, axis=0))
    return [count for count in range(plan.fewest, plan.most + 1) if count < different] or [min(plan.fewest, different)]


def _fit_centres(points: FloatArray, count: int, seed: int, start: FloatArray | None = None) -> FloatArray:
    """Return the means of the groups that k-means finds, largest in the first measure first."""
    begin, times = ("k-means++", _STARTS) if start is None else (start, 1)
    centres = KMeans(count, init=begin, n_init=times, random_state=seed).fit(points).cluster_centers_
    return np.asarray(centres[np.argsort(-centres[:, 0], kind="stable")])


def _measure_silhouette(sample: FloatArray, centres: FloatArray) -> float:
    place = find_nearest(sample, centres)
    groups = len(np.unique(place))
    return float(silhouette_score(sample, place)) if 1 < groups < len(sample) else 0.0
