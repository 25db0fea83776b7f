"""Numbers and days of a source, cast to a landing column without loss; what cannot be is named by its place."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import KcrmError

# Sums of a month, a customer or a group must fit the column too, so one amount may take all digits but these.
_DIGITS_FOR_SUMS = 2
# A double has 15 digits: above this the cents of an amount are lost before anybody sees it.
_LARGEST_DOUBLE_AMOUNT = 1e13
_FLOAT_NOISE = 1e-6
_LARGEST_RATIO = 1000.0  # the sums over ratios are numeric(12, 6) and numeric(12, 8)
_LARGEST_DOUBLE = 1e12
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # of the years 1 and 9999, counted from 1970-01-01


class BadValue(KcrmError):  # noqa: N818 - it is turned into a SourceError that names the row
    """The value at `place` of a column does not fit; the words never hold the value itself."""

    def __init__(self, place: int, got: str, expected: str, remedy: str) -> None:
        super().__init__(got)
        self.place, self.got, self.expected, self.remedy = place, got, expected, remedy


def cast_number(column: pa.Array, kind: pa.DataType, name: str) -> pa.Array:
    """Return the column as a decimal, an integer or a double of `kind`; raises BadValue."""
    if pa.types.is_floating(column.type):
        _refuse_unless(pc.is_finite(column), column, kind)
    if pa.types.is_decimal(kind) and pa.types.is_floating(column.type):
        limit = _LARGEST_DOUBLE_AMOUNT
        _refuse_unless(pc.less(pc.abs(column), limit), column, kind, f"a double of {limit:.0e} or more, without cents")
        return _round_noise(column, kind)
    cast = _cast(column, kind)
    if pa.types.is_decimal(kind):
        largest = Decimal(10) ** (kind.precision - kind.scale - _DIGITS_FOR_SUMS)
        _refuse_beyond(cast, column, kind, largest)
    elif pa.types.is_floating(kind):
        _refuse_unless(pc.is_finite(cast), column, kind)
        _refuse_beyond(cast, column, kind, _LARGEST_RATIO if name.endswith("_ratio") else _LARGEST_DOUBLE)
    return cast


def cast_day(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return the column as days; raises BadValue for a time of day, a zone, and what is no day."""
    given, expected, first = column.type, "a day without time and zone", _find_first(pc.is_valid(column))
    if pa.types.is_timestamp(given) and given.tz is not None and first is not None:
        raise BadValue(
            first,
            f"a timestamp with a zone ({given}), which is another day in another zone",
            expected,
            "set timezone of [sources.<name>] in kcrm.toml, and give cast(<column> as date)",
        )
    if first is not None and (pa.types.is_integer(given) or pa.types.is_floating(given)):
        raise BadValue(first, f"a number ({given})", expected, "turn it into a date in the SELECT")
    days = _cast(column, kind)
    if pa.types.is_timestamp(given):
        _refuse_unless(
            pc.equal(days.cast(given), column),
            column,
            kind,
            "a timestamp with a time of day",
            expected,
            "give the day of the bank's own zone, or cast(<column> as date) where the time of day means nothing",
        )
    numbers = days.view(pa.int32())
    in_range = pc.and_(pc.greater_equal(numbers, _FIRST_DAY), pc.less_equal(numbers, _LAST_DAY))
    _refuse_unless(in_range, column, kind, "a day outside the years 1 to 9999")
    return days


def cast_plain(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return the column as `kind`, such as booleans; raises BadValue."""
    return _cast(column, kind)


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Cast without loss; where Arrow refuses, find the first value that it refuses."""
    try:
        return _plain_cast(column, kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        place = _bisect(column, kind)
        raise _bad(place, column, kind) from None  # Arrow's own message quotes the value


def _plain_cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if pa.types.is_integer(column.type) and pa.types.is_decimal(kind):  # Arrow asks for room for all digits of the type
        column = column.cast(pa.decimal128(38, kind.scale))
    return column.cast(kind)


def _bisect(column: pa.Array, kind: pa.DataType) -> int:
    low, high = 0, len(column)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            _plain_cast(column.slice(low, middle - low), kind)
            low = middle
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            high = middle
    return low


def _round_noise(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Cast doubles to decimals; more than the noise of binary fractions is not rounded away."""
    cast = column.cast(kind)
    loss = pc.abs(pc.subtract(cast.cast(pa.float64()), column))
    noise = pc.max_element_wise(_FLOAT_NOISE, pc.multiply(pc.abs(column), 2.0**-51))
    _refuse_unless(pc.less_equal(loss, noise), column, kind, _more_digits(kind))
    return cast


def _refuse_beyond(cast: pa.Array, column: pa.Array, kind: pa.DataType, largest: Decimal | float) -> None:
    bounds = pc.min_max(cast)
    low, high = bounds["min"].as_py(), bounds["max"].as_py()
    if low is not None and max(-low, high) >= largest:
        fits = pc.less(pc.abs(cast), pa.scalar(largest, kind))
        _refuse_unless(fits, column, kind, f"a number of {float(largest):.0e} or more", f"less than {largest:.0e}")


def _refuse_unless(
    fits: pa.Array, column: pa.Array, kind: pa.DataType, got: str = "", expected: str = "", remedy: str = ""
) -> None:
    place = _find_first(pc.invert(fits))
    if place is not None:
        raise _bad(place, column, kind, got, expected, remedy)


def _find_first(mask: pa.Array) -> int | None:
    place: int = pc.index(mask, True).as_py()
    return place if place >= 0 else None


def _bad(
    place: int, column: pa.Array, kind: pa.DataType, got: str = "", expected: str = "", remedy: str = ""
) -> BadValue:
    return BadValue(
        place,
        got or _describe(column[place].as_py(), column.type, kind),
        expected or _name_type(kind),
        remedy or "correct the row at the source, or cast it in the SELECT",
    )


def _describe(value: Any, given: pa.DataType, kind: pa.DataType) -> str:
    """Say what is wrong with one value, and never what it is."""
    if pa.types.is_string(given) and (pa.types.is_date(kind) or pa.types.is_boolean(kind)):
        return f"text that is no {_name_type(kind)}"
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return f"text that is no number ({given})"
    if not number.is_finite():
        return "NaN, which is no number" if number.is_nan() else "infinity"
    if pa.types.is_decimal(kind) and abs(number) < Decimal(10) ** (kind.precision - kind.scale):
        return _more_digits(kind)
    if pa.types.is_integer(kind) and number % 1:
        return "a number with a fraction"
    return f"a number beyond the column ({given})"


def _more_digits(kind: pa.DataType) -> str:
    return f"a number of more than {kind.scale} decimals"


def _name_type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {kind.scale})"
    named = {pa.date32(): "day (YYYY-MM-DD)", pa.bool_(): "true or false", pa.float64(): "a finite number"}
    return named.get(kind, str(kind))
