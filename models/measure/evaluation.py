"""Evaluation: what the model and its rivals are worth on the same unseen rows, with intervals and differences."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.declare.examples import BoolArray, Examples, FloatArray
from models.measure.bootstrap import Interval, bootstrap, draw_customers
from models.measure.metrics import METRICS, Sums, Tally, compute_roc_auc, compute_roc_auc_within, tally_rows

SPLITS = ("test", "test_all")
DIFFERENCE = "roc_auc_difference"
DIFFERENCE_WITHIN = "roc_auc_within_difference"
GROUPS = 1_000  # scores that a draw tells apart; a thousand groups move an interval by less than its fourth decimal

Compute = Callable[[Mapping[str, Sums]], FloatArray]
_DIFFERENCES = {DIFFERENCE: compute_roc_auc, DIFFERENCE_WITHIN: compute_roc_auc_within}


@dataclass(frozen=True)
class Evaluation:
    """One number; `rival` says whose metric it is, or, for a difference, whom the model is compared with.

    split 'test' is the population that is scored, 'test_all' every eligible row.
    """

    split: str
    rival: str
    metric: str
    value: float
    lower: float
    upper: float
    row_count: int
    event_count: int


@dataclass(frozen=True)
class Prediction:
    """The raw scores and probabilities of one learner, in the order of the tested rows."""

    raw: FloatArray
    probability: FloatArray

    def take(self, rows: BoolArray) -> Prediction:
        """Return the rows of the mask."""
        return Prediction(self.raw[rows], self.probability[rows])


def evaluate_splits(
    rows: Examples, predictions: Mapping[str, Prediction], *, rounds: int, seed: int
) -> tuple[Evaluation, ...]:
    """Evaluate all learners on the scored population and on all eligible rows; ranks are judged by the raw score."""
    masks = {"test": rows.is_scored, "test_all": np.ones(len(rows), dtype=bool)}
    found: list[Evaluation] = []
    for split, mask in masks.items():
        if mask.any():
            taken = {name: prediction.take(mask) for name, prediction in predictions.items()}
            found += evaluate_rows(split, rows.take(mask), taken, rounds=rounds, seed=seed)
    return tuple(found)


def evaluate_rows(
    split: str, rows: Examples, predictions: Mapping[str, Prediction], *, rounds: int, seed: int
) -> list[Evaluation]:
    """Evaluate every learner on these rows, and the model's ROC AUC less each other's, pooled and within months."""
    names = [(name, metric) for name in predictions for metric in METRICS]
    names += [(name, difference) for difference in _DIFFERENCES for name in predictions if name != "model"]
    intervals = _bootstrap_tallies(rows, predictions, _compute_all, rounds, seed)
    size, events = len(rows), int(rows.label.sum())
    return [
        Evaluation(split, name, metric, found.value, found.lower, found.upper, size, events)
        for (name, metric), found in zip(names, intervals, strict=True)
    ]


def compare_pairs(
    split: str, rival: str, rows: Examples, raw: FloatArray, rival_raw: FloatArray, *, rounds: int, seed: int
) -> Evaluation:
    """Return the model's ROC AUC less a rival's, on the same rows and the same draws."""
    pair = {"model": Prediction(raw, raw), rival: Prediction(rival_raw, rival_raw)}
    found = _bootstrap_tallies(rows, pair, _compute_difference, rounds, seed)[0]
    events = int(rows.label.sum())
    return Evaluation(split, rival, DIFFERENCE, found.value, found.lower, found.upper, len(rows), events)


def evaluation_to_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Return the evaluation as plain values, None where there is no number."""
    values = asdict(evaluation)
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in values.items()}


def evaluation_from_dict(values: Mapping[str, Any]) -> Evaluation:
    """Return the evaluation that `evaluation_to_dict` wrote."""
    known: dict[str, Any] = {name: math.nan if value is None else value for name, value in values.items()}
    return Evaluation(**known)


def find_evaluation(evaluations: Iterable[Evaluation], split: str, rival: str, metric: str) -> Evaluation | None:
    """Return the one evaluation of these names, or None."""
    wanted = (split, rival, metric)
    return next((e for e in evaluations if (e.split, e.rival, e.metric) == wanted), None)


def _bootstrap_tallies(
    rows: Examples, predictions: Mapping[str, Prediction], compute: Compute, rounds: int, seed: int
) -> list[Interval]:
    """Return the exact value of each statistic and its interval.

    The draws tell at most GROUPS scores apart, and are moved by what that changes of the value itself.
    """
    draws = draw_customers(rows.customer_id, rounds, seed)

    def tally(most_groups: int | None) -> dict[str, Tally]:
        return {
            name: tally_rows(told.raw, told.probability, rows.label, draws.customer, most_groups, rows.as_of)
            for name, told in predictions.items()
        }

    everybody, grouped = np.ones((draws.customer_count, 1)), tally(GROUPS)
    exact = _weigh_all(tally(None), everybody, compute)
    shift = np.nan_to_num(exact - _weigh_all(grouped, everybody, compute))
    return bootstrap(exact[:, 0], draws, lambda weights: _weigh_all(grouped, weights, compute) + shift)


def _weigh_all(tallies: Mapping[str, Tally], weights: FloatArray, compute: Compute) -> FloatArray:
    return compute({name: tally.weigh(weights) for name, tally in tallies.items()})


def _compute_all(sums: Mapping[str, Sums]) -> FloatArray:
    lines = [compute(told) for told in sums.values() for compute in METRICS.values()]
    for compute in _DIFFERENCES.values():
        auc = {name: compute(told) for name, told in sums.items()}
        lines += [auc["model"] - auc[name] for name in sums if name != "model"]
    return np.stack(lines)


def _compute_difference(sums: Mapping[str, Sums]) -> FloatArray:
    ours, theirs = (compute_roc_auc(told) for told in sums.values())
    return (ours - theirs)[None, :]
