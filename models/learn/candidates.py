"""Candidates: the ways of learning that a model chooses among on its own bank, from the simplest to the freest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from models.declare.examples import BoolArray, Examples
from models.declare.spec import ModelSpec, TreeParams
from models.learn.fitted import Part
from models.learn.learner import choose_trees, grow_trees, weigh_rows
from models.learn.linear import fit_logistic, fit_one_feature
from models.learn.ranks import Ranked
from models.learn.splits import mask_sample

# As free as LightGBM's own defaults (learning rate 0.1, nothing held back or shrunk): 200 trees of 13 leaves are as
# good as its 100 of 31 (docs/experiments.md), and small enough to be explained by lookup.
FREE_TREES = TreeParams(
    num_rounds=200,
    learning_rate=0.1,
    num_leaves=13,
    max_depth=12,
    min_data_in_leaf=20,
    lambda_l2=0.0,
    feature_fraction=1.0,
    bagging_fraction=1.0,
    bagging_freq=0,
    max_bin=255,
)
# One split a tree: no feature depends on another.
STUMPS = TreeParams(
    num_rounds=300,
    learning_rate=0.05,
    num_leaves=2,
    max_depth=1,
    min_data_in_leaf=40,
    lambda_l2=20.0,
    feature_fraction=0.3,
    bagging_fraction=0.5,
)


MOST_ROWS = 20_000  # of a logistic regression: 230 terms need no more, and each row of them takes 2 kB


@dataclass(frozen=True)
class Candidate:
    """One way of learning.

    `strength` is the C of a logistic regression. `trees` of None are those that the spec declares.
    All keep to the directions of the features. `prior` is the weight before any evidence.
    On ranks, trees start from each month's share of events, so that no month's level is learnt.
    """

    name: str
    kind: Literal["one_feature", "logistic", "trees"]
    strength: float = 0.0
    trees: TreeParams | None = None
    is_on_ranks: bool = True
    prior: float = 1.0


CANDIDATES: Mapping[str, Candidate] = MappingProxyType(
    {
        one.name: one
        for one in (
            Candidate("one_feature", "one_feature", prior=0.25),
            Candidate("logistic_0.001", "logistic", strength=0.001),
            Candidate("logistic_0.01", "logistic", strength=0.01),
            Candidate("stumps_on_ranks", "trees", trees=STUMPS, prior=0.5),
            Candidate("declared_trees", "trees", is_on_ranks=False),
            Candidate("declared_trees_on_ranks", "trees"),
            Candidate("free_trees", "trees", trees=FREE_TREES, is_on_ranks=False, prior=0.25),
        )
    }
)
# What counts, in equal parts, where no evidence can be had.
DEFAULT = ("logistic_0.01", "declared_trees_on_ranks")


def fit_candidate(spec: ModelSpec, candidate: Candidate, examples: Examples, ranked: Ranked, num_threads: int) -> Part:
    """Fit one candidate; `ranked` are the examples' features within their months."""
    if candidate.kind == "one_feature":
        rows = _choose_rows(examples)
        linear = fit_one_feature(ranked.take(rows), examples.as_of[rows], examples.label[rows], spec.directions)
        return Part(candidate.name, True, linear=linear)
    if candidate.kind == "logistic":
        rows = mask_sample(examples, MOST_ROWS)
        weight = weigh_rows(spec, examples)[rows]
        linear = fit_logistic(ranked.take(rows), examples.label[rows], weight, candidate.strength, spec.directions)
        return Part(candidate.name, True, linear=linear)
    trees = candidate.trees or choose_trees(spec, examples)
    text = grow_trees(spec, examples, trees, num_threads, ranked.ranks if candidate.is_on_ranks else None)
    return Part(candidate.name, candidate.is_on_ranks, trees=text)


def _choose_rows(examples: Examples) -> BoolArray:
    """Return the scored rows, or all where these do not hold both kinds of answer."""
    scored = examples.is_scored
    events = int(examples.label[scored].sum())
    return scored if 0 < events < int(scored.sum()) else np.ones(len(examples), dtype=bool)
