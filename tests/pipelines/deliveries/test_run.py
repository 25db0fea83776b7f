"""Deliveries that went wrong in a known way: each kind is stopped or withheld, and a clean month is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.deliveries.evaluate import Evaluated
from pipelines.deliveries.run import evaluate_deliveries
from pipelines.deliveries.store import Acceptance, accept_delivery
from pipelines.settings import add_months
from pipelines.warehouse import Warehouse, open_warehouse
from tests.pipelines.steady_bank import AS_OF, MONTHS, Change, Row, branch_of, fill_steady_bank, is_chosen, is_last

TABLES = ("customers", "transactions", "balances")


def find(warehouse: Warehouse, state: str, as_of: date = AS_OF) -> dict[tuple[str, str, str], Evaluated]:
    """Return what is in a state after an evaluation, by table, branch and measure."""
    return {
        (one.table, one.subject.branch_id, one.subject.measure): one
        for delivery in evaluate_deliveries(warehouse, TABLES, as_of)
        for one in delivery.evaluated
        if one.state == state
    }


def keep_unless(lost: Callable[[Row], bool]) -> Change:
    return lambda row: [] if is_last(row) and lost(row) else [row]


def change_if(chosen: Callable[[Row], bool], **values: Any) -> Change:
    return lambda row: [{**row, **values} if is_last(row) and chosen(row) else row]


def divide(percent: int) -> Change:
    def change(row: Row) -> Iterator[Row]:
        is_hit = is_last(row) and is_chosen(row, percent)
        yield {**row, "amount": row["amount"] / 10_000} if is_hit else row

    return change


def deliver_twice(percent: int) -> Change:
    def change(row: Row) -> Iterator[Row]:
        yield row
        if is_last(row) and is_chosen(row, percent):
            yield {**row, "transaction_id": row["transaction_id"] + "-again"}

    return change


def deliver_again_on_load_day(percent: int) -> Change:
    """Deliver the month before once more, under other ids and the day of the load."""
    loaded = {"known_on": AS_OF - timedelta(days=1), "source_known_on": AS_OF - timedelta(days=1)}

    def change(row: Row) -> Iterator[Row]:
        yield row
        if MONTHS[-2] <= row["known_on"] < MONTHS[-1] and is_chosen(row, percent):
            yield {**row, "transaction_id": row["transaction_id"] + "-again", **loaded}

    return change


SPREAD = {
    "lost": lambda percent: keep_unless(lambda row: is_chosen(row, percent)),
    "another unit": divide,
    "void": lambda percent: change_if(lambda row: is_chosen(row, percent), is_void=True),
    "zero": lambda percent: change_if(lambda row: is_chosen(row, percent), amount=Decimal(0)),
    "twice under new ids": deliver_twice,
    "the month before again": deliver_again_on_load_day,
}


def test_a_steady_bank_stops_in_no_month(shared_warehouse: Warehouse) -> None:
    fill_steady_bank(shared_warehouse)
    for month in (*MONTHS[1:], AS_OF):
        assert not find(shared_warehouse, "stopped", month), month
        assert not find(shared_warehouse, "withheld", month), month


@pytest.mark.parametrize("percent", [5, 20, 50, 90])
@pytest.mark.parametrize("kind", SPREAD)
def test_a_part_of_the_customers_is_enough_to_stop(
    new_warehouse_url: Callable[[str], str], kind: str, percent: int
) -> None:
    with open_warehouse(new_warehouse_url("duckdb")) as warehouse:
        fill_steady_bank(warehouse, SPREAD[kind](percent))
        stopped = find(warehouse, "stopped")
    assert {table for table, _, _ in stopped} == {"transactions"}
    assert {one.subject.as_of for one in stopped.values()} == {AS_OF}


@pytest.mark.parametrize(
    ("change", "measure"),
    [
        (keep_unless(lambda _: True), "silence"),
        (keep_unless(lambda row: row["booked_on"].day in range(10, 20)), "returning_share"),
        (change_if(lambda _: True, is_void=True), "void_share"),
        (divide(100), "median_amount"),
    ],
)
def test_a_month_without_transactions_or_of_another_kind_stops(
    shared_warehouse: Warehouse, change: Change, measure: str
) -> None:
    fill_steady_bank(shared_warehouse, change)
    assert ("transactions", "all", measure) in find(shared_warehouse, "stopped")


def test_a_month_missing_in_the_past_stops_the_first_load(shared_warehouse: Warehouse) -> None:
    fill_steady_bank(shared_warehouse, lambda row: [] if row["known_on"].month == 6 else [row])
    silence = find(shared_warehouse, "stopped")["transactions", "all", "silence"]
    assert silence.subject.as_of == date(2021, 7, 1)


def test_a_month_of_balances_that_is_missing_stops(shared_warehouse: Warehouse) -> None:
    fill_steady_bank(shared_warehouse, balances=keep_unless(lambda _: True))
    assert {table for table, _, _ in find(shared_warehouse, "stopped")} == {"balances"}


def test_a_branch_that_is_missing_is_withheld_and_the_bank_goes_on(shared_warehouse: Warehouse) -> None:
    fill_steady_bank(shared_warehouse, keep_unless(lambda row: row["branch_id"] == "b1"))
    evaluate_deliveries(shared_warehouse, TABLES, AS_OF)
    rows = shared_warehouse.read("scoring/short_customers", as_of=AS_OF).to_pylist()
    assert {(branch_of(row["customer_id"]), row["table_name"]) for row in rows} == {("b1", "transactions")}
    assert len(rows) == 20
    assert not find(shared_warehouse, "stopped")


def test_branches_of_more_than_half_of_the_customers_stop_the_bank(shared_warehouse: Warehouse) -> None:
    fill_steady_bank(shared_warehouse, keep_unless(lambda row: row["branch_id"] in ("b1", "b3")))
    assert ("transactions", "all", "returning_share") in find(shared_warehouse, "stopped")
    assert not find(shared_warehouse, "withheld")


def test_an_evaluated_month_is_not_evaluated_again_but_by_its_own_run(shared_warehouse: Warehouse) -> None:
    fill_steady_bank(shared_warehouse)
    assert find(shared_warehouse, "usual", MONTHS[-1])
    first = find(shared_warehouse, "usual", AS_OF)
    assert {one.subject.as_of for one in first.values()} == {AS_OF}
    assert find(shared_warehouse, "usual", AS_OF) == first


def test_rows_that_come_later_for_an_evaluated_month_are_evaluated(shared_warehouse: Warehouse) -> None:
    fill_steady_bank(shared_warehouse)
    assert not find(shared_warehouse, "stopped", MONTHS[-1])
    fill_steady_bank(shared_warehouse, lambda row: [row, {**row, "transaction_id": row["transaction_id"] + "x"}])
    stopped = find(shared_warehouse, "stopped", AS_OF)
    assert ("transactions", "all", "repeated_share") in stopped


def test_a_stop_stays_until_it_is_accepted_or_delivered(shared_warehouse: Warehouse) -> None:
    fill_steady_bank(shared_warehouse, lambda row: [] if MONTHS[-2] <= row["known_on"] < MONTHS[-1] else [row])
    assert find(shared_warehouse, "stopped", MONTHS[-1])
    assert ("transactions", "all", "silence") in find(shared_warehouse, "stopped", AS_OF)
    fill_steady_bank(shared_warehouse)
    assert not find(shared_warehouse, "stopped", AS_OF)


def test_an_accepted_delivery_goes_through_once(shared_warehouse: Warehouse) -> None:
    fill_steady_bank(shared_warehouse, divide(100))
    assert find(shared_warehouse, "stopped")
    acceptance = Acceptance("transactions", AS_OF, "Li", "the bank reports in ten thousands from now on")
    assert accept_delivery(shared_warehouse, acceptance) == 2000
    assert not find(shared_warehouse, "stopped")
    assert ("transactions", "all", "median_amount") in find(shared_warehouse, "accepted")
    fill_steady_bank(shared_warehouse, deliver_twice(50))  # another delivery: the acceptance is not of these rows
    assert find(shared_warehouse, "stopped")


def test_an_acceptance_of_another_table_or_day_lets_nothing_through(shared_warehouse: Warehouse) -> None:
    fill_steady_bank(shared_warehouse, divide(100))
    acceptance = Acceptance("balances", AS_OF, "Li", "right")
    accept_delivery(shared_warehouse, acceptance)
    accept_delivery(shared_warehouse, replace(acceptance, table="transactions", as_of=add_months(AS_OF, -1)))
    assert find(shared_warehouse, "stopped")


@pytest.mark.parametrize(("count", "state"), [(0, "usual"), (2, "warned"), (3, "stopped")])
def test_customers_under_a_new_id_stop(shared_warehouse: Warehouse, count: int, state: str) -> None:
    renumbered = [f"c{number:03d}" for number in range(count)]

    def renumber(row: Row) -> Iterator[Row]:
        is_hit = is_last(row) and row["customer_id"] in renumbered
        yield {**row, "customer_id": "n" + row["customer_id"][1:]} if is_hit else row

    fill_steady_bank(shared_warehouse, renumber, new_ids=["n" + one[1:] for one in renumbered])
    assert ("transactions", "all", "renumbered") in find(shared_warehouse, state)
