"""Feature families: one query, one table and one line a date of features.descriptions each, joined by a view."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import pyarrow as pa

from pipelines.features.dictionary import FAMILIES, KEYS, load_dictionary
from pipelines.warehouse import Warehouse
from pipelines.warehouse.queries import list_binds, load_query

logger = logging.getLogger(__name__)
Bounds: TypeAlias = dict[str, str | None]
"""The binds first_customer and next_customer of a batch of customers, half-open; None: no end."""
VIEW = "features.customer_features"
EVERYBODY = "g"
"""The md5 bound that is above every hexadecimal digit."""


def table_of(family: str) -> str:
    """Return the table of a family, keyed (customer_id, as_of)."""
    return f"features.customer_{family}"


def query_of(family: str) -> str:
    """Return the name of the query that fills a family's table."""
    return f"features/customer_{family}"


def build_family(
    warehouse: Warehouse, family: str, as_of: date, batches: Sequence[Bounds], md5_below: str = EVERYBODY
) -> int:
    """Fill a family's table for one as_of, batch by batch, and record that it is described; return the rows."""
    names = [*KEYS, *(feature.name for feature in load_dictionary(family))]
    table, query = table_of(family), query_of(family)
    share = {"md5_below": md5_below} if "md5_below" in list_binds(query) else {}
    first, *others = batches
    rows = warehouse.replace_from(table, query, {"as_of": as_of}, names, as_of=as_of, **share, **first)
    rows += sum(warehouse.insert_from(table, query, names, as_of=as_of, **share, **one) for one in others)
    described = pa.table({"as_of": [as_of], "family": [family], "md5_below": [md5_below]})
    warehouse.replace("features.descriptions", described, {"as_of": as_of, "family": family})
    return rows


def list_missing_families(warehouse: Warehouse, as_ofs: Sequence[date], md5_below: str) -> dict[date, tuple[str, ...]]:
    """Return, for each as_of that is not described in full, the families to build, in order.

    A date that describes fewer customers than `md5_below` asks for is built again with all its families.
    """
    found: dict[date, dict[str, str]] = {as_of: {} for as_of in as_ofs}
    for row in warehouse.read("features/described_as_ofs").to_pylist():
        found.setdefault(row["as_of"], {})[row["family"]] = row["md5_below"]
    missing = {as_of: _list_missing(found[as_of], md5_below) for as_of in as_ofs}
    return {as_of: families for as_of, families in missing.items() if families}


def read_share(warehouse: Warehouse, as_of: date) -> str:
    """Return the md5 bound of the customers whose profile is described as of the day."""
    rows = warehouse.read("features/described_as_ofs").to_pylist()
    return next((row["md5_below"] for row in rows if row["as_of"] == as_of and row["family"] == "profile"), EVERYBODY)


def widen_families(warehouse: Warehouse) -> None:
    """Give each family's table its declared columns; a family that gets a new one is forgotten, the others stay.

    It is described again when it is asked for: a family of a date is described in full or not at all.
    """
    with warehouse.transaction():
        widened = [_widen(warehouse, family) for family in FAMILIES]
        if any(widened):
            warehouse.replace_view(VIEW, load_query("features/customer_features"))


def forget_families(warehouse: Warehouse, families: Sequence[str] = FAMILIES) -> int:
    """Remove what is described of these families, of all dates; return how many descriptions, one a family and date."""
    with warehouse.transaction():
        for family in families:
            warehouse.execute(f"features/forget_customer_{family}")
        return sum(warehouse.execute("features/forget_descriptions", family=family) for family in families)


def _widen(warehouse: Warehouse, family: str) -> bool:
    columns = {feature.name: pa.float64() for feature in load_dictionary(family)}
    present = warehouse.columns(table_of(family))
    if not set(columns) - set(present):
        return False
    warehouse.drop_view(VIEW)
    added = warehouse.ensure_columns(table_of(family), columns)
    if forgotten := forget_families(warehouse, [family]):
        logger.warning(
            "features: %s has %d new columns; the %d as-of dates removed are computed when needed",
            family,
            len(added),
            forgotten,
        )
    return True


def _list_missing(described: dict[str, str], md5_below: str) -> tuple[str, ...]:
    if described.get("profile", "") < md5_below:
        return FAMILIES
    return tuple(family for family in FAMILIES if described.get(family, "") < described["profile"])
