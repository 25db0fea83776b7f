"""Reading a golden: a folder of input tables, binds and expected rows for one named query."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from pipelines.features.dictionary import FAMILIES, KEYS, read_entries
from pipelines.features.families import VIEW, table_of
from pipelines.warehouse import Warehouse
from pipelines.warehouse.queries import load_query

GOLDEN_ROOT = Path(__file__).parent / "golden"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def find_cases() -> Iterator[tuple[str, Path]]:
    """Yield (query name, case folder): tests/golden/<room>/<query>/<case>/expected.csv."""
    for expected in sorted(GOLDEN_ROOT.rglob("expected.csv")):
        case = expected.parent
        yield case.parent.relative_to(GOLDEN_ROOT).as_posix(), case


def load_inputs(warehouse: Warehouse, case: Path) -> None:
    """Fill the warehouse's tables from the case's <schema>.<table>.csv; columns not given are null or neutral."""
    for path in sorted(case.glob("*.*.csv")):
        table = path.name.removesuffix(".csv")
        given = read_rows(path)
        if table == VIEW:
            load_features(warehouse, given)
            continue
        warehouse.ensure_columns(table, {name: pa.float64() for name in given.column_names})
        warehouse.replace(table, _complete(given, warehouse.columns(table)), partition={})


def load_features(warehouse: Warehouse, given: pa.Table) -> None:
    """Fill the families' tables behind features.customer_features, and make the view of them again."""
    entries = [entry for entry in read_entries() if entry.feature.name in given.column_names]
    unknown = set(given.column_names) - {*KEYS, *(entry.feature.name for entry in entries)}
    assert not unknown, f"{VIEW} has no columns {sorted(unknown)}; sql/features/dictionary.csv declares them"
    warehouse.drop_view(VIEW)
    for family in FAMILIES:
        names = [entry.feature.name for entry in entries if entry.family == family]
        warehouse.ensure_columns(table_of(family), {name: pa.float64() for name in names})
        types = warehouse.columns(table_of(family))
        rows = pa.table({name: given[name].cast(types[name]) for name in (*KEYS, *names)})
        warehouse.replace(table_of(family), rows, partition={})
    warehouse.replace_view(VIEW, load_query("features/customer_features"))
    days = given["as_of"].unique().to_pylist()
    described = [{"as_of": day, "family": family, "md5_below": "g"} for day in days for family in FAMILIES]
    rows = pa.Table.from_pylist(described)
    types = warehouse.columns("features.descriptions")
    warehouse.replace("features.descriptions", pa.table({n: rows[n].cast(types[n]) for n in types}), partition={})


def read_binds(case: Path) -> dict[str, Any]:
    """Return binds.json with days as dates."""
    path = case / "binds.json"
    given = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: date.fromisoformat(v) if _is_day(v) else v for name, v in given.items()}


def read_rows(path: Path) -> pa.Table:
    """Return a golden's CSV as text columns; an empty cell is null."""
    columns = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    options = pacsv.ConvertOptions(
        column_types=dict.fromkeys(columns, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
        quoted_strings_can_be_null=False,
    )
    return pacsv.read_csv(path, convert_options=options)


def sort_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Order rows by all their columns, nulls first, so that order never decides a comparison."""
    return sorted(rows, key=lambda row: [(value is not None, str(value)) for value in row.values()])


def cast_like(expected: pa.Table, got: pa.Table) -> pa.Table:
    """Cast expected text to the types that the query returned, column by column."""
    return pa.table({name: expected[name].cast(got.schema.field(name).type) for name in got.column_names})


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


_NEUTRAL: dict[pa.DataType, Any] = {pa.bool_(): "false", pa.date32(): "2000-01-01", pa.string(): "x"}


def _complete(given: pa.Table, types: dict[str, pa.DataType]) -> pa.Table:
    """Add what a table refuses to have null: a stated day is the known day, a measure is 0, a word is 'x'."""
    columns = {name: given[name].cast(types[name]) for name in given.column_names}
    if "source_known_on" in types and "source_known_on" not in columns and "known_on" in columns:
        columns["source_known_on"] = columns["known_on"]
    for name, kind in types.items():
        if name not in columns and name in _REQUIRED:
            columns[name] = pa.array([_NEUTRAL.get(kind, "0")] * given.num_rows, pa.string()).cast(kind)
    return pa.table(columns)


_REQUIRED = frozenset(
    {
        "kind", "relation", "is_void", "amount", "booked_on", "occurred_on", "known_on", "source_known_on",
        "inflow_amount", "outflow_amount", "inflow_return_amount", "outflow_return_amount", "inflow_void_amount",
        "outflow_void_amount",
        "inflow_count", "outflow_count", "inflow_return_count", "outflow_return_count", "inflow_void_count",
        "outflow_void_count", "transaction_count",
    }
)  # fmt: skip
