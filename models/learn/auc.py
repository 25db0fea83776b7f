"""ROC AUC pooled and within months, with the error of a difference by customer, without drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from models.declare.examples import BoolArray, Examples, FloatArray
from models.learn.ranks import iterate_months


@dataclass(frozen=True)
class Judged:
    """The mean of the pooled ROC AUC and that within months, and what each row adds to it.

    The influences of the rows sum to zero. Of two scores, the error of the difference is the root of the sum over
    customers of their summed influences' difference squared (DeLong 1988, by customer).
    """

    pooled: float
    within: float
    influence: FloatArray

    @property
    def value(self) -> float:
        """What candidates are compared by."""
        return (self.pooled + self.within) / 2


def judge(rows: Examples, score: FloatArray) -> Judged:
    """Measure a score on rows that hold both kinds of answer."""
    pooled, spread = _measure(score, rows.label, [np.ones(len(rows), dtype=bool)])
    within, narrow = _measure(score, rows.label, list(iterate_months(rows.as_of, len(rows))))
    return Judged(pooled, within, (spread + narrow) / 2)


def compute_error(rows: Examples, left: Judged, right: Judged) -> float:
    """Return the standard error of the difference of two values on the same rows."""
    _, customer = np.unique(rows.customer_id, return_inverse=True)
    sums = np.bincount(customer, left.influence - right.influence)
    return float(np.sqrt((sums**2).sum()))


def _measure(score: FloatArray, label: BoolArray, groups: Sequence[BoolArray]) -> tuple[float, FloatArray]:
    """Return the share of pairs in which the event is ahead, over pairs within groups, and each row's influence."""
    placed, weight, pairs, ahead = np.zeros(len(score)), np.zeros(len(score)), 0.0, 0.0
    for rows in groups:
        placement = place_rows(score[rows], label[rows])
        events = int(label[rows].sum())
        others = int(rows.sum()) - events
        weight[rows] = np.where(label[rows], others, events)
        placed[rows] = placement
        pairs += events * others
        ahead += float(placement[label[rows]].sum()) * others
    if not pairs:
        return 0.5, placed * 0.0
    auc = ahead / pairs
    return auc, weight * (placed - auc) / pairs


def place_rows(score: FloatArray, label: BoolArray) -> FloatArray:
    """Return for an event the share of others below it, else the share of events above it; ties count half."""
    events = int(label.sum())
    others = len(label) - events
    if not events or not others:
        return np.full(len(label), 0.5)
    overall = rankdata(score)
    own = np.empty(len(score))
    own[label], own[~label] = rankdata(score[label]), rankdata(score[~label])
    crossed = overall - own
    return np.asarray(np.where(label, crossed / others, 1 - crossed / events), dtype=np.float64)
