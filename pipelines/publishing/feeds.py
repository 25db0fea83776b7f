"""Feeds: which landing tables brought much more or less in the last month than in the months before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

from pipelines.warehouse import Warehouse

_LEAST_MONTHS = 3
_USUAL_RATIO = 1.25
_LEAST_ROWS = 20
_WORDS = {"row_count": "rows", "customer_count": "customers", "amount": "amount"}


def describe_moved_feeds(warehouse: Warehouse, as_of: date) -> str:
    """Return a sentence on the feeds that moved with the run: rows, customers or amounts of the month before `as_of`.

    Each is held to the median of up to twelve months before, where there are three or more; empty when none moved.
    """
    month = (as_of - timedelta(days=1)).replace(day=1)
    first = month.replace(year=month.year - 1)
    rows = warehouse.read("publishing/feed_volumes", first=first, as_of=as_of).to_pylist()
    tables = dict.fromkeys(sorted(row["table_name"] for row in rows))
    moved = [_describe(table, [row for row in rows if row["table_name"] == table], month) for table in tables]
    found = [one for one in moved if one]
    return f"Moved in the same month: {', '.join(found)}." if found else "No feed moved in the same month."


def _describe(table: str, rows: Sequence[Mapping[str, Any]], month: date) -> str:
    """Return what of a table moved in `month`, empty when nothing did or too few months are known."""
    past = [row for row in rows if row["known_month"] < month]
    now = next((row for row in rows if row["known_month"] == month), dict.fromkeys(_WORDS, 0))
    if len(past) < _LEAST_MONTHS or median(row["row_count"] for row in past) < _LEAST_ROWS:
        return ""
    parts = []
    for name, word in _WORDS.items():
        usual = median(row[name] for row in past)
        if usual and not usual / _USUAL_RATIO <= now[name] <= usual * _USUAL_RATIO:
            parts.append(f"{word} {now[name]:,.0f} (median before {usual:,.0f})")
    return f"{table}: {' and '.join(parts)}" if parts else ""
