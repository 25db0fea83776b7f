"""Readers: one SELECT in, Arrow batches out, by the fastest way that each kind of database has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from pipelines.errors import SourceError
from pipelines.ingest.sources.errors import first_line, is_conversion, without_values
from pipelines.ingest.sources.files import Folder
from pipelines.ingest.sources.syntax import list_tables, parse_select
from pipelines.warehouse.queries import compile_literal

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection


_FIND_VALUES = "To see such values, select them where try_cast(<column> as <type>) is null and the column is not."
_UTC = "UTC"
_DRIVER_SLIPS = (ValueError, TypeError, OverflowError, ArithmeticError, OSError)  # what drivers let through unwrapped


class Source(Protocol):
    """Something that answers a SELECT with Arrow batches; the first batch always comes, if need be without rows."""

    def read(self, statement: str, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Return the rows of one SELECT; `statement` holds its binds as literals."""
        ...


class DuckDBSource:
    """Files of a folder, or a database in DuckDB's own format."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, timezone: str | None, folder: Folder | None = None
    ) -> None:
        self._connection, self._folder = connection, folder
        self._connection.execute("set timezone = " + compile_literal(sa.literal(timezone or _UTC)))
        self._connection.execute("set preserve_insertion_order = false")  # landing keeps no order; memory stays flat

    def read(self, statement: str, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Stream the rows of one SELECT."""
        try:
            if self._folder:
                tree = parse_select(self._connection, statement)
                self._folder.create_views(self._connection, list_tables(tree) if tree else None)
            reader = self._connection.sql(statement).to_arrow_reader(batch_rows)
            yield pa.RecordBatch.from_pylist([], schema=reader.schema)
            yield from reader
        except (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException) as refused:
            missing = self._folder.name_missing_file(first_line(refused)) if self._folder else ""
            raise SourceError(missing or first_line(refused)) from None
        except (duckdb.Error, pa.ArrowException, OSError) as refused:  # of the last two DuckDB makes all of a stream's
            found = " " + _FIND_VALUES if is_conversion(refused) else ""
            raise SourceError(without_values(refused) + found) from None


class PostgreSQLSource:
    """A PostgreSQL database, read by COPY."""

    def __init__(self, connection: Connection, timezone: str | None) -> None:
        self._connection = connection
        with connection.cursor() as cursor:
            cursor.execute("set timezone = " + compile_literal(sa.literal(timezone or _UTC)))

    def read(self, statement: str, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Stream the rows of one SELECT; the driver sizes its batches in bytes, so batch_rows is not used."""
        import adbc_driver_manager  # loads a shared library that only this source needs

        try:
            with self._connection.cursor() as cursor:
                cursor.execute(statement)
                reader = cursor.fetch_record_batch()
                yield _plain_batch(pa.RecordBatch.from_pylist([], schema=reader.schema))
                for batch in reader:
                    yield _plain_batch(batch)
        except adbc_driver_manager.ProgrammingError as refused:
            raise SourceError(first_line(refused)) from None
        except (adbc_driver_manager.Error, pa.ArrowException, OSError) as refused:  # the last two: of a stream
            raise SourceError(without_values(refused)) from None


class SQLAlchemySource:
    """Any other database that SQLAlchemy knows; its driver's Python values become Arrow batch by batch."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def read(self, statement: str, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Stream the rows of one SELECT through a server-side cursor where the driver has one."""
        options = {"stream_results": True, "max_row_buffer": batch_rows, "no_parameters": True}
        try:
            result = self._connection.exec_driver_sql(statement, execution_options=options)
            names = list(result.keys())
            yield pa.RecordBatch.from_arrays([pa.nulls(0) for _ in names], names=names)
            for rows in result.partitions(batch_rows):
                yield _to_batch(names, list(zip(*rows, strict=True)))
        except sa.exc.ProgrammingError as refused:
            raise SourceError(first_line(refused.orig)) from None
        except sa.exc.DBAPIError as refused:
            raise SourceError(without_values(refused.orig)) from None
        except _DRIVER_SLIPS as refused:
            raise SourceError(f"the driver stops at a value it cannot read ({type(refused).__name__}).") from None


def gather_batches(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Return all batches of one read as a table; a driver's batches may differ in type where values are missing."""
    return pa.concat_tables([pa.Table.from_batches([batch]) for batch in batches], promote_options="permissive")


def _plain_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Turn ADBC's opaque columns (numeric) into the text they store; the contract casts it."""
    columns = [c.storage if isinstance(c, pa.ExtensionArray) else c for c in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _to_batch(names: list[str], columns: list[tuple[object, ...]]) -> pa.RecordBatch:
    arrays = []
    for name, values in zip(names, columns, strict=True):
        try:
            arrays.append(pa.array(values))
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            kinds = sorted({type(value).__name__ for value in values})
            raise SourceError(f"column {name} mixes {', '.join(kinds)}; cast it to one type in the SELECT.") from None
    return pa.RecordBatch.from_arrays(arrays, names=names)
