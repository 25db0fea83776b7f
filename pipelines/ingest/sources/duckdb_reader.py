"""Files of a folder and databases of DuckDB: the SELECT is read with nothing of it lost on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from pipelines.errors import SourceError
from pipelines.ingest.sources.cut_days import DayCutter
from pipelines.ingest.sources.errors import first_line, is_conversion, without_values
from pipelines.ingest.sources.files import Folder
from pipelines.ingest.sources.readers import UTC
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

_FIND_VALUES = "To see such values, select them where try_cast(<column> as <type>) is null and the column is not."
_ZONED_COLUMNS = (
    "select table_name, column_name from information_schema.columns where data_type = 'TIMESTAMP WITH TIME ZONE'"
)


class DuckDBSource:
    """Files of a folder, or a database in DuckDB's own format."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, timezone: str | None, folder: Folder | None = None
    ) -> None:
        self._connection, self._folder = connection, folder
        self._has_zone = timezone is not None
        self._connection.execute("set timezone = " + compile_literal(sa.literal(timezone or UTC)))
        self._connection.execute("set preserve_insertion_order = false")  # landing keeps no order; memory stays flat

    def read(self, statement: str, batch_rows: int, exact: Collection[str] = frozenset()) -> Iterator[pa.RecordBatch]:
        """Stream the rows of one SELECT."""
        with self._named_errors():
            tree = self._prepare(statement)
            kept, days = self._keep_lost(statement, tree, exact)
            reader = self._connection.sql(kept).to_arrow_reader(batch_rows)
            cutter = DayCutter(days)
            yield cutter.cut(pa.RecordBatch.from_pylist([], schema=reader.schema))
            for batch in reader:
                yield cutter.cut(batch) if days else batch
            cutter.refuse_other_midnights()

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

    def _keep_lost(self, statement: str, tree: Tree | None, exact: Collection[str]) -> tuple[str, set[str]]:
        if tree is None or not exact:
            return statement, set()
        try:
            kept, days = keep_lost(self._connection, tree, exact)
            return write_select(self._connection, kept), days
        except duckdb.Error:  # such as a cast that GROUP BY repeats: the SELECT stays as it is
            return statement, set()

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
