"""Named queries: sql/<room>/<name>.sql by name, with the binds they ask for checked against those given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from pipelines.errors import QueryError
from pipelines.paths import SQL_ROOT
from pipelines.warehouse.statement import Bind, split_statement

_DIALECT = postgresql.dialect(paramstyle="named")
_VALUE = re.compile(r"'[^']*'")


@lru_cache(maxsize=256)
def load_query(name: str, root: Path = SQL_ROOT) -> str:
    """Return the text of sql/<name>.sql; a name that is not there is refused with its neighbours."""
    path = root / f"{name}.sql"
    if not path.is_file():
        neighbours = sorted(p.relative_to(root).with_suffix("").as_posix() for p in path.parent.glob("*.sql"))
        raise QueryError(f"sql/ has no query {name!r}; that folder has {', '.join(neighbours) or 'none'}.")
    return path.read_text(encoding="utf-8")


def bind_query(name: str, binds: Mapping[str, Any]) -> str:
    """Return the named query with its binds as quoted literals, ready for either engine.

    Literals, not server-side parameters: the bulk read path of PostgreSQL (COPY) takes none. SQLAlchemy quotes them.
    """
    return bind_text(load_query(name), binds, where=f"sql/{name}.sql")


def bind_text(text: str, binds: Mapping[str, Any], where: str) -> str:
    """Return a statement's text with a quoted literal for every `:bind`; missing or surplus binds are errors."""
    parts = split_statement(text)
    asked = {part.name for part in parts if isinstance(part, Bind)}
    if asked != set(binds):
        raise QueryError(
            f"{where} asks for binds {sorted(asked)} and was given {sorted(binds)}; "
            f"missing {sorted(asked - set(binds))}, surplus {sorted(set(binds) - asked)}."
        )
    literals = {name: compile_literal(sa.literal(value)) for name, value in binds.items()}
    return "".join(literals[part.name] if isinstance(part, Bind) else part for part in parts)


def bind_parameters(text: str, written: Mapping[str, str]) -> str:
    """Return the text of a function's body: for each bind, how the engine writes that parameter, such as `$1`."""
    parts = split_statement(text)
    asked = {part.name for part in parts if isinstance(part, Bind)}
    if asked != set(written):
        raise QueryError(f"a function has the parameters {sorted(written)}, its statement the binds {sorted(asked)}.")
    return "".join(written[part.name] if isinstance(part, Bind) else part for part in parts)


def list_binds(name: str) -> frozenset[str]:
    """Return the names of the binds that the named query asks for."""
    return frozenset(part.name for part in split_statement(load_query(name)) if isinstance(part, Bind))


def hide_values(words: str) -> str:
    """Return the first line of an engine's words with quoted values left out: they may be a customer's."""
    return _VALUE.sub("'...'", words.strip().split("\n")[0])


def compile_literal(clause: sa.ClauseElement) -> str:
    """Compile a SQLAlchemy clause to text both engines take, values quoted in place."""
    return str(clause.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))
