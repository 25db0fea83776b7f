"""Quarantine: the keys of landing rows that break a critical promise, so that the steps downstream leave them out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from pipelines.queries import bind_query, compile_literal
from pipelines.warehouse import Warehouse
from pipelines.warehouse.tables import table_clause

_COLUMNS = ("table_name", "row_key", "promise", "as_of")


def quarantine_rows(warehouse: Warehouse, table: str, promises: Sequence[str], as_of: date) -> int:
    """Set aside anew the rows of `table` known before as_of that break one of `promises`; return how many.

    A row's `as_of` in ops.quarantine is the day after it became known, the first morning on which it would count. So
    what is written for a row depends on the row alone: whenever and however often it is judged, the same comes out.
    """
    with warehouse.transaction():
        warehouse.execute("ops/remove_quarantined_rows", table_name=table, as_of=as_of)
        return sum(warehouse.run(_insert_broken(table, promise, as_of)) for promise in promises)


def _insert_broken(table: str, promise: str, as_of: date) -> str:
    """Wrap the table's promise query: the text that was asked is the text that sets aside."""
    names = ["row_key", "known_on", promise]
    text = sa.text(bind_query(f"promises/{table}", {"as_of": as_of}))
    rows = text.columns(*[sa.column(name) for name in names]).subquery("r")
    chosen = sa.select(sa.literal(table), rows.c.row_key, sa.literal(promise), sa.cast(rows.c.known_on, sa.Date()) + 1)
    broken = chosen.where(rows.c[promise].is_(sa.false()))
    return compile_literal(sa.insert(table_clause("ops.quarantine", _COLUMNS)).from_select(list(_COLUMNS), broken))
