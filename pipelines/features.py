"""Features: one wide row a customer and as_of, kept, so that training reads what scoring saw."""

from __future__ import annotations

import logging
from datetime import date

import pyarrow as pa

from pipelines.dictionary import QUERY, load_dictionary
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)


def build_features(warehouse: Warehouse, as_of: date) -> int:
    """Describe every customer known before `as_of`, and say who is a key account; return the customers described.

    A newly declared feature becomes a column by itself; as_ofs described before it have null there until built again.
    """
    declared = {feature.name: pa.float64() for feature in load_dictionary()}
    added = warehouse.ensure_columns("features.customer_features", declared)
    if added:
        logger.info("features: %d new columns in customer_features", len(added))
    partition = {"as_of": as_of}
    with warehouse.transaction():
        warehouse.replace_from("features.key_accounts", "features/key_accounts", partition, as_of=as_of)
        rows = warehouse.replace_from("features.customer_features", QUERY, partition, as_of=as_of)
    logger.info("features: %d customers as of %s", rows, as_of)
    return rows
