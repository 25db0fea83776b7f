"""Metrics equal scikit-learn's and their own definitions by hand; intervals cover."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from models.bootstrap import bootstrap, draw_customers
from models.examples import BoolArray, FloatArray
from models.metrics import METRICS, compute_roc_auc, rank_rows

GENERATOR = np.random.default_rng(5)
ROUNDED = GENERATOR.normal(size=300).round(1)
LABEL = GENERATOR.uniform(size=300) < expit(ROUNDED)
PROBABILITY = expit(ROUNDED)


def compute(metric: str, raw: FloatArray, label: BoolArray, weight: FloatArray | None = None) -> float:
    """Compute one metric on one weighting, given in the order of the rows."""
    rows = rank_rows(raw, expit(raw), label)
    weights = np.ones(len(raw)) if weight is None else weight
    return float(METRICS[metric](rows, weights[None, rows.order])[0])


@pytest.mark.parametrize("weight", [None, GENERATOR.integers(0, 4, 300).astype(float)])
def test_metrics_equal_scikit_learn_with_ties_and_weights(weight: FloatArray | None) -> None:
    assert compute("roc_auc", ROUNDED, LABEL, weight) == pytest.approx(
        roc_auc_score(LABEL, ROUNDED, sample_weight=weight)
    )
    assert compute("average_precision", ROUNDED, LABEL, weight) == pytest.approx(
        average_precision_score(LABEL, ROUNDED, sample_weight=weight)
    )
    assert compute("brier", ROUNDED, LABEL, weight) == pytest.approx(
        brier_score_loss(LABEL, PROBABILITY, sample_weight=weight)
    )


def test_top_decile_by_hand() -> None:
    raw = np.arange(20.0)
    label = raw >= 18
    assert compute("precision_top_decile", raw, label) == 1.0
    assert compute("lift_top_decile", raw, label) == 10.0


def test_top_decile_shares_a_tie_that_the_cut_divides() -> None:
    raw = np.array([1.0] * 4 + [0.0] * 16)
    label = np.array([True, True, False, False] + [False] * 16)
    assert compute("precision_top_decile", raw, label) == 0.5


def test_calibration_error_is_zero_when_shares_match_and_one_when_opposite() -> None:
    sure = np.r_[np.full(10, -800.0), np.full(10, 800.0)]
    assert compute("calibration_error", sure, sure > 0) == pytest.approx(0.0)
    assert compute("calibration_error", sure, sure < 0) == pytest.approx(1.0)


def test_one_kind_of_answer_gives_no_number() -> None:
    assert np.isnan(compute("roc_auc", ROUNDED, np.zeros(300, dtype=bool)))


def test_interval_covers_the_true_auc_as_often_as_it_says() -> None:
    covered = 0
    for trial in range(60):
        generator = np.random.default_rng(trial)
        label = generator.uniform(size=300) < 0.4
        raw = generator.normal(size=300) + label  # true ROC AUC of two unit normals one apart: 0.7602
        rows = rank_rows(raw, raw, label)
        draws = draw_customers(np.arange(300).astype(str), 200, trial)
        found = bootstrap(draws, lambda w, rows=rows: compute_roc_auc(rows, w[:, rows.order])[None, :])[0]
        covered += found.lower <= 0.7602 <= found.upper
    assert 51 <= covered <= 60


def test_drawing_customers_is_wider_than_drawing_rows_when_months_repeat() -> None:
    raw, label = np.repeat(ROUNDED, 10), np.repeat(LABEL, 10)
    rows = rank_rows(raw, raw, label)
    widths = []
    for cluster in (np.repeat(np.arange(300), 10), np.arange(3000)):
        found = bootstrap(
            draw_customers(cluster.astype(str), 200, 1), lambda w: compute_roc_auc(rows, w[:, rows.order])[None, :]
        )[0]
        widths.append(found.upper - found.lower)
    assert widths[0] > 2 * widths[1]


def test_same_seed_same_interval() -> None:
    rows = rank_rows(ROUNDED, ROUNDED, LABEL)
    runs = [
        bootstrap(
            draw_customers(np.arange(300).astype(str), 100, 4),
            lambda w: compute_roc_auc(rows, w[:, rows.order])[None, :],
        )
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
