"""What tests share: migrated empty warehouses of both engines, and settings that write to the test's own folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bench.postgres_server import new_database, run_server
from pipelines.settings import Settings, load_settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.migrations import migrate_warehouse

ENGINES = ("duckdb", "postgresql")
EMPTY = "empty"
Fill = Callable[[Warehouse], Any]


def _text(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


class Templates:
    """Warehouses filled once a session and copied for each test: a DuckDB file, or a PostgreSQL template database."""

    def __init__(self, folder: Path, find_server: Callable[[], sa.URL]) -> None:
        self._folder, self.find_server = folder, find_server
        self._made: dict[tuple[str, str], str] = {}
        self._opened = ExitStack()

    def copy(self, engine: str, folder: Path, opened: ExitStack, name: str = EMPTY, fill: Fill | None = None) -> str:
        """Return the URL of a copy, gone when `opened` closes; `fill` fills the template when it is first needed."""
        if (engine, name) not in self._made:
            url = self._copy_of(engine, self._folder, self._opened, EMPTY if fill else None)
            with open_warehouse(url) as warehouse:
                (fill or migrate_warehouse)(warehouse)
            self._made[engine, name] = url
        return self._copy_of(engine, folder, opened, name)

    def _copy_of(self, engine: str, folder: Path, opened: ExitStack, name: str | None) -> str:
        if name == EMPTY and (engine, name) not in self._made:
            self.copy(engine, folder, opened)
        template = sa.make_url(self._made[engine, name]).database if name else None
        if engine == "postgresql":
            return _text(opened.enter_context(new_database(self.find_server(), template or "template1")))
        path = folder / f"warehouse-{len(list(folder.glob('warehouse-*')))}.duckdb"
        if template:
            shutil.copyfile(template, path)
        return f"duckdb:///{path}"

    def close(self) -> None:
        """Drop the templates."""
        self._opened.close()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """The session's templates of warehouses, and the PostgreSQL server that is started when one needs it."""
    with ExitStack() as server:
        made = Templates(tmp_path_factory.mktemp("templates"), cache(lambda: server.enter_context(run_server())))
        yield made
        made.close()


@pytest.fixture(scope="session")
def postgres_server(templates: Templates) -> sa.URL:
    """This process's running PostgreSQL."""
    return templates.find_server()


@pytest.fixture
def new_warehouse_url(tmp_path: Path, templates: Templates) -> Iterator[Callable[[str], str]]:
    """Call it with an engine's name to get the URL of a migrated empty warehouse."""
    with ExitStack() as opened:
        yield lambda engine: templates.copy(engine, tmp_path, opened)


@pytest.fixture(params=ENGINES)
def filled_warehouse(
    request: pytest.FixtureRequest, tmp_path: Path, templates: Templates
) -> Iterator[Callable[[str, Fill], Warehouse]]:
    """Call it with a name and a function that fills a warehouse to get an open copy of that, on each engine in turn.

    The function runs once a session for each name and engine.
    """
    with ExitStack() as opened:
        yield lambda name, fill: opened.enter_context(
            open_warehouse(templates.copy(request.param, tmp_path, opened, name, fill))
        )


@pytest.fixture(params=ENGINES)
def warehouse_url(request: pytest.FixtureRequest, new_warehouse_url: Callable[[str], str]) -> str:
    """The URL of a migrated empty warehouse, on each engine in turn."""
    return new_warehouse_url(request.param)


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[Warehouse]:
    """A migrated empty warehouse, open, on each engine in turn."""
    with open_warehouse(warehouse_url) as opened:
        yield opened


@pytest.fixture(scope="session", params=ENGINES)
def engine_warehouse(
    request: pytest.FixtureRequest, templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    """One open warehouse an engine for the whole session, for `shared_warehouse`."""
    with ExitStack() as opened:
        url = templates.copy(request.param, tmp_path_factory.mktemp("shared"), opened)
        yield opened.enter_context(open_warehouse(url))


@pytest.fixture
def shared_warehouse(engine_warehouse: Warehouse) -> Iterator[Warehouse]:
    """A migrated empty warehouse for tests of single statements: what they write, columns too, is rolled back.

    Not for a test that goes on after a refusal, as PostgreSQL ends the transaction there.
    """
    with suppress(_RolledBackError), engine_warehouse.transaction():
        yield engine_warehouse
        raise _RolledBackError


class _RolledBackError(Exception):
    """Leaves a transaction so that it is rolled back."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The project's settings with everything they write under the test's own folder."""
    return load_settings(environment={}).model_copy(
        update={
            "var": tmp_path,
            "warehouse_url": f"duckdb:///{tmp_path}/warehouse-0.duckdb",
            "mlflow_uri": f"sqlite:///{tmp_path}/mlflow.db",
            "source_url": f"files://{tmp_path}/source",
            "bootstrap_rounds": 50,
        }
    )
