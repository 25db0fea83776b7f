"""The order of the benchmark: which banks, which engines, which rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bench import duels, whole
from bench.places import Place, new_place, open_server
from bench.rows import Row

ENGINES = ("duckdb", "postgresql")
ROWS = (
    "pandas", "train", "featuretools",
    "validate", "features", "naive", "score", "reasons", "publish", "airflow", "growth",
)  # fmt: skip
BEARABLE = 20_000  # what pandas and one fit bear in seconds
SMALL = 2_000  # what featuretools and a training with its out-of-time test bear
GROWN = 1_000_000  # from here on a tenth of the customers runs too


@dataclass(frozen=True)
class Plan:
    """What is asked for."""

    customers: int
    months: int
    engines: Collection[str]
    rows: Collection[str]
    work: Path
    featuretools: Path | None


def measure(plan: Plan) -> Iterator[Row]:
    """Yield every row as it is measured.

    The champions learn on a bank of at most SMALL customers and are promoted whatever their test says; larger banks
    are scored by them, through the registry that all share.
    """
    _clear(plan.work)
    with ExitStack() as stack:
        small = stack.enter_context(new_place(plan.work, min(plan.customers, SMALL), plan.months))
        yield from _measure_small(plan, small)
        bearable = small
        if plan.customers > SMALL:
            bearable = stack.enter_context(new_place(plan.work, min(plan.customers, BEARABLE), plan.months))
            yield from whole.fill(bearable)
        yield from _measure_bearable(plan, bearable)
        for engine in plan.engines:
            server = stack.enter_context(open_server()) if engine == "postgresql" else None
            yield from _measure_engine(plan, bearable, server)


def _clear(work: Path) -> None:
    """Forget the last run's registry and warehouses; the banks stay."""
    work.mkdir(parents=True, exist_ok=True)
    for path in work.iterdir():
        if path.name.split("-")[0] in (*ENGINES, "mlflow.db"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _measure_small(plan: Plan, place: Place) -> Iterator[Row]:
    yield from whole.fill(place)
    place.step("examples")
    yield from duels.report_training(place)
    if "featuretools" in plan.rows and plan.featuretools is not None:
        yield from duels.duel_featuretools(place, plan.featuretools)


def _measure_bearable(plan: Plan, place: Place) -> Iterator[Row]:
    if "pandas" in plan.rows:
        yield from duels.duel_pandas(place)
    if "train" in plan.rows:
        place.step("examples")
        yield from duels.duel_train(place)


def _measure_engine(plan: Plan, bearable: Place, server: tuple[sa.URL, int] | None) -> Iterator[Row]:
    with ExitStack() as stack:
        place = bearable
        if server is not None or plan.customers != bearable.customers:
            place = stack.enter_context(new_place(plan.work, plan.customers, plan.months, server))
            yield from whole.fill(place)
        total = yield from whole.run_whole(place)
        yield from _measure_place(plan, place)
    if "growth" in plan.rows and plan.customers >= GROWN:
        with new_place(plan.work, plan.customers // 10, plan.months, server) as tenth:
            yield from whole.fill(tenth)
            small = yield from whole.run_whole(tenth)
        yield whole.compare_growth(total, small)


def _measure_place(plan: Plan, place: Place) -> Iterator[Row]:
    for name, duel, engines in _OF_A_PLACE:
        if name in plan.rows and place.engine in engines:
            yield from duel(place)


_OF_A_PLACE: tuple[tuple[str, Callable[[Place], Iterator[Row]], tuple[str, ...]], ...] = (
    ("validate", duels.duel_validate, ENGINES),
    ("features", duels.duel_features, ENGINES),
    ("naive", duels.duel_naive, ("duckdb",)),
    ("score", duels.duel_score, ("duckdb",)),
    ("reasons", duels.duel_reasons, ("duckdb",)),
    ("publish", duels.duel_publish, ENGINES),
    ("airflow", whole.compare_airflow, ("duckdb",)),
)
