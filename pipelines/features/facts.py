"""Facts: landing rows summed by month booked and month known, so that any past as_of can be asked again."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

from pipelines.warehouse import Warehouse
from pipelines.warehouse.batches import Batch, split_batches

logger = logging.getLogger(__name__)

FACTS = ("customer_month", "partner_month")
_FIRST_DAY = date(1, 1, 1)


def build_facts(warehouse: Warehouse, as_of: date, rebuild: bool = False) -> int:
    """Sum what became known before `as_of` and is not closed yet; return the rows written.

    A published as_of closes the months before it: extract lets nothing more into them, so they are not read again.
    `rebuild` sums every month anew, for an upgrade that changes a query.
    """
    closed = None if rebuild else read_closed_as_of(warehouse)
    known_from = closed or _FIRST_DAY
    with warehouse.transaction():
        for name in FACTS:
            warehouse.lock(f"facts.{name}")
            warehouse.execute(f"features/forget_{name}", known_from=known_from, known_before=as_of)
        months = warehouse.read("features/known_months", known_from=known_from, known_before=as_of).to_pylist()
        rows = sum(_sum_batch(warehouse, one) for one in split_batches(months, warehouse.rows_per_batch))
    logger.info("facts: %d rows known from %s to %s", rows, closed or "the beginning", as_of)
    return rows


def _sum_batch(warehouse: Warehouse, part: Batch) -> int:
    """Sum some whole months of known_on, which no other slice adds to, as known_month is in the key of every fact."""
    binds: dict[str, Any] = {"known_from": part.first_on, "known_before": part.last_on + timedelta(days=1)}
    return sum(warehouse.insert_from(f"facts.{name}", f"features/{name}", **binds) for name in FACTS)


def read_closed_as_of(warehouse: Warehouse) -> date | None:
    """Return the as_of of the run that the CRM reads, None before the first publication."""
    return warehouse.read("ledger/closed_as_of")["closed_as_of"][0].as_py()
