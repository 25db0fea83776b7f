"""The CRM's own role reads the views, one complete run at a time, and nothing else of the warehouse."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
import sqlalchemy as sa

from pipelines import steps
from pipelines.errors import WarehouseError
from pipelines.warehouse import open_warehouse


@pytest.fixture
def role(postgres_server: sa.URL) -> Iterator[str]:
    """A role of the server whose name needs quoting."""
    name = f"crm.Reader-{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres_server.set(query={}).render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(psycopg.sql.SQL("create role {}").format(psycopg.sql.Identifier(name)))
        yield name


@pytest.fixture
def migrated(
    new_warehouse_url: Callable[[str], str], role: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[psycopg.Connection]:
    """A connection, as that role, to a PostgreSQL warehouse after `kcrm migrate`; the role's rights go with it."""
    url = new_warehouse_url("postgresql")
    monkeypatch.setenv("KCRM_WAREHOUSE_URL", url)
    monkeypatch.setenv("KCRM_READER_ROLE", role)
    steps.migrate()
    reader = psycopg.sql.Identifier(role)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("set role {}").format(reader))
        yield connection
        connection.execute("reset role")
        connection.execute(psycopg.sql.SQL("drop owned by {}").format(reader))
        connection.execute(psycopg.sql.SQL("drop role {}").format(reader))


@pytest.mark.parametrize("view", ["scores", "reasons", "customer_cards", "current_run"])
def test_the_role_reads_the_views(migrated: psycopg.Connection, view: str) -> None:
    assert migrated.execute("select * from crm." + view).fetchall() == []


@pytest.mark.parametrize(
    "table", ["crm.scores_v1", "landing.customers", "ops.publications", "current.customers('2026-01-01')"]
)
def test_the_role_reads_nothing_else(migrated: psycopg.Connection, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        migrated.execute("select * from " + table)


def test_a_role_that_the_server_has_not_is_named(new_warehouse_url: Callable[[str], str]) -> None:
    with (
        open_warehouse(new_warehouse_url("postgresql")) as warehouse,
        pytest.raises(WarehouseError, match=r"role nobody_here was not given.*does not exist.*Create the role"),
    ):
        warehouse.grant_read("nobody_here", "crm")


def test_an_engine_without_roles_has_nothing_to_do(new_warehouse_url: Callable[[str], str]) -> None:
    with open_warehouse(new_warehouse_url("duckdb")) as warehouse:
        assert warehouse.grant_read("anybody", "crm") == 0
