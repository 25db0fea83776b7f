"""Features: one wide row a customer and as_of, kept, so that training reads what scoring saw."""

from __future__ import annotations

import logging
from datetime import date
from typing import TypeAlias

import pyarrow as pa

from pipelines.features.dictionary import QUERY, load_dictionary, refuse_undeclared
from pipelines.rules.rulebook import Rulebook
from pipelines.settings import add_months
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)
TABLE = "features.customer_features"
POSITIONS = "features.customer_positions"
BARS = "features.marketing_exclusions"
Bounds: TypeAlias = dict[str, str | None]
SLICE_CUSTOMERS = 250_000  # about three gigabytes at a time; each slice scans everybody's facts again


def build_features(
    warehouse: Warehouse, as_of: date, rulebook: Rulebook | None = None, customers_per_batch: int = SLICE_CUSTOMERS
) -> int:
    """Describe every customer known before `as_of`, and say who is barred and who a key account; return how many.

    Customers are described slice by slice, so that memory is bounded by the slice; all of them, or none.
    """
    with warehouse.transaction():
        widen_features(warehouse, as_of)
        slices = list_customer_batches(warehouse, as_of, customers_per_batch)
        _build_batches(warehouse, POSITIONS, "features/customer_positions", as_of, slices)
        rulebook = rulebook or Rulebook()
        build_marketing_exclusions(warehouse, as_of, rulebook)
        name_key_accounts(warehouse, as_of, rulebook)
        rows = _build_batches(warehouse, TABLE, QUERY, as_of, slices)
    logger.info("features: %d customers as of %s", rows, as_of)
    return rows


def build_marketing_exclusions(warehouse: Warehouse, as_of: date, rulebook: Rulebook) -> int:
    """Say who may not be courted, by the blacklist and the rule of consents in force; key accounts read it."""
    version = {"as_of": as_of, "rule_version": rulebook.version("consents")}
    warehouse.replace("features.marketing_exclusion_versions", pa.Table.from_pylist([version]), {"as_of": as_of})
    rule = rulebook.parameters("consents")
    return warehouse.replace_from(BARS, "features/marketing_exclusions", {"as_of": as_of}, as_of=as_of, **rule)


def name_key_accounts(warehouse: Warehouse, as_of: date, rulebook: Rulebook) -> int:
    """Say who is a key account by the rule in force and, where it was described, by who was one a month before."""
    rule = {**rulebook.parameters("key_accounts"), "rule_version": rulebook.version("key_accounts")}
    days = {"as_of": as_of, "previous_as_of": add_months(as_of, -1)}
    return warehouse.replace_from("features.key_accounts", "features/key_accounts", {"as_of": as_of}, **days, **rule)


def _build_batches(warehouse: Warehouse, table: str, query: str, as_of: date, slices: list[Bounds]) -> int:
    first, *others = slices
    rows = warehouse.replace_from(table, query, {"as_of": as_of}, as_of=as_of, **first)
    return rows + sum(warehouse.insert_from(table, query, as_of=as_of, **bounds) for bounds in others)


def list_customer_batches(warehouse: Warehouse, as_of: date, customers_per_batch: int) -> list[Bounds]:
    """Return the bounds of the slices, half-open and without gaps; where nobody is known, one slice of everybody."""
    binds = {"as_of": as_of, "customers_per_batch": customers_per_batch}
    edges = warehouse.read("features/customer_batches", **binds)["first_customer"].to_pylist()[1:]
    return [
        {"first_customer": first, "next_customer": after}
        for first, after in zip(["", *edges], [*edges, None], strict=True)
    ]


def widen_features(warehouse: Warehouse, as_of: date) -> None:
    """Give the table a column for each newly declared feature, and forget what was described without it.

    It is described again when it is asked for: a month is described in full or not at all.
    """
    features = load_dictionary()
    columns = warehouse.describe(QUERY, as_of=as_of, first_customer="", next_customer=None)
    refuse_undeclared(columns, features)
    with warehouse.transaction():
        added = warehouse.ensure_columns(TABLE, {feature.name: pa.float64() for feature in features})
        forgotten = warehouse.execute("features/forget_customer_features") if added else 0
    if forgotten:
        logger.warning(
            "features: %d new columns; %d rows described without them go, and are described again when asked for",
            len(added),
            forgotten,
        )
