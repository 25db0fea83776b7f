"""Whether a golden notices a changed query: its cases on one DuckDB in memory, each rolled back."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from pipelines.errors import WarehouseError
from pipelines.warehouse import Warehouse
from pipelines.warehouse.queries import bind_text, load_query
from tests.golden import cast_like, find_cases, load_inputs, read_binds, read_rows
from tests.test_golden import assert_same_rows

# A condition on the day or month on which a row became known; without it, rows of the future come in.
_KNOWLEDGE = re.compile(r"\b(?:\w+\.)?known_(?:on|month) (?:<=?|>=?) (?:cast\(:\w+ as date\)|\w+\.as_of)")


class _RolledBackError(Exception):
    """Leaves a transaction so that it is rolled back."""


def cases_by_query() -> dict[str, list[Path]]:
    """Return the golden cases of each query."""
    found: dict[str, list[Path]] = defaultdict(list)
    for query, case in find_cases():
        found[query].append(case)
    return found


def drop_knowledge(query: str) -> Iterator[tuple[int, str, str]]:
    """Yield (line, condition, text of the query without it) for each knowledge condition of a query."""
    text = load_query(query)
    for match in _KNOWLEDGE.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        if not text[start : match.start()].lstrip().startswith("--"):
            changed = f"{text[: match.start()]}({match[0]} or true){text[match.end() :]}"
            yield text.count("\n", 0, match.start()) + 1, match[0], changed


def is_noticed(warehouse: Warehouse, query: str, text: str, cases: list[Path]) -> bool:
    """Return whether one of the cases fails, or the statement is refused, with `text` in the query's place."""
    return any(not _passes(warehouse, query, text, case) for case in cases)


def _passes(warehouse: Warehouse, query: str, text: str, case: Path) -> bool:
    try:
        with warehouse.transaction():
            load_inputs(warehouse, case)
            expected = read_rows(case / "expected.csv")
            got = _run(warehouse, query, text, case, expected.column_names)
            assert_same_rows(got.to_pylist(), cast_like(expected, got).to_pylist())
            raise _RolledBackError
    except _RolledBackError:
        return True
    except (AssertionError, WarehouseError, pa.ArrowException):
        return False


def _run(warehouse: Warehouse, query: str, text: str, case: Path, columns: list[str]) -> pa.Table:
    statement = bind_text(text, read_binds(case), where=f"a mutant of sql/{query}.sql")
    if not (case / "table.txt").exists():
        return warehouse.select(statement).select(columns)
    warehouse.run(statement)
    table = (case / "table.txt").read_text(encoding="utf-8").strip()
    return warehouse.select("select " + ", ".join(columns) + " from " + table)
