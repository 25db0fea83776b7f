"""A trial: one simulated bank, the days for learning and for evaluation, and a larger bank for the teacher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.errors import BenchError
from demo.bank import END
from pipelines.settings import Settings, add_months

TEACHER_TIMES = 10  # customers of the teacher's bank for one of ours
_WARM_UP_MONTHS = 12  # of history before the first as_of
_FEWEST_MONTHS = 32
_TEACHER_SEED = 1_000_000  # added to the seed: the teacher's customers are others, in the same economy


@dataclass(frozen=True)
class Days:
    """The as_ofs that are learnt from and those that are evaluated; `learnt_as_of` is the morning of the training."""

    learnt: tuple[date, ...]
    learnt_as_of: date
    evaluated: tuple[date, ...]


@dataclass(frozen=True)
class Trial:
    """One bank of `customers` over `months` that end before END, drawn by `seed`; everything is written to `folder`."""

    customers: int
    months: int
    seed: int
    folder: Path

    @property
    def teacher_customers(self) -> int:
        """How many customers the teacher learns from."""
        return TEACHER_TIMES * self.customers

    @property
    def teacher_seed(self) -> int:
        """The seed of the teacher's customers."""
        return _TEACHER_SEED + self.seed

    def settings(self, base: Settings, side: str) -> Settings:
        """Return the settings of one side, "ours" or "teacher": a bank, a warehouse and a registry of its own."""
        home = self.folder / f"seed-{self.seed}" / side
        return base.model_copy(
            update={
                "var": home,
                "source": "demo_bank",
                "source_url": f"files://{home}/bank",
                "warehouse_url": f"duckdb:///{home}/kcrm.duckdb",
                "mlflow_uri": f"sqlite:///{home}/mlflow.db",
            }
        )


def plan_days(months: int, horizon_months: int, end: date = END) -> Days:
    """Plan half of the as_ofs for learning and half for evaluating, an embargo as long as the horizon between them.

    A champion that learnt on `learnt_as_of` knew the answers of `learnt`, and scores what came from that day on, as
    it would in a bank; the last evaluated as_of is the last whose answer is known at the bank's end.
    """
    if months < _FEWEST_MONTHS:
        raise BenchError(
            f"a bank of {months} months is too short; expected {_FEWEST_MONTHS} months or more: set --months."
        )
    first = add_months(end, _WARM_UP_MONTHS - months)
    count = months - _WARM_UP_MONTHS - horizon_months + 1
    as_ofs = [add_months(first, place) for place in range(count)]
    turn = max((count + horizon_months - 1) // 2, 2 * horizon_months)  # a training tests itself, a horizon later
    return Days(tuple(as_ofs[: turn - horizon_months + 1]), as_ofs[turn], tuple(as_ofs[turn:]))


def count_months(first: date, last: date) -> int:
    """Return the months from one first of month to another."""
    return (last.year - first.year) * 12 + last.month - first.month


def teacher_months(trial: Trial, learnt: Sequence[date], end: date = END) -> int:
    """Return the months of the teacher's bank: it begins as ours does and ends with the last as_of learnt from."""
    return trial.months - count_months(max(learnt), end)
