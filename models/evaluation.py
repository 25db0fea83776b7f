"""Evaluation: what the model and its rivals are worth on the same unseen rows, with intervals and differences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.bootstrap import bootstrap, draw_customers
from models.examples import BoolArray, Examples, FloatArray
from models.metrics import METRICS, RankedRows, compute_roc_auc, rank_rows

SPLITS = ("test", "test_all")
DIFFERENCE = "roc_auc_difference"


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
    """Evaluate every learner on these rows, and the model's ROC AUC less each other's on the same draws."""
    ranked = {name: rank_rows(p.raw, p.probability, rows.label) for name, p in predictions.items()}
    names = [(name, metric) for name in ranked for metric in METRICS]
    names += [(name, DIFFERENCE) for name in ranked if name != "model"]
    intervals = bootstrap(draw_customers(rows.customer_id, rounds, seed), lambda weights: _compute_all(ranked, weights))
    size, events = len(rows), int(rows.label.sum())
    return [
        Evaluation(split, name, metric, found.value, found.lower, found.upper, size, events)
        for (name, metric), found in zip(names, intervals, strict=True)
    ]


def compare_pairs(
    split: str, rival: str, rows: Examples, raw: FloatArray, rival_raw: FloatArray, *, rounds: int, seed: int
) -> Evaluation:
    """Return the model's ROC AUC less a rival's, on the same rows and the same draws."""
    ours, theirs = (rank_rows(score, score, rows.label) for score in (raw, rival_raw))

    def difference(weights: FloatArray) -> FloatArray:
        ahead = compute_roc_auc(ours, weights[:, ours.order]) - compute_roc_auc(theirs, weights[:, theirs.order])
        return ahead[None, :]

    found = bootstrap(draw_customers(rows.customer_id, rounds, seed), difference)[0]
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


def _compute_all(ranked: Mapping[str, RankedRows], weights: FloatArray) -> FloatArray:
    lines: list[FloatArray] = []
    auc: dict[str, FloatArray] = {}
    for name, rows in ranked.items():
        ordered = weights[:, rows.order]
        values = {metric: compute(rows, ordered) for metric, compute in METRICS.items()}
        lines += values.values()
        auc[name] = values["roc_auc"]
    lines += [auc["model"] - auc[name] for name in ranked if name != "model"]
    return np.stack(lines)
