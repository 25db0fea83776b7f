"""The rolling-origin test: raw scores of the model and its rivals on months that none of them had seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.declare.examples import Examples, ExamplesError, FloatArray
from models.declare.spec import ModelSpec
from models.learn.calibration import Calibration, CalibrationRows, choose_rows, fit_calibration
from models.learn.fit import SparingLearner
from models.learn.learner import has_enough_events
from models.learn.rivals import RIVALS, Learner
from models.learn.splits import Origin, assign_folds, mask_learnt, mask_tested

FOLD_COUNT = 3


@dataclass(frozen=True)
class Predictions:
    """Rows that were predicted, and the raw score of every learner on each; `kind` says how they were held out."""

    kind: str
    rows: Examples
    raw: Mapping[str, FloatArray]


def list_learners() -> dict[str, Learner]:
    """Return the model, which chooses sparingly from fit to fit, and its rivals."""
    return {"model": SparingLearner(), **RIVALS}


def predict_out_of_time(
    spec: ModelSpec, examples: Examples, origins: Sequence[Origin], num_threads: int
) -> Predictions:
    """Fit every learner at every origin and score its test months; an origin with too few events yet is left out."""
    learners = list_learners()
    raw = {name: np.full(len(examples), np.nan) for name in learners}
    tested = np.zeros(len(examples), dtype=bool)
    for origin in origins:
        block, away = examples.take(mask_learnt(examples, origin)), mask_tested(examples, origin)
        if not has_enough_events(spec, block):
            continue
        for name, learn in learners.items():
            raw[name][away] = learn(spec, block, num_threads)(examples.features.loc[away], examples.as_of[away])
        tested |= away
    if not tested.any():
        raise ExamplesError(
            f"model {spec.name} has no test month with {spec.min_events} events known before it; wait for more history"
        )
    return Predictions("out_of_time", examples.take(tested), {name: score[tested] for name, score in raw.items()})


def predict_out_of_fold(spec: ModelSpec, examples: Examples, num_threads: int) -> Predictions:
    """Score each fold of customers by learners that saw only the others; for months before any out-of-time answer."""
    learners = list_learners()
    raw = {name: np.zeros(len(examples)) for name in learners}
    folds = assign_folds(examples, FOLD_COUNT)
    for fold in range(FOLD_COUNT):
        block, away = examples.take(folds != fold), folds == fold
        for name, learn in learners.items():
            raw[name][away] = learn(spec, block, num_threads)(examples.features.loc[away], examples.as_of[away])
    return Predictions("out_of_fold", examples, raw)


def list_candidates(predictions: Predictions, learner: str, known: np.ndarray) -> list[CalibrationRows]:
    """List the rows to calibrate on among `known`: the scored population first, then all that are eligible."""
    rows, raw = predictions.rows, predictions.raw[learner]
    masks = {"scored": known & rows.is_scored, "eligible": known}
    return [CalibrationRows(f"{predictions.kind}_{who}", raw[mask], rows.label[mask]) for who, mask in masks.items()]


def calibrate_origins(spec: ModelSpec, tested: Predictions, folded: Predictions, learner: str) -> FloatArray:
    """Return the probability of every tested row, by a calibration whose answers were all known on its as_of.

    For a test as_of t these are out-of-time predictions of as_ofs up to t - horizon, once they hold enough events;
    before that, predictions out of fold inside the training block of the first test month.
    """
    as_ofs = tested.rows.as_of
    everything = np.ones(len(folded.rows), dtype=bool)
    probability = np.full(len(as_ofs), np.nan)
    for as_of in np.unique(as_ofs):
        newest = as_of.astype("datetime64[M]") - spec.horizon_months
        known = np.asarray(as_ofs.astype("datetime64[M]") <= newest, dtype=bool)
        candidates = list_candidates(tested, learner, known) + list_candidates(folded, learner, everything)
        calibration = fit_calibration(choose_rows(candidates, spec.min_calibration_events))
        away = as_ofs == as_of
        probability[away] = calibration.apply(tested.raw[learner][away])
    return probability


def calibrate_finally(spec: ModelSpec, tested: Predictions) -> Calibration:
    """Fit the calibration that scores with, on all out-of-time predictions of the scored population (else eligible)."""
    everything = np.ones(len(tested.rows), dtype=bool)
    return fit_calibration(choose_rows(list_candidates(tested, "model", everything), spec.min_calibration_events))
