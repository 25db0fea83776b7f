"""Short branches: customers whose branch's delivery of a table was incomplete are withheld."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa

from models.declare.spec import ModelSpec
from pipelines.learning.populations import Candidates
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)


def read_short_customers(warehouse: Warehouse, as_of: date) -> dict[str, set[str]]:
    """Return the customers of branches whose delivery was short in the three months before `as_of`, by table."""
    short: dict[str, set[str]] = {}
    for row in warehouse.read("scoring/short_customers", as_of=as_of).to_pylist():
        short.setdefault(row["table_name"], set()).add(row["customer_id"])
    return short


def withhold_short(candidates: Candidates, spec: ModelSpec, short: Mapping[str, set[str]]) -> Candidates:
    """Return the candidates with the eligible ones among `short` withheld, for a cause such as short_transactions.

    Only tables that are feeds of the model count; of several the first in the order of `spec.feeds` is the cause.
    """
    tables = [table for table in spec.feeds if short.get(table)]
    if not tables:
        return candidates
    ids = candidates.rows["customer_id"].to_pylist()
    causes = {
        place: f"short_{table}"
        for table in reversed(tables)
        for place in candidates.places.tolist()
        if ids[place] in short[table]
    }
    status, cause = candidates.rows["status"].to_pylist(), candidates.rows["cause"].to_pylist()
    for place, word in causes.items():
        status[place], cause[place] = "withheld", word
    logger.warning("score: %d customers of %s withheld: the delivery of their branch was short", len(causes), spec.name)
    rows = pa.table({"customer_id": candidates.rows["customer_id"], "status": status, "cause": cause})
    kept = np.array([place for place in candidates.places.tolist() if place not in causes], dtype=np.intp)
    return Candidates(rows.combine_chunks(), kept, candidates.eligible)
