"""Names of segments: by what sets each apart from the middle of all customers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from models.declare.examples import FloatArray
from models.group.segmentation import Measure, Segmentation

LEAST_DISTANCE = 0.1


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
