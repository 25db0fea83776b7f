"""Rows by hand: what a test says of them, the rest null."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa

from pipelines.warehouse import Warehouse


def write_rows(warehouse: Warehouse, table: str, rows: list[dict[str, Any]], known_on: date | None = None) -> None:
    """Append rows to a table; with `known_on`, each was stated and known on that day."""
    days = {} if known_on is None else {"known_on": known_on, "source_known_on": known_on}
    schema = pa.schema(list(warehouse.columns(table).items()))
    warehouse.append(table, pa.Table.from_pylist([one | days for one in rows], schema=schema))
