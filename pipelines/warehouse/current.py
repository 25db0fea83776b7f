"""The `current` layer: for each landing table a function of a day that gives the newest valid row of each key.

`current.customers(:as_of)` is a view with a parameter: both engines put its text in the place of the call, so a query
that reads three columns of some customers plans as if it were written out there. A materialised table would have to be
built again after each validate, and one as of each training date as well.
"""

from __future__ import annotations

from pipelines.paths import SQL_ROOT
from pipelines.warehouse.interface import Warehouse
from pipelines.warehouse.queries import bind_parameter, load_query

FOLDER = "current"


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
            body = bind_parameter(load_query(f"{FOLDER}/{table}"), "as_of", warehouse.function_parameter)
            warehouse.replace_function(f"{FOLDER}.{table}", body, rows_like=f"valid.{table}")
