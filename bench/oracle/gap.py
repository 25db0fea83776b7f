"""The gap: champion, rivals, teacher and oracle on the same rows, which none of them had seen."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np

from bench.oracle.rows import KnownRows, fill_warehouse, read_known_rows, read_taught_rows, write_side
from bench.oracle.teacher import fit_teacher, predict_with_teacher
from bench.oracle.trial import Days, Trial, plan_days, teacher_months
from models.declare.examples import FloatArray
from models.declare.spec import ModelSpec
from models.learn.calibration import CalibrationRows, fit_calibration
from models.learn.fitted import read_model
from models.learn.rivals import LEARNERS
from models.measure.evaluation import Prediction
from models.measure.metrics import METRICS, tally_rows
from models.measure.rolling import predict_out_of_fold
from pipelines.learning.registry import Registry, Version
from pipelines.learning.specs import load_specs
from pipelines.learning.train import train_model
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse

logger = logging.getLogger(__name__)
TOLD = ("roc_auc", "average_precision", "brier", "calibration_error")
OURS, TEACHER, ORACLE = "ours", "teacher", "oracle"
Figures = Mapping[str, float]


@dataclass(frozen=True)
class Gap:
    """One model's figures by scorer (ours, teacher, oracle and the rivals), all on the same rows."""

    model_name: str
    row_count: int
    event_count: int
    gate: str
    figures: Mapping[str, Figures]

    def share_of(self, scorer: str) -> float:
        """Return (our ROC AUC - 0.5) over (the scorer's ROC AUC - 0.5)."""
        return (self.figures[OURS]["roc_auc"] - 0.5) / (self.figures[scorer]["roc_auc"] - 0.5)


def measure_gaps(trial: Trial, base: Settings) -> dict[str, Gap]:
    """Draw both banks, train on the one, teach on the other, and evaluate every model."""
    specs = load_specs()
    days = plan_days(trial.months, max(spec.horizon_months for spec in specs.values()))
    taught = _teach(trial, base, days, specs)
    settings = trial.settings(base, OURS)
    bank = write_side(settings, trial.customers, trial.months, trial.seed)
    gaps = {}
    with open_warehouse(settings.warehouse_url, settings.memory_limit) as warehouse:
        fill_warehouse(warehouse, settings, (*days.learnt, *days.evaluated))
        for name, spec in specs.items():
            rows = read_known_rows(warehouse, spec, (*days.learnt, *days.evaluated), bank)
            champion, gate = _train_champion(warehouse, name, days, settings)
            evaluated = rows.take(days.evaluated, only_scored=True)
            said = {
                OURS: _ask_champion(champion, evaluated, settings.num_threads),
                **_ask_rivals(spec, rows.take(days.learnt), evaluated, settings.num_threads),
                TEACHER: _told(predict_with_teacher(taught[name], evaluated, settings.num_threads)),
                ORACLE: _told(evaluated.truth),
            }
            gaps[name] = compare(name, evaluated, said, gate)
            logger.info("oracle gap: %s evaluated on %d rows, seed %d", name, len(evaluated.examples), trial.seed)
    return gaps


def compare(name: str, evaluated: KnownRows, said: Mapping[str, Prediction], gate: str = "") -> Gap:
    """Return every scorer's figures on the evaluated rows."""
    label = evaluated.examples.label
    figures = {scorer: compute_figures(label, prediction) for scorer, prediction in said.items()}
    return Gap(name, len(label), int(label.sum()), gate, figures)


def compute_figures(label: np.ndarray, said: Prediction) -> Figures:
    """Return the metrics that are told, of one scorer."""
    everybody = np.zeros(len(label), dtype=np.intp)
    sums = tally_rows(said.raw, said.probability, label, everybody).weigh(np.ones((1, 1)))
    return {name: float(METRICS[name](sums)[0]) for name in TOLD}


def _teach(trial: Trial, base: Settings, days: Days, specs: Mapping[str, ModelSpec]) -> dict[str, lgb.Booster]:
    """Return each model's teacher; its bank is as long as what is learnt from, and its warehouse is closed again."""
    settings, end = trial.settings(base, TEACHER), max(days.learnt)
    months = teacher_months(trial, days.learnt)
    bank = write_side(settings, trial.teacher_customers, months, trial.seed, end, trial.teacher_seed)
    teachers = {}
    with open_warehouse(settings.warehouse_url, settings.memory_limit) as warehouse:
        fill_warehouse(warehouse, settings, days.learnt, end)
        for name, spec in specs.items():
            rows = read_taught_rows(warehouse, spec, days.learnt, bank)
            teachers[name] = fit_teacher(spec, rows, settings.num_threads)
    return teachers


def _train_champion(warehouse: Warehouse, name: str, days: Days, settings: Settings) -> tuple[Version, str]:
    """Train by the pipeline's own step; a version that its gate refuses is evaluated all the same, and that is said."""
    trained, registry = train_model(warehouse, name, days.learnt_as_of, settings), Registry(settings)
    if not trained.is_champion:
        registry.promote(name, trained.version, approved_by="bench.oracle")
    return registry.load_champion(name), trained.message


def _ask_champion(champion: Version, evaluated: KnownRows, num_threads: int) -> Prediction:
    rows = evaluated.examples
    raw = read_model(champion.model_text).score_months(rows.features, rows.as_of, num_threads)
    return Prediction(raw, champion.calibration.apply(raw))


def _ask_rivals(spec: ModelSpec, learnt: KnownRows, evaluated: KnownRows, num_threads: int) -> dict[str, Prediction]:
    """Fit each rival on what the champion learnt, and calibrate it on customers that it had not seen."""
    folded = predict_out_of_fold(spec, learnt.examples, num_threads)
    said = {}
    for name in LEARNERS:
        if name != "model":
            raw = LEARNERS[name](spec, learnt.examples, num_threads)(
                evaluated.examples.features, evaluated.examples.as_of
            )
            rows = CalibrationRows("out_of_fold", folded.raw[name], learnt.examples.label)
            said[name] = Prediction(raw, fit_calibration(rows).apply(raw))
    return said


def _told(probability: FloatArray) -> Prediction:
    return Prediction(probability, probability)
