"""The feature dictionary, sql/features/dictionary.csv: one feature a line, with family, unit and words."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from pathlib import Path

from models.declare.spec import Feature
from pipelines.errors import QueryError
from pipelines.paths import SQL_ROOT

PATH = SQL_ROOT / "features" / "dictionary.csv"
KEYS = ("customer_id", "as_of")
COLUMNS = ("name", "family", "unit", "english", "chinese")
FAMILIES = ("profile", "flows", "partners", "events", "books")
"""In the order in which they are built: the profile names the customers, and the books read the flows."""


@dataclass(frozen=True)
class Entry:
    """A feature and the family whose query gives it."""

    family: str
    feature: Feature


def load_dictionary(family: str | None = None) -> tuple[Feature, ...]:
    """Return the features, of one family or of all, in the order of the file, which is the order that models read."""
    return tuple(entry.feature for entry in read_entries() if family in (None, entry.family))


@lru_cache(maxsize=4)
def read_entries(path: Path = PATH) -> tuple[Entry, ...]:
    """Return the lines of the dictionary; QueryError when the file is missing or a line is wrong."""
    if not path.is_file():
        raise QueryError(f"{path} is missing: it declares the features; restore it from the release.")
    return parse_entries(path.read_text(encoding="utf-8"), path.name)


def parse_entries(text: str, where: str = PATH.name) -> tuple[Entry, ...]:
    """Read a dictionary's text; a wrong header, an incomplete line and a name declared twice are refused."""
    header, *lines = list(csv.reader(StringIO(text))) or [[]]
    if tuple(header) != COLUMNS:
        raise QueryError(f"{where} starts with the columns {header}; expected {list(COLUMNS)}.")
    entries = tuple(_parse_line(line, number, where) for number, line in enumerate(lines, start=2))
    names = [entry.feature.name for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not entries:
        raise QueryError(f"{where} declares {len(names)} features, some twice: {twice}; expected each once.")
    return entries


def refuse_undeclared(columns: Sequence[str], features: Iterable[Feature], query: str) -> None:
    """Refuse a family's query whose columns are not its keys and its declared features."""
    expected = {*KEYS, *(feature.name for feature in features)}
    surplus, missing = sorted(set(columns) - expected), sorted(expected - set(columns))
    if surplus or missing:
        raise QueryError(
            f"sql/{query}.sql returns columns that {PATH.name} does not declare {surplus}, and misses declared columns "
            f"{missing}; give each feature one column of the query and one line of sql/features/{PATH.name}."
        )


def _parse_line(line: list[str], number: int, where: str) -> Entry:
    cells = [cell.strip() for cell in line]
    if len(cells) != len(COLUMNS) or not all(cells) or cells[1] not in FAMILIES:
        raise QueryError(
            f"{where}, line {number}, is {','.join(line)!r}; expected {','.join(COLUMNS)}, none empty, "
            f"with a family of {list(FAMILIES)}."
        )
    name, family, unit, english, chinese = cells
    return Entry(family, Feature(name=name, unit=unit, words_en=english, words_zh=chinese))
