"""Slices: rows dealt with a few months of known_on at a time, so that memory is bounded by the slice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# DuckDB keeps the least and greatest day of each group of 122,880 rows: where such a group is of one month, a slice
# reads only its own. So rows wait, by month, until there is a group of them; of too many, the month with most goes.
_GROUP_ROWS = 122_880
_WAITING_ROWS = 3_000_000


@dataclass(frozen=True)
class Batch:
    """The rows known from `first_on` to `last_on`, both included."""

    first_on: date
    last_on: date
    row_count: int
    is_closed: bool = False


def split_batches(months: Iterable[Mapping[str, Any]], rows_per_batch: int) -> list[Batch]:
    """Join adjacent months to batches of about `rows_per_batch` rows; a month is never split or joined over a close.

    A month is a mapping with first_on, last_on, row_count and, if wanted, is_closed; they come in order.
    """
    slices: list[Batch] = []
    for month in (Batch(**one) for one in months):
        last = slices[-1] if slices else None
        if last and last.is_closed == month.is_closed and last.row_count + month.row_count <= rows_per_batch:
            slices[-1] = Batch(last.first_on, month.last_on, last.row_count + month.row_count, month.is_closed)
        else:
            slices.append(month)
    return slices


def cluster_by_month(
    batches: Iterable[pa.RecordBatch], by: str, group_rows: int = _GROUP_ROWS, waiting_rows: int = _WAITING_ROWS
) -> Iterator[pa.RecordBatch]:
    """Yield the same rows in groups of one month of column `by`, as far as they fit in memory; order means nothing."""
    waiting: dict[int | None, pa.Table] = {}
    for batch in batches:
        for month, rows in _split_months(batch, by):
            waiting[month] = pa.concat_tables([waiting[month], rows]) if month in waiting else rows
            if waiting[month].num_rows >= group_rows:
                yield from _gather(waiting[month].slice(0, group_rows))
                waiting[month] = waiting[month].slice(group_rows)
        if sum(rows.num_rows for rows in waiting.values()) > waiting_rows:
            yield from _gather(waiting.pop(max(waiting, key=lambda month: waiting[month].num_rows)))
    for rows in waiting.values():
        yield from _gather(rows)


def _split_months(batch: pa.RecordBatch, by: str) -> Iterator[tuple[int | None, pa.Table]]:
    days = batch.column(by)
    months = pc.add(pc.multiply(pc.year(days), 12), pc.month(days))
    order = pc.sort_indices(months)
    rows, runs = pa.Table.from_batches([batch.take(order)]), pc.run_end_encode(months.take(order))
    start = 0
    for month, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        yield month, rows.slice(start, end - start)
        start = end


def _gather(rows: pa.Table) -> list[pa.RecordBatch]:
    return rows.combine_chunks().to_batches()  # one, unless its text goes over what one array can hold
