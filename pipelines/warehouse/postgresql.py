"""The server warehouse: PostgreSQL through ADBC, which reads and loads Arrow by COPY."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from pipelines.errors import WarehouseError, WarehouseUnreachableError
from pipelines.warehouse.identifiers import quote_name, quote_table
from pipelines.warehouse.interface import Warehouse
from pipelines.warehouse.planner import set_planner_options
from pipelines.warehouse.queries import bind_parameters, hide_values

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection


# A day as text is the same everywhere: it is part of a quarantined row's key.
_SESSION = ("set datestyle = 'ISO, YMD'", "set timezone = 'UTC'")


class PostgreSQLWarehouse(Warehouse):
    """A PostgreSQL database; many may read while one publishes."""

    engine = "postgresql"
    rows_per_batch = 1_000_000_000  # all at once: the server bounds its memory itself

    def _open(self, url: str, memory_limit: str) -> None:
        self._connection = _connect(url)

    def close(self) -> None:
        """Roll back what is open and close."""
        self._connection.close()

    def run(self, statement: str) -> int:
        """Run one statement and return the rows it touched."""
        with _named_errors(), self._ended(), self._connection.cursor() as cursor:
            cursor.execute(statement)
            return max(int(cursor.rowcount), 0)

    def run_script(self, script: str) -> None:
        """Run several statements in a transaction of their own; ADBC prepares, so psycopg runs scripts."""
        import psycopg

        try:
            with psycopg.connect(_libpq_url(self.url)) as connection:
                connection.execute(script.encode())
        except psycopg.Error as refused:
            raise WarehouseError(f"PostgreSQL refused a script: {hide_values(str(refused))}") from None

    def select(self, statement: str) -> pa.Table:
        """Return the rows of one select as Arrow, numeric as decimal128."""
        with _named_errors(), self._ended(), self._connection.cursor() as cursor:
            cursor.execute(statement)
            return pa.Table.from_batches(*_plain(cursor.fetch_record_batch()))

    def _select_batches(self, statement: str, batch_rows: int) -> Iterator[pa.RecordBatch]:
        with _connect(self.url) as connection, connection.cursor() as cursor, _named_errors():
            cursor.execute(statement)
            yield from _rebatch(cursor.fetch_record_batch(), batch_rows)

    def _load(self, table: sa.TableClause, rows: pa.RecordBatchReader) -> int:
        with _named_errors(), self._ended(), self._connection.cursor() as cursor:
            if table.schema is None:
                return int(cursor.adbc_ingest(table.name, rows, mode="append", temporary=True))
            return int(cursor.adbc_ingest(table.name, rows, mode="append", db_schema_name=table.schema))

    def create_stage(self, table: str, prefix: str = "stage") -> str:
        """Create (or empty) the temporary table <prefix>_<name>."""
        name = prefix + "_" + table.split(".")[1]
        self.run("drop table if exists pg_temp." + name)
        self.run("create temporary table " + name + " as select * from " + quote_table(table) + " limit 0")
        return name

    def lock(self, table: str) -> None:
        """Take the table's lock against writers, SHARE ROW EXCLUSIVE."""
        self.run("lock table " + quote_table(table) + " in share row exclusive mode")

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold an advisory lock of the session; it goes with the connection too."""
        self.select("select pg_advisory_lock(7272741) is null as waited")
        try:
            yield
        finally:
            self.select("select pg_advisory_unlock(7272741) as held")

    def replace_function(self, name: str, parameters: Sequence[str], text: str, rows_like: str) -> None:
        """Create or replace a SQL function that PostgreSQL inlines into each query that calls it."""
        body = bind_parameters(text, {bind: f"${place}" for place, bind in enumerate(parameters, 1)})
        days = ", ".join(parameter + " date" for parameter in parameters)
        head = "create or replace function " + quote_table(name) + "(" + days + ") returns setof "
        # PostgreSQL inlines a function of one select that is stable, not strict, and runs with the rights of the caller
        self.run(head + quote_table(rows_like) + " language sql stable parallel safe as $body$" + body + "$body$")

    def grant_read(self, role: str, schema: str) -> int:
        """Grant usage of the schema and select on its views, which read their tables by their owner's right."""
        views = self.read("warehouse/views_of_schema", table_schema=schema)["table_name"].to_pylist()
        reader = quote_name(role)
        named = ", ".join(quote_table(schema + "." + view) for view in views)
        try:
            self.run("grant usage on schema " + quote_name(schema) + " to " + reader)
            self.run("grant select on " + named + " to " + reader)
        except WarehouseError as refused:
            raise WarehouseError(
                f"role {role} was not given the views of {schema}: {refused}. Create the role on the server, or mend "
                "reader_role in kcrm.toml (KCRM_READER_ROLE), then run `kcrm migrate` again."
            ) from refused
        return len(views)

    def analyze(self, table: str) -> None:
        """Sample the table for the planner, which autovacuum would do only minutes later."""
        self.run("analyze " + quote_table(table))

    def _begin(self) -> None:
        """Nothing to do: a connection is always within a transaction, which the first statement starts."""

    def _commit(self) -> None:
        with _named_errors():
            self._connection.commit()

    def _rollback(self) -> None:
        self._connection.rollback()

    @contextmanager
    def _ended(self) -> Iterator[None]:
        """Outside transaction() a statement commits itself, or nothing of it stays."""
        try:
            yield
        except BaseException:
            if self._depth == 0:
                self._connection.rollback()
            raise
        if self._depth == 0:
            self._connection.commit()


def _libpq_url(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _connect(url: str) -> Connection:
    import adbc_driver_manager
    from adbc_driver_postgresql import dbapi

    try:
        connection = dbapi.connect(_libpq_url(url))
        with connection.cursor() as cursor:
            for statement in (*_SESSION, set_planner_options()):
                cursor.execute(statement)
        connection.commit()
        return connection
    except adbc_driver_manager.Error as refused:
        hidden = make_url(url).render_as_string(hide_password=True)
        raise WarehouseUnreachableError(
            f"no warehouse answers at {hidden}: is PostgreSQL up, and are host, port, user and password right? "
            "Set KCRM_WAREHOUSE_URL or start the server, then run this again."
        ) from refused


def _plain(reader: pa.RecordBatchReader) -> tuple[list[pa.RecordBatch], pa.Schema]:
    """Turn ADBC's opaque numeric columns (their text) into decimal128, and drop the driver's field notes."""
    schema = pa.schema([(field.name, _plain_type(field)) for field in reader.schema])
    return [_plain_batch(batch, schema) for batch in reader], schema


def _plain_type(field: pa.Field) -> pa.DataType:
    if not isinstance(field.type, pa.OpaqueType):
        return field.type
    typmod = int((field.metadata or {}).get(b"POSTGRESQL:typmod", b"-1"))
    return pa.decimal128(38, 10) if typmod < 0 else pa.decimal128((typmod - 4) >> 16, (typmod - 4) & 0xFFFF)


def _plain_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    arrays = [
        column.storage.cast(field.type) if isinstance(column, pa.ExtensionArray) else column
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _rebatch(reader: pa.RecordBatchReader, batch_rows: int) -> Iterator[pa.RecordBatch]:
    """Gather the driver's batches, whose size is in bytes, into batches of `batch_rows` rows.

    Rows that do not fit one Arrow chunk (2 GB of text in a column) come as several batches.
    """
    schema = pa.schema([(field.name, _plain_type(field)) for field in reader.schema])
    waiting: list[pa.RecordBatch] = []
    for batch in reader:
        waiting.append(_plain_batch(batch, schema))
        while sum(part.num_rows for part in waiting) >= batch_rows:
            whole = pa.Table.from_batches(waiting, schema)
            yield from _combine(whole.slice(0, batch_rows))
            waiting = whole.slice(batch_rows).to_batches()
    if waiting:
        yield from _combine(pa.Table.from_batches(waiting, schema))


def _combine(table: pa.Table) -> list[pa.RecordBatch]:
    try:
        return table.combine_chunks().to_batches()
    except pa.ArrowInvalid:  # nested columns: Arrow raises where plain text stays in several chunks
        return table.to_batches()


@contextmanager
def _named_errors() -> Iterator[None]:
    import adbc_driver_manager

    try:
        yield
    except adbc_driver_manager.OperationalError as lost:
        raise WarehouseUnreachableError(f"PostgreSQL went away: {hide_values(str(lost))}") from None
    except adbc_driver_manager.Error as refused:
        words = str(refused).rpartition("ERROR:")[2]  # what stands before it quotes the statement
        raise WarehouseError(f"PostgreSQL refused a statement: {hide_values(words)}") from None
