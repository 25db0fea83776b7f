"""Delivery against delivery: rows that were there before and are gone, that changed in place, or that came too late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from pipelines.deliveries.bands import Point, learn_band
from pipelines.deliveries.declared import IRREGULAR_TABLES, REGULAR_TABLES, Measure
from pipelines.deliveries.evaluate import Evaluated, History
from pipelines.deliveries.measure import ALL, Subject
from pipelines.settings import SourceSettings, add_months
from pipelines.warehouse import Warehouse
from pipelines.warehouse.identifiers import table_clause
from pipelines.warehouse.queries import compile_literal

COMPARED = REGULAR_TABLES + IRREGULAR_TABLES  # a row of these is not replaced by a later one with another known_on
_LEAST_ROWS = 5
_WITHDRAWN = Measure(
    "withdrawn_share",
    "share",
    0.01,
    0.05,
    "Rows delivered before are gone from the source, yet still count here: were keys numbered again? Where the source "
    "keeps only the latest rows, set lookback_days.",
    is_low_bounded=False,
    limit=0.05,
)
_RESTATED = Measure(
    "restated_share",
    "share",
    0.01,
    0.05,
    "Rows changed in place are ignored: what is read here is what was delivered first.",
    is_low_bounded=False,
    limit=0.05,
)
_BACKDATED = Measure(
    "backdated_share",
    "share",
    0.05,
    0.2,
    "New rows of months already published count in this month: an old delivery came again.",
    is_low_bounded=False,
    limit=0.2,
)


def evaluate_extracts(
    warehouse: Warehouse,
    tables: Sequence[str],
    as_of: date,
    source: str,
    settings: SourceSettings,
    histories: Mapping[str, History],
) -> dict[str, list[Evaluated]]:
    """Return by table how the extract as of the day compares with what landing held, against the months before."""
    rows = warehouse.read("deliveries/extracts", source=source, as_of=as_of).to_pylist()
    counts = {row["table_name"]: row for row in rows if row["table_name"] in COMPARED and row["table_name"] in tables}
    if not counts:
        return {}
    days = settings.lookback_days
    first = as_of - timedelta(days=days) if days else date(1900, 1, 1)
    held = _count_held(warehouse, list(counts), first, as_of)
    months = [add_months(as_of, -place) for place in range(24, 0, -1)]
    return {
        table: [_evaluate(table, as_of, measure, point, histories.get(table), months) for measure, point in points]
        for table, points in ((name, _compare(row, held[name])) for name, row in counts.items())
    }


def _compare(row: Mapping[str, Any], held: int) -> list[tuple[Measure, Point]]:
    """Return the measures of one extract; `held` is the rows that landing has of the span read, with the new ones."""
    before = held - int(row["rows_new"])
    delivered = int(row["rows_read"]) - int(row["rows_duplicate"])
    new, seen = int(row["rows_new"]), int(row["rows_seen_before"])
    return [
        (_WITHDRAWN, _share(max(held - delivered, 0), before)),
        (_RESTATED, _share(int(row["rows_changed"]), seen)),
        (_BACKDATED, _share(int(row["rows_backdated"]), new)),
    ]


def _evaluate(
    table: str, as_of: date, measure: Measure, point: Point, history: History | None, months: Sequence[date]
) -> Evaluated:
    subject = Subject(as_of, ALL, measure.name)
    band = learn_band(measure, history.list_before(subject, months) if history else [], point.sample)
    is_few = point.value * point.sample < _LEAST_ROWS and point.value < 1
    state = "usual" if is_few else band.describe(point.value)
    return Evaluated(table, subject, point, band, state, measure.why)


def _share(part: int, whole: int) -> Point:
    return Point(part / whole, whole) if whole > 0 else Point(0.0, 0)


def _count_held(warehouse: Warehouse, tables: Sequence[str], first: date, as_of: date) -> dict[str, int]:
    """Return how many rows each table has that its source stated as known from `first` to before `as_of`."""
    parts = []
    for table in tables:
        rows = table_clause(f"landing.{table}", ["source_known_on"])
        known = rows.c.source_known_on
        counted = sa.select(sa.literal(table).label("table_name"), sa.func.count().label("row_count"))
        parts.append(counted.select_from(rows).where(known >= first, known < as_of))
    counts = warehouse.select(compile_literal(sa.union_all(*parts))).to_pylist()
    return {row["table_name"]: row["row_count"] for row in counts}
