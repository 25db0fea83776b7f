"""Guards: what every step refuses before it does anything: a date that is not there yet, and rows of another source."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pipelines.errors import SourceError, WatermarkError
from pipelines.warehouse import Warehouse


def read_today() -> date:
    """Return today in UTC. Only the guard may ask: what a step computes depends on its as-of date alone."""
    return datetime.now(UTC).date()


def refuse_future(as_of: date, today: date) -> None:
    """Refuse an as-of date after the first of next month: what is published as of it closes all months before it."""
    months = today.year * 12 + today.month  # of the first of next month
    latest = date(months // 12, months % 12 + 1, 1)
    if as_of > latest:
        raise WatermarkError(
            f"as-of date {as_of} is in the future; expected {latest} or earlier, as today is {today}. Correct the "
            "date. If it is meant, run the step by the command line with --future."
        )


def refuse_other_source(warehouse: Warehouse, source: str) -> None:
    """Refuse to work on a warehouse whose landing holds rows of another source: both would be in one run."""
    others = [name for name in warehouse.read("ledger/landing_sources")["source"].to_pylist() if name != source]
    if others:
        raise SourceError(
            f"this warehouse holds rows of source {', '.join(others)}, and KCRM_SOURCE is {source}; a warehouse holds "
            f"one source. Set KCRM_SOURCE={others[0]}, or KCRM_WAREHOUSE_URL to a warehouse of {source}."
        )
