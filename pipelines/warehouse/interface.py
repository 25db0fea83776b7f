"""What every engine's warehouse does alike; an engine only opens, runs, reads and loads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import sqlalchemy as sa

from pipelines.errors import WarehouseError
from pipelines.warehouse.identifiers import quote_table, table_clause
from pipelines.warehouse.queries import bind_query, compile_literal
from pipelines.warehouse.rows import OfferedRows, Rows, arrow_type, sql_type


class Warehouse(ABC):
    """One connection to one warehouse. Statements outside `transaction()` are transactions of their own."""

    engine: str
    rows_per_batch: int
    """How many rows a step that can go by slices (pipelines.warehouse.batches) deals with at a time."""

    def __init__(self, url: str, memory_limit: str = "") -> None:
        self.url = url
        self._depth = 0
        self._open(url, memory_limit)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def _open(self, url: str, memory_limit: str) -> None: ...

    @abstractmethod
    def close(self) -> None:
        """Give the connection back; what was not committed is gone."""

    @abstractmethod
    def run(self, statement: str) -> int:
        """Run one statement without binds and return the rows it touched (0 where the engine does not say)."""

    @abstractmethod
    def run_script(self, script: str) -> None:
        """Run several statements without binds, all or none."""

    @abstractmethod
    def select(self, statement: str) -> pa.Table:
        """Return the rows of one select as Arrow, numeric columns as decimal128."""

    @abstractmethod
    def _select_batches(self, statement: str, batch_rows: int) -> Iterator[pa.RecordBatch]: ...

    @abstractmethod
    def _load(self, table: sa.TableClause, rows: pa.RecordBatchReader) -> int: ...

    @abstractmethod
    def create_stage(self, table: str, prefix: str = "stage") -> str:
        """Create an empty temporary table with the columns of `table`, gone with the connection; return its name."""

    def drop_stage(self, stage: str) -> None:
        """Drop a temporary table, whose rows may take much room."""
        self.run("drop table " + quote_table(stage))

    @abstractmethod
    def _begin(self) -> None: ...

    @abstractmethod
    def _commit(self) -> None: ...

    @abstractmethod
    def _rollback(self) -> None: ...

    @abstractmethod
    def lock(self, table: str) -> None:
        """Let no other writer at the table until the transaction ends; readers go on. Waits for one that holds it."""

    @abstractmethod
    def exclusive(self) -> AbstractContextManager[None]:
        """Let no other process into a block of this kind at the same time; waits for one that is in it."""

    @abstractmethod
    def grant_read(self, role: str, schema: str) -> int:
        """Let a role of the server read the views of a schema, and no table; return how many views.

        An engine without roles has nothing to do, and says 0.
        """

    @abstractmethod
    def replace_function(self, name: str, parameters: Sequence[str], text: str, rows_like: str) -> None:
        """Create or replace a function that returns the rows of the select `text`; its binds are the parameters, days.

        `rows_like` is the table or view whose columns these rows have, in order.
        """

    @abstractmethod
    def analyze(self, table: str) -> None:
        """Tell the planner how many rows a table has now; without it, it may take minutes over what takes seconds."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements within, or none; a transaction within another is part of it."""
        if self._depth == 0:
            self._begin()
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._rollback()
            raise
        self._depth -= 1
        if self._depth == 0:
            self._commit()

    def read(self, query: str, **binds: Any) -> pa.Table:
        """Return the rows of sql/<query>.sql as one Arrow table."""
        return self.select(bind_query(query, binds))

    def stream(self, query: str, batch_rows: int = 50_000, **binds: Any) -> Iterator[pa.RecordBatch]:
        """Return the rows of sql/<query>.sql batch by batch; memory is bounded by the batch."""
        return self._select_batches(bind_query(query, binds), batch_rows)

    def execute(self, query: str, **binds: Any) -> int:
        """Run sql/<query>.sql and return the rows it touched."""
        with self.transaction():
            return self.run(bind_query(query, binds))

    def load(self, table: sa.TableClause, rows: OfferedRows) -> int:
        """Append rows to a table by the engine's bulk path; return how many."""
        try:
            return self._load(table, rows.reader)
        except WarehouseError:
            rows.raise_cause()
            raise

    def columns(self, table: str) -> dict[str, pa.DataType]:
        """Return a table's columns in order with their Arrow types; an unknown table is refused."""
        schema, name = table.split(".")
        rows = self.read("warehouse/table_columns", table_schema=schema, table_name=name).to_pylist()
        if not rows:
            raise WarehouseError(f"the warehouse has no table {table}; run `kcrm migrate` to create what is missing.")
        return {row["column_name"]: arrow_type(row["data_type"], row["precision"], row["scale"]) for row in rows}

    def ensure_columns(self, table: str, columns: Mapping[str, pa.DataType]) -> list[str]:
        """Add the columns that the table has not; return their names. Never drops or retypes one."""
        present = self.columns(table)
        missing = [name for name in columns if name not in present]
        for name in missing:
            column = compile_literal(sa.schema.CreateColumn(sa.Column(name, sql_type(columns[name]))))
            with self.transaction():
                self.run("alter table " + quote_table(table) + " add column " + column)
        return missing

    def replace(self, table: str, rows: Rows, partition: Mapping[str, Any]) -> int:
        """Put `rows` in the place of all rows of the partition, in one transaction; return how many are there now."""
        types = self.columns(table)
        with self.transaction():
            self.lock(table)
            self._delete(table, partition)
            count = self.load(table_clause(table), OfferedRows(rows, types, table))
            if count:
                self.analyze(table)
        return count

    def describe(self, query: str, **binds: Any) -> list[str]:
        """Return the names of the columns that sql/<query>.sql gives, without running it for rows."""
        return list(self.select(_without_rows(bind_query(query, binds))).column_names)

    def count_by(self, query: str, columns: Sequence[str], **binds: Any) -> list[dict[str, Any]]:
        """Return how many rows sql/<query>.sql gives for each combination of these columns, counted in the engine."""
        names = ", ".join(quote_table(name) for name in columns)
        statement = "select " + names + ", count(*) as row_count from (" + bind_query(query, binds) + ") as q"
        return self.select(statement + " group by " + names).to_pylist()

    def append(self, table: str, rows: Rows) -> int:
        """Add rows to a table by the engine's bulk path; within transaction(), they stay or go with the others."""
        with self.transaction():
            return self.load(table_clause(table), OfferedRows(rows, self.columns(table), table))

    def replace_from(
        self, table: str, query: str, partition: Mapping[str, Any], names: Sequence[str] | None = None, **binds: Any
    ) -> int:
        """Put the rows of sql/<query>.sql in the place of the partition, inside the engine; return how many."""
        with self.transaction():
            self.lock(table)
            self._delete(table, partition)
            return self.insert_from(table, query, names, **binds)

    def insert_from(self, table: str, query: str, names: Sequence[str] | None = None, **binds: Any) -> int:
        """Add the rows of sql/<query>.sql to a table, column by column name, inside the engine; return how many.

        `names` are the columns to take; without them the query is planned once more, to learn its columns.
        """
        statement = bind_query(query, binds)
        columns = list(names or self.describe(query, **binds))
        head = sa.insert(table_clause(table, columns)).from_select(columns, sa.text("").columns())
        if names:
            listed = ", ".join(quote_table(name) for name in columns)
            statement = "select " + listed + " from (" + statement + ") as q"
        with self.transaction():
            count = self.run(compile_literal(head) + statement)
            self.analyze(table)
        return count

    def replace_view(self, view: str, statement: str) -> None:
        """Make a view of a select without binds, in the place of the one of that name."""
        with self.transaction():
            self.drop_view(view)
            self.run("create view " + quote_table(view) + " as " + statement)

    def drop_view(self, view: str) -> None:
        """Drop a view, if there is one of that name."""
        with self.transaction():
            self.run("drop view if exists " + quote_table(view))

    def _delete(self, table: str, partition: Mapping[str, Any]) -> None:
        clause = table_clause(table, list(partition))
        conditions = [clause.c[name] == value for name, value in partition.items()]
        self.run(compile_literal(sa.delete(clause).where(*conditions)))


def _without_rows(statement: str) -> str:
    return "select * from (" + statement + ") as q limit 0"
