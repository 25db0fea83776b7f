"""The `current` layer: for each landing table a function that gives the newest valid row of each key, as of a day.

`current.customers(:as_of)` is a view with a parameter: both engines put its text in the place of the call, so a query
that reads three columns of some customers is planned as if the text were written there. Tables keyed by month take the
months to read too, because a condition on the months beside the call may not reach the rows before they are ranked.
"""

from __future__ import annotations

from pipelines.paths import SQL_ROOT
from pipelines.warehouse.interface import Warehouse
from pipelines.warehouse.queries import list_binds, load_query

FOLDER = "current"
PARAMETERS = ("as_of", "after_month", "last_month")


def list_current_tables() -> list[str]:
    """Return the landing tables that have a function in the schema `current`, by name."""
    return sorted(path.stem for path in (SQL_ROOT / FOLDER).glob("*.sql"))


def drop_current(warehouse: Warehouse) -> None:
    """Drop the schema with its functions, which depend on the views of `valid` that a migration may replace."""
    warehouse.run("drop schema if exists current cascade")


def install_current(warehouse: Warehouse) -> None:
    """Create the functions of sql/current, or replace them by the text of this release."""
    with warehouse.transaction():
        warehouse.run("create schema if not exists current")
        for table in list_current_tables():
            query = f"{FOLDER}/{table}"
            parameters = [name for name in PARAMETERS if name in list_binds(query)]
            warehouse.replace_function(f"{FOLDER}.{table}", parameters, load_query(query), rows_like=f"valid.{table}")
