"""Metrics equal scikit-learn's and their own definitions by hand; intervals cover."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from models.declare.examples import BoolArray, FloatArray
from models.measure.bootstrap import Interval, bootstrap, draw_customers
from models.measure.metrics import METRICS, compute_roc_auc, tally_rows

IntArray = NDArray[np.intp]
GENERATOR = np.random.default_rng(5)
ROUNDED = GENERATOR.normal(size=300).round(1)
LABEL = GENERATOR.uniform(size=300) < expit(ROUNDED)
PROBABILITY = expit(ROUNDED)


def compute(metric: str, raw: FloatArray, label: BoolArray, weight: FloatArray | None = None) -> float:
    """Compute one metric on one weighting, each row a customer of its own."""
    weights = np.ones(len(raw)) if weight is None else weight
    tally = tally_rows(raw, expit(raw), label, np.arange(len(raw)))
    return float(METRICS[metric](tally.weigh(weights[:, None]))[0])


def find_auc_interval(raw: FloatArray, label: BoolArray, customer: IntArray, rounds: int, seed: int) -> Interval:
    """Return the ROC AUC's interval over draws of these customers."""
    draws = draw_customers(customer.astype(str), rounds, seed)
    tally = tally_rows(raw, raw, label, draws.customer)
    point = compute_roc_auc(tally.weigh(np.ones((draws.customer_count, 1))))
    return bootstrap(point, draws, lambda weights: compute_roc_auc(tally.weigh(weights))[None, :])[0]


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
        found = find_auc_interval(raw, label, np.arange(300), 200, trial)
        covered += found.lower <= 0.7602 <= found.upper
    assert 51 <= covered <= 60


def test_drawing_customers_is_wider_than_drawing_rows_when_months_repeat() -> None:
    raw, label = np.repeat(ROUNDED, 10), np.repeat(LABEL, 10)
    by_customer = find_auc_interval(raw, label, np.repeat(np.arange(300), 10), 200, 1)
    by_row = find_auc_interval(raw, label, np.arange(3000), 200, 1)
    assert by_customer.upper - by_customer.lower > 2 * (by_row.upper - by_row.lower)


def test_same_seed_same_interval() -> None:
    first, again = (find_auc_interval(ROUNDED, LABEL, np.arange(300), 100, 4) for _ in range(2))
    assert first == again


def test_drawing_customers_counts_all_their_rows() -> None:
    """A drawn customer brings all its rows: weights give what repeated rows give."""
    customer = np.arange(300) % 40
    drawn = np.random.default_rng(2).integers(0, 3, 40)
    tally = tally_rows(ROUNDED, PROBABILITY, LABEL, customer)
    repeated = np.repeat(np.arange(300), drawn[customer])
    found = tally.weigh(drawn[:, None].astype(float))
    assert METRICS["roc_auc"](found)[0] == pytest.approx(roc_auc_score(LABEL[repeated], ROUNDED[repeated]))
    assert METRICS["brier"](found)[0] == pytest.approx(brier_score_loss(LABEL[repeated], PROBABILITY[repeated]))


def test_a_thousand_groups_say_what_single_scores_say() -> None:
    generator = np.random.default_rng(9)
    raw = generator.normal(size=30_000)
    label, customer = generator.uniform(size=30_000) < expit(raw - 1), generator.integers(0, 3000, 30_000)
    weights = generator.multinomial(3000, np.full(3000, 1 / 3000), size=5).T.astype(float)
    exact, grouped = (tally_rows(raw, expit(raw), label, customer, most) for most in (None, 1000))
    assert grouped.events.shape[0] == 1000
    once = np.ones((3000, 1))
    for metric in METRICS.values():
        shift = metric(exact.weigh(once)) - metric(grouped.weigh(once))
        assert abs(shift[0]) < 1e-3
        wide, spread = metric(exact.weigh(weights)), np.ptp(metric(exact.weigh(weights)))
        assert np.abs(wide - metric(grouped.weigh(weights)) - shift).max() < 0.1 * spread


def test_equal_scores_stay_in_one_group() -> None:
    raw = np.repeat([3.0, 2.0, 1.0, 0.0], [1, 50, 1, 48])
    tally = tally_rows(raw, expit(raw), raw > 1, np.arange(100), most_groups=2)
    sums = tally.weigh(np.ones((100, 1)))
    assert (sums.events + sums.others).tolist() == [[51, 49]]
