"""Candidates: the ways of learning that a model chooses among on its own bank, from the simplest to the freest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from sklearn.metrics import roc_auc_score

from models.declare.examples import BoolArray, Examples, FloatArray
from models.declare.spec import ModelSpec, TreeParams
from models.learn.fitted import Part
from models.learn.learner import choose_trees, grow_trees, weigh_rows
from models.learn.linear import fit_logistic, fit_one_feature
from models.learn.ranks import Matrix, iterate_months

# LightGBM's own defaults: 31 leaves bound the depth, bins are the library's, nothing is held back.
LIBRARY_TREES = TreeParams(
    num_rounds=100,
    learning_rate=0.1,
    num_leaves=31,
    max_depth=31,
    min_data_in_leaf=20,
    lambda_l2=0.0,
    feature_fraction=1.0,
    bagging_fraction=1.0,
    bagging_freq=0,
    max_bin=255,
)


@dataclass(frozen=True)
class Candidate:
    """One way of learning.

    `strength` is the C of a logistic regression. `trees` of None are those that the spec declares, with its directions.
    On ranks, trees start from each month's share of events, so that no month's level is learnt.
    """

    name: str
    kind: Literal["one_feature", "logistic", "trees"]
    strength: float = 0.0
    has_curves: bool = False
    trees: TreeParams | None = None
    is_on_ranks: bool = True


CANDIDATES: Mapping[str, Candidate] = MappingProxyType(
    {
        one.name: one
        for one in (
            Candidate("one_feature", "one_feature"),
            Candidate("logistic_0.001", "logistic", strength=0.001),
            Candidate("logistic_0.01", "logistic", strength=0.01),
            Candidate("curves_0.01", "logistic", strength=0.01, has_curves=True),
            Candidate("declared_trees", "trees", is_on_ranks=False),
            Candidate("declared_trees_on_ranks", "trees"),
            Candidate("library_trees", "trees", trees=LIBRARY_TREES, is_on_ranks=False),
            Candidate("library_trees_on_ranks", "trees", trees=LIBRARY_TREES),
        )
    }
)


def fit_candidate(spec: ModelSpec, candidate: Candidate, examples: Examples, ranks: Matrix, num_threads: int) -> Part:
    """Fit one candidate; `ranks` are those of the examples' features within their months."""
    if candidate.kind == "one_feature":
        place, sign = choose_feature(examples, ranks)
        return Part(candidate.name, True, linear=fit_one_feature(ranks, place, sign))
    if candidate.kind == "logistic":
        weight = weigh_rows(spec, examples)
        curves = candidate.has_curves
        linear = fit_logistic(ranks, examples.label, weight, candidate.strength, has_curves=curves)
        return Part(candidate.name, True, linear=linear)
    is_declared = candidate.trees is None
    text = grow_trees(
        spec,
        examples,
        candidate.trees or choose_trees(spec, examples),
        num_threads,
        ranks=ranks if candidate.is_on_ranks else None,
        has_directions=is_declared,
    )
    return Part(candidate.name, candidate.is_on_ranks, trees=text)


def choose_feature(examples: Examples, ranks: Matrix) -> tuple[int, int]:
    """Return the place and the sign of the feature that ranks the scored rows best within their months."""
    rows = examples.is_scored if 0 < examples.label[examples.is_scored].sum() < examples.is_scored.sum() else None
    chosen = np.ones(len(examples), dtype=bool) if rows is None else rows
    as_of, label = examples.as_of[chosen], examples.label[chosen]
    filled = np.nan_to_num(ranks[chosen], nan=0.5)
    auc = [compute_within(as_of, label, filled[:, place]) for place in range(ranks.shape[1])]
    strength = np.abs(np.asarray(auc) - 0.5)
    place = int(strength.argmax())
    return place, 1 if auc[place] >= 0.5 else -1


def compute_within(as_of: np.ndarray, label: BoolArray, score: FloatArray | Matrix) -> float:
    """Return the ROC AUC within months: the mean of each month's, weighted by its pairs; 0.5 where there is no pair."""
    ahead = pairs = 0.0
    for month in iterate_months(as_of, len(label)):
        events = int(label[month].sum())
        count = events * (int(month.sum()) - events)
        if count:
            ahead += count * float(roc_auc_score(label[month], score[month]))
            pairs += count
    return ahead / pairs if pairs else 0.5


def list_names(parts: Sequence[Part]) -> list[str]:
    """Return the names of the candidates that the parts were fitted as."""
    return [part.name for part in parts]
