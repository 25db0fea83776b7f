"""What is planted is found: extract and validate see in landing the manifest's rows, and no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from demo.bank import END, TRUTH, Bank, choose_tables, draw_bank, draw_tables
from demo.defects import KINDS
from demo.files import Piece, write_files
from demo.planting import Planter, choose_kinds
from pipelines.checks.validate import validate_landing
from pipelines.errors import PromiseBroken, SourceError
from pipelines.ingest.extract import extract_source
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse

Load = Callable[[Sequence[str]], Settings]
TO_BE_KEPT = set(KINDS) - {"stale_feed", "renamed_column"}  # these stop the run


@pytest.fixture(scope="module")
def pieces() -> tuple[Bank, list[Piece]]:
    """A bank without defects, drawn once."""
    bank = draw_bank(customers=300, months=12, seed=5)
    return bank, [piece for piece in draw_tables(bank, choose_tables(None)) if piece[0] != TRUTH]


@pytest.fixture
def load(pieces: tuple[Bank, list[Piece]], settings: Settings, warehouse_url: str, tmp_path: Path) -> Load:
    """Call it with kinds of defects to write and extract the bank; returns the settings that read it."""

    def write(kinds: Sequence[str]) -> Settings:
        bank, drawn = pieces
        write_files(tmp_path / "bank", Planter(choose_kinds(kinds), bank.seed, bank.calendar, scale=5).plant(drawn))
        changed = settings.model_copy(update={"warehouse_url": warehouse_url, "source_url": f"files://{tmp_path}/bank"})
        with open_warehouse(warehouse_url) as warehouse:
            extract_source(warehouse, END, changed)
        return changed

    return write


def read_rows(settings: Settings, query: str) -> list[dict[str, Any]]:
    with open_warehouse(settings.warehouse_url) as warehouse:
        return warehouse.select(query).to_pylist()


def list_manifest(folder: Path, kinds: Sequence[str]) -> list[dict[str, Any]]:
    rows = pq.read_table(folder / "truth" / "defects.parquet").to_pylist()
    return [row for row in rows if row["kind"] in kinds]


def list_broken(settings: Settings) -> dict[tuple[str, str], int]:
    """Return how many rows break which promise; voids and missing partners are usual, and no defect."""
    query = "select table_name, promise, rows_broken from ops.validations where rows_broken > 0"
    usual = {"is_not_void", "has_counterparty", "has_few_bad_rows"}
    rows = read_rows(settings, query)
    return {(row["table_name"], row["promise"]): row["rows_broken"] for row in rows if row["promise"] not in usual}


def test_a_bank_without_defects_breaks_no_promise(load: Load) -> None:
    settings = load(())
    validate_landing(settings, END)
    assert list_broken(settings) == {}
    assert read_rows(settings, "select row_key from ops.quarantine") == []


def test_exactly_the_planted_rows_break_the_promise_named(load: Load, tmp_path: Path) -> None:
    settings = load(sorted(TO_BE_KEPT))
    validate_landing(settings, END)
    manifest = list_manifest(tmp_path / "bank", KINDS)
    told = Counter((row["table_name"], row["promise"]) for row in manifest if row["promise"])
    assert list_broken(settings) == told
    assert len(told) == 6
    quarantined = read_rows(settings, "select table_name, row_key, promise from ops.quarantine")
    names = ("table_name", "row_key", "promise")
    assert Counter(tuple(row[name] for name in names) for row in quarantined) == Counter(
        tuple(row[name] for name in names) for row in manifest if row["kind"] == "future_dates"
    )


def test_extract_counts_the_duplicates(load: Load, tmp_path: Path) -> None:
    settings = load(["duplicates"])
    (counted,) = read_rows(settings, "select rows_duplicate from ops.extracts where table_name = 'transactions'")
    assert counted["rows_duplicate"] == len(list_manifest(tmp_path / "bank", ["duplicates"])) > 1


def test_a_feed_that_fell_silent_stops_the_run(load: Load, tmp_path: Path) -> None:
    settings = load(["stale_feed"])
    with pytest.raises(PromiseBroken, match=r"landing.transactions breaks has_usual_"):
        validate_landing(settings, END)  # the source does not say how fresh the feed must be
    source = settings.source_settings.model_copy(update={"stale_after_days": 14})
    settings = settings.model_copy(update={"declared_sources": {settings.source: source}})
    (row,) = list_manifest(tmp_path / "bank", ["stale_feed"])
    with pytest.raises(PromiseBroken, match=f"landing.transactions breaks {row['promise']}"):
        validate_landing(settings, END)


def test_a_renamed_column_stops_the_extract(load: Load) -> None:
    with pytest.raises(SourceError, match=r"firm_reports.sql fails on .*revenue.* Correct the query or the source"):
        load(["renamed_column"])
