from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
    dropped = [name for name, script in scripts.items() if "drop view crm." in script]
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


def test_tables_of_many_rows_have_no_primary_key_on_duckdb(new_warehouse_url: Callable[[str], str]) -> None:
    with open_warehouse(new_warehouse_url("duckdb")) as warehouse:
        keyed = warehouse.select(
            "select table_name from duckdb_constraints() where constraint_type = 'PRIMARY KEY' "
            "and schema_name in ('landing', 'valid', 'facts', 'features', 'crm')"
        )["table_name"].to_pylist()
    assert sorted(keyed) == ["branches", "calendar", "industries", "managers", "products"], "registers have few rows"


def test_rows_are_kept_by_a_migration_that_changes_their_table(warehouse: Warehouse, tmp_path: Path) -> None:
    put(tmp_path, "V0101__one.sql", "create table ops.one (a integer); insert into ops.one values (7);")
    migrate_warehouse(warehouse, tmp_path)
    put(tmp_path, "V0102__two.sql", "alter table ops.one add column b integer; update ops.one set b = a + 1;")
    assert migrate_warehouse(warehouse, tmp_path) == [102]
    assert warehouse.select("select a, b from ops.one").to_pylist() == [{"a": 7, "b": 8}]


def test_a_warehouse_from_before_the_baseline_is_refused_with_what_to_do(warehouse: Warehouse) -> None:
    warehouse.run("update ops.migrations set name = 'first_light', sha256 = 'of before' where version = 1")
    warehouse.run("insert into ops.migrations (version, name, sha256) values (23, 'feature_families', 'of before')")
    with pytest.raises(WarehouseError, match=r"0001 baseline was changed .* create it again"):
        migrate_warehouse(warehouse)


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
