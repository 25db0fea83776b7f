"""A folder of files as a source: each csv or parquet file becomes a view named after its stem."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.errors import SourceError
from pipelines.sources.errors import SourceUnreachableError, first_line

_CSV = (".csv", ".csv.zst", ".csv.gz")
_PARQUET = (".parquet",)


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


def _create_view(connection: duckdb.DuckDBPyConnection, path: Path, stem: str, is_csv: bool) -> None:
    try:
        if is_csv:
            rows = connection.read_csv(str(path), header=True, all_varchar=True, sep=",", quotechar='"', escapechar='"')
        else:
            rows = connection.read_parquet(str(path))
        rows.create_view(stem)
    except duckdb.Error as refused:
        raise SourceError(
            f"{path} cannot be read: {first_line(refused)}; expected csv with a header, or parquet."
        ) from refused
