"""Segments: customers who are alike, found by k-means on a few measures and named by what sets them apart.

Values come as rows x MEASURES, unknown as NaN. A measure that nobody has is left out; money and ratios are taken as
logarithms, as a bank's largest customers are thousands of times its median; all are winsorised and put in spreads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from models.errors import ModellingError
from models.examples import FloatArray

IntArray = NDArray[np.int64]
WINSOR_SHARE = 0.01
LEAST_DISTANCE = 0.1
_STARTS = 10
_BLOCK = 100_000


class SegmentsError(ModellingError):
    """Customers that no segments can be found among."""


@dataclass(frozen=True)
class Measure:
    """What customers are told apart by, with words for much and for little of it."""

    name: str
    unit: str
    is_log: bool
    high_en: str
    low_en: str
    high_zh: str
    low_zh: str


MEASURES = (
    Measure("turnover_12m_cny", "cny", True, "high turnover", "low turnover", "流水高", "流水低"),
    Measure("assets_cny", "cny", True, "high assets", "low assets", "资产高", "资产低"),
    Measure("loans_ratio", "ratio", True, "high borrowing", "low borrowing", "贷款占比高", "贷款占比低"),
    Measure("product_count", "count", False, "many products", "few products", "产品多", "产品少"),
    Measure("months_with_bank", "months", False, "long with the bank", "short with the bank", "合作久", "合作短"),
    Measure("contribution_mean_cny", "cny", True, "high contribution", "low contribution", "贡献高", "贡献低"),
)


@dataclass(frozen=True)
class Plan:
    """How segments are looked for; see the rulebook's section segments."""

    fewest: int
    most: int
    silhouette_customers: int
    switch_margin: float
    seed: int


@dataclass(frozen=True)
class Scale:
    """What a measure is winsorised to, and the middle and the spread of what is left; arrays over measures."""

    lowest: FloatArray
    highest: FloatArray
    middle: FloatArray
    spread: FloatArray

    def apply(self, shaped: FloatArray) -> FloatArray:
        """Return the points: how many spreads each value lies from the middle."""
        return (np.clip(shaped, self.lowest, self.highest) - self.middle) / self.spread


@dataclass(frozen=True)
class Segmentation:
    """Segments by label, ascending: each one's centre in spreads from the middle (segments x measures)."""

    measures: tuple[Measure, ...]
    scale: Scale
    labels: IntArray
    centres: FloatArray
    silhouette: float

    @property
    def shaped(self) -> FloatArray:
        """The centres as shape_values would give them: in logarithms where the measure is."""
        return self.centres * self.scale.spread + self.scale.middle

    @property
    def values(self) -> FloatArray:
        """The centres in the measures' own units."""
        is_log = np.array([measure.is_log for measure in self.measures])
        shaped = np.clip(self.shaped, self.scale.lowest, self.scale.highest)  # a mean of equal values may round beyond
        return np.where(is_log, np.sign(shaped) * np.expm1(np.abs(shaped) * is_log), shaped)


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


def choose_measures(values: FloatArray) -> tuple[Measure, ...]:
    """Return the measures that are known of any row."""
    return tuple(MEASURES[place] for place in np.flatnonzero((~np.isnan(values)).any(axis=0)))


def shape_values(values: FloatArray, measures: Sequence[Measure]) -> FloatArray:
    """Return the columns of these measures; of money and ratios the logarithm of one more, with the value's sign."""
    columns = [MEASURES.index(measure) for measure in measures]
    is_log = np.array([measure.is_log for measure in measures])
    chosen = values[:, columns]
    return np.where(is_log, np.sign(chosen) * np.log1p(np.abs(chosen)), chosen)


def learn_scale(shaped: FloatArray) -> Scale:
    """Learn bounds, middle and spread; a measure that is the same for all has the spread 1."""
    lowest, highest = np.quantile(shaped, [WINSOR_SHARE, 1 - WINSOR_SHARE], axis=0)
    clipped = np.clip(shaped, lowest, highest)
    spread = np.where(highest > lowest, clipped.std(axis=0), 1.0)
    return Scale(lowest, highest, clipped.mean(axis=0), spread)


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


def name_segments(segmentation: Segmentation) -> list[tuple[str, str]]:
    """Name each segment in English and Chinese by its measures farthest from the middle.

    Two of them, and more where two segments would have one name; what is still alike has its label behind.
    """
    words = [_list_words(segmentation.measures, centre) for centre in segmentation.centres]
    length = [2] * len(words)
    for _ in segmentation.measures:
        count = Counter(tuple(one[:size]) for one, size in zip(words, length, strict=True))
        length = [
            size + (count[tuple(one[:size])] > 1 and size < len(one)) for one, size in zip(words, length, strict=True)
        ]
    chosen = [tuple(one[:size]) for one, size in zip(words, length, strict=True)]
    count = Counter(chosen)
    labels = segmentation.labels.tolist()
    return [_join_words(one, label if count[one] > 1 else None) for one, label in zip(chosen, labels, strict=True)]


def _list_words(measures: Sequence[Measure], centre: FloatArray) -> list[tuple[str, str]]:
    order = [place for place in np.argsort(-np.abs(centre), kind="stable") if abs(centre[place]) >= LEAST_DISTANCE]
    high = [(measures[place].high_en, measures[place].high_zh) for place in order]
    low = [(measures[place].low_en, measures[place].low_zh) for place in order]
    words = [up if centre[place] > 0 else down for place, up, down in zip(order, high, low, strict=True)]
    return words or [("in the middle", "居中")]


def _join_words(words: Sequence[tuple[str, str]], label: int | None) -> tuple[str, str]:
    behind = "" if label is None else f" ({label})"
    return ", ".join(english for english, _ in words) + behind, "、".join(chinese for _, chinese in words) + behind


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
