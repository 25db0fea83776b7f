"""What a source's engine says of a refusal, fit for a log: never a row's content.

An engine quotes the value, or the whole line of a file, that it stumbled over. So of its words only what we know to
hold neither is said: the names in a statement it cannot even begin, else what stands before the first quoted thing.
"""

from __future__ import annotations

import re

from pipelines.errors import SourceError

_LINE = re.compile(r"CSV Error on Line: (\d+)")
_FILE = re.compile(r"^  file = .*?([^/\n]+)$", re.MULTILINE)
_WIDTHS = re.compile(r"^Expected Number of Columns: (\d+) Found: (\d+)$", re.MULTILINE)
_COLUMN = re.compile(r'(?:^Error when converting column "|casting from source column )(\w+)', re.MULTILINE)
_TYPE = re.compile(
    r"[\"'] to (?:type )?'?(DECIMAL|DATE|TIMESTAMP|TIME|DOUBLE|FLOAT|BOOLEAN|U?INT\d+|U?[A-Z]*INTEGER|U?[A-Z]+INT)\b"
)
_QUOTED = re.compile(r"(?<!\w)[\"'].*")  # not the apostrophe of can't
_NUMBER = re.compile(r"(?<!\w)[-+]?\d[\d.,]*")
_ENGINE_PREFIX = re.compile(r"^.*\bERROR: +")
_DAMAGED = re.compile(r'Failed to read file "(?:[^"\n]*/)?([^"/\n]+)"')
_MIXED = "Parser state machine reached an invalid state"
# An Invalid Input Error of DuckDB may be anything, as error() of a query raises it; these openings hold no value.
_KNOWN_INPUT = ("Could not parse string", "More than one row")
_INPUT = "Invalid Input Error: "


class SourceUnreachableError(SourceError, ConnectionError):
    """The source does not answer; a later try may go through."""


def first_line(error: BaseException | None) -> str:
    """Return the first line of an engine's words on a statement, as a sentence."""
    return _end(str(error).splitlines()[0].strip() if str(error) else type(error).__name__)


def without_values(error: BaseException | None) -> str:
    """Return an engine's words on rows that it could not read, as a sentence without anything of the rows."""
    words = str(error)
    if _LINE.search(words) or _MIXED in words:
        return _say_line(words)
    if damaged := _DAMAGED.search(words):
        return f"{damaged[1]} is damaged; write it again."
    line = _ENGINE_PREFIX.sub("", first_line(error))
    if line.startswith(_INPUT + "Cannot execute statement"):  # it names kinds of statement and a database
        return line
    if line.startswith(_INPUT) and not line.removeprefix(_INPUT).startswith(_KNOWN_INPUT):
        return _INPUT.removesuffix(": ") + " (the engine's words are left out, as they may quote a row)."
    kept = _NUMBER.sub("...", _QUOTED.sub("'...'", line)).rstrip(".")
    kind, column = _TYPE.search(words), _COLUMN.search(words)
    return _end(kept + (f" to {kind[1]}" if kind else "") + (f" in column {column[1]}" if column else ""))


def is_conversion(error: BaseException) -> bool:
    """Say whether DuckDB refused a value for its type, so that try_cast finds it."""
    return str(error).startswith(("Conversion Error", _INPUT + "Could not parse"))


def _say_line(words: str) -> str:
    """Say which line of which csv file is wrong, and how."""
    line, file, widths = _LINE.search(words), _FILE.search(words), _WIDTHS.search(words)
    place = (file[1] if file else "a csv file") + (f" line {line[1]}" if line else "")
    kind, column = _TYPE.search(words), _COLUMN.search(words)
    if widths:
        return f"{place} has {widths[2]} columns; expected {widths[1]}, as in its header."
    if "Invalid unicode" in words:
        return (
            f"{place} is not UTF-8; expected all of the file to be: set encoding of [sources.<name>.csv] in kcrm.toml."
        )
    if "unterminated quote" in words:
        return f'{place} opens a quote (") and does not close it; expected a quote within a value to be doubled.'
    if kind or column:
        return f"{place}: a value of column {column[1] if column else '...'} is no {kind[1] if kind else 'such type'}."
    if _MIXED in words:
        return f"{place} breaks the form of csv; expected one kind of line ending throughout and quotes in pairs."
    return f"{place} cannot be read; expected csv with a header."


def _end(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else words + "."
