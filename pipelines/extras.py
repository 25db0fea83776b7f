"""The extras of the package: what only some installations need, such as the drivers of PostgreSQL."""

from __future__ import annotations

from importlib.util import find_spec

from pipelines.errors import SettingsError

POSTGRESQL = ("adbc_driver_postgresql", "psycopg")


def require_postgresql(what: str) -> None:
    """Raise SettingsError when a driver that `what` needs, such as "the warehouse", is not installed."""
    missing = [name for name in POSTGRESQL if find_spec(name) is None]
    if missing:
        raise SettingsError(
            f"{what} is on PostgreSQL, but its drivers are not installed (missing: {', '.join(missing)}). "
            "Run: pip install 'kcrm[postgresql]'."
        )
