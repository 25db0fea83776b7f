"""The feature dictionary: the declarations that stand beside the columns of sql/features/customer_features.sql.

A feature is one line of that query's last select, `<expression> as <name>,  -- <unit> | <English> | <Chinese>`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.declare.spec import Feature
from pipelines.errors import QueryError
from pipelines.warehouse.queries import load_query

QUERY = "features/customer_features"
KEYS = ("customer_id", "as_of")
_COLUMN = re.compile(r"\bas (?P<name>[a-z][a-z0-9_]*),?\s*(?:--\s*(?P<words>.*))?$")


def load_dictionary(query: str = QUERY) -> tuple[Feature, ...]:
    """Return the declared features in the order of the query; a column without its words is refused."""
    return parse_declarations(load_query(query), query)


def parse_declarations(text: str, query: str = QUERY) -> tuple[Feature, ...]:
    """Read the declarations out of a query's text."""
    features = [_declare(name, words, query) for name, words in _last_select(text) if name not in KEYS]
    names = [feature.name for feature in features]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not features:
        raise QueryError(f"sql/{query}.sql declares {len(names)} features, twice: {twice}; expected each once.")
    return tuple(features)


def refuse_undeclared(columns: Sequence[str], features: Sequence[Feature], query: str = QUERY) -> None:
    """Refuse a query whose columns are not just its keys and its declared features."""
    expected = [*KEYS, *(feature.name for feature in features)]
    if list(columns) != expected:
        surplus, missing = sorted(set(columns) - set(expected)), sorted(set(expected) - set(columns))
        raise QueryError(
            f"sql/{query}.sql returns columns without a declaration {surplus} and declares columns it does not return "
            f"{missing}; write each feature on one line of the last select: "
            "<expression> as <name>,  -- <unit> | <English> | <Chinese>."
        )


def _last_select(text: str) -> list[tuple[str, str | None]]:
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line == "select"]
    ends = [number for number, line in enumerate(lines) if line.startswith("from ")]
    if not starts or not ends:
        raise QueryError(f"a features query ends with `select` and `from` at the left margin; got {len(lines)} lines.")
    found = (_COLUMN.search(line) for line in lines[starts[-1] + 1 : ends[-1]])
    return [(match["name"], match["words"]) for match in found if match]


def _declare(name: str, words: str | None, query: str) -> Feature:
    parts = [part.strip() for part in (words or "").split("|")]
    if len(parts) != 3 or not all(parts):
        raise QueryError(
            f"feature {name} in sql/{query}.sql has no words; expected behind it: -- <unit> | <English> | <Chinese>."
        )
    return Feature(name=name, unit=parts[0], words_en=parts[1], words_zh=parts[2])
