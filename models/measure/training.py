"""Training: the out-of-time test of a model beside its rivals, and the fit that would score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.declare.examples import Examples, FloatArray
from models.declare.spec import ModelSpec
from models.learn.calibration import Calibration
from models.learn.choice import Choice, choose
from models.learn.fit import fit_model
from models.learn.fitted import write_model
from models.learn.learner import has_enough_events
from models.learn.rivals import LEARNERS
from models.learn.splits import Origin, mask_learnt, plan_origins
from models.measure.evaluation import Evaluation, Prediction, evaluate_splits
from models.measure.rolling import (
    Predictions,
    calibrate_finally,
    calibrate_origins,
    predict_out_of_fold,
    predict_out_of_time,
)


@dataclass(frozen=True)
class Protocol:
    """How a model is tested: months held out, months that one fit serves, draws of the bootstrap, threads."""

    test_months: int
    refit_every: int
    bootstrap_rounds: int
    num_threads: int


@dataclass(frozen=True)
class TrainedModel:
    """A fit on all examples, its calibration, and what the out-of-time test says of the way it was made."""

    spec: ModelSpec
    model_text: str
    choice: Choice
    calibration: Calibration
    evaluations: tuple[Evaluation, ...]
    tested: Predictions

    @property
    def tested_as_ofs(self) -> tuple[date, ...]:
        """The as_ofs of the test, rising."""
        return tuple(self.tested.rows.list_as_ofs())


def train(spec: ModelSpec, examples: Examples, protocol: Protocol) -> TrainedModel:
    """Test by rolling origins, then fit on all examples and calibrate on the out-of-time predictions."""
    tested, calibrated = predict_honestly(spec, examples, protocol)
    predictions = {name: Prediction(tested.raw[name], calibrated[name]) for name in LEARNERS}
    evaluations = evaluate_splits(tested.rows, predictions, rounds=protocol.bootstrap_rounds, seed=spec.trees.seed)
    choice = choose(spec, examples, protocol.num_threads)
    text = write_model(fit_model(spec, examples, choice, protocol.num_threads))
    return TrainedModel(spec, text, choice, calibrate_finally(spec, tested), evaluations, tested)


def predict_honestly(
    spec: ModelSpec, examples: Examples, protocol: Protocol
) -> tuple[Predictions, Mapping[str, FloatArray]]:
    """Return every learner's raw scores and probabilities of the test months, by what was known on each of them."""
    origins = plan_origins(
        examples.list_as_ofs(),
        test_months=protocol.test_months,
        horizon_months=spec.horizon_months,
        refit_every=protocol.refit_every,
    )
    tested = predict_out_of_time(spec, examples, origins, protocol.num_threads)
    return tested, calibrate_learners(spec, examples, origins, tested, protocol.num_threads)


def calibrate_learners(
    spec: ModelSpec, examples: Examples, origins: tuple[Origin, ...], tested: Predictions, num_threads: int
) -> Mapping[str, FloatArray]:
    """Return every learner's probability of every tested row, each calibrated only by answers known on its as_of."""
    blocks = (examples.take(mask_learnt(examples, origin)) for origin in origins)
    first = next(block for block in blocks if has_enough_events(spec, block))
    folded = predict_out_of_fold(spec, first, num_threads)
    return {name: np.asarray(calibrate_origins(spec, tested, folded, name)) for name in LEARNERS}
