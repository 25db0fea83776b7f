"""Features: one wide row a customer and as_of, kept, so that training reads what scoring saw."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from pipelines.features.dictionary import FAMILIES
from pipelines.features.families import (
    EVERYBODY,
    Bounds,
    build_family,
    forget_families,
    list_missing_families,
    read_share,
    widen_families,
)
from pipelines.rules.rulebook import Rulebook
from pipelines.settings import add_months
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)
POSITIONS = "features.customer_positions"
EXCLUSIONS = "features.marketing_exclusions"
CUSTOMERS_PER_BATCH = 250_000  # about three gigabytes at a time; each batch scans all facts again


def build_features(
    warehouse: Warehouse,
    as_of: date,
    rulebook: Rulebook | None = None,
    customers_per_batch: int = CUSTOMERS_PER_BATCH,
    md5_below: str = EVERYBODY,
) -> int:
    """Describe the customers known before `as_of`, and list exclusions and key accounts; return how many are described.

    Only customers whose md5 is below `md5_below` get features; positions, exclusions and key accounts are of all.
    Customers are described batch by batch, so that memory is bounded by the batch; all of them, or none.
    """
    with warehouse.transaction():
        widen_families(warehouse)
        batches = list_customer_batches(warehouse, as_of, customers_per_batch)
        _build_positions(warehouse, as_of, batches)
        rulebook = rulebook or Rulebook()
        build_marketing_exclusions(warehouse, as_of, rulebook)
        name_key_accounts(warehouse, as_of, rulebook)
        rows = [build_family(warehouse, family, as_of, batches, md5_below) for family in FAMILIES]
    logger.info("features: %d customers as of %s", rows[0], as_of)
    return rows[0]


def describe_as_ofs(
    warehouse: Warehouse,
    as_ofs: Sequence[date],
    rulebook: Rulebook | None = None,
    rebuild: bool = False,
    md5_below: str = EVERYBODY,
) -> int:
    """Build what is missing of the features of these as-of dates; return how many dates were built.

    A date that lacks some families only, as after a new feature, gets those. `rebuild` forgets every date first, also
    those not requested now: they are described again when they are.
    """
    if rebuild:
        forget_families(warehouse)
    widen_families(warehouse)
    missing = list_missing_families(warehouse, as_ofs, md5_below)
    for as_of, families in missing.items():
        if families == FAMILIES:
            build_features(warehouse, as_of, rulebook, md5_below=md5_below)
        else:
            _build_families(warehouse, families, as_of)
    return len(missing)


def _build_families(warehouse: Warehouse, families: Sequence[str], as_of: date) -> None:
    with warehouse.transaction():
        batches = list_customer_batches(warehouse, as_of, CUSTOMERS_PER_BATCH)
        share = read_share(warehouse, as_of)
        for family in families:
            build_family(warehouse, family, as_of, batches, share)
    logger.info("features: %s of %s", ", ".join(families), as_of)


def build_marketing_exclusions(warehouse: Warehouse, as_of: date, rulebook: Rulebook) -> int:
    """List who may not be contacted for marketing, by the blacklist and the rule of consents; key accounts read it."""
    version = {"as_of": as_of, "rule_version": rulebook.version("consents")}
    warehouse.replace("features.marketing_exclusion_versions", pa.Table.from_pylist([version]), {"as_of": as_of})
    rule = rulebook.parameters("consents")
    return warehouse.replace_from(EXCLUSIONS, "features/marketing_exclusions", {"as_of": as_of}, as_of=as_of, **rule)


def name_key_accounts(warehouse: Warehouse, as_of: date, rulebook: Rulebook) -> int:
    """List the key accounts by the rule in force and, where the month before was described, by who was one then."""
    rule = {**rulebook.parameters("key_accounts"), "rule_version": rulebook.version("key_accounts")}
    days: dict[str, Any] = {"as_of": as_of, "previous_as_of": add_months(as_of, -1)}
    return warehouse.replace_from("features.key_accounts", "features/key_accounts", {"as_of": as_of}, **days, **rule)


def _build_positions(warehouse: Warehouse, as_of: date, batches: Sequence[Bounds]) -> None:
    query = "features/customer_positions"
    first, *others = batches
    warehouse.replace_from(POSITIONS, query, {"as_of": as_of}, as_of=as_of, **first)
    for bounds in others:
        warehouse.insert_from(POSITIONS, query, as_of=as_of, **bounds)


def list_customer_batches(warehouse: Warehouse, as_of: date, customers_per_batch: int) -> list[Bounds]:
    """Return the bounds of the batches, half-open and without gaps; where no customer is known, one batch of all."""
    binds = {"as_of": as_of, "customers_per_batch": customers_per_batch}
    edges = warehouse.read("features/customer_batches", **binds)["first_customer"].to_pylist()[1:]
    return [
        {"first_customer": first, "next_customer": after}
        for first, after in zip(["", *edges], [*edges, None], strict=True)
    ]
