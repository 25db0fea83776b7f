"""The embedded warehouse: one DuckDB file, one writing process at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

import duckdb
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from pipelines.errors import WarehouseError, WarehouseUnreachableError
from pipelines.warehouse.identifiers import quote_table, table_clause
from pipelines.warehouse.interface import Warehouse
from pipelines.warehouse.queries import bind_parameters, compile_literal, hide_values

# Makes DuckDB answer as PostgreSQL does: 3/2 = 1, nulls last, and no clock of the machine's zone.
_SESSION = "set integer_division = true; set default_null_order = 'postgres'; set timezone = 'UTC'"


class DuckDBWarehouse(Warehouse):
    """A DuckDB file; another process that has it open makes opening fail with WarehouseUnreachableError."""

    engine = "duckdb"
    rows_per_batch = 4_000_000  # a slice's groups take half a gigabyte

    def _open(self, url: str, memory_limit: str) -> None:
        database = make_url(url).database or ":memory:"
        self._connection = _connect(database)
        self._connection.execute(_SESSION)
        if memory_limit:
            self._connection.execute("set memory_limit = " + compile_literal(sa.literal(memory_limit)))

    def close(self) -> None:
        """Close the file and with it the lock on it."""
        self._connection.close()

    def run(self, statement: str) -> int:
        """Run one statement and return the rows it touched."""
        with _named_errors():
            rows = self._connection.execute(statement).fetchall()
        return int(rows[0][0]) if rows and isinstance(rows[0][0], int) else 0

    def run_script(self, script: str) -> None:
        """Run several statements, all or none."""
        with _named_errors(), self.transaction():
            self._connection.execute(script)

    def select(self, statement: str) -> pa.Table:
        """Return the rows of one select as Arrow."""
        with _named_errors():
            return self._connection.sql(statement).to_arrow_table()

    def _select_batches(self, statement: str, batch_rows: int) -> Iterator[pa.RecordBatch]:
        with self._connection.cursor() as cursor, _named_errors():
            cursor.execute(_SESSION)
            yield from cursor.sql(statement).to_arrow_reader(batch_rows)

    def _load(self, table: sa.TableClause, rows: pa.RecordBatchReader) -> int:
        names = rows.schema.names
        offered = table_clause("offered_rows", names)
        columns: list[sa.ColumnClause[object]] = [sa.column(name) for name in names]
        into = sa.insert(sa.table(table.name, *columns, schema=table.schema)).from_select(names, sa.select(*offered.c))
        self._connection.register("offered_rows", rows)
        try:
            return self.run(compile_literal(into))
        finally:
            with suppress(duckdb.TransactionException):  # an aborted transaction: the rollback lets go of it
                self._connection.unregister("offered_rows")

    def create_stage(self, table: str, prefix: str = "stage") -> str:
        """Create (or empty) the temporary table <prefix>_<name>.

        Its columns are written out: DuckDB 2.0.0 silently loses 122,880 rows and more that are loaded into a table
        which `create table ... as select` made, empty, in the same transaction
        (tests/pipelines/ingest/test_extract.py).
        """
        schema, _, bare = table.rpartition(".")
        catalog = self.read("warehouse/table_columns", table_schema=schema, table_name=bare).to_pylist()
        columns = [quote_table(column["column_name"]) + " " + column["data_type"] for column in catalog]
        name = prefix + "_" + bare
        self.run("create or replace temporary table " + name + " (" + ", ".join(columns) + ")")
        return name

    def lock(self, table: str) -> None:
        """Nothing to do: who has the file open is its only writer."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Nothing to do: who has the file open is alone."""
        return nullcontext()

    def replace_function(self, name: str, parameters: Sequence[str], text: str, rows_like: str) -> None:
        """Create or replace a table macro, whose text DuckDB puts in the place of each call."""
        body = bind_parameters(text, {parameter: parameter for parameter in parameters})
        self.run("create or replace macro " + quote_table(name) + "(" + ", ".join(parameters) + ") as table " + body)

    def grant_read(self, role: str, schema: str) -> int:
        """Nothing to do: who can read the file reads all of it."""
        return 0

    def analyze(self, table: str) -> None:
        """Nothing to do: DuckDB counts its rows itself."""

    def _begin(self) -> None:
        self._connection.begin()

    def _commit(self) -> None:
        with _named_errors():
            self._connection.commit()

    def _rollback(self) -> None:
        self._connection.rollback()


def _connect(database: str) -> duckdb.DuckDBPyConnection:
    try:
        if database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        return duckdb.connect(database)
    except (duckdb.IOException, OSError) as refused:
        raise WarehouseUnreachableError(
            f"the warehouse file {database} cannot be opened: {str(refused).splitlines()[0]} "
            "Another process may have it open: wait for it, or run Airflow's tasks through the pool 'warehouse'."
        ) from refused
    except duckdb.ConnectionException as refused:
        raise WarehouseUnreachableError(
            f"this process has {database} open in another way: close that first."
        ) from refused


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except duckdb.ConstraintException as refused:
        words = str(refused).split('"')[0].strip()
        raise WarehouseError(f"DuckDB refused a row: {words} (which one is not told here)") from None
    except duckdb.Error as refused:
        raise WarehouseError(f"DuckDB refused a statement: {hide_values(str(refused))}") from None
