"""A made-up bank of steady deliveries: 100 customers in four branches, two transactions and a balance a month."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.settings import add_months
from pipelines.warehouse import Warehouse
from tests.landing_rows import put_rows

AS_OF = date(2022, 1, 1)
MONTHS = [add_months(AS_OF, place - 10) for place in range(10)]
CUSTOMERS = [f"c{number:03d}" for number in range(100)]
Row = dict[str, Any]
Change = Callable[[Row], Iterable[Row]]


def branch_of(customer: str) -> str:
    """Return the branch of a customer: a fifth of them are of b0, b1 or b2, the others of b3."""
    place = int(customer[1:]) % 10
    return f"b{place // 2 if place < 6 else 3}"


def fill_steady_bank(
    warehouse: Warehouse,
    transactions: Change | None = None,
    balances: Change | None = None,
    new_ids: Iterable[str] = (),
) -> None:
    """Fill landing; each change is applied to every row of its table and returns what is delivered in its place.

    A customer of `new_ids` has the name and branch of the one with the same number.
    """
    known = {"known_on": date(2020, 1, 2), "source_known_on": date(2020, 1, 2)}
    customers = [{"customer_id": one, "name": one[1:], "branch_id": branch_of(one)} for one in (*CUSTOMERS, *new_ids)]
    put_rows(warehouse, "customers", [one | known for one in customers])
    put_rows(warehouse, "transactions", _apply(transactions, [row for month in MONTHS for row in _book(month)]))
    put_rows(warehouse, "balances", _apply(balances, [row for month in MONTHS for row in _close(month)]))


def is_last(row: Mapping[str, Any]) -> bool:
    """Whether the row was delivered in the last month."""
    return bool(row["known_on"] >= MONTHS[-1])


def is_chosen(row: Mapping[str, Any], percent: int) -> bool:
    """Whether the row is of a chosen share of the customers, spread over the branches."""
    return int(row["customer_id"][1:]) * 37 % 100 < percent


def _apply(change: Change | None, rows: list[Row]) -> list[Row]:
    return rows if change is None else [new for row in rows for new in change(row)]


def _book(month: date) -> list[Row]:
    return [
        {
            "transaction_id": f"{kind}-{customer}-{month}",
            "customer_id": customer,
            "branch_id": branch_of(customer),
            "booked_on": month.replace(day=1 + (place + shift) % 28),
            "amount": sign * Decimal(100_000 + 1000 * place + 100 * month.month),
            "kind": kind,
            "counterparty_id": f"p{place % 7}",
            "known_on": month.replace(day=1 + (place + shift) % 28),
            "source_known_on": month.replace(day=1 + (place + shift) % 28),
        }
        for place, customer in enumerate(CUSTOMERS)
        for kind, sign, shift in (("receipt", 1, 0), ("payment", -1, 9))
    ]


def _close(month: date) -> list[Row]:
    return [
        {
            "account_id": f"a-{customer}",
            "customer_id": customer,
            "month": add_months(month, -1),
            "known_on": month.replace(day=3),
            "source_known_on": month.replace(day=3),
        }
        for customer in CUSTOMERS
    ]
