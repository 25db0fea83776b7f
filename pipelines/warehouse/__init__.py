"""The only interface to the warehouse: named query in, Arrow out; Arrow in by the bulk path; partitions replaced."""

from __future__ import annotations

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from pipelines.errors import SettingsError
from pipelines.extras import require_postgresql
from pipelines.warehouse.append import AppendCounts, append_new
from pipelines.warehouse.duckdb import DuckDBWarehouse
from pipelines.warehouse.interface import Warehouse
from pipelines.warehouse.postgresql import PostgreSQLWarehouse

__all__ = ["AppendCounts", "Warehouse", "append_new", "open_warehouse"]

_ENGINES: dict[str, type[Warehouse]] = {"duckdb": DuckDBWarehouse, "postgresql": PostgreSQLWarehouse}


def open_warehouse(url: str, memory_limit: str = "") -> Warehouse:
    """Open the warehouse at a SQLAlchemy URL, duckdb:///file or postgresql://...; use it as a context manager.

    Raises SettingsError for another engine, WarehouseUnreachableError when it does not answer.
    """
    try:
        engine = make_url(url).get_backend_name()
    except (ArgumentError, ValueError):  # a port that is no number is a ValueError, and quotes what stood there
        raise SettingsError(
            "KCRM_WAREHOUSE_URL is no URL; expected duckdb:///file or postgresql://user:password@host:port/database, "
            "with special characters of the password percent-encoded."
        ) from None
    if engine not in _ENGINES:
        raise SettingsError(
            f"no warehouse engine {engine!r}; expected one of {sorted(_ENGINES)}: set KCRM_WAREHOUSE_URL."
        )
    if engine == "postgresql":
        require_postgresql("the warehouse")
    return _ENGINES[engine](url, memory_limit)
