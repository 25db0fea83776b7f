"""The gap to the oracle: honest days, the same rows for every scorer, and shares that add up."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from bench.errors import BenchError
from bench.oracle.gap import ORACLE, OURS, TEACHER, TOLD, Gap, compare, measure_gaps
from bench.oracle.report import RIVALS, print_gaps, summarize, write_json
from bench.oracle.rows import KnownRows
from bench.oracle.trial import TEACHER_TIMES, Trial, plan_days, teacher_months
from models.declare.catalog import MODELS
from models.declare.examples import Examples
from models.measure.evaluation import Prediction
from pipelines.settings import Settings, add_months

END = date(2026, 11, 1)


@pytest.mark.parametrize("months", [32, 36, 48])
def test_no_judged_day_is_answered_by_what_the_champion_had_learnt(months: int) -> None:
    days = plan_days(months, horizon_months=6)
    assert days.learnt[0] == add_months(END, 12 - months)
    assert add_months(days.learnt[-1], 6) == days.learnt_as_of == days.evaluated[0]
    assert add_months(days.evaluated[-1], 6) == END
    assert len(days.evaluated) >= 3
    assert len(days.learnt) >= 7  # so that the newest can be tested on what the oldest taught


def test_a_bank_too_short_to_judge_is_refused() -> None:
    with pytest.raises(BenchError, match="32 months or more: set --months"):
        plan_days(31, horizon_months=6)


def test_the_teachers_bank_begins_as_ours_and_ends_where_learning_ends(tmp_path: Path) -> None:
    trial, days = Trial(100, 36, 7, tmp_path), plan_days(36, 6)
    months = teacher_months(trial, days.learnt)
    assert add_months(max(days.learnt), -months) == add_months(END, -36)
    assert trial.teacher_customers == TEACHER_TIMES * 100
    assert trial.teacher_seed != trial.seed


def make_gap(seed: int) -> Gap:
    """Judge made-up learners of known strength on rows whose truth is known."""
    rng = np.random.default_rng(seed)
    truth = rng.beta(0.6, 2.0, 1000)
    evaluated = KnownRows(make_examples(rng.random(truth.size) < truth), truth)
    noise = {OURS: 0.5, TEACHER: 0.3, **dict.fromkeys(RIVALS, 2.0)}
    said = {name: Prediction(raw, 1 / (1 + np.exp(-raw))) for name, raw in blur(rng, truth, noise).items()}
    return compare("prospect_growth", evaluated, {**said, ORACLE: Prediction(truth, truth)})


def make_examples(label: np.ndarray) -> Examples:
    size = label.size
    ids = np.array([f"C{number:04d}" for number in range(size)])
    as_of = np.full(size, np.datetime64("2026-01-01", "D"))
    return Examples(pd.DataFrame(index=range(size)), as_of, ids, label, np.ones(size, dtype=bool))


def blur(rng: np.random.Generator, truth: np.ndarray, noise: dict[str, float]) -> dict[str, np.ndarray]:
    odds = np.log(np.clip(truth, 1e-6, 1 - 1e-6)) - np.log1p(-np.clip(truth, 1e-6, 1 - 1e-6))
    return {name: odds + spread * rng.standard_normal(truth.size) for name, spread in noise.items()}


def test_nobody_is_above_the_oracle_and_the_shares_say_how_far_below_we_are() -> None:
    gap = make_gap(1)
    auc = {scorer: figures["roc_auc"] for scorer, figures in gap.figures.items()}
    assert auc[ORACLE] > auc[TEACHER] > auc[OURS] > max(auc[rival] for rival in RIVALS)
    assert gap.share_of(ORACLE) == pytest.approx((auc[OURS] - 0.5) / (auc[ORACLE] - 0.5))
    assert gap.share_of(ORACLE) < gap.share_of(TEACHER) < 1 < gap.share_of(RIVALS[0])
    assert gap.figures[ORACLE]["brier"] == min(figures["brier"] for figures in gap.figures.values())


def test_the_summary_holds_every_judge_and_the_means_over_the_seeds(tmp_path: Path) -> None:
    gaps = {seed: {"prospect_growth": make_gap(seed)} for seed in (1, 2)}
    write_json(tmp_path / "new" / "gap.json", gaps)
    told = json.loads((tmp_path / "new" / "gap.json").read_text())["prospect_growth"]
    assert told == summarize(gaps)["prospect_growth"]
    assert set(told) >= {OURS, TEACHER, ORACLE, "rivals", "share_of_teacher", "share_of_oracle", "seeds"}
    assert set(told["rivals"]) == set(RIVALS)
    assert set(told[OURS]) == set(TOLD)
    shares = [one["share_of_oracle"] for one in told["seeds"].values()]
    assert told["share_of_oracle"] == pytest.approx(sum(shares) / 2)
    assert shares[0] != shares[1]


def test_the_table_says_whether_the_aims_are_met() -> None:
    console = Console(record=True, width=160)
    print_gaps(console, {1: {"prospect_growth": make_gap(1)}})
    said = console.export_text()
    assert "of the teacher, aim 95%" in said
    assert "of the oracle, aim 85%" in said
    assert all(rival in said for rival in RIVALS)


@pytest.mark.xdist_group("oracle")
def test_the_gap_of_a_small_bank_is_measured_from_end_to_end(settings: Settings, tmp_path: Path) -> None:
    quick = settings.model_copy(update={"bootstrap_rounds": 20, "refit_every_months": 3, "test_months": 3})
    trial = Trial(customers=700, months=32, seed=5, folder=tmp_path)
    left = trial.settings(quick, OURS).var / "kcrm.duckdb"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"what an earlier trial left here")
    gaps = measure_gaps(trial, quick)
    assert set(gaps) == set(MODELS)
    growth = gaps["prospect_growth"]
    assert growth.row_count > 300
    assert 20 < growth.event_count < growth.row_count
    assert set(growth.figures) == {OURS, TEACHER, ORACLE, *RIVALS}
    assert growth.figures[ORACLE]["roc_auc"] > growth.figures[OURS]["roc_auc"] > 0.6
    assert growth.figures[TEACHER]["roc_auc"] > 0.7
