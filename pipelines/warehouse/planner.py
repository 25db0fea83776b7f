"""What a session of ours asks of PostgreSQL's planner, where its role or database has not been told something else."""

from __future__ import annotations

import re

import sqlalchemy as sa

from pipelines.errors import SettingsError
from pipelines.queries import compile_literal
from pipelines.warehouse.tables import table_clause

# Our statements go over whole tables. The planner takes what comes out of a CTE for a row or two hundred, and a nested
# loop over twenty thousand then reads it twenty thousand times (docs/decisions/0022); compiling takes what it saves.
_ASKED = {"enable_nestloop": "off", "jit": "off"}
_SAID_SOURCES = ("client", "user", "database", "database user")
_SHARES = 32  # a large query sorts and hashes in ten places, and a hash table may take twice its share
_LEAST_KB = 4096  # what a server gives without being asked
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([KMGT])(i?)B")
_POWERS = {"K": 1, "M": 2, "G": 3, "T": 4}


def ask_planner(memory_limit: str) -> str:
    """Return the statement that asks it, once a connection; each sort may take a 32nd of the limit, if there is one.

    What the connection, `alter role ... set` or `alter database ... set` says of a setting stays as it is.
    """
    asked = {**_ASKED, **({"work_mem": _share(memory_limit)} if memory_limit else {})}
    present = table_clause("pg_settings", ["name", "source"])
    value = sa.case(*[(present.c.name == name, sa.literal(setting)) for name, setting in asked.items()])
    chosen = sa.select(sa.func.set_config(present.c.name, value, sa.false()).label("setting"))
    return compile_literal(chosen.where(present.c.name.in_(asked), present.c.source.not_in(_SAID_SOURCES)))


def _share(memory_limit: str) -> str:
    told = _SIZE.fullmatch(memory_limit)
    if told is None:
        raise SettingsError(
            f"memory limit {memory_limit!r} is no size; expected such as 4GB or 800MB: set memory_limit."
        )
    size = float(told[1]) * (1024 if told[3] else 1000) ** _POWERS[told[2]]
    return f"{max(int(size / _SHARES / 1024), _LEAST_KB)}kB"
