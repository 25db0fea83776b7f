"""Numbers, days and text of a source: what landing takes, and in which words the rest is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from pipelines.errors import SourceError
from pipelines.ingest.contract import LANDING_TABLES, Contract
from pipelines.ingest.text import width_of
from pipelines.warehouse import Warehouse

MONEY, END = pa.decimal128(18, 2), date(9999, 12, 31)


def conform(name: str, values: pa.Array, kind: pa.DataType, table: str = "transactions") -> tuple[list[Any], Contract]:
    """Return a column as landing would be offered it, and the contract with its counts."""
    landing = next(one for one in LANDING_TABLES if one.name == table)
    key = landing.key[0]
    columns = {key: pa.string(), name: kind, "known_on": pa.date32()}
    contract = Contract(landing, columns, (key, "known_on"), "x.sql")
    rows = len(values)
    given = {
        key: pa.array([f"T{i}" for i in range(rows)]),
        name: values,
        "known_on": pa.array([date(2020, 1, 5)] * rows),
    }
    batches = list(contract.conform([pa.RecordBatch.from_pydict(given)], END))
    return pa.Table.from_batches(batches)[name].to_pylist(), contract


@pytest.mark.parametrize(
    ("given", "kind", "expected"),
    [
        (pa.array(["1.5", "-99999999999999.99", None]), MONEY, [Decimal("1.50"), Decimal("-99999999999999.99"), None]),
        (pa.array([0.1 + 0.2, 1e12 + 0.07]), MONEY, [Decimal("0.30"), Decimal("1000000000000.07")]),
        (pa.array([Decimal("1.5000000000")], pa.decimal128(38, 10)), MONEY, [Decimal("1.50")]),
        (pa.array([7], pa.int64()), MONEY, [Decimal("7.00")]),
        (pa.array(["7", None]), pa.int32(), [7, None]),
        (pa.array([7.0]), pa.int32(), [7]),
        (pa.array([None, None], pa.int32()), pa.date32(), [None, None]),
        (pa.array(["0.25"]), pa.float64(), [0.25]),
        (pa.array([1_578_182_400], pa.timestamp("s")), pa.date32(), [date(2020, 1, 5)]),
        (pa.array(["2020-01-05"]), pa.date32(), [date(2020, 1, 5)]),
        (pa.array(["TRUE", "0"]), pa.bool_(), [True, False]),
    ],
)
def test_what_fits_is_taken_as_it_is(given: pa.Array, kind: pa.DataType, expected: list[Any]) -> None:
    assert conform("amount", given, kind)[0] == expected


NO_NUMBER = "NaN, which is no number"


@pytest.mark.parametrize(
    ("name", "given", "kind", "words"),
    [
        ("amount", pa.array([1.0, float("nan")]), MONEY, NO_NUMBER),
        ("amount", pa.array(["1", "NaN"]), MONEY, NO_NUMBER),
        ("value", pa.array([1.0, float("nan")]), pa.float64(), NO_NUMBER),
        ("value", pa.array(["1", "nan"]), pa.float64(), NO_NUMBER),
        ("value", pa.array([1.0, float("-inf")]), pa.float64(), "infinity"),
        ("value", pa.array([1.0, float("inf")], pa.float32()), pa.float64(), "infinity"),
        ("value", pa.array([1.0, float("nan")]), pa.int32(), NO_NUMBER),
        ("value", pa.array([1.0, 1.5]), pa.int32(), "a number with a fraction"),
        ("value", pa.array(["1", "3000000000"]), pa.int32(), r"a number beyond the column \(string\)"),
        ("amount", pa.array(["1", "10.505"]), MONEY, "a number of more than 2 decimals"),
        ("amount", pa.array([1.0, 10.505]), MONEY, "a number of more than 2 decimals"),
        ("amount", pa.array([1.0, 10.0001]), MONEY, "a number of more than 2 decimals"),
        ("amount", pa.array([Decimal(1), Decimal("10.505")], pa.decimal128(38, 10)), MONEY, "more than 2 decimals"),
        ("amount", pa.array(["1", "9000000000000000.01"]), MONEY, r"1e\+14 or more; expected less than 1e\+14"),
        ("amount", pa.array([1, -100_000_000_000_000]), MONEY, r"a number of 1e\+14 or more"),
        ("amount", pa.array(["1", "1e20"]), MONEY, r"a number beyond the column"),
        ("amount", pa.array([1.0, 2e13]), MONEY, r"a double of 1e\+13 or more, without cents"),
        ("amount", pa.array(["1", "1,000.00"]), MONEY, "text that is no number"),
        ("nav_ratio", pa.array([1.0, 1e7]), pa.float64(), r"a number of 1e\+03 or more"),
        ("value", pa.array([1.0, 1e300]), pa.float64(), r"a number of 1e\+12 or more"),
        ("day", pa.array([1, 18_000]), pa.date32(), r"a number \(int64\); expected a day without time and zone"),
        ("day", pa.array(["2020-01-05", "5/1/2020"]), pa.date32(), "text that is no day"),
        ("day", pa.array([1_578_182_400, 1_578_182_401], pa.timestamp("s")), pa.date32(), "a time of day"),
        ("day", pa.array([18_000, 2**31 - 1], pa.int32()).view(pa.date32()), pa.date32(), "a day outside the years"),
        ("flag", pa.array(["true", "ja"]), pa.bool_(), "text that is no true or false"),
        ("branch_id", pa.array(["B1", "B\0"]), pa.string(), "text with a NUL character"),
        ("branch_id", pa.array(["王" * 64, "王" * 65]), pa.string(), "text longer than 64 characters"),
        ("branch_id", pa.array([1.0, 2.0]), pa.string(), r"a number \(double\); expected text"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_by_its_row_and_never_shown(
    name: str, given: pa.Array, kind: pa.DataType, words: str
) -> None:
    with pytest.raises(SourceError, match=words) as raised:
        conform(name, given, kind)
    assert str(raised.value).startswith(f"x.sql gives transactions.{name} of the row transaction_id T")
    assert ", known_on 2020-01-05 as " in str(raised.value)
    if not pa.types.is_date(given.type):
        value = str(given.to_pylist()[-1])
        assert len(value) < 4 or value not in str(raised.value)


def test_a_timestamp_with_a_zone_is_no_day() -> None:
    given = pa.array([1_578_182_400], pa.timestamp("s", "Asia/Shanghai"))
    with pytest.raises(SourceError, match=r"a timestamp with a zone .*: set timezone of \[sources"):
        conform("booked_on", given, pa.date32())


@pytest.mark.parametrize(
    ("name", "given", "expected", "counts"),
    [
        ("branch_id", [" B1", "B2 ", "\u3000B3\xa0", "B4\ufeff", "B 5"], ["B1", "B2", "B3", "B4", "B 5"], (4, 0)),
        ("group_id", ["NULL", "n/a", "None", "-", "无", "空", "Unknown", "000", "", " "], [None] * 10, (1, 10)),
        ("group_id", [f"{'0' * 8}-{'0000-' * 3}{'0' * 12}", "nullable", "01"], [None, "nullable", "01"], (0, 1)),
        ("group_id", [None, "N", "无锡", "0.5"], [None, "N", "无锡", "0.5"], (0, 0)),
        ("guarantee_id", ["0", "NULL"], ["0", None], (0, 1)),
        ("kind", ["NULL", " x"], ["NULL", " x"], (0, 0)),
    ],
)  # fmt: skip
def test_ids_are_bare_and_words_for_nothing_are_none(
    name: str, given: list[Any], expected: list[Any], counts: tuple[int, int]
) -> None:
    got, contract = conform(name, pa.array(given), pa.string())
    assert got == expected
    assert (contract.trimmed[name], contract.no_id[name]) == counts


def test_a_required_id_that_is_a_word_for_nothing_is_refused() -> None:
    contract = Contract(LANDING_TABLES[1], {"transaction_id": pa.string()}, ("transaction_id",), "x.sql")
    rows = pa.RecordBatch.from_pydict({"transaction_id": ["T1", "#N/A"]})
    with pytest.raises(SourceError, match=r"gives 1 of 2 rows without transaction_id \(an empty text, or a word"):
        list(contract.conform([rows], END))


def test_a_slice_of_a_batch_is_read_by_itself() -> None:
    whole = pa.array(["NULL", "C1 ", "C2", "x" * 99])
    assert conform("group_id", whole.slice(1, 2), pa.string())[0] == ["C1", "C2"]


def test_text_is_as_wide_as_the_columns_of_the_server(new_warehouse_url: Any) -> None:
    from pipelines.warehouse import open_warehouse

    with open_warehouse(new_warehouse_url("postgresql")) as warehouse:
        columns = read_widths(warehouse)
    assert {(table, name): width_of(table, name) for table, name in columns} == columns


def read_widths(warehouse: Warehouse) -> dict[tuple[str, str], int]:
    rows = warehouse.select(
        "select table_name, column_name, character_maximum_length as width from information_schema.columns "
        "where table_schema = 'landing' and character_maximum_length is not null"
    ).to_pylist()
    return {(row["table_name"], row["column_name"]): row["width"] for row in rows}
