"""Tables by name, for SQLAlchemy to quote."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


def table_clause(table: str, columns: Iterable[str] = ()) -> sa.TableClause:
    """Name a table, "schema.name" or a stage's bare name, for SQLAlchemy to quote."""
    schema, _, name = table.rpartition(".")
    return sa.table(name, *[sa.column(column) for column in columns], schema=schema or None)


def quote_table(table: str) -> str:
    """Return a table's name, "schema.name", as it stands in a statement."""
    return ".".join(quote_name(part) for part in table.split("."))


def quote_name(name: str) -> str:
    """Return one name, such as that of a role, as it stands in a statement."""
    return postgresql.dialect().identifier_preparer.quote(name)
