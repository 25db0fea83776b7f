"""Landing rows for tests: a sound row of each table, and putting rows with given differences into a warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipelines.warehouse import Warehouse

SOUND: dict[str, dict[str, Any]] = {
    "customers": {
        "customer_id": "c1",
        "kind": "company",
        "relation": "customer",
        "name": "恒信机械有限公司",
        "founded_on": date(2001, 5, 1),
        "employees": 40,
        "capital_cny": Decimal("5000000.00"),
        "known_on": date(2019, 1, 2),
        "source_known_on": date(2019, 1, 2),
    },
    "transactions": {
        "transaction_id": "t1",
        "customer_id": "c1",
        "booked_on": date(2019, 11, 4),
        "amount_cny": Decimal("1200.50"),
        "kind": "receipt",
        "counterparty_id": "p1",
        "is_void": False,
        "known_on": date(2019, 11, 5),
        "source_known_on": date(2019, 11, 5),
    },
    "events": {
        "event_id": "e1",
        "customer_id": "c1",
        "occurred_on": date(2019, 11, 4),
        "kind": "arrears",
        "value": 31.0,
        "known_on": date(2019, 11, 5),
        "source_known_on": date(2019, 11, 5),
    },
}


def put_rows(warehouse: Warehouse, table: str, differences: Iterable[Mapping[str, Any]]) -> int:
    """Put one row for each mapping, a sound row but for what the mapping says, in the place of the table's rows."""
    types = warehouse.columns(f"landing.{table}")
    rows = [dict.fromkeys(types) | SOUND[table] | dict(one) for one in differences]
    return warehouse.replace(f"landing.{table}", pa.Table.from_pylist(rows, pa.schema(list(types.items()))), {})
