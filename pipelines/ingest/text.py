"""Text of a source: ids without the blanks around them, no words that stand for no id, and nothing too long."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ingest.values import BadValue, cast_plain

# Blanks of all kinds, also those without width: an id with one of them joins with none without.
_BLANKS = (
    "".join(map(chr, (*range(9, 14), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200E), 0x2028, 0x2029)))
    + "\u202f\u205f\u2060\u3000\ufeff"
)
_NO_ID = (
    r"^(?i:\(?null\)?|\\n|#?n/?a|nan|nat|none|nil|unknown|undefined|[-–—－]+|[.]+|[?？]+|/+|无|空|未知|不详|暂无|没有)$"
)
_ZEROS = r"^(0+(\.0+)?|0{8}-(0{4}-){3}0{12})$"
_NUL = re.compile(b"\0")
_LONGEST_NO_ID = 12
_WIDTHS = {
    16: {"customers.kind", "customers.relation", "customers.industry_code"},
    32: {"kind", "channel", "yield_type", "grade", "currency", "skill", "industry_code"},
    200: {"name", "name_en", "holiday"},
}
_WIDTH = 64
# Ids of registers. Another table's own id, such as transaction_id, may well begin to count at zero.
_REGISTERS = frozenset(
    (
        "customer_id",
        "counterparty_id",
        "guarantor_id",
        "branch_id",
        "parent_branch_id",
        "manager_id",
        "group_id",
        "product_id",
        "account_id",
        "loan_id",
        "industry_code",
    )
)

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class CleanText:
    """A text column for landing, with how many values were trimmed and how many were no id and are null now."""

    column: pa.Array
    trimmed: int = 0
    no_id: int = 0


def is_id(name: str) -> bool:
    """Say whether a column of landing holds ids."""
    return name.endswith("_id") or name == "industry_code"


def width_of(table: str, name: str) -> int:
    """Return how many characters landing.<table>.<name> holds; DuckDB does not keep to it by itself."""
    for width, names in _WIDTHS.items():
        if f"{table}.{name}" in names or name in names:
            return width
    return _WIDTH


def cast_text(column: pa.Array) -> pa.Array:
    """Return a column as text; a number with a fraction is no id or code, so it raises BadValue."""
    if pa.types.is_floating(column.type) and column.null_count < len(column):
        first = pc.index(pc.is_valid(column), True).as_py()
        raise BadValue(first, f"a number ({column.type})", "text", "cast it to text without a fraction in the SELECT")
    return cast_plain(column, pa.string())


def clean_text(column: pa.Array, table: str, name: str) -> CleanText:
    """Return a text column as landing takes it: ids trimmed, words for nothing null; raises BadValue."""
    clean = _clean_ids(column, name) if is_id(name) else CleanText(column)
    _refuse_unfit(clean.column, width_of(table, name))
    return clean


def _clean_ids(column: pa.Array, name: str) -> CleanText:
    ends = _Ends.of(column)
    trimmed = 0
    if ends.has(_BLANK_BYTES) or ends.has_empty:
        bare = pc.utf8_trim(column, characters=_BLANKS)
        trimmed = pc.sum(pc.not_equal(bare, column)).as_py() or 0
        column, ends = bare, _Ends.of(bare)
    if not ends.has_empty and not ends.may_be_no_id():
        return CleanText(column, trimmed)
    no_id = pc.or_(pc.equal(pc.binary_length(column), 0), pc.match_substring_regex(column, _NO_ID))
    if name in _REGISTERS:
        no_id = pc.or_(no_id, pc.match_substring_regex(column, _ZEROS))
    count = pc.sum(no_id).as_py() or 0
    return CleanText(pc.if_else(no_id, pa.scalar(None, pa.string()), column) if count else column, trimmed, count)


@dataclass(frozen=True)
class _Ends:
    """The first and the last byte of each text that is not empty, and its length in bytes: read without a copy."""

    first: Bytes
    last: Bytes
    sizes: npt.NDArray[np.int32]
    has_empty: bool

    @classmethod
    def of(cls, column: pa.Array) -> _Ends:
        _, offsets, data = column.buffers()
        places = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
        sizes = np.diff(places)
        filled = sizes > 0
        content = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)
        first, last = content[places[:-1][filled]], content[places[1:][filled] - 1]
        has_empty = len(column) - int(filled.sum()) > column.null_count
        return cls(first, last, sizes[filled], has_empty)

    def has(self, marks: npt.NDArray[np.bool_]) -> bool:
        return bool(marks[self.first].any() or marks[self.last].any())

    def may_be_no_id(self) -> bool:
        short = (self.sizes <= _LONGEST_NO_ID) | (self.sizes == 36)
        return bool((_NO_ID_BYTES[self.first] & short).any())


def _mark(bytes_of: bytes) -> npt.NDArray[np.bool_]:
    marks = np.zeros(256, np.bool_)
    marks[list(bytes_of)] = True
    return marks


_BLANK_BYTES = _mark(b"".join(blank.encode()[:1] + blank.encode()[-1:] for blank in _BLANKS))
_NO_ID_BYTES = _mark("(nNuU#\\.?/0-–－无空未不暂没？".encode())


def _refuse_unfit(column: pa.Array, width: int) -> None:
    """Refuse what PostgreSQL would refuse, on both engines, with the row's place."""
    data = column.buffers()[2]
    if data is not None and _NUL.search(data):
        place = pc.index(pc.match_substring(column, "\0"), True).as_py()
        if place >= 0:
            raise BadValue(place, "text with a NUL character", "text without it", "remove it in the SELECT")
    if len(column) and (pc.max(pc.binary_length(column)).as_py() or 0) > width:
        place = pc.index(pc.greater(pc.utf8_length(column), width), True).as_py()
        if place >= 0:
            raise BadValue(
                place, f"text longer than {width} characters", f"{width} or fewer", "shorten it in the SELECT"
            )
