"""The sentences of many reasons at once: each distinct sentence is built once by models/explain/wording.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.declare.examples import FloatArray
from models.declare.spec import Feature
from models.explain.wording import CHINESE_SCALES, ENGLISH_SCALES, Scales, write_chinese, write_english

Texts = NDArray[np.object_]
Writer = Callable[[Feature, float, float], str]


def write_texts(
    declared: Sequence[Feature], column: NDArray[np.intp], value: FloatArray, shapley: FloatArray
) -> tuple[Texts, Texts]:
    """Return the English and the Chinese sentence of every reason, by its feature's place, value and Shapley value."""
    english = _write_once(write_english, ENGLISH_SCALES, declared, column, value, shapley)
    return english, _write_once(write_chinese, CHINESE_SCALES, declared, column, value, shapley)


def _write_once(
    write: Writer,
    scales: Scales,
    declared: Sequence[Feature],
    column: NDArray[np.intp],
    value: FloatArray,
    shapley: FloatArray,
) -> Texts:
    """Write one sentence for each group of reasons that reads alike, by its first member."""
    units = np.array([feature.unit for feature in declared])[column]
    size, rounded = round_values(units, value, scales)
    effect = np.sign(shapley).astype(np.int64) + 1
    word = (column * (len(scales) + 1) + size) * 3 + effect
    number, numbers = pd.factorize(rounded, use_na_sentinel=False)
    group, groups = pd.factorize(word * np.int64(len(numbers)) + number)
    first = np.zeros(len(groups), dtype=np.intp)
    first[group[::-1]] = np.arange(len(group))[::-1]
    texts = np.empty(len(groups), dtype=object)
    chosen = zip(column[first].tolist(), value[first].tolist(), shapley[first].tolist(), strict=True)
    texts[:] = [write(declared[place], one, effect_of) for place, one, effect_of in chosen]
    return texts[group]


def round_values(units: NDArray[np.str_], value: FloatArray, scales: Scales) -> tuple[NDArray[np.int64], FloatArray]:
    """Return which scale each value is told in and the figure told; who shares both, with a unit, reads alike.

    A product so near a half that it may round otherwise than the decimal text does keeps its own value, unrounded.
    """
    size = np.zeros(len(value), dtype=np.int64)
    figure = np.where(units == "share", 100 * value, value)
    for place, (least, _) in enumerate(reversed(scales), start=1):
        reaches = (units == "money") & (np.abs(value) >= least)
        size[reaches], figure[reaches] = place, value[reaches] / least
    strength = np.abs(figure)
    shift = np.where(strength >= 100, 1.0, np.where(strength >= 10, 10.0, 100.0))
    product = figure * shift
    rounded = np.rint(product) / shift
    is_near_half = (shift > 1) & (np.abs(product - np.floor(product) - 0.5) < 1e-6)
    figure = np.where(is_near_half, figure, rounded)
    return size, np.where(units == "flag", (value > 0.5) + 0.0 * value, figure)
