"""`current.<table>(as_of)`: the newest valid row of each key, as a function that `kcrm migrate` installs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from pipelines.errors import QueryError, WarehouseError
from pipelines.paths import SQL_ROOT
from pipelines.warehouse import Warehouse
from pipelines.warehouse.current import drop_current, list_current_tables
from pipelines.warehouse.migrations import migrate_warehouse
from pipelines.warehouse.queries import bind_parameters
from tests.golden import GOLDEN_ROOT, cast_like, load_inputs, read_binds, read_rows
from tests.test_golden import assert_same_rows

COUNT = "select count(*) as n from current.customers('2026-03-01')"
BRANCH = "insert into landing.branches (branch_id, known_on, source_known_on) values ('b', '2026-01-01', '2026-01-01')"


@pytest.mark.parametrize("table", list_current_tables())
def test_the_function_returns_what_the_golden_of_its_query_expects(shared_warehouse: Warehouse, table: str) -> None:
    case = GOLDEN_ROOT / "current" / table / "newest_row"
    load_inputs(shared_warehouse, case)
    days = ", ".join(f"'{day}'" for day in read_binds(case).values())
    got = shared_warehouse.select("select * from current." + table + "(" + days + ")")
    assert got.column_names == list(shared_warehouse.columns("valid." + table))
    assert_same_rows(got.to_pylist(), cast_like(read_rows(case / "expected.csv"), got).to_pylist())


def test_an_argument_may_be_an_expression(shared_warehouse: Warehouse) -> None:
    shared_warehouse.run(BRANCH)
    days = "select branch_id from current.branches(cast(cast('2026-01-01' as date) + interval '1' day as date))"
    assert shared_warehouse.select(days)["branch_id"].to_pylist() == ["b"]


def test_a_warehouse_without_the_functions_gets_them_from_migrate(warehouse: Warehouse) -> None:
    drop_current(warehouse)
    with pytest.raises(WarehouseError):
        warehouse.select(COUNT)
    assert migrate_warehouse(warehouse) == [], "no migration is needed to install them"
    assert warehouse.select(COUNT)["n"].to_pylist() == [0]


def test_a_function_of_another_release_is_replaced(warehouse: Warehouse) -> None:
    warehouse.run(BRANCH)
    nothing = "select * from valid.branches where known_on < :as_of and 1 = 0"
    warehouse.replace_function("current.branches", ["as_of"], nothing, "valid.branches")
    branches = "select branch_id from current.branches('2026-03-01')"
    assert warehouse.select(branches)["branch_id"].to_pylist() == []
    migrate_warehouse(warehouse)
    assert warehouse.select(branches)["branch_id"].to_pylist() == ["b"]


def test_a_migration_may_drop_a_view_that_a_function_reads(warehouse: Warehouse, tmp_path: Path) -> None:
    script = "drop view valid.contacts; create view valid.contacts as select * from landing.contacts where 1 = 0;"
    (tmp_path / "V0101__contacts.sql").write_text(script, encoding="utf-8")
    load_inputs(warehouse, GOLDEN_ROOT / "current" / "contacts" / "newest_row")
    assert migrate_warehouse(warehouse, tmp_path) == [101]
    assert warehouse.select("select contact_id from current.contacts('2026-03-01')").num_rows == 0


def test_months_may_come_from_a_row_beside_the_call(shared_warehouse: Warehouse) -> None:
    load_inputs(shared_warehouse, GOLDEN_ROOT / "current" / "loan_months" / "newest_row")
    select = (
        "with l as (select max(month) as month from valid.loan_months) "
        "select m.loan_id, m.month from l cross join "
        "current.loan_months('2026-03-01', cast(l.month - interval '2' month as date), l.month) as m"
    )
    got = shared_warehouse.select(select).to_pylist()
    assert sorted(row["month"].isoformat() for row in got) == ["2025-09-01", "2025-10-01"]


@pytest.mark.parametrize(
    ("call", "condition"),
    [
        ("current.customers('2026-03-01') as n where n.customer_id = 'a'", r"customer_id\)::text = 'a'"),
        (
            "valid.managers as l cross join current.income_costs('2026-03-01', l.left_on, l.joined_on) as n",
            r"month > \w+\.left_on",
        ),
    ],
)
def test_postgresql_inlines_the_function(new_warehouse_url: Callable[[str], str], call: str, condition: str) -> None:
    """A call that is not inlined reads the whole table for one key and has no statistics."""
    with psycopg.connect(new_warehouse_url("postgresql")) as connection:
        lines = connection.execute("explain select n.customer_id from " + call).fetchall()
    plan = "\n".join(line for (line,) in lines)
    assert "Function Scan" not in plan
    assert re.search(condition, plan), "the condition is applied below the window"


def test_every_function_reads_the_view_of_its_table() -> None:
    for table in list_current_tables():
        text = (SQL_ROOT / "current" / f"{table}.sql").read_text(encoding="utf-8")
        assert f"from valid.{table} as v\n" in text, table


def test_a_function_with_another_bind_is_refused() -> None:
    with pytest.raises(QueryError, match=r"parameters \['as_of'\], its statement the binds \['as_of', 'month'\]"):
        bind_parameters("select 1 as one where :as_of > :month", {"as_of": "$1"})
