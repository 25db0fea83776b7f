"""The truth: what it calls probable comes about as often as it says, for every kind of customer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from demo.bank import Bank, draw_bank, draw_batch, write_bank
from demo.batch import Batch
from demo.customers import Customers
from demo.flows import Flows
from demo.states import FAILING, GONE, RISING, STEADY, STRAINED, Panel
from demo.troubles import BAD_ARREARS, Troubles
from demo.truth import (
    DISTRESS_TIMES,
    GROWTH_FLOOR_CNY,
    GROWTH_TIMES,
    HORIZON,
    RATIOS,
    Truth,
    average_trailing,
    read_curves,
    write_truth,
)
from pipelines.learning.specs import load_specs
from pipelines.warehouse.queries import load_query

pytestmark = pytest.mark.xdist_group("truth")  # one worker draws the banks

MONTHS, AS_OF_MONTH, CUSTOMERS = 15, 8, 5000


@dataclass(frozen=True)
class Outcome:
    """What was said at the end of one month, and what came."""

    customers: Customers
    state: NDArray[np.int8]
    said: dict[str, NDArray[np.float64]]
    came: dict[str, NDArray[np.bool_]]


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    """Several seeds, as an industry's luck is shared by all its firms."""
    return [look_ahead(draw_bank(CUSTOMERS, MONTHS, seed=seed)) for seed in (1, 2, 3, 4)]


def look_ahead(bank: Bank) -> Outcome:
    batch = draw_batch(bank, 0, 1, {})
    customers, panel, flows, troubles, truth = *list_hidden(batch), find_truth(bank, batch)
    here = (customers.first_month <= AS_OF_MONTH - 6) & (panel.state[:, AS_OF_MONTH] != GONE)
    here &= troubles.grade[:, AS_OF_MONTH] <= 2
    mean = average_trailing(flows.turnover_amount, customers.first_month)[:, AS_OF_MONTH]
    ahead = slice(AS_OF_MONTH + 1, AS_OF_MONTH + 1 + HORIZON)
    next_mean = flows.turnover_amount[:, ahead].mean(axis=1)
    came = {
        "growth": (next_mean >= np.maximum(GROWTH_TIMES * mean, GROWTH_FLOOR_CNY))[here],
        "distress": (find_troubled(troubles, ahead) | (next_mean < DISTRESS_TIMES * mean))[here],
    }
    said = {"growth": truth.growth[here, AS_OF_MONTH], "distress": truth.distress[here, AS_OF_MONTH]}
    return Outcome(take(customers, here), panel.state[here, AS_OF_MONTH], said, came)


def list_hidden(batch: Batch) -> tuple[Customers, Panel, Flows, Troubles]:
    return batch.customers, batch.panel, batch.flows, batch.troubles


def find_truth(bank: Bank, batch: Batch) -> Truth:
    return write_truth(*list_hidden(batch), bank.futures)


def take(customers: Customers, rows: NDArray[np.bool_]) -> Customers:
    return Customers(**{name: values[rows] for name, values in vars(customers).items()})


def find_troubled(troubles: Troubles, ahead: slice) -> NDArray[np.bool_]:
    falls = (np.diff(troubles.grade.astype(int), axis=1) > 0) & (troubles.grade[:, :-1] > 0)
    worse = np.concatenate([np.zeros((len(falls), 1), dtype=bool), falls], axis=1)
    bad = (troubles.arrears_days >= BAD_ARREARS) | troubles.is_default | troubles.is_insolvency | worse
    return np.asarray(bad[:, ahead].any(axis=1))


@pytest.mark.parametrize("model", ["growth", "distress"])
def test_what_is_called_probable_comes_as_often(outcomes: list[Outcome], model: str) -> None:
    said = np.concatenate([one.said[model] for one in outcomes])
    came = np.concatenate([one.came[model] for one in outcomes])
    for low, high in ((0, 0.02), (0.02, 0.06), (0.06, 0.15), (0.15, 0.35), (0.35, 0.65), (0.65, 1.01)):
        rows = (said >= low) & (said < high)
        assert rows.sum() > 150, "the bins must hold something to judge by"
        noise = np.sqrt((said[rows] * (1 - said[rows])).sum()) / rows.sum()
        # firms of one industry share their luck, so chance is wider than a coin's: a tenth of the value more
        assert abs(said[rows].mean() - came[rows].mean()) < 4 * noise + 0.1 * said[rows].mean(), (low, high)


@pytest.mark.parametrize("model", ["growth", "distress"])
@pytest.mark.parametrize("kind", ["state", "pace", "wildness", "is_borrower"])
def test_no_kind_of_customer_is_told_wrong(outcomes: list[Outcome], model: str, kind: str) -> None:
    said = np.concatenate([one.said[model] for one in outcomes])
    came = np.concatenate([one.came[model] for one in outcomes])
    kinds = np.concatenate([one.state if kind == "state" else getattr(one.customers, kind) for one in outcomes])
    for value in np.unique(kinds):
        rows = kinds == value
        noise = np.sqrt((said[rows] * (1 - said[rows])).sum()) / rows.sum()
        assert abs(said[rows].mean() - came[rows].mean()) < 4 * noise + 0.12 * said[rows].mean(), (kind, value)


def test_the_truth_speaks_of_what_the_labels_ask() -> None:
    growth, distress = load_query("learning/labels_prospect_growth"), load_query("learning/labels_key_account_distress")
    assert f"greatest({GROWTH_TIMES} * f.turnover_mean_12m, {GROWTH_FLOOR_CNY:.0f})" in growth
    assert f"< {DISTRESS_TIMES} * f.turnover_mean_12m" in distress
    assert f"arrears_days, 0) >= {BAD_ARREARS}" in distress
    assert all(spec.horizon_months == HORIZON for spec in load_specs().values())


def test_states_differ_in_what_they_bring(outcomes: list[Outcome]) -> None:
    state = np.concatenate([one.state for one in outcomes])
    growth, distress = (np.concatenate([one.said[name] for one in outcomes]) for name in ("growth", "distress"))
    assert growth[state == RISING].mean() > 2 * growth[state == STEADY].mean()
    assert distress[state == FAILING].mean() > 2 * distress[state == STRAINED].mean()
    assert distress[state == STRAINED].mean() > 2 * distress[state == STEADY].mean()


def test_a_probability_lies_between_zero_and_one_and_nothing_is_said_of_who_has_not_come() -> None:
    bank = draw_bank(800, 10, seed=9)
    batch = draw_batch(bank, 0, 1, {})
    customers, panel, truth = batch.customers, batch.panel, find_truth(bank, batch)
    is_here = np.arange(10) >= customers.first_month[:, None]
    assert (np.isnan(truth.growth) == ~is_here).all()
    for told in (truth.growth[is_here], truth.distress[is_here]):
        assert ((told >= 0) & (told <= 1)).all()
    gone = panel.state == GONE
    assert (truth.distress[gone & is_here] == 1).all()
    assert (truth.growth[gone & is_here] == 0).all()


def test_the_mean_is_of_twelve_months_or_of_those_that_there_are() -> None:
    turnover = np.arange(1.0, 15.0)[None, :]
    assert average_trailing(turnover, np.array([0]))[0, [0, 1, 11, 13]].tolist() == [1.0, 1.5, 6.5, 8.5]
    late = np.where(np.arange(14) < 10, 0.0, turnover)
    assert average_trailing(late, np.array([10]))[0, [10, 13]].tolist() == [11.0, 12.5]


def test_a_curve_is_read_between_its_points_and_held_at_its_ends() -> None:
    curves = np.stack([np.linspace(1, 0, RATIOS.size), np.zeros(RATIOS.size)]).astype(np.float32)
    middle = np.exp((RATIOS[10] + RATIOS[11]) / 2)
    read = read_curves(curves, np.array([0, 0, 0, 1]), np.array([middle, 1e-9, 1e9, middle]))
    step = 1 / (RATIOS.size - 1)
    assert read == pytest.approx([1 - 10.5 * step, 1.0, 0.0, 0.0], abs=1e-4)


def test_truth_is_written_beside_the_tables_one_row_a_customer_and_as_of(tmp_path: Path) -> None:
    write_bank(tmp_path, customers=100, months=8, seed=4)
    rows = pq.read_table(tmp_path / "truth" / "customer_months.parquet")
    assert rows.column_names == ["customer_id", "as_of", "hidden_state", "true_growth", "true_distress"]
    assert rows.group_by(["customer_id", "as_of"]).aggregate([]).num_rows == rows.num_rows > 0
    assert set(rows["as_of"].to_pylist()) <= {day for day in rows["as_of"].to_pylist() if day.day == 1}
