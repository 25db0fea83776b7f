"""What tests share: migrated empty warehouses of both engines, and settings that write to the test's own folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.postgres_server import new_database, run_server
from pipelines.settings import Settings, load_settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.migrations import migrate_warehouse

ENGINES = ("duckdb", "postgresql")


def _text(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.URL]:
    """A running PostgreSQL whose database `kcrm_template` is a migrated empty warehouse."""
    with run_server() as server, new_database(server) as template:
        with open_warehouse(_text(template)) as warehouse:
            migrate_warehouse(warehouse)
        yield server.update_query_dict({"kcrm_template": template.database or ""})


@pytest.fixture
def new_warehouse_url(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """Call it with an engine's name to get the URL of a migrated empty warehouse."""
    opened: list[AbstractContextManager[sa.URL] | None] = []

    def create(engine: str) -> str:
        if engine == "duckdb":
            url = f"duckdb:///{tmp_path}/warehouse-{len(opened)}.duckdb"
            opened.append(None)
            with open_warehouse(url) as warehouse:
                migrate_warehouse(warehouse)
            return url
        server: sa.URL = request.getfixturevalue("postgres_server")
        template = str(server.query["kcrm_template"])
        database = new_database(server.set(query={}), template)
        opened.append(database)
        return _text(database.__enter__())

    yield create
    for database in opened:
        if database is not None:
            database.__exit__(None, None, None)


@pytest.fixture(params=ENGINES)
def warehouse_url(request: pytest.FixtureRequest, new_warehouse_url: Callable[[str], str]) -> str:
    """The URL of a migrated empty warehouse, on each engine in turn."""
    return new_warehouse_url(request.param)


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[Warehouse]:
    """A migrated empty warehouse, open, on each engine in turn."""
    with open_warehouse(warehouse_url) as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The project's settings with everything they write under the test's own folder."""
    return replace(
        load_settings(environment={}),
        var=tmp_path,
        warehouse_url=f"duckdb:///{tmp_path}/warehouse-0.duckdb",
        mlflow_uri=f"sqlite:///{tmp_path}/mlflow.db",
        source_url=f"files://{tmp_path}/source",
        bootstrap_rounds=50,
    )
