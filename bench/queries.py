"""The rivals' statements: bench/sql/<name>.sql with its binds, as sql/ is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.warehouse import Warehouse
from pipelines.warehouse.queries import bind_text, load_query

SQL_ROOT = Path(__file__).parent / "sql"


def ask(warehouse: Warehouse, name: str, **binds: Any) -> pa.Table:
    """Return the rows of bench/sql/<name>.sql."""
    return warehouse.select(bind_text(load_query(name, SQL_ROOT), binds, where=f"bench/sql/{name}.sql"))
