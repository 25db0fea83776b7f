from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipelines.errors import WarehouseError
from pipelines.migrate import migrate_warehouse
from pipelines.warehouse import Warehouse, open_warehouse
from tests.postgres_server import new_database


def test_migrating_again_does_nothing(warehouse: Warehouse) -> None:
    assert migrate_warehouse(warehouse) == []


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
