"""What a session of ours asks of PostgreSQL's planner, where its role or database has not been told something else."""

from __future__ import annotations

import sqlalchemy as sa

from pipelines.warehouse.identifiers import table_clause
from pipelines.warehouse.queries import compile_literal

# Our statements go over whole tables. The planner takes what comes out of a CTE for a row or two hundred, and a nested
# loop over twenty thousand then reads it twenty thousand times (docs/decisions/0023); compiling takes what it saves.
_ASKED = {"enable_nestloop": "off", "jit": "off"}
_SAID_SOURCES = ("client", "user", "database", "database user")


def set_planner_options() -> str:
    """Return the statement that asks it, once a connection.

    What the connection, `alter role ... set` or `alter database ... set` says of a setting stays as it is.
    """
    present = table_clause("pg_settings", ["name", "source"])
    value = sa.case(*[(present.c.name == name, sa.literal(setting)) for name, setting in _ASKED.items()])
    chosen = sa.select(sa.func.set_config(present.c.name, value, sa.false()).label("setting"))
    return compile_literal(chosen.where(present.c.name.in_(_ASKED), present.c.source.not_in(_SAID_SOURCES)))
