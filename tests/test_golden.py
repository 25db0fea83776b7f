"""Every named query against hand-made rows, on every engine that we claim."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from pipelines.features.dictionary import FAMILIES, load_dictionary
from pipelines.features.families import query_of
from pipelines.paths import SQL_ROOT
from pipelines.warehouse import Warehouse
from pipelines.warehouse.queries import load_query
from tests.golden import GOLDEN_ROOT, cast_like, find_cases, load_inputs, read_binds, read_rows, sort_rows

CASES = list(find_cases())
FAMILY_QUERIES = {query_of(family) for family in FAMILIES}


@pytest.mark.parametrize(("query", "case"), CASES, ids=[f"{query}-{case.name}" for query, case in CASES])
def test_query_returns_what_its_golden_expects(shared_warehouse: Warehouse, query: str, case: Path) -> None:
    warehouse = shared_warehouse
    load_inputs(warehouse, case)
    if load_query(query).split("\n", 1)[1].lstrip().lower().startswith(("insert", "delete", "update")):
        warehouse.execute(query, **read_binds(case))
        table = (case / "table.txt").read_text().strip()
        expected_columns = ", ".join(read_rows(case / "expected.csv").column_names)
        got = warehouse.select("select " + expected_columns + " from " + table)
    else:
        got = warehouse.read(query, **read_binds(case))
    expected = read_rows(case / "expected.csv")
    missing = set(expected.column_names) - set(got.column_names)
    assert not missing, f"{case}/expected.csv has columns that {query} does not return: {sorted(missing)}"
    got = got.select(expected.column_names)
    assert_same_rows(got.to_pylist(), cast_like(expected, got).to_pylist())


def test_every_query_has_a_golden() -> None:
    queries = {path.relative_to(SQL_ROOT).with_suffix("").as_posix() for path in SQL_ROOT.rglob("*.sql")}
    unproven = {name for name in queries if not name.startswith(("migrations/", "sources/"))}
    unproven -= {query for query, _ in CASES}
    unproven -= {"warehouse/create_migrations"}  # the script that creates the table that migrations are kept in
    assert not unproven, f"queries without a golden; add tests/golden/<query>/<case>/: {sorted(unproven)}"
    unknown = {query for query, _ in CASES} - queries
    assert not unknown, f"goldens for queries that sql/ has not, in {GOLDEN_ROOT.name}/: {sorted(unknown)}"


def test_every_declared_feature_has_an_expected_value() -> None:
    proven = {
        name
        for query, case in CASES
        if query in FAMILY_QUERIES
        for row in read_rows(case / "expected.csv").to_pylist()
        for name, value in row.items()
        if value is not None
    }
    unproven = sorted({feature.name for feature in load_dictionary()} - proven)
    assert not unproven, (
        "features that sql/features/dictionary.csv declares and no golden expects a value of; add the columns to an "
        f"expected.csv of tests/golden/features/customer_<family>/<case>/, worked out apart from the query: {unproven}"
    )


def assert_same_rows(got: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    assert len(got) == len(expected), f"{len(got)} rows, expected {len(expected)}: {sort_rows(got)}"
    for one, other in zip(sort_rows(got), sort_rows(expected), strict=True):
        wrong = {name: (one[name], other[name]) for name in other if not _is_same(one[name], other[name])}
        assert not wrong, f"row {other}: got and expected differ in {wrong}"


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return bool(one == other)
