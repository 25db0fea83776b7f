"""Calibration rises strictly, is right on average, and uses only answers known on the morning."""

import numpy as np
import pytest

from models.declare.examples import Examples
from models.declare.spec import ModelSpec
from models.learn.calibration import LEAST_SLOPE, CalibrationError, CalibrationRows, choose_rows, fit_calibration
from models.learn.splits import mask_learnt, plan_origins
from models.measure.rolling import (
    Predictions,
    calibrate_finally,
    calibrate_origins,
    predict_out_of_fold,
    predict_out_of_time,
)

GENERATOR = np.random.default_rng(2)
RAW = GENERATOR.normal(-1, 1.5, 4000)
LABEL = GENERATOR.uniform(size=4000) < 1 / (1 + np.exp(-(0.5 * RAW - 0.7)))


def test_calibration_finds_the_true_map() -> None:
    found = fit_calibration(CalibrationRows("out_of_time_scored", RAW, LABEL))
    assert found.slope == pytest.approx(0.5, abs=0.08)
    assert found.intercept == pytest.approx(-0.7, abs=0.12)
    assert found.apply(RAW).mean() == pytest.approx(LABEL.mean(), abs=0.002)


@pytest.mark.parametrize("label", [LABEL, ~LABEL, RAW > 0, GENERATOR.uniform(size=4000) < 0.01])
def test_calibration_always_rises(label: np.ndarray) -> None:
    found = fit_calibration(CalibrationRows("out_of_time_scored", RAW, label))
    assert found.slope >= LEAST_SLOPE * 0.999
    assert (np.diff(found.apply(np.linspace(-1, 1, 200))) > 0).all()


def test_falling_answers_keep_the_mean() -> None:
    found = fit_calibration(CalibrationRows("out_of_time_scored", RAW, ~LABEL))
    assert found.apply(RAW).mean() == pytest.approx((~LABEL).mean(), abs=0.01)


def test_one_kind_of_answer_is_refused() -> None:
    with pytest.raises(CalibrationError, match="0 events in 4000 rows"):
        fit_calibration(CalibrationRows("out_of_time_scored", RAW, np.zeros(4000, dtype=bool)))


def test_first_candidate_with_enough_events_is_chosen_else_the_richest() -> None:
    few, many = (CalibrationRows(str(size), RAW[:size], LABEL[:size]) for size in (20, 400))
    assert choose_rows([few, many], least=30) is many
    assert choose_rows([few, many], least=1) is few
    assert choose_rows([few, many], least=10_000) is many


def test_answers_of_the_last_six_months_never_calibrate_a_test_month(spec: ModelSpec, examples: Examples) -> None:
    origins = plan_origins(examples.list_as_ofs(), test_months=13, horizon_months=6)
    tested = predict_out_of_time(spec, examples, origins, 2)
    folded = predict_out_of_fold(spec, examples.take(mask_learnt(examples, origins[0])), 2)
    before = calibrate_origins(spec, tested, folded, "model")
    last = np.unique(tested.rows.as_of)[-1]
    unknown = tested.rows.as_of.astype("datetime64[M]") > last.astype("datetime64[M]") - 6
    rows = tested.rows
    turned = Examples(
        rows.features, rows.as_of, rows.customer_id, np.where(unknown, ~rows.label, rows.label), rows.is_scored
    )
    after = calibrate_origins(spec, Predictions("out_of_time", turned, tested.raw), folded, "model")
    assert (before[rows.as_of == last] == after[rows.as_of == last]).all()
    assert (before[rows.as_of == np.unique(rows.as_of)[0]] == after[rows.as_of == np.unique(rows.as_of)[0]]).all()
    assert not np.isnan(before).any()


def test_final_calibration_says_which_rows_it_used(spec: ModelSpec, examples: Examples) -> None:
    tested = predict_out_of_time(
        spec, examples, plan_origins(examples.list_as_ofs(), test_months=13, horizon_months=6), 2
    )
    found = calibrate_finally(spec, tested)
    assert found.rows_used == "out_of_time_scored"
    assert found.row_count == int(tested.rows.is_scored.sum())
