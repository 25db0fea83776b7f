"""Ranking: places, percentiles and bands of scored customers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.declare.examples import FloatArray
from models.declare.spec import BANDS


def rank_scores(raw: FloatArray) -> NDArray[np.int64]:
    """Return 1 for the highest raw score; customers come in the order of their ids, and equal ones keep it.

    The raw score and not the calibrated one, which may round different scores to the same probability.
    """
    order = np.argsort(-raw, kind="stable")
    rank = np.empty(len(raw), dtype=np.int64)
    rank[order] = np.arange(1, len(raw) + 1)
    return rank


def compute_percentiles(rank: NDArray[np.int64]) -> FloatArray:
    """Return the share, in per cent, of scored customers placed at or below each rank: the first has 100."""
    return 100.0 * (len(rank) - rank + 1) / max(len(rank), 1)


def assign_bands(score: FloatArray, cuts: Sequence[float]) -> NDArray[np.str_]:
    """Return A where the calibrated score reaches the first cut, and so on; E below the last."""
    reached = score[:, None] >= np.asarray(cuts)[None, :]
    return np.array(BANDS)[len(cuts) - reached.sum(axis=1)]
