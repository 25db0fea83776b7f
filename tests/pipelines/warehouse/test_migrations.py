from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from bench.postgres_server import new_database
from pipelines.errors import WarehouseError
from pipelines.paths import SQL_ROOT
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.migrations import migrate_warehouse


def test_migrating_again_does_nothing(warehouse: Warehouse) -> None:
    assert migrate_warehouse(warehouse) == []


def test_no_view_of_the_crm_is_dropped_by_an_upgrade() -> None:
    """`create or replace` keeps who may read a view; a drop takes that away from the CRM."""
    scripts = {path.name: path.read_text(encoding="utf-8") for path in sorted((SQL_ROOT / "migrations").glob("*.sql"))}
    released = {name for name in scripts if int(name[1:5]) <= 16}  # these dropped views, and are not edited any more
    dropped = [name for name, script in scripts.items() if name not in released and "drop view crm." in script]
    assert not dropped, f"use `create or replace view`, with new columns last, in {dropped}"


def put(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(script, encoding="utf-8")


def test_new_files_are_applied_in_order_and_a_failing_one_leaves_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    put(tmp_path, "V0101__one.sql", "create table ops.one (a integer);")
    put(tmp_path, "V0102__two.sql", "create table ops.two (a integer); insert into ops.two values ('no number');")
    with pytest.raises(WarehouseError, match=r"(?i)convert|integer"):
        migrate_warehouse(warehouse, tmp_path)
    assert warehouse.columns("ops.one")
    with pytest.raises(WarehouseError, match=r"no table ops.two"):
        warehouse.columns("ops.two")
    put(tmp_path, "V0102__two.sql", "create table ops.two (a integer);")
    assert migrate_warehouse(warehouse, tmp_path) == [102]


def test_a_warehouse_of_a_later_release_is_refused(warehouse: Warehouse, tmp_path: Path) -> None:
    put(tmp_path, "V0101__one.sql", "create table ops.one (a integer);")
    put(tmp_path, "V0102__two.sql", "create table ops.two (a integer);")
    assert migrate_warehouse(warehouse, tmp_path) == [101, 102]
    (tmp_path / "V0102__two.sql").unlink()
    with pytest.raises(WarehouseError, match=r"has migrations \[102\].* a later release upgraded it"):
        migrate_warehouse(warehouse, tmp_path)


def test_a_file_of_one_engine_is_applied_there_only(warehouse: Warehouse, tmp_path: Path) -> None:
    put(tmp_path, "V0101__one.duckdb.sql", "create table ops.one (is_duckdb integer);")
    put(tmp_path, "V0101__one.postgresql.sql", "create table ops.one (is_postgresql integer);")
    assert migrate_warehouse(warehouse, tmp_path) == [101]
    assert list(warehouse.columns("ops.one")) == [f"is_{warehouse.engine}"]
    assert migrate_warehouse(warehouse, tmp_path) == []


def test_both_engines_end_with_the_same_tables(new_warehouse_url: Callable[[str], str]) -> None:
    """A migration may stand in two files, one an engine: what they leave behind has the same columns and demands.

    Places are counted anew, as PostgreSQL leaves a gap for a column that was dropped.
    """
    asked = (
        "select table_schema, table_name, column_name, cast(row_number() over (partition by table_schema, table_name "
        "order by ordinal_position) as integer) as place, is_nullable "
        "from information_schema.columns where table_schema in "
        "('landing', 'facts', 'features', 'learn', 'crm', 'ops') order by 1, 2, 4"
    )
    found = {}
    for engine in ("duckdb", "postgresql"):
        with open_warehouse(new_warehouse_url(engine)) as warehouse:
            rows = warehouse.select(asked).to_pylist()
            views = ("scores", "reasons", "current_run")  # PostgreSQL calls every column of a view nullable
            found[engine] = [row for row in rows if row["table_name"] not in views]
    assert found["duckdb"] == found["postgresql"]
    assert len(found["duckdb"]) > 100


def test_what_a_warehouse_held_is_there_after_its_keys_are_gone(tmp_path: Path) -> None:
    """V0002 makes tables again on DuckDB; V0022 starts the features again, by family."""
    first, second = tmp_path / "first", SQL_ROOT / "migrations"
    first.mkdir()
    put(first, "V0001__first_light.sql", (second / "V0001__first_light.sql").read_text(encoding="utf-8"))
    with open_warehouse(f"duckdb:///{tmp_path}/old.duckdb") as warehouse:
        migrate_warehouse(warehouse, first)
        warehouse.ensure_columns("features.customer_features", {"age_months": pa.float64()})
        warehouse.run("insert into features.customer_features values ('c1', date '2026-11-01', 7)")
        warehouse.run(
            "insert into landing.events (event_id, customer_id, occurred_on, kind, known_on, source_known_on) "
            "values ('e1', 'c1', date '2026-10-05', 'default', date '2026-10-06', date '2026-10-06')"
        )
        migrate_warehouse(warehouse)
        assert warehouse.select("select * from features.customer_features").num_rows == 0  # described again when needed
        assert warehouse.select("select event_id, kind from landing.events").to_pylist() == [
            {"event_id": "e1", "kind": "default"}
        ]
        keyed = warehouse.select(
            "select schema_name, table_name from duckdb_constraints() where constraint_type = 'PRIMARY KEY'"
        ).to_pylist()
        bulk = {one["table_name"] for one in keyed if one["schema_name"] in ("landing", "crm", "features")}
        assert bulk <= {"products", "branches", "managers", "industries", "calendar"}, "registers have few rows"


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_months_described_before_bars_keep_whom_the_blacklist_barred(
    postgres_server: sa.URL, tmp_path: Path, engine: str
) -> None:
    for path in (SQL_ROOT / "migrations").glob("*.sql"):
        if path.name < "V0018":
            put(tmp_path, path.name, path.read_text(encoding="utf-8"))
    with ExitStack() as stack:
        database = stack.enter_context(new_database(postgres_server.set(query={})))
        urls = {"duckdb": f"duckdb:///{tmp_path}/old.duckdb", "postgresql": database.render_as_string(False)}
        warehouse = stack.enter_context(open_warehouse(urls[engine]))
        migrate_warehouse(warehouse, tmp_path)
        warehouse.run(
            "insert into features.key_accounts "
            "(customer_id, as_of, rule_version, is_key_account, basis, value_12m, account_class, reason) values "
            "('a', date '2026-10-01', 'key_accounts_v2', false, 'turnover_12m', 1, 'neither', 'blacklisted'), "
            "('b', date '2026-10-01', 'key_accounts_v2', true, 'turnover_12m', 9, 'existing', 'among_the_largest'), "
            "('c', date '2026-10-01', 'key_accounts_v2', false, 'turnover_12m', 1, 'potential', null)"
        )
        migrate_warehouse(warehouse)
        assert warehouse.select("select * from features.marketing_exclusions").to_pylist() == [
            {"customer_id": "a", "as_of": date(2026, 10, 1), "cause": "blacklisted"}
        ]


def test_a_file_changed_after_it_was_applied_is_refused(warehouse: Warehouse, tmp_path: Path) -> None:
    put(tmp_path, "V0101__one.sql", "create table ops.one (a integer);")
    migrate_warehouse(warehouse, tmp_path)
    put(tmp_path, "V0101__one.sql", "create table ops.one (a bigint);")
    with pytest.raises(WarehouseError, match="0101 one was changed after this warehouse applied it"):
        migrate_warehouse(warehouse, tmp_path)


def test_a_file_with_a_strange_name_is_refused(new_warehouse_url: Callable[[str], str], tmp_path: Path) -> None:
    put(tmp_path, "one.sql", "select 1")
    with (
        open_warehouse(new_warehouse_url("duckdb")) as warehouse,
        pytest.raises(WarehouseError, match=r"VNNNN__words.sql"),
    ):
        migrate_warehouse(warehouse, tmp_path)


def test_two_migrations_at_once_take_turns(postgres_server: sa.URL) -> None:
    with new_database(postgres_server.set(query={})) as database:
        url = database.render_as_string(hide_password=False)

        def migrate(_: int) -> list[int]:
            with open_warehouse(url) as warehouse:
                return migrate_warehouse(warehouse)

        with ThreadPoolExecutor(3) as pool:
            applied = sorted(pool.map(migrate, range(3)))
    assert applied[:2] == [[], []]
    assert applied[2]
