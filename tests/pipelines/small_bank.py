"""A made-up bank of a few customers, written straight into landing, small enough to train on in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa

from pipelines.features.facts import build_facts
from pipelines.settings import add_months
from pipelines.warehouse import Warehouse, append_new

FIRST_MONTH = date(2022, 1, 1)
AS_OF = date(2024, 6, 1)
LADDER_START = date(2022, 8, 1)
CUSTOMERS = 60


def fill_bank(
    warehouse: Warehouse,
    customers: int = CUSTOMERS,
    until: date = AS_OF,
    seed: int = 5,
    falls: Mapping[int, date] | None = None,
) -> None:
    """Write customers and one receipt and payment a month for each; sales wander, so that some grow and some fall.

    `falls` says which customers are large, and from which month on they take a hundredth.

    They are booked so late in the month that the feed is fresh on the first of the next.
    """
    generator = np.random.default_rng(seed)
    months = []
    while (month := add_months(FIRST_MONTH, len(months))) < until:
        months.append(month)
    drift = generator.normal(0, 0.12, customers)
    level = 10 + generator.normal(0, 1, customers)[:, None] + np.cumsum(
        drift[:, None] + generator.normal(0, 0.35, (customers, len(months))), axis=1
    )  # fmt: skip
    for customer, month in (falls or {}).items():
        level[customer] += 4 - np.where(np.array(months) >= month, np.log(100), 0)
    _write_customers(warehouse, customers)
    _write_transactions(warehouse, months, np.exp(level))
    build_facts(warehouse, until)


def _write_customers(warehouse: Warehouse, customers: int) -> None:
    ids = [f"C{number:03d}" for number in range(customers)]
    table = pa.table(
        {
            "customer_id": ids,
            "kind": ["company"] * customers,
            "relation": ["customer"] * customers,
            "name": ids,
            "known_on": [FIRST_MONTH] * customers,
        }
    )
    append_new(warehouse, "landing.customers", _complete(warehouse, "landing.customers", table), ("customer_id",))


def _write_transactions(warehouse: Warehouse, months: list[date], amounts: np.ndarray) -> None:
    rows = [
        {
            "transaction_id": f"{kind}-{customer:03d}-{month}",
            "customer_id": f"C{customer:03d}",
            "booked_on": month.replace(day=27),
            "amount": round(float(share * amount), 2),
            "kind": kind,
            "counterparty_id": f"P{(customer + place) % 7}",
            "is_void": False,
            "known_on": month.replace(day=28),
        }
        for customer, line in enumerate(amounts)
        for place, (month, amount) in enumerate(zip(months, line, strict=True))
        for kind, share in (("receipt", 1.0), ("payment", -0.7))
    ]
    table = pa.Table.from_pylist(rows)
    cast = table.set_column(3, "amount", pa.array([f"{r['amount']:.2f}" for r in rows]).cast(pa.decimal128(18, 2)))
    append_new(
        warehouse, "landing.transactions", _complete(warehouse, "landing.transactions", cast), ("transaction_id",)
    )


def _complete(warehouse: Warehouse, name: str, rows: pa.Table) -> pa.Table:
    for column, kind in warehouse.columns(name).items():
        if column not in rows.column_names and column != "source_known_on":
            rows = rows.append_column(column, pa.nulls(rows.num_rows, kind))
    return rows
