"""Exact Shapley values of small trees by one lookup a tree.

A tree of n splits answers a row with n bits, and its path-dependent Shapley values depend on nothing else. So they are
worked out once for each of the 2^n patterns; a row costs n comparisons and one lookup a feature of the tree.
https://arxiv.org/abs/1802.03888 defines the values (tree SHAP).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from models.declare.examples import BoolArray, FloatArray

# The tables double with each split: 200 trees take 0.4 s to prepare at 8 splits, 1.6 s at 12, 5.6 s at 14.
MOST_SPLITS = 12
BLOCK_ROWS = 16_384  # handed to one thread at a time


@dataclass(frozen=True)
class Split:
    """One question of a tree; the bit of a row is `value > threshold`, or `value <= threshold` when missing goes right.

    Either is false for NaN, as both are for a comparison, so that missing needs no question of its own.
    """

    column: int
    threshold: np.float32
    is_missing_left: bool

    def ask(self, column: NDArray[np.float32]) -> BoolArray:
        """Return the bit of every row."""
        return np.asarray(column > self.threshold if self.is_missing_left else column <= self.threshold)


@dataclass(frozen=True)
class TreeTable:
    """A tree's splits, and for each feature that it reads the Shapley value of every pattern."""

    splits: tuple[Split, ...]
    values: tuple[tuple[int, FloatArray], ...]


@dataclass(frozen=True)
class LookupExplainer:
    """The tables of a whole booster."""

    tables: tuple[TreeTable, ...]
    column_count: int

    def explain(self, matrix: NDArray[np.float32], num_threads: int) -> FloatArray:
        """Return the Shapley value of every row and feature; threads share the rows, as numpy lets them."""
        found = np.zeros((len(matrix), self.column_count))
        starts = range(0, len(matrix), BLOCK_ROWS)
        with ThreadPoolExecutor(num_threads) as threads:
            for _ in threads.map(lambda start: self._explain_block(matrix, found, start), starts):
                pass
        return found

    def _explain_block(self, matrix: NDArray[np.float32], found: FloatArray, start: int) -> None:
        rows = slice(start, start + BLOCK_ROWS)
        columns = np.ascontiguousarray(matrix[rows].T)
        sums = np.zeros(columns.shape)
        for table in self.tables:
            pattern = np.zeros(columns.shape[1], dtype=np.intp)
            for place, split in enumerate(table.splits):
                pattern |= split.ask(columns[split.column]).astype(np.intp) << place
            for column, values in table.values:
                sums[column] += values[pattern]
        found[rows] = sums.T


def build_lookup(booster: lgb.Booster) -> LookupExplainer | None:
    """Work out the tables of a booster; None when a tree has more than MOST_SPLITS splits."""
    model = booster.dump_model()
    trees = [one["tree_structure"] for one in model["tree_info"]]
    if any(sum(1 for _ in _walk_splits(tree)) > MOST_SPLITS for tree in trees):
        return None
    return LookupExplainer(tuple(_tabulate(tree) for tree in trees), len(model["feature_names"]))


def _walk_splits(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "split_feature" in node:
        yield node
        yield from _walk_splits(node["left_child"])
        yield from _walk_splits(node["right_child"])


def _tabulate(tree: dict[str, Any]) -> TreeTable:
    nodes = list(_walk_splits(tree))
    splits = tuple(_read_split(node) for node in nodes)
    pattern = np.arange(2 ** len(splits))
    goes_left = {
        node["split_index"]: ((pattern >> place) & 1).astype(bool) ^ split.is_missing_left
        for place, (node, split) in enumerate(zip(nodes, splits, strict=True))
    }
    values: dict[int, FloatArray] = {}
    for leaf, passed, share in _walk_leaves(tree, goes_left, {}, {}):
        for column, told in _share_leaf(leaf, passed, share).items():
            values[column] = values.get(column, np.zeros(len(pattern))) + told
    return TreeTable(splits, tuple(sorted(values.items())))


def _read_split(node: dict[str, Any]) -> Split:
    """Round the threshold down to float32: a float32 value is at most the one just when it is at most the other.

    Where the feature was never missing in training, LightGBM reads missing as zero.
    """
    threshold = float(node["threshold"])
    with np.errstate(over="ignore"):  # a split by missing alone has a threshold beyond float32
        nearest = np.float32(threshold)
    below = np.nextafter(nearest, np.float32(-np.inf)) if float(nearest) > threshold else nearest
    is_left = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0
    return Split(int(node["split_feature"]), np.float32(below), bool(is_left))


def _walk_leaves(
    node: dict[str, Any],
    goes_left: dict[int, BoolArray],
    passed: dict[int, BoolArray],
    share: dict[int, float],
) -> Iterator[tuple[float, dict[int, BoolArray], dict[int, float]]]:
    """Yield each leaf's value and, for each feature on the way to it, who passes all its splits and what share did."""
    if "split_feature" not in node:
        yield float(node["leaf_value"]), passed, share
        return
    column, left = int(node["split_feature"]), goes_left[node["split_index"]]
    for child, goes in ((node["left_child"], left), (node["right_child"], ~left)):
        part = _count(child) / _count(node)
        yield from _walk_leaves(
            child,
            goes_left,
            {**passed, column: passed.get(column, True) & goes},
            {**share, column: share.get(column, 1.0) * part},
        )


def _count(node: dict[str, Any]) -> float:
    return float(node["internal_count"] if "split_feature" in node else node["leaf_count"])


def _share_leaf(leaf: float, passed: dict[int, BoolArray], share: dict[int, float]) -> dict[int, FloatArray]:
    """Share a leaf's value among the features on its way, for every pattern.

    A coalition of known features reaches the leaf with the product of `passed` over the known and of `share` over the
    others; `sizes[k]` is the sum of these products over the coalitions of k others, which have one weight.
    """
    told = {}
    for column in passed:
        sizes = [np.ones(len(passed[column]))]
        for other in passed.keys() - {column}:
            known, unknown = passed[other].astype(np.float64), share[other]
            padded = [np.zeros_like(known), *sizes, np.zeros_like(known)]
            sizes = [padded[k] * known + padded[k + 1] * unknown for k in range(len(sizes) + 1)]
        last = len(sizes) - 1
        weighted = [size / math.comb(last, k) for k, size in enumerate(sizes)]
        told[column] = leaf * (passed[column] - share[column]) * np.sum(weighted, axis=0) / len(sizes)
    return told
