"""Readers: one SELECT in, Arrow batches out, by the fastest way that each kind of database has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Protocol

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from pipelines.errors import SourceError
from pipelines.ingest.sources.errors import first_line, without_values
from pipelines.ingest.sources.syntax import (
    drop_window,
    parse_select,
    write_select,
)
from pipelines.ingest.sources.window import EARLIEST, LeftOut, count_outside
from pipelines.warehouse.queries import compile_literal

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection


UTC = "UTC"
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


class PostgreSQLSource:
    """A PostgreSQL database, read by COPY."""

    def __init__(self, connection: Connection, timezone: str | None) -> None:
        self._connection = connection
        with connection.cursor() as cursor:
            cursor.execute("set timezone = " + compile_literal(sa.literal(timezone or UTC)))
        connection.commit()  # a rollback would take the zone back

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
        """Count as DuckDBSource does; None where the server refuses that, or where lookback_days spares it a scan."""
        import adbc_driver_manager

        if known_from != EARLIEST:
            return None
        with duckdb.connect() as parser:
            tree = parse_select(parser, statement)
            whole = write_select(parser, drop_window(tree, (str(known_from), str(known_before)))) if tree else None
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(count_outside(whole or statement, known_from, known_before))
                counts = cursor.fetchone()
        except adbc_driver_manager.Error:  # the SELECT itself is read next, and says what is wrong with it
            self._connection.rollback()
            return None
        return LeftOut(*counts) if counts else None


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
