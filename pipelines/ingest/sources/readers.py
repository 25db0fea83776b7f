"""Readers: one SELECT in, Arrow batches out, by the fastest way that each kind of database has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Protocol

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from pipelines.errors import SourceError
from pipelines.ingest.sources.errors import first_line, is_conversion, without_values
from pipelines.ingest.sources.files import Folder
from pipelines.ingest.sources.syntax import (
    Tree,
    drop_window,
    find_zoned_day,
    keep_lost,
    list_tables,
    parse_select,
    write_select,
)
from pipelines.ingest.sources.window import LeftOut, count_outside
from pipelines.warehouse.queries import compile_literal

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection


_FIND_VALUES = "To see such values, select them where try_cast(<column> as <type>) is null and the column is not."
_UTC = "UTC"
_ZONED_COLUMNS = (
    "select table_name, column_name from information_schema.columns where data_type = 'TIMESTAMP WITH TIME ZONE'"
)
_DRIVER_SLIPS = (ValueError, TypeError, OverflowError, ArithmeticError, OSError)  # what drivers let through unwrapped


class Source(Protocol):
    """Something that answers a SELECT with Arrow batches; the first batch always comes, if need be without rows."""

    def read(self, statement: str, batch_rows: int, exact: Collection[str] = frozenset()) -> Iterator[pa.RecordBatch]:
        """Return the rows of one SELECT; `statement` holds its binds as literals.

        `exact` names the columns of numbers and days: where the reader can see that a cast of the SELECT would round or
        cut them, it gives what stands before the cast.
        """
        ...

    def count_left_out(self, statement: str, known_from: date, known_before: date) -> LeftOut | None:
        """Return how many rows the window of a SELECT leaves out, by cause; None where the source cannot count them."""
        ...


class DuckDBSource:
    """Files of a folder, or a database in DuckDB's own format."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, timezone: str | None, folder: Folder | None = None
    ) -> None:
        self._connection, self._folder = connection, folder
        self._has_zone = timezone is not None
        self._connection.execute("set timezone = " + compile_literal(sa.literal(timezone or _UTC)))
        self._connection.execute("set preserve_insertion_order = false")  # landing keeps no order; memory stays flat

    def read(self, statement: str, batch_rows: int, exact: Collection[str] = frozenset()) -> Iterator[pa.RecordBatch]:
        """Stream the rows of one SELECT."""
        with self._named_errors():
            tree = self._prepare(statement)
            reader = self._connection.sql(self._keep_lost(statement, tree, exact)).to_arrow_reader(batch_rows)
            yield pa.RecordBatch.from_pylist([], schema=reader.schema)
            yield from reader

    def count_left_out(self, statement: str, known_from: date, known_before: date) -> LeftOut | None:
        """Count by the SELECT without the conditions that its window sets; None where it has no tree."""
        with self._named_errors():
            tree = self._prepare(statement)
            if tree is None:
                return None
            whole = write_select(self._connection, drop_window(tree, (str(known_from), str(known_before))))
            return LeftOut(*self._connection.execute(count_outside(whole, known_from, known_before)).fetchall()[0])

    def _prepare(self, statement: str) -> Tree | None:
        """Open the files that the SELECT reads, and refuse a zoned timestamp read as a day in an unknown zone."""
        tree = parse_select(self._connection, statement)
        if self._folder:
            self._folder.create_views(self._connection, list_tables(tree) if tree else None)
        if tree and not self._has_zone:
            rows = self._connection.execute(_ZONED_COLUMNS).fetchall()
            if place := find_zoned_day(tree, {name.lower(): table for table, name in rows}):
                raise SourceError(
                    f"{place} is a timestamp with a zone, and the SELECT reads a day from it; expected the zone of "
                    'that day: set timezone of [sources.<name>] in kcrm.toml, such as "Asia/Shanghai".'
                )
        return tree

    def _keep_lost(self, statement: str, tree: Tree | None, exact: Collection[str]) -> str:
        if tree is None or not exact:
            return statement
        try:
            return write_select(self._connection, keep_lost(self._connection, tree, exact))
        except duckdb.Error:  # such as a cast that GROUP BY repeats: the SELECT stays as it is
            return statement

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
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

    def read(self, statement: str, batch_rows: int, exact: Collection[str] = frozenset()) -> Iterator[pa.RecordBatch]:
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

    def count_left_out(self, statement: str, known_from: date, known_before: date) -> LeftOut | None:
        """Return None: the condition on known_on is the database's, which may have an index for it and not without."""
        return None


class SQLAlchemySource:
    """Any other database that SQLAlchemy knows; its driver's Python values become Arrow batch by batch."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def count_left_out(self, statement: str, known_from: date, known_before: date) -> LeftOut | None:
        """Return None: its own dialect is not parsed here."""
        return None

    def read(self, statement: str, batch_rows: int, exact: Collection[str] = frozenset()) -> Iterator[pa.RecordBatch]:
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
