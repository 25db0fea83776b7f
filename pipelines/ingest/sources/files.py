"""A folder of files as a source: each csv or parquet file that a SELECT reads becomes a view named after its stem."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import duckdb

from pipelines.errors import SourceError
from pipelines.ingest.sources.csv_files import prepare_csv
from pipelines.ingest.sources.errors import SourceUnreachableError, without_values
from pipelines.source_form import CsvForm

_CSV = (".csv", ".csv.zst", ".csv.gz")
_PARQUET = (".parquet",)
_NO_TABLE = re.compile(r'Table with name "?(.+?)"? does not exist')


class Folder:
    """The data files of a folder, by stem; `scratch` takes the csv files that are packed or not in UTF-8."""

    def __init__(self, path: Path, form: CsvForm, scratch: Path) -> None:
        """Look into the folder; raises SourceUnreachableError without one, SourceError without one file a table."""
        if not path.is_dir():
            raise SourceUnreachableError(
                f"no folder {path}; set KCRM_SOURCE_URL to files:///<folder of csv or parquet files>."
            )
        self._path, self._form, self._scratch = path, form, scratch
        self._files: dict[str, Path] = {}
        self._views: set[str] = set()
        for file in sorted(path.iterdir()):
            suffix = next((s for s in (*_CSV, *_PARQUET) if file.name.endswith(s)), "")
            stem = file.name.removesuffix(suffix)
            if suffix and stem in self._files:
                raise SourceError(f"{path} has both {self._files[stem].name} and {file.name}; keep one file a table.")
            if suffix:
                self._files[stem] = file
        if not self._files:
            raise SourceError(
                f"{path} has no files *.csv, *.csv.zst, *.csv.gz or *.parquet; put the source's files there."
            )

    def create_views(self, connection: duckdb.DuckDBPyConnection, tables: Collection[str] | None) -> None:
        """Name the files of these tables as views, if they are not yet; None: all files of the folder.

        Csv cells stay text, so that only the SELECT and the contract decide their types.
        """
        wanted = None if tables is None else {table.lower() for table in tables}
        for stem, file in self._files.items():
            if stem not in self._views and (wanted is None or stem.lower() in wanted):
                self._create_view(connection, file, stem)
                self._views.add(stem)

    def name_missing_file(self, words: str) -> str:
        """Return a sentence on the file that a statement misses, where DuckDB's words name a missing table; else ''."""
        table = _NO_TABLE.search(words)
        if table is None:
            return ""
        has = ", ".join(sorted(file.name for file in self._files.values()))
        return f"no file {table[1]}.csv or {table[1]}.parquet in {self._path}; it has: {has}."

    def _create_view(self, connection: duckdb.DuckDBPyConnection, file: Path, stem: str) -> None:
        try:
            if file.name.endswith(_PARQUET):
                rows = connection.read_parquet(str(file))
            else:
                rows = self._read_csv(connection, file, stem)
            rows.create_view(stem)
        except duckdb.Error as refused:
            raise SourceError(
                f"{file} cannot be read: {without_values(refused)} Write it again: csv with a header, or parquet."
            ) from None  # the engine's message quotes lines of the file

    def _read_csv(self, connection: duckdb.DuckDBPyConnection, file: Path, stem: str) -> duckdb.DuckDBPyRelation:
        """Read with everything said: where DuckDB guesses, it may skip all rows above a later header."""
        plain = prepare_csv(file, stem, self._form, self._scratch)
        return connection.read_csv(
            str(plain.path),
            auto_detect=False,
            header=True,
            columns=dict.fromkeys(plain.names, "VARCHAR"),
            sep=self._form.delimiter,
            quotechar=self._form.quote,
            escapechar=self._form.escape,
            compression="none",
            strict_mode=True,
        )
