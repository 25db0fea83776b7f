"""Sources: where a bank's rows come from, opened by URL and read by plain SELECTs as Arrow batches.

`files:///folder` reads the folder's csv and parquet files in a DuckDB of its own, each as a view named after its stem;
duckdb and postgresql URLs go through their own Arrow readers, any other SQLAlchemy URL streams by its driver.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from pipelines.errors import SourceError
from pipelines.extras import require_postgresql
from pipelines.ingest.sources.duckdb_reader import DuckDBSource
from pipelines.ingest.sources.errors import SourceUnreachableError
from pipelines.ingest.sources.files import Folder
from pipelines.ingest.sources.readers import PostgreSQLSource, Source, SQLAlchemySource, gather_batches
from pipelines.source_form import CsvForm

__all__ = ["Source", "SourceUnreachableError", "gather_batches", "hide_password", "open_source"]

FILES = "files://"
_PLAIN = CsvForm()


@contextmanager
def open_source(
    url: str, num_threads: int = 2, csv_form: CsvForm = _PLAIN, timezone: str | None = None
) -> Iterator[Source]:
    """Open the source at `url` for reading; raises SourceUnreachableError when it does not answer.

    `csv_form` says how csv files of a folder are written. Those that are packed, or not in UTF-8, are written as plain
    UTF-8 to a temporary folder while the source is open. `timezone` is the zone of the sessions, UTC if None, so that
    the zone of the machine has no effect.
    """
    if url.startswith(FILES):
        with TemporaryDirectory(prefix="kcrm-") as scratch, duckdb.connect(config={"threads": num_threads}) as files:
            folder = Folder(Path(url.removeprefix(FILES)), csv_form, Path(scratch))
            yield DuckDBSource(files, timezone, folder)
        return
    address = _parse_url(url)
    backend = address.get_backend_name()
    opened = {"duckdb": _open_duckdb, "postgresql": _open_postgresql}.get(backend, _open_sqlalchemy)
    with opened(address, timezone) as source:
        yield source


def hide_password(url: str) -> str:
    """Return the URL as it may stand in a log."""
    return url if url.startswith(FILES) else _parse_url(url).render_as_string(hide_password=True)


@contextmanager
def _open_duckdb(address: URL, timezone: str | None) -> Iterator[Source]:
    try:
        connection = duckdb.connect(address.database or ":memory:", read_only=True)
    except duckdb.Error as refused:
        raise _unreachable(address) from refused
    with connection:
        yield DuckDBSource(connection, timezone)


@contextmanager
def _open_postgresql(address: URL, timezone: str | None) -> Iterator[Source]:
    require_postgresql("the source")
    import adbc_driver_manager  # loads a shared library that only this source needs
    from adbc_driver_postgresql import dbapi

    try:
        connection = dbapi.connect(address.set(drivername="postgresql").render_as_string(hide_password=False))
    except adbc_driver_manager.Error:
        raise _unreachable(address) from None  # the driver's message repeats the password
    with connection:
        yield PostgreSQLSource(connection, timezone)


@contextmanager
def _open_sqlalchemy(address: URL, timezone: str | None) -> Iterator[Source]:
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        raise _unreachable(address)  # SQLite would create an empty file there
    try:
        engine = sa.create_engine(address)
        connection = engine.connect()
    except (sa.exc.NoSuchModuleError, ImportError) as missing:
        raise SourceError(f"no driver for {address.drivername} is installed ({missing}); install it here.") from missing
    except sa.exc.DBAPIError as refused:
        raise _unreachable(address) from refused
    with connection:
        yield SQLAlchemySource(connection)
    engine.dispose()


def _parse_url(url: str) -> URL:
    try:
        return make_url(url)
    except sa.exc.ArgumentError:
        raise SourceError("KCRM_SOURCE_URL is no URL; expected files:///folder or a SQLAlchemy URL.") from None


def _unreachable(address: URL) -> SourceUnreachableError:
    hidden = address.render_as_string(hide_password=True)
    return SourceUnreachableError(
        f"no source answers at {hidden}; check KCRM_SOURCE_URL and that it is up, then run again."
    )
