"""Features are described slice by slice, and the slices leave no seam."""

from datetime import date
from typing import Any

import pytest

from pipelines.features.build import build_features, list_customer_batches
from pipelines.warehouse import Warehouse
from tests.pipelines.small_bank import fill_bank

AS_OF = date(2022, 12, 1)


@pytest.fixture
def bank(warehouse: Warehouse) -> Warehouse:
    """A bank of 20 customers."""
    fill_bank(warehouse, customers=20, until=AS_OF)
    return warehouse


def read_described(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Return the features of every customer, by customer_id."""
    return warehouse.read("features/described_customers", as_of=AS_OF).sort_by("customer_id").to_pylist()


def test_slices_are_half_open_and_leave_no_gap(bank: Warehouse) -> None:
    assert list_customer_batches(bank, AS_OF, 8) == [
        {"first_customer": "", "next_customer": "C008"},
        {"first_customer": "C008", "next_customer": "C016"},
        {"first_customer": "C016", "next_customer": None},
    ]
    assert list_customer_batches(bank, date(2021, 1, 1), 8) == [{"first_customer": "", "next_customer": None}]


def test_slices_say_the_same_as_the_whole(bank: Warehouse) -> None:
    assert build_features(bank, AS_OF) == 20
    whole = read_described(bank)
    assert build_features(bank, AS_OF, customers_per_batch=3) == 20
    assert read_described(bank) == whole


def test_a_bank_without_events_in_a_slice_has_zero_and_not_null(bank: Warehouse) -> None:
    """Null says that no event of anybody is known; an event of a customer in another slice makes it zero."""
    with bank.transaction():
        bank.run(
            "insert into landing.events (event_id, customer_id, occurred_on, kind, value, known_on, source_known_on) "
            "values ('E1', 'C001', date '2022-11-02', 'complaint', null, date '2022-11-03', date '2022-11-03')"
        )
    build_features(bank, AS_OF, customers_per_batch=3)
    assert [row["complaint_count_12m"] for row in read_described(bank)] == [0.0, 1.0] + [0.0] * 18
