"""Every source query against small files written by hand: tests/golden/sources/<source>/files -> rows.csv a query."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.ingest.contract import LANDING_TABLES, read_contract
from pipelines.ingest.reading import COUNTS
from pipelines.ingest.sources import open_source
from pipelines.paths import SQL_ROOT
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.queries import bind_query
from tests.golden import GOLDEN_ROOT, cast_like, read_binds, read_rows, sort_rows

END_OF_TIME = date(9999, 12, 31)  # the contract lets all days in, so that the query's own window shows
CASES = sorted(path.parent for path in (GOLDEN_ROOT / "sources").rglob("rows.csv"))


@pytest.fixture
def landing(new_warehouse_url) -> Warehouse:
    with open_warehouse(new_warehouse_url("duckdb")) as warehouse:
        yield warehouse


def read_query(landing: Warehouse, case: Path) -> pa.Table:
    """Return what landing would be offered for one case; counts.sql is read as it is."""
    name, binds = case.parent.name, read_binds(case)
    statement = bind_query(case.parent.relative_to(GOLDEN_ROOT).as_posix(), binds)
    with open_source(f"files://{case.parent.parent / 'files'}") as source:
        batches = source.read(statement, batch_rows=3)
        if name == COUNTS:
            return pa.Table.from_batches(batches)
        table = next(table for table in LANDING_TABLES if table.name == name)
        return pa.Table.from_batches(read_contract(landing, table, name).conform(batches, END_OF_TIME))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.relative_to(GOLDEN_ROOT / "sources").as_posix())
def test_source_query_gives_what_its_golden_expects(landing: Warehouse, case: Path) -> None:
    expected = read_rows(case / "rows.csv")
    got = read_query(landing, case)
    absent = [name for name in got.column_names if name not in expected.column_names]
    assert all(got[name].null_count == got.num_rows for name in absent)
    got = got.select(expected.column_names)
    assert sort_rows(got.to_pylist()) == sort_rows(cast_like(expected, got).to_pylist())


def test_every_source_query_has_a_golden() -> None:
    queries = {path.relative_to(SQL_ROOT).with_suffix("").as_posix() for path in (SQL_ROOT / "sources").rglob("*.sql")}
    proven = {case.parent.relative_to(GOLDEN_ROOT).as_posix() for case in CASES}
    assert queries == proven, "add tests/golden/sources/<source>/<landing table>/<case>/rows.csv and binds.json"
