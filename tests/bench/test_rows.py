"""Rows, aims and medians, without any measuring."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.digests import refuse_other_work
from bench.errors import BenchError
from bench.jobs import JOBS, load_job
from bench.places import Place
from bench.rows import Aim, Measured, Row, compare, print_rows, write_rows
from bench.whole import compare_growth, sum_whole

SIZE = (2_000, 24)
KEYS = [
    "step", "engine", "customers", "months", "seconds", "peak_bytes", "rival", "rival_seconds", "ratio", "aim", "met",
]  # fmt: skip


@pytest.mark.parametrize(
    ("aim", "seconds", "rival_seconds", "ratio", "is_met"),
    [
        (Aim("slower", 1.5), 3.0, 2.0, 1.5, True),
        (Aim("slower", 1.5), 3.2, 2.0, 1.6, False),
        (Aim("faster", 5), 1.0, 5.0, 5.0, True),
        (Aim("faster", 5), 1.0, 4.0, 4.0, False),
    ],
)
def test_an_aim_bounds_the_ratio_that_its_words_say(
    aim: Aim, seconds: float, rival_seconds: float, ratio: float, is_met: bool
) -> None:
    row = compare("step", "duckdb", SIZE, Measured(seconds, 10), "rival", Measured(rival_seconds, 99), aim)
    assert row.ratio == pytest.approx(ratio)
    assert row.met is is_met
    assert row.peak_bytes == 10
    assert f"{aim.bound:g}x" in str(row.aim)


def test_without_an_aim_a_ratio_is_reported_and_a_difference_fails_an_aim_that_was_fast_enough() -> None:
    own, other = Measured(1.0, 1), Measured(10.0, 1)
    reported = compare("step", "duckdb", SIZE, own, "rival", other, None)
    assert (reported.ratio, reported.aim, reported.met) == (0.1, None, None)
    assert compare("step", "duckdb", SIZE, own, "rival", other, Aim("faster", 5), is_equal=False).met is False


def test_a_side_is_the_median_of_its_seconds_and_its_largest_peak() -> None:
    assert Measured.of([(3.0, 5), (1.0, 9), (2.0, 7)]) == Measured(2.0, 9)


def test_the_file_is_a_list_of_rows_with_the_stated_keys(tmp_path: Path) -> None:
    rows = [
        Row("extract", "duckdb", *SIZE, 1.0, 2),
        compare("score", "duckdb", SIZE, Measured(1, 2), "bare", Measured(1, 2), Aim("slower", 1.5)),
    ]
    write_rows(tmp_path / "var" / "bench.json", rows)
    told = json.loads((tmp_path / "var" / "bench.json").read_text(encoding="utf-8"))
    assert [list(row) for row in told] == [KEYS, KEYS]
    assert told[0]["rival"] is None
    assert told[1]["met"] is True
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["bench.json"]


def test_the_table_says_which_aims_are_met_and_which_rows_only_report(tmp_path: Path) -> None:
    aim = Aim("slower", 1.5)
    rows = [
        Row("extract", "duckdb", *SIZE, 1.0, 3 * 1024**2),
        compare("score", "duckdb", SIZE, Measured(1, 2), "bare predict", Measured(1, 2), aim),
        compare("publish", "duckdb", SIZE, Measured(9, 2), "bulk load", Measured(1, 2), aim),
    ]
    with (tmp_path / "table.txt").open("w", encoding="utf-8") as file:
        print_rows(Console(file=file), rows)
    lines = (tmp_path / "table.txt").read_text(encoding="utf-8").splitlines()
    told = {word: next(line for line in lines if word in line) for word in ("extract", "bare predict", "bulk load")}
    assert "reported" in told["extract"]
    assert " 3 " in told["extract"]
    assert " yes " in told["bare predict"]
    assert " no " in told["bulk load"]


def test_the_whole_run_is_aimed_at_only_for_a_million_customers_on_duckdb(tmp_path: Path) -> None:
    def total(engine: str, customers: int, seconds: float, peak: int) -> Row:
        place = Place(engine, customers, 24, {}, tmp_path)
        return sum_whole(
            place, [Row("facts", engine, *place.size, seconds, peak), Row("x", engine, *place.size, 1.0, 1)]
        )

    assert total("duckdb", 20_000, 1.0, 1).met is None
    assert total("postgresql", 1_000_000, 1.0, 1).met is None
    assert total("duckdb", 1_000_000, 299.0, 6 * 1024**3).met is True
    assert total("duckdb", 1_000_000, 299.1, 1).met is False
    assert total("duckdb", 1_000_000, 1.0, 6 * 1024**3 + 1).met is False
    assert total("duckdb", 1_000_000, 299.0, 5).seconds == 300.0


@pytest.mark.parametrize(
    ("seconds", "peak", "is_met"), [(120.0, 9, True), (121.0, 9, False), (120.0, 15, True), (120.0, 16, False)]
)
def test_growth_is_met_up_to_linear_times_one_point_two_and_half_the_memory(
    seconds: float, peak: int, is_met: bool
) -> None:
    big, small = Row("whole", "duckdb", 1_000_000, 24, seconds, peak), Row("whole", "duckdb", 100_000, 24, 10.0, 3)
    row = compare_growth(big, small)
    assert row.met is is_met
    assert row.rival is not None
    assert row.rival.startswith("100,000 customers")


def test_a_rival_that_did_other_work_is_refused_and_so_is_one_that_tells_nothing() -> None:
    refuse_other_work("x", {"rows": 3, "sum": 1.0, "own": 1}, {"rows": 3, "sum": 1.0 + 1e-9})
    with pytest.raises(BenchError, match=r"sum 1\.0 and 1\.1"):
        refuse_other_work("x", {"rows": 3, "sum": 1.0}, {"rows": 3, "sum": 1.1})
    with pytest.raises(BenchError, match="nothing in common"):
        refuse_other_work("x", {"rows": 3}, {"sum": 1.1})


@pytest.mark.parametrize("name", JOBS)
def test_every_job_is_there(name: str) -> None:
    assert callable(load_job(name))


def test_an_unknown_job_is_refused_with_those_there_are() -> None:
    with pytest.raises(BenchError, match="no job 'nap'; it has ask_once, contribute, describe"):
        load_job("nap")
