"""References of a delivery: ids that no register names and words for nothing stop above a share, on both engines."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.deliveries.references import REFERENCES, evaluate_references
from pipelines.warehouse import Warehouse
from tests.landing_rows import put_rows

AS_OF, FROM = date(2020, 1, 1), date(2019, 11, 1)


def find_states(warehouse: Warehouse, table: str, known_from: date = FROM) -> dict[str, str]:
    """Return the states of a table's measures that are not usual."""
    found = evaluate_references(warehouse, {table: known_from}, AS_OF)[table]
    return {one.subject.measure: one.state for one in found if one.state != "usual"}


def put_customers(warehouse: Warehouse, *groups: str | None) -> None:
    """Put a hundred customers into landing, the first of them in these groups."""
    padded = [*groups, *[None] * (100 - len(groups))]
    put_rows(warehouse, "customers", [{"customer_id": f"c{n}", "group_id": group} for n, group in enumerate(padded)])


def put_transactions(warehouse: Warehouse, *customers: str) -> None:
    """Put a transaction of each customer into landing."""
    put_rows(
        warehouse,
        "transactions",
        [{"transaction_id": f"t{n}", "customer_id": one} for n, one in enumerate(customers)],
    )


def test_every_id_of_landing_is_declared_once(shared_warehouse: Warehouse) -> None:
    declared = [(one.table, one.column) for one in REFERENCES]
    assert len(set(declared)) == len(declared)
    for one in REFERENCES:
        assert one.column in shared_warehouse.columns(f"landing.{one.table}")
        assert one.register is None or one.register_key in shared_warehouse.columns(f"landing.{one.register}")


@pytest.mark.parametrize("word", ["NULL", "N/A", "none", "-", "无", "空", "unknown", " null ", "0", "000"])
def test_a_word_for_nothing_is_no_group(shared_warehouse: Warehouse, word: str) -> None:
    put_customers(shared_warehouse, *[word] * 5)
    assert find_states(shared_warehouse, "customers", date(1900, 1, 1)) == {"placeholder_group_id_share": "stopped"}


def test_a_group_of_customers_is_known(shared_warehouse: Warehouse) -> None:
    put_customers(shared_warehouse, *["c7"] * 20)
    assert find_states(shared_warehouse, "customers", date(1900, 1, 1)) == {}


def test_customers_in_a_group_that_nobody_names_stop(shared_warehouse: Warehouse) -> None:
    put_customers(shared_warehouse, *["x9"] * 5, *["c7"] * 10)
    assert find_states(shared_warehouse, "customers", date(1900, 1, 1)) == {"unknown_group_id_share": "stopped"}


@pytest.mark.parametrize(
    ("padded", "state"), [(0, None), (1, "warned"), (4, "warned"), (5, "stopped"), (100, "stopped")]
)
def test_padded_customer_ids_of_a_delivery_stop_from_five_rows_on(
    shared_warehouse: Warehouse, padded: int, state: str | None
) -> None:
    put_customers(shared_warehouse)
    put_transactions(shared_warehouse, *[f"c{n}{'  ' if n < padded else ''}" for n in range(100)])
    found = find_states(shared_warehouse, "transactions").get("unknown_customer_id_share")
    assert found == state


def test_a_whole_delivery_of_two_padded_rows_stops(shared_warehouse: Warehouse) -> None:
    put_customers(shared_warehouse)
    put_transactions(shared_warehouse, "c1  ", "c2  ")
    assert find_states(shared_warehouse, "transactions")["unknown_customer_id_share"] == "stopped"


def test_a_register_without_rows_is_not_asked(shared_warehouse: Warehouse) -> None:
    put_transactions(shared_warehouse, *["c1"] * 10)
    assert find_states(shared_warehouse, "transactions") == {}


def test_a_customer_known_on_the_as_of_date_is_unknown_and_rows_before_the_delivery_do_not_count(
    shared_warehouse: Warehouse,
) -> None:
    late = {"known_on": AS_OF, "source_known_on": AS_OF}
    put_rows(shared_warehouse, "customers", [{"customer_id": "c1"}, {"customer_id": "c2"} | late])
    put_transactions(shared_warehouse, *["c2"] * 6)
    assert find_states(shared_warehouse, "transactions")["unknown_customer_id_share"] == "stopped"
    assert find_states(shared_warehouse, "transactions", date(2019, 12, 1)) == {}
