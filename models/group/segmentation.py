"""Segmentation: the measures by which customers are told apart, their scale, and the centres that were found.

Values come as rows x MEASURES, unknown as NaN. A measure that nobody has is left out; money and ratios are taken as
logarithms, as a bank's largest customers are thousands of times its median; all are winsorised and put in spreads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.declare.examples import FloatArray
from models.errors import ModellingError

IntArray = NDArray[np.int64]
WINSOR_SHARE = 0.01


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
    Measure("turnover_12m", "money", True, "high turnover", "low turnover", "流水高", "流水低"),
    Measure("assets", "money", True, "high assets", "low assets", "资产高", "资产低"),
    Measure("loans_ratio", "ratio", True, "high borrowing", "low borrowing", "贷款占比高", "贷款占比低"),
    Measure("product_count", "count", False, "many products", "few products", "产品多", "产品少"),
    Measure("months_with_bank", "months", False, "long with the bank", "short with the bank", "合作久", "合作短"),
    Measure("contribution_mean", "money", True, "high contribution", "low contribution", "贡献高", "贡献低"),
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
