"""Quarantine: the keys of landing rows that break a critical promise, so that the steps downstream leave them out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from pipelines.warehouse import Warehouse
from pipelines.warehouse.identifiers import table_clause
from pipelines.warehouse.queries import bind_query, compile_literal

_COLUMNS = ("table_name", "row_key", "promise", "as_of")


def quarantine_rows(warehouse: Warehouse, table: str, promises: Sequence[str], as_of: date) -> int:
    """Set aside anew the rows of `table` known before as_of that break one of `promises`; return how many.

    A row's `as_of` in ops.quarantine is the day after it became known, the first morning on which it would count. So
    what is written for a row depends on the row alone: whenever and however often it is judged, the same comes out.
    """
    with warehouse.transaction():
        warehouse.execute("checks/remove_quarantined_rows", table_name=table, as_of=as_of)
        return warehouse.run(_insert_broken(table, promises, as_of)) if promises else 0


def _insert_broken(table: str, promises: Sequence[str], as_of: date) -> str:
    """Wrap the table's promise query: the text that was asked is the text that sets aside, in one scan for all."""
    names = ["row_key", "known_on", *promises]
    text = sa.text(bind_query(f"checks/{table}", {"as_of": as_of}))
    rows = text.columns(*[sa.column(name) for name in names]).subquery("r")
    is_any = sa.or_(*[rows.c[name].is_(sa.false()) for name in promises])
    broken = sa.select(*[rows.c[name] for name in names]).where(is_any).cte("broken")
    first_morning = sa.cast(broken.c.known_on, sa.Date()) + 1
    chosen = [
        sa.select(sa.literal(table), broken.c.row_key, sa.literal(name), first_morning).where(
            broken.c[name].is_(sa.false())
        )
        for name in promises
    ]
    all_of_them = sa.union_all(*chosen)
    return compile_literal(sa.insert(table_clause("ops.quarantine", _COLUMNS)).from_select(list(_COLUMNS), all_of_them))
