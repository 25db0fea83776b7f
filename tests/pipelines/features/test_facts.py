"""Facts and features over time: what came late changes no past, and doing it again changes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipelines.features.build import build_features, describe_as_ofs
from pipelines.features.facts import build_facts
from pipelines.features.families import VIEW, table_of, widen_families
from pipelines.warehouse import Warehouse, append_new

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)


def append_customers(warehouse: Warehouse, *customers: str) -> None:
    rows = pa.table(
        {
            "customer_id": list(customers),
            "kind": ["company"] * len(customers),
            "relation": ["customer"] * len(customers),
            "known_on": [date(2026, 1, 1)] * len(customers),
        }
    )
    append_new(warehouse, "landing.customers", _complete(warehouse, "landing.customers", rows), ["customer_id"])


def append_receipts(
    warehouse: Warehouse, rows: list[tuple[str, str, date, str, date]], closed: date | None = None
) -> None:
    """Append receipts given as (transaction, customer, booked on, amount, known on)."""
    table = pa.table(
        {
            "transaction_id": [row[0] for row in rows],
            "customer_id": [row[1] for row in rows],
            "booked_on": [row[2] for row in rows],
            "amount": pa.array([Decimal(row[3]) for row in rows], pa.decimal128(18, 2)),
            "kind": ["receipt"] * len(rows),
            "counterparty_id": ["p1"] * len(rows),
            "is_void": [False] * len(rows),
            "known_on": [row[4] for row in rows],
        }
    )
    whole = _complete(warehouse, "landing.transactions", table)
    append_new(warehouse, "landing.transactions", whole, ["transaction_id"], closed)


def _complete(warehouse: Warehouse, name: str, rows: pa.Table) -> pa.Table:
    for column, kind in warehouse.columns(name).items():
        if column not in rows.column_names and column != "source_known_on":
            rows = rows.append_column(column, pa.nulls(rows.num_rows, kind))
    return rows


def read_rows(warehouse: Warehouse, table: str, order: str) -> list[dict[str, Any]]:
    return warehouse.select("select * from " + table + " order by " + order).to_pylist()


def read_features(warehouse: Warehouse, as_of: date) -> list[dict[str, Any]]:
    build_facts(warehouse, as_of)
    build_features(warehouse, as_of)
    rows = read_rows(warehouse, "features.customer_features", "customer_id, as_of")
    return [row for row in rows if row["as_of"] == as_of]


def publish(warehouse: Warehouse, as_of: date) -> None:
    insert = "insert into ops.publications (place, run_id, as_of, action) values (1, 'r', '{}', 'publish')"
    warehouse.run(insert.format(as_of))


def test_building_twice_changes_nothing(warehouse: Warehouse) -> None:
    append_customers(warehouse, "a", "b")
    append_receipts(
        warehouse,
        [
            ("t1", "a", date(2026, 9, 3), "10.10", date(2026, 9, 3)),
            ("t2", "b", date(2026, 8, 3), "5", date(2026, 9, 9)),
        ],
    )
    first = read_features(warehouse, OCTOBER)
    facts = read_rows(warehouse, "facts.customer_month", "customer_id, month, known_month")
    assert read_features(warehouse, OCTOBER) == first
    assert read_rows(warehouse, "facts.customer_month", "customer_id, month, known_month") == facts
    assert len(first) == 2
    assert len(facts) == 2


def test_a_late_row_changes_no_past_feature_and_does_change_the_next(warehouse: Warehouse) -> None:
    append_customers(warehouse, "a")
    append_receipts(warehouse, [("t1", "a", date(2026, 9, 3), "100", date(2026, 9, 3))])
    past = read_features(warehouse, OCTOBER)
    assert past[0]["turnover_mean_1m"] == 100
    append_receipts(warehouse, [("t2", "a", date(2026, 9, 4), "900", date(2026, 10, 1))])
    assert read_features(warehouse, OCTOBER) == past
    november = read_features(warehouse, NOVEMBER)
    assert november[0]["turnover_mean_3m"] == (100 + 900) / 2  # two months of history: September and October


def test_a_row_stated_known_before_a_published_as_of_changes_no_past_feature(warehouse: Warehouse) -> None:
    append_customers(warehouse, "a")
    append_receipts(warehouse, [("t1", "a", date(2026, 9, 3), "100", date(2026, 9, 3))])
    past = read_features(warehouse, OCTOBER)
    publish(warehouse, OCTOBER)
    append_receipts(warehouse, [("t2", "a", date(2026, 9, 4), "900", date(2026, 9, 5))], closed=OCTOBER)
    assert read_features(warehouse, OCTOBER) == past
    assert build_facts(warehouse, OCTOBER, rebuild=True) == 2  # a customer-month and a partner-month
    assert read_features(warehouse, OCTOBER) == past
    build_facts(warehouse, DECEMBER)
    total = warehouse.select("select cast(sum(inflow_amount) as numeric(18, 2)) as n from facts.customer_month")
    assert total["n"][0].as_py() == Decimal("1000.00")


def count_rows(warehouse: Warehouse, family: str) -> dict[date, int]:
    """Return how many rows of a family there are of each as-of date."""
    rows = read_rows(warehouse, table_of(family), "as_of")
    return {as_of: sum(row["as_of"] == as_of for row in rows) for as_of in sorted({row["as_of"] for row in rows})}


def test_a_new_feature_forgets_its_family_only(warehouse: Warehouse) -> None:
    append_customers(warehouse, "a", "b")
    append_receipts(warehouse, [("t1", "a", date(2026, 9, 3), "100", date(2026, 9, 3))])
    october = read_features(warehouse, OCTOBER)
    warehouse.drop_view(VIEW)
    warehouse.run("alter table features.customer_flows drop column months_of_history")
    widen_families(warehouse)
    assert count_rows(warehouse, "flows") == {}
    assert count_rows(warehouse, "partners") == {OCTOBER: 2}
    assert read_rows(warehouse, VIEW, "customer_id") == []  # a date is described in full or not at all
    assert describe_as_ofs(warehouse, [OCTOBER]) == 1
    assert describe_as_ofs(warehouse, [OCTOBER]) == 0
    assert [dict(sorted(row.items())) for row in read_rows(warehouse, VIEW, "customer_id")] == [
        dict(sorted(row.items())) for row in october
    ]


def test_a_share_of_the_customers_is_described_and_completed_when_all_are_needed(warehouse: Warehouse) -> None:
    append_customers(warehouse, "a", "b", "c", "d")  # md5: 0c..., 92..., 4a..., 82...
    build_facts(warehouse, OCTOBER)
    assert describe_as_ofs(warehouse, [OCTOBER], md5_below="800") == 1
    assert [row["customer_id"] for row in read_rows(warehouse, VIEW, "customer_id")] == ["a", "c"]
    assert describe_as_ofs(warehouse, [OCTOBER], md5_below="7ff") == 0
    assert describe_as_ofs(warehouse, [OCTOBER]) == 1
    assert [row["customer_id"] for row in read_rows(warehouse, VIEW, "customer_id")] == ["a", "b", "c", "d"]
    assert describe_as_ofs(warehouse, [OCTOBER], md5_below="800") == 0
    assert len(read_rows(warehouse, VIEW, "customer_id")) == 4


def test_months_known_in_parts_are_summed_before_they_are_squared(warehouse: Warehouse) -> None:
    append_customers(warehouse, "a", "b")
    append_receipts(
        warehouse,
        [
            ("t1", "a", date(2026, 7, 3), "10", date(2026, 7, 3)),
            ("t2", "a", date(2026, 7, 4), "20", date(2026, 8, 3)),
            ("t3", "a", date(2026, 8, 4), "30", date(2026, 9, 3)),
            ("t4", "a", date(2026, 9, 1), "30", date(2026, 8, 31)),
            ("t5", "b", date(2026, 7, 3), "30", date(2026, 7, 3)),
            ("t6", "b", date(2026, 8, 3), "30", date(2026, 8, 3)),
            ("t7", "b", date(2026, 9, 3), "30", date(2026, 9, 3)),
        ],
    )
    in_parts, at_once = read_features(warehouse, OCTOBER)
    measures = (
        "turnover_volatility_3m",
        "turnover_peak_12m",
        "turnover_active_3m",
        "turnover_mean_3m",
        "turnover_slope_6m",
    )
    assert {name: in_parts[name] for name in measures} == {name: at_once[name] for name in measures}
    assert in_parts["turnover_volatility_3m"] == 0


def test_a_closed_month_is_not_read_again(warehouse: Warehouse) -> None:
    append_customers(warehouse, "a")
    append_receipts(
        warehouse,
        [
            ("t1", "a", date(2026, 9, 3), "100", date(2026, 9, 3)),
            ("t2", "a", date(2026, 10, 3), "100", date(2026, 10, 3)),
        ],
    )
    assert build_facts(warehouse, NOVEMBER) == 4
    publish(warehouse, OCTOBER)
    assert build_facts(warehouse, NOVEMBER) == 2
    assert len(read_rows(warehouse, "facts.customer_month", "month")) == 2


def test_a_fact_stands_once(warehouse: Warehouse) -> None:
    append_customers(warehouse, "a")
    append_receipts(warehouse, [(f"t{n}", "a", date(2026, 9, 1 + n), "10", date(2026, 9, 1 + n)) for n in range(5)])
    build_facts(warehouse, OCTOBER)
    build_facts(warehouse, NOVEMBER)
    assert len(read_rows(warehouse, "facts.customer_month", "month")) == 1
    assert len(read_rows(warehouse, "facts.partner_month", "month")) == 1


def test_facts_do_not_depend_on_the_slices_they_are_summed_in(warehouse: Warehouse) -> None:
    append_customers(warehouse, "a")
    append_receipts(
        warehouse,
        [(f"t{n}", "a", date(2026, 1 + n % 9, 3), "10", date(2026, 1 + n * 7 % 9, 1 + n % 28)) for n in range(60)],
    )
    found = []
    for rows_per_batch in (1, 1_000_000):
        warehouse.rows_per_batch = rows_per_batch
        found.append(build_facts(warehouse, OCTOBER, rebuild=True))
        found.append(read_rows(warehouse, "facts.customer_month", "customer_id, month, known_month"))
        found.append(read_rows(warehouse, "facts.partner_month", "customer_id, month, known_month"))
    assert found[:3] == found[3:]
    assert sum(row["inflow_count"] for row in found[1]) == 60
