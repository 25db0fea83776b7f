"""The whole run of one as_of, step by step, each in a process of its own; its growth, and what Airflow adds."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from dataclasses import replace

from bench.duel import report
from bench.places import AS_OF, MONTH_BEFORE, Place
from bench.processes import run_command
from bench.rows import Aim, Measured, Row, compare

WHOLE = "whole run"  # facts, features, score with reasons, rules, publish
GROWTH = Aim("slower", 12)  # ten times the customers, and no worse than linear x 1.2
GROWTH_OF_MEMORY = 5  # what is held grows to DuckDB's limit and by a few small vectors, not with the customers
AIMED_CUSTOMERS = 1_000_000
AIMED_SECONDS = 300.0
AIMED_BYTES = 6 * 1024**3
_TASKS = ("facts", "features", "score", "rules", "publish")


def fill(place: Place) -> Iterator[Row]:
    """Pull the bank into landing, hold it to its promises, and describe the month before, as a month ago would have."""
    yield report("extract", place, place.step("extract"))
    place.step("validate")
    place.step("facts")
    place.step("features", MONTH_BEFORE)


def run_whole(place: Place) -> Generator[Row, None, Row]:
    """Yield a row a step, then their sum with the largest of their peaks, which is also what it returns."""
    rows = [
        report("facts, all months", place, place.step("facts", rebuild=True)),
        report("features, one as_of", place, place.step("features")),
        report("score with reasons, both models", place, place.step("score")),
        report("rules", place, place.step("rules")),
        report("publish, the pointer", place, place.step("publish")),
    ]
    total = sum_whole(place, rows)
    yield from (*rows, total)
    return total


def sum_whole(place: Place, rows: list[Row]) -> Row:
    """Return the sum of the steps; the aim is for a million customers on DuckDB, elsewhere it is reported."""
    seconds, peak = sum(row.seconds for row in rows), max(row.peak_bytes for row in rows)
    row = Row(WHOLE, place.engine, *place.size, seconds, peak)
    if place.engine != "duckdb" or place.customers < AIMED_CUSTOMERS:
        return row
    return replace(row, aim="<= 300 s and 6 GB", met=seconds <= AIMED_SECONDS and peak <= AIMED_BYTES)


def compare_growth(big: Row, small: Row) -> Row:
    """Return the row of the whole run beside that of a tenth of the customers; memory may not grow as customers do."""
    row = compare(
        "growth of the whole run",
        big.engine,
        (big.customers, big.months),
        Measured(big.seconds, big.peak_bytes),
        f"{small.customers:,} customers, peak {small.peak_bytes / 1024**2:,.0f} MB",
        Measured(small.seconds, small.peak_bytes),
        GROWTH,
        is_equal=big.peak_bytes <= GROWTH_OF_MEMORY * small.peak_bytes,
    )
    return replace(row, aim=f"{GROWTH} and {GROWTH_OF_MEMORY}x its memory")


def compare_airflow(place: Place) -> Iterator[Row]:
    """Four tasks through Airflow in one process beside the same four steps from the command line, whole processes.

    Airflow runs twice and the second counts: the first makes its metadata database. Seconds are a task's, a fourth.
    """
    month = MONTH_BEFORE.strftime("%Y-%m")
    home = str(place.folder / "airflow")
    airflow = [sys.executable, "-m", "local_airflow", "--home", home, "run", "score_customers", month]
    run_command(airflow, place.environment)
    seconds, peak = run_command(airflow, place.environment)
    steps = [
        run_command([sys.executable, "-m", "pipelines", task, "--as-of", AS_OF.isoformat()], place.environment)
        for task in _TASKS
    ]
    yield compare(
        "a task through Airflow",
        place.engine,
        place.size,
        Measured(seconds / len(_TASKS), peak),
        "the same step from the command line",
        Measured(sum(one for one, _ in steps) / len(_TASKS), max(held for _, held in steps)),
        None,
    )
