"""Append-only loading: rows come to a stage, are made distinct there, and only what the table has not yet goes in.

All of it by slices of known_on: rows that are the same, or of one key and day, were known on the same day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from pipelines.errors import WarehouseError
from pipelines.warehouse.batches import Batch, split_batches
from pipelines.warehouse.identifiers import table_clause
from pipelines.warehouse.interface import Warehouse
from pipelines.warehouse.queries import compile_literal
from pipelines.warehouse.rows import OfferedRows, Rows


@dataclass(frozen=True)
class AppendCounts:
    """What became of the rows offered to append_new; rows_read is the sum of new, seen before and duplicate.

    rows_changed are those seen before, by key and day, whose other columns differ from what the table keeps.
    """

    rows_read: int
    rows_new: int
    rows_seen_before: int
    rows_duplicate: int
    rows_backdated: int
    rows_changed: int


def append_new(
    warehouse: Warehouse, table: str, rows: Rows, key: Sequence[str], closed_as_of: date | None = None
) -> AppendCounts:
    """Append the rows that the table does not have yet (by key and source_known_on), in one transaction.

    Rows carry the day stated by their source as `known_on`. Full duplicates within `rows` are counted once;
    two different rows of one key and day are refused with WarehouseError. A row stated as known before
    `closed_as_of`, the as-of date already published, is stored as known on that day: published months do not change.
    """
    with warehouse.transaction():
        warehouse.lock(table)
        counts = AppendCounts(**_append_through_stage(warehouse, table, rows, list(key), closed_as_of))
        warehouse.analyze(table)
    return counts


def _append_through_stage(
    warehouse: Warehouse, table: str, rows: Rows, key: list[str], closed_as_of: date | None
) -> dict[str, int]:
    """Append rows not yet in `table` and return the counts of AppendCounts."""
    types = warehouse.columns(table)
    offered = {name: kind for name, kind in types.items() if name != "source_known_on"}
    stage = table_clause(warehouse.create_stage(table), offered)
    rows_read = warehouse.load(stage, OfferedRows(rows, offered, table, cluster_by="known_on"))
    warehouse.analyze(stage.name)
    slices = split_batches(_list_months(warehouse, table, stage, closed_as_of), warehouse.rows_per_batch)
    rows_duplicate = _make_distinct(warehouse, table, stage, key, slices)
    added = [warehouse.run(_insert_new(table, stage, key, types, one, closed_as_of)) for one in slices]
    changed = [
        warehouse.select(_count_changed(table, stage, key, one))["n"][0].as_py()
        for one, count in zip(slices, added, strict=True)
        if count < one.row_count  # a slice of which all rows are new has none that were there before
    ]
    warehouse.drop_stage(stage.name)
    return {
        "rows_read": rows_read,
        "rows_new": sum(added),
        "rows_seen_before": rows_read - rows_duplicate - sum(added),
        "rows_duplicate": rows_duplicate,
        "rows_backdated": sum(count for one, count in zip(slices, added, strict=True) if one.is_closed),
        "rows_changed": sum(changed),
    }


def _list_months(
    warehouse: Warehouse, table: str, stage: sa.TableClause, closed_as_of: date | None
) -> list[dict[str, Any]]:
    """Return the months that the staged rows became known in; the closed part of a month is a month of its own."""
    is_closed = sa.false() if closed_as_of is None else stage.c.known_on < closed_as_of
    month = sa.func.date_trunc("month", stage.c.known_on)
    days = sa.select(stage.c.known_on, month.label("month"), is_closed.label("is_closed")).subquery("d")
    counts = [
        sa.func.min(days.c.known_on).label("first_on"),
        sa.func.max(days.c.known_on).label("last_on"),
        sa.func.count().label("row_count"),
    ]
    grouped = sa.select(*counts, days.c.is_closed).group_by(days.c.month, days.c.is_closed)
    months = warehouse.select(compile_literal(grouped.order_by("first_on"))).to_pylist()
    if any(one["first_on"] is None for one in months):
        raise WarehouseError(f"rows for {table} have no known_on; expected a day in each: mend the query.")
    return months


def _make_distinct(
    warehouse: Warehouse, table: str, stage: sa.TableClause, key: list[str], slices: Iterable[Batch]
) -> int:
    """Leave of rows that are the same one in the stage and return how many went; two rows of one key are refused."""
    names = [*key, "known_on"]
    once = table_clause(warehouse.create_stage(table, "once"), stage.c.keys())
    rows_again = sum(warehouse.run(_insert_repeated(once, stage, names, one)) for one in slices)
    if not rows_again:
        return 0
    _refuse_two_of_one_key(warehouse, table, once, names)
    same = sa.exists().select_from(once).where(*[once.c[name] == stage.c[name] for name in names])
    rows_gone = warehouse.run(compile_literal(sa.delete(stage).where(same)))
    warehouse.run(compile_literal(sa.insert(stage).from_select(stage.c.keys(), sa.select(*once.c))))
    return rows_gone - rows_again


def _insert_repeated(once: sa.TableClause, stage: sa.TableClause, names: list[str], part: Batch) -> str:
    """Put the rows of keys that stand more than once in a slice, each different row once."""
    columns = [stage.c[name] for name in names]
    twice = sa.select(*columns).where(_within(stage, part)).group_by(*columns).having(sa.func.count() > 1).subquery("k")
    same = sa.exists().select_from(twice).where(*[twice.c[name] == stage.c[name] for name in names])
    rows = sa.select(*stage.c).where(_within(stage, part), same).distinct()
    return compile_literal(sa.insert(once).from_select(once.c.keys(), rows))


def _refuse_two_of_one_key(warehouse: Warehouse, table: str, once: sa.TableClause, names: list[str]) -> None:
    columns = [once.c[name] for name in names]
    twice = sa.select(*columns).group_by(*columns).having(sa.func.count() > 1).subquery("c")
    counted = sa.select(sa.func.count().label("n")).select_from(twice)
    count = warehouse.select(compile_literal(counted))["n"][0].as_py()
    if count:
        words = ", ".join(names)
        raise WarehouseError(
            f"duplicate key in rows for {table}: {count} keys stand for two or more different rows; expected one row "
            f"for each ({words}). To see them, group the source's query by these columns and count. Mend it there, or "
            "give a correction a later known_on."
        )


def _insert_new(
    table: str, stage: sa.TableClause, key: list[str], types: Mapping[str, Any], part: Batch, closed_as_of: date | None
) -> str:
    """Put a slice's rows that the table has not; the slice's days bound what of the table is read for that."""
    there = table_clause(table, [*key, "source_known_on"]).alias("t")
    same = [there.c[name] == stage.c[name] for name in key]
    same += [there.c.source_known_on == stage.c.known_on, _on(there.c.source_known_on, part)]
    seen = sa.exists().select_from(there).where(*same).correlate(stage)
    chosen: list[sa.ColumnElement[Any]] = []
    for name in types:
        if name == "source_known_on":
            chosen.append(stage.c.known_on.label(name))
        elif name == "known_on" and part.is_closed:
            chosen.append(sa.cast(sa.literal(closed_as_of, sa.Date()), sa.Date()).label(name))
        else:
            chosen.append(stage.c[name])
    rows = sa.select(*chosen).where(_within(stage, part), ~seen)
    return compile_literal(sa.insert(table_clause(table, types)).from_select(list(types), rows))


def _count_changed(table: str, stage: sa.TableClause, key: list[str], part: Batch) -> str:
    """Count a slice's rows that the table has with other content; known_on is the day it counts from, not content."""
    there = table_clause(table, [*stage.c.keys(), "source_known_on"]).alias("t")
    same = [there.c[name] == stage.c[name] for name in key]
    same += [there.c.source_known_on == stage.c.known_on, _on(there.c.source_known_on, part)]
    content = [column for column in stage.c if column.name not in (*key, "known_on")]
    differs = sa.or_(sa.false(), *[there.c[column.name].is_distinct_from(column) for column in content])
    both = sa.select(sa.func.count().label("n")).select_from(stage.join(there, sa.and_(*same)))
    return compile_literal(both.where(_within(stage, part), differs))


def _within(stage: sa.TableClause, part: Batch) -> sa.ColumnElement[bool]:
    return _on(stage.c.known_on, part)


def _on(day: sa.ColumnElement[Any], part: Batch) -> sa.ColumnElement[bool]:
    return sa.and_(day >= sa.literal(part.first_on, sa.Date()), day <= sa.literal(part.last_on, sa.Date()))
