"""Features: one wide row a customer and as_of, kept, so that training reads what scoring saw."""

from __future__ import annotations

import logging
from datetime import date

import pyarrow as pa

from pipelines.dictionary import QUERY, load_dictionary, refuse_undeclared
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)
TABLE = "features.customer_features"


def build_features(warehouse: Warehouse, as_of: date) -> int:
    """Describe every customer known before `as_of`, and say who is a key account; return the customers described."""
    partition = {"as_of": as_of}
    with warehouse.transaction():
        widen_features(warehouse, as_of)
        warehouse.replace_from("features.key_accounts", "features/key_accounts", partition, as_of=as_of)
        rows = warehouse.replace_from(TABLE, QUERY, partition, as_of=as_of)
    logger.info("features: %d customers as of %s", rows, as_of)
    return rows


def widen_features(warehouse: Warehouse, as_of: date) -> None:
    """Give the table a column for each newly declared feature, and forget what was described without it.

    It is described again when it is asked for: a month is described in full or not at all.
    """
    features = load_dictionary()
    refuse_undeclared(warehouse.describe(QUERY, as_of=as_of), features)
    with warehouse.transaction():
        added = warehouse.ensure_columns(TABLE, {feature.name: pa.float64() for feature in features})
        forgotten = warehouse.execute("features/forget_customer_features") if added else 0
    if forgotten:
        logger.warning("features: %d new columns; %d rows described without them are forgotten", len(added), forgotten)
