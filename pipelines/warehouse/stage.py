"""Append-only loading: rows come to a stage, are judged against the table there, and only what is new goes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from pipelines.errors import WarehouseError
from pipelines.queries import compile_literal
from pipelines.warehouse.rows import OfferedRows, Rows
from pipelines.warehouse.tables import table_clause

if TYPE_CHECKING:
    from pipelines.warehouse.door import Warehouse


def append_through_stage(
    warehouse: Warehouse, table: str, rows: Rows, key: list[str], closed_as_of: date | None
) -> dict[str, int]:
    """Append rows not yet in `table` and return the counts of AppendCounts; see Warehouse.append_new."""
    types = warehouse.columns(table)
    offered = {name: kind for name, kind in types.items() if name != "source_known_on"}
    stage = warehouse.create_stage(table)
    rows_read = warehouse.load(stage, OfferedRows(rows, offered, table))
    distinct = _distinct_rows(stage, offered)
    _refuse_two_of_one_key(warehouse, table, distinct, key)
    new = _new_rows(table, distinct, key)
    backdated = 0 if closed_as_of is None else _count(warehouse, new.where(distinct.c.known_on < closed_as_of))
    rows_distinct = _count(warehouse, sa.select(distinct))
    rows_new = warehouse.run(_insert(table, types, new, distinct, closed_as_of))
    return {
        "rows_read": rows_read,
        "rows_new": rows_new,
        "rows_seen_before": rows_distinct - rows_new,
        "rows_duplicate": rows_read - rows_distinct,
        "rows_backdated": backdated,
    }


def _distinct_rows(stage: sa.TableClause, columns: Iterable[str]) -> sa.Subquery:
    return sa.select(*[sa.column(name) for name in columns]).select_from(stage).distinct().subquery("s")


def _refuse_two_of_one_key(warehouse: Warehouse, table: str, distinct: sa.Subquery, key: list[str]) -> None:
    columns = [distinct.c[name] for name in [*key, "known_on"]]
    twice: sa.Select[Any] = sa.select(*columns).group_by(*columns).having(sa.func.count() > 1)
    count = _count(warehouse, twice)
    if count:
        words = ", ".join([*key, "known_on"])
        raise WarehouseError(
            f"duplicate key in rows for {table}: {count} keys stand for two or more different rows; expected one row "
            f"for each ({words}). To see them, group the source's query by these columns and count. Mend it there, or "
            "give a correction a later known_on."
        )


def _new_rows(table: str, distinct: sa.Subquery, key: list[str]) -> sa.Select[Any]:
    there = table_clause(table, [*key, "source_known_on"]).alias("t")
    same = [there.c[name] == distinct.c[name] for name in key]
    same.append(there.c.source_known_on == distinct.c.known_on)
    seen = sa.exists().select_from(there).where(*same).correlate(distinct)
    return sa.select(distinct).where(~seen)


def _insert(
    table: str, types: Mapping[str, Any], new: sa.Select[Any], distinct: sa.Subquery, closed_as_of: date | None
) -> str:
    chosen: list[sa.ColumnElement[Any]] = []
    for name in types:
        if name == "source_known_on":
            chosen.append(distinct.c.known_on.label(name))
        elif name == "known_on" and closed_as_of is not None:
            closed = sa.cast(sa.literal(closed_as_of, sa.Date()), sa.Date())
            chosen.append(sa.func.greatest(distinct.c.known_on, closed).label(name))
        else:
            chosen.append(distinct.c[name])
    rows = new.with_only_columns(*chosen)
    return compile_literal(sa.insert(table_clause(table, types)).from_select(list(types), rows))


def _count(warehouse: Warehouse, rows: sa.Select[Any]) -> int:
    counted = sa.select(sa.func.count().label("n")).select_from(rows.subquery("c"))
    return int(warehouse.select(compile_literal(counted))["n"][0].as_py())
