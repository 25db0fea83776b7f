"""Where the files that the package reads are: beside it in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PACKAGED = _PACKAGE / "_data"

IS_INSTALLED = _PACKAGED.is_dir()
DATA_ROOT = _PACKAGED if IS_INSTALLED else _PACKAGE.parent
SQL_ROOT = DATA_ROOT / "sql"
SUITES_ROOT = DATA_ROOT / "expectations" / "landing"
SOURCES_ROOT = SQL_ROOT / "sources"  # the project's own; a wheel has none


def find_home() -> Path:
    """Return the folder of kcrm.toml and var by default: the checkout, or the working directory of a wheel's user."""
    return Path.cwd() if IS_INSTALLED else DATA_ROOT
