"""A folder of files as a source: each csv or parquet file becomes a view named after its stem."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from pipelines.errors import SourceError
from pipelines.ingest.sources.errors import SourceUnreachableError, without_values

_CSV = (".csv", ".csv.zst", ".csv.gz")
_PARQUET = (".parquet",)
_NO_TABLE = re.compile(r'Table with name "?(.+?)"? does not exist')


def create_views(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Name each data file of the folder as a view; csv cells stay text, so that only the SELECT decides their types."""
    if not folder.is_dir():
        raise SourceUnreachableError(
            f"no folder {folder}; set KCRM_SOURCE_URL to files:///<folder of csv or parquet files>."
        )
    seen: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        suffix = next((s for s in (*_CSV, *_PARQUET) if path.name.endswith(s)), "")
        stem = path.name.removesuffix(suffix)
        if not suffix:
            continue
        if stem in seen:
            raise SourceError(f"{folder} has both {seen[stem]} and {path.name}; keep one file a table.")
        seen[stem] = path.name
        _create_view(connection, path, stem, is_csv=suffix in _CSV)
    if not seen:
        raise SourceError(
            f"{folder} has no files *.csv, *.csv.zst, *.csv.gz or *.parquet; put the source's files there."
        )


def name_missing_file(folder: Path, words: str) -> str:
    """Say which file a statement asks for in vain, where DuckDB's words on it say that a table is missing; else ''."""
    table = _NO_TABLE.search(words)
    if table is None:
        return ""
    has = ", ".join(sorted(path.name for path in folder.iterdir() if path.name.endswith((*_CSV, *_PARQUET))))
    return f"no file {table[1]}.csv or {table[1]}.parquet in {folder}; it has: {has}."


def _create_view(connection: duckdb.DuckDBPyConnection, path: Path, stem: str, is_csv: bool) -> None:
    try:
        if is_csv:
            rows = connection.read_csv(str(path), header=True, all_varchar=True, sep=",", quotechar='"', escapechar='"')
        else:
            rows = connection.read_parquet(str(path))
        rows.create_view(stem)
    except duckdb.Error as refused:
        raise SourceError(
            f"{path} cannot be read: {without_values(refused)} Write it anew: csv with a header, or parquet."
        ) from None  # the engine's message quotes lines of the file
