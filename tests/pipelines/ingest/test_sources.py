"""Sources by URL: files, databases, and what is said when one of them cannot be read."""

from __future__ import annotations

import gzip
import re
import sqlite3
import traceback
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from pipelines.errors import SourceError
from pipelines.ingest.sources import SourceUnreachableError, gather_batches, hide_password, open_source
from pipelines.ingest.sources.readers import SQLAlchemySource
from pipelines.source_form import CsvForm
from pipelines.warehouse import open_warehouse

CSV = b"id,amount,note\n007,12.50,\n008,-3.00, blank\n"


def read_all(url: str, statement: str, batch_rows: int = 50_000) -> pa.Table:
    with open_source(url) as source:
        return gather_batches(source.read(statement, batch_rows))


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("t.csv", lambda rows: rows),
        ("t.csv.gz", gzip.compress),
        ("t.csv.zst", lambda rows: pa.compress(rows, "zstd", asbytes=True)),
    ],
)
def test_csv_cells_stay_text(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    content = CSV if name.endswith("csv") else b""
    if name.endswith("zst"):
        with pa.output_stream(tmp_path / name, compression="zstd") as packed:
            packed.write(CSV)
    else:
        (tmp_path / name).write_bytes(content or pack(CSV))
    got = read_all(f"files://{tmp_path}", "select id, amount, note from t order by id").to_pylist()
    assert got == [
        {"id": "007", "amount": "12.50", "note": None},
        {"id": "008", "amount": "-3.00", "note": " blank"},
    ]


def test_a_parquet_file_keeps_its_types(tmp_path: Path) -> None:
    pq.write_table(pa.table({"day": [date(2020, 1, 1)], "money": [Decimal("1.50")]}), tmp_path / "t.parquet")
    assert read_all(f"files://{tmp_path}", "select day, money from t").to_pylist() == [
        {"day": date(2020, 1, 1), "money": Decimal("1.50")}
    ]


def test_rows_come_in_batches(tmp_path: Path) -> None:
    path = tmp_path / "bank.sqlite"
    with sqlite3.connect(path) as bank:
        bank.execute("create table t (a integer)")
        bank.executemany("insert into t values (?)", [(i,) for i in range(10)])
    with open_source(f"sqlite:///{path}") as source:
        assert [batch.num_rows for batch in source.read("select a from t", 4)] == [0, 4, 4, 2]


def test_a_select_without_rows_still_names_its_columns(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "b.sqlite").execute("create table t (a integer, b text)").connection.commit()
    (tmp_path / "t.csv").write_text("a,b\n")
    for url in (f"sqlite:///{tmp_path}/b.sqlite", f"files://{tmp_path}"):
        got = read_all(url, "select a, b from t")
        assert (got.column_names, got.num_rows) == (["a", "b"], 0)


def test_percent_signs_and_colons_reach_the_database_as_written(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "b.sqlite") as bank:
        bank.execute("create table t (a text)")
        bank.execute("insert into t values ('10%:x')")
    got = read_all(f"sqlite:///{tmp_path}/b.sqlite", "select a from t where a like '10%:x'")
    assert got.to_pylist() == [{"a": "10%:x"}]


def test_percent_signs_reach_a_driver_that_would_read_them_as_parameters(
    new_warehouse_url: Callable[[str], str],
) -> None:
    engine = sa.create_engine(sa.make_url(new_warehouse_url("postgresql")).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        got = gather_batches(SQLAlchemySource(connection).read("select '10%s' as a where 'ab' like 'a%b'", 10))
    engine.dispose()
    assert got.to_pylist() == [{"a": "10%s"}]


def test_a_duckdb_file_is_read_without_being_written(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "bank.duckdb")) as bank:
        bank.execute("create table t as select 1 as a")
    url = f"duckdb:///{tmp_path}/bank.duckdb"
    assert read_all(url, "select a from t").to_pylist() == [{"a": 1}]
    with pytest.raises(SourceError, match="read-only"):
        read_all(url, "delete from t")


def test_postgresql_gives_money_and_days_that_the_contract_can_cast(new_warehouse_url: Callable[[str], str]) -> None:
    url = new_warehouse_url("postgresql")
    with open_warehouse(url) as bank:
        bank.run_script(
            "create table t (id text, money numeric(18, 2), day date); insert into t values ('a', 1.5, '2020-01-01')"
        )
    got = read_all(url, "select id, money, day from t")
    assert got["money"].cast(pa.decimal128(18, 2)).to_pylist() == [Decimal("1.50")]
    assert got.select(["id", "day"]).to_pylist() == [{"id": "a", "day": date(2020, 1, 1)}]
    with pytest.raises(SourceError, match='relation "no_such" does not exist'):
        read_all(url, "select 1 as a from no_such")


@pytest.mark.parametrize(("zone", "day"), [(None, date(2020, 1, 4)), ("Asia/Shanghai", date(2020, 1, 5))])
def test_a_session_of_postgresql_is_in_the_declared_zone(
    new_warehouse_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, zone: str | None, day: date
) -> None:
    monkeypatch.setenv("PGTZ", "America/New_York")  # of the worker: without effect
    url, statement = new_warehouse_url("postgresql"), "select cast(timestamptz '2020-01-04 16:00:00Z' as date) as day"
    with open_source(url, timezone=zone) as source:
        assert gather_batches(source.read(statement, 10)).to_pylist() == [{"day": day}]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("files://{tmp}/nowhere", "no folder .*nowhere; set KCRM_SOURCE_URL"),
        ("sqlite:///{tmp}/nowhere.sqlite", "no source answers at sqlite:///.*nowhere.sqlite"),
        ("duckdb:///{tmp}/nowhere.duckdb", "no source answers at duckdb:///.*nowhere.duckdb"),
        ("postgresql://eve:secret@127.0.0.1:1/bank", r"no source answers at postgresql://eve:\*\*\*@127.0.0.1:1/bank"),
    ],
)
def test_a_source_that_does_not_answer_may_be_tried_again(tmp_path: Path, url: str, words: str) -> None:
    with pytest.raises(SourceUnreachableError, match=words) as raised, open_source(url.format(tmp=tmp_path)):
        pass
    assert isinstance(raised.value, ConnectionError)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [("no url", "KCRM_SOURCE_URL is no URL"), ("cobol://bank/x", "no driver for cobol is installed")],
)
def test_a_url_that_cannot_be_opened_is_named(url: str, words: str) -> None:
    with pytest.raises(SourceError, match=words), open_source(url):
        pass


def test_a_folder_needs_files_and_one_file_a_table(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("no data")
    with pytest.raises(SourceError, match=r"has no files \*.csv"), open_source(f"files://{tmp_path}"):
        pass
    (tmp_path / "t.csv").write_text("a\n1\n")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a\n1\n"))
    with pytest.raises(SourceError, match=r"both t.csv and t.csv.gz"), open_source(f"files://{tmp_path}"):
        pass


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"not parquet")
    (tmp_path / "u.csv").write_text("a\n1\n")
    with pytest.raises(SourceError, match=r"t.parquet cannot be read"):
        read_all(f"files://{tmp_path}", "select a from t")
    assert read_all(f"files://{tmp_path}", "select a from u").to_pylist() == [{"a": "1"}]  # t is not read for it


def test_a_value_that_a_cast_refuses_stays_out_of_the_message(tmp_path: Path) -> None:
    pq.write_table(pa.table({"amount": ["Wang Wei"]}), tmp_path / "t.parquet")
    with pytest.raises(SourceError, match=r"Could not convert string '\.\.\.' to DECIMAL") as raised:
        read_all(f"files://{tmp_path}", "select cast(amount as numeric(18, 2)) as amount from t")
    assert "Wang" not in str(raised.value)
    assert raised.value.__suppress_context__


def short_row(lines: list[bytes]) -> bytes:
    lines[39_000] = b"38999,K00001,Wang Wei"
    return b"\n".join(lines)


def long_row(lines: list[bytes]) -> bytes:
    lines[39_000] += b",Wang Wei"
    return b"\n".join(lines)


def mixed_line_endings(lines: list[bytes]) -> bytes:
    return b"\n".join(lines[:39_000]) + b"\n" + b"\r\n".join(lines[39_000:])


def open_quote(lines: list[bytes]) -> bytes:
    lines[39_000] = b'38999,"Wang Wei,2024-04-02,1'
    return b"\n".join(lines)


def other_encoding(lines: list[bytes]) -> bytes:
    lines[39_000] = "38999,Wang Wéi,2024-04-02,1".encode("latin-1")
    return b"\n".join(lines)


def text_as_day(lines: list[bytes]) -> bytes:
    lines[39_000] = b"38999,K00001,Wang Wei,1"
    return b"\n".join(lines)


def short_row_at_once(lines: list[bytes]) -> bytes:
    lines[3] = b"2,Wang Wei"
    return b"\n".join(lines)


ALL = "select id, name, money from t"
FIND = r"To see such values, select them where try_cast\(<column> as <type>\) is null and the column is not\.$"


@pytest.mark.parametrize(
    ("spoil", "statement", "words"),
    [
        (short_row, ALL, r"^t.csv line 39001 has 3 columns; expected 4, as in its header\.$"),
        (long_row, ALL, r"^t.csv line 39001 has 5 columns; expected 4, as in its header\.$"),
        (mixed_line_endings, ALL, r"^t.csv breaks the form of csv; expected one kind of line ending"),
        (open_quote, ALL, r"^t.csv line 39001 opens a quote"),
        (other_encoding, ALL, r"^t.csv line 39001 is not UTF-8"),
        (
            text_as_day,
            "select cast(day as date) as day from t",
            r"^t.csv line 39001: a value of column day is no DATE\. " + FIND,
        ),
        (
            text_as_day,
            "select id from t where cast(day as date) < date '2025-01-01'",
            r"'\.\.\.' in column day\. " + FIND,
        ),
        (text_as_day, "select strptime(day, '%Y-%m-%d') as day from t", r"Could not parse string '\.\.\.'\. " + FIND),
        (
            text_as_day,
            "select error(day) as day from t where day like 'W%'",
            r"^Invalid Input Error \(the engine's words",
        ),
        (short_row_at_once, ALL, r"^t.csv line 4 has 2 columns; expected 4, as in its header\.$"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_row_that_breaks_while_rows_stream_is_told_without_its_content(
    tmp_path: Path, spoil: Callable[[list[bytes]], bytes], statement: str, words: str
) -> None:
    lines = [b"id,name,day,money"] + [f"{i},K{i:05},2024-04-02,1".encode() for i in range(41_875)]
    (tmp_path / "t.csv").write_bytes(spoil(lines) + b"\n")
    with pytest.raises(SourceError, match=words) as raised:
        read_all(f"files://{tmp_path}", statement)
    told = "".join(traceback.format_exception(raised.value))
    assert not re.search(r"Wang|K\d{5}|38999|Original Line", told)


def test_a_damaged_parquet_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"id": [str(i) for i in range(200_000)]}), path, row_group_size=5000)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 2000] = b"\xff" * 2000
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"^t.parquet is damaged; write it again\.$"):
        read_all(f"files://{tmp_path}", "select id from t")


def test_a_number_that_does_not_fit_stays_out_of_the_message(tmp_path: Path) -> None:
    pq.write_table(pa.table({"money": [1, 70_123]}), tmp_path / "t.parquet")
    for statement in (
        "select cast(money as smallint) as a from t",
        "select cast(money as integer) * 99999999 as a from t",
    ):
        with pytest.raises(SourceError) as raised:
            read_all(f"files://{tmp_path}", statement)
        assert "70123" not in str(raised.value)


def test_a_missing_file_is_told_with_the_files_there(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("a\n1\n")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    words = rf"^no file saldi\.csv or saldi\.parquet in {tmp_path}; it has: a\.parquet, b\.csv\.$"
    with pytest.raises(SourceError, match=words):
        read_all(f"files://{tmp_path}", "select a from saldi")


def test_an_engines_words_end_in_a_full_stop(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n1\n")
    with pytest.raises(SourceError, match=r"^Parser Error: syntax error at or near \"m\"\.$"):
        read_all(f"files://{tmp_path}", "select a fro m t t")


def test_postgresql_that_fails_while_rows_stream_keeps_the_value_to_itself(
    new_warehouse_url: Callable[[str], str],
) -> None:
    url = new_warehouse_url("postgresql")
    statement = (
        "select cast(case when i = 90000 then 'Wang Wei' else '1' end as integer) as a from generate_series(1, 99999) i"
    )
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        for read in (
            lambda: read_all(url, statement),
            lambda: gather_batches(SQLAlchemySource(connection).read(statement, 1000)),
        ):
            with pytest.raises(SourceError, match=r"^invalid input syntax for type integer: '\.\.\.'\.$") as raised:
                read()
            assert "Wang" not in "".join(traceback.format_exception(raised.value))
    engine.dispose()


def test_text_that_a_driver_cannot_decode_midway_stays_out_of_the_message(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "b.sqlite") as bank:
        bank.execute("create table t (name)")
        names = ((b"Wang\xff" if i == 9000 else b"ok",) for i in range(9001))
        bank.executemany("insert into t values (cast(? as text))", names)
    with pytest.raises(SourceError, match=r"^Could not decode") as raised:
        read_all(f"sqlite:///{tmp_path}/b.sqlite", "select name from t", batch_rows=1000)
    assert "Wang" not in "".join(traceback.format_exception(raised.value))


def test_a_column_of_mixed_kinds_is_named(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "b.sqlite") as bank:
        bank.execute("create table t (amount)")
        bank.executemany("insert into t values (?)", [(1,), ("two",)])
    with pytest.raises(SourceError, match="column amount mixes int, str"):
        read_all(f"sqlite:///{tmp_path}/b.sqlite", "select amount from t")


def test_a_password_stays_out_of_logs() -> None:
    assert hide_password("postgresql://eve:secret@db/bank") == "postgresql://eve:***@db/bank"
    assert hide_password("files:///data/bank") == "files:///data/bank"


def read_form(folder: Path, form: CsvForm, statement: str = "select id, name from t") -> list[dict[str, object]]:
    with open_source(f"files://{folder}", csv_form=form) as source:
        return gather_batches(source.read(statement, 1000)).to_pylist()


WIDE = "id,name,day\n1,a,2020-01-01\n2,b,2020-01-02\n"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (WIDE + "id,name,day,city\n3,c,2020-01-03,x\n", r"^t.csv line 4 is a header again; expected one header, on"),
        (WIDE + WIDE, r"^t.csv line 4 is a header again; expected one header"),
        (WIDE + "day,id,name\r\n2020-01-03,3,c\n", r"^t.csv line 4 is a header again"),
        (WIDE + '"id","name","day"\n3,c,2020-01-03\n', r"^t.csv line 4 is a header again"),
        ("Report of January\n" + WIDE, r"^t.csv line 2 has . columns; expected 1, as in its header"),
        (WIDE + "3,c,2020-01-03,x\n", r"^t.csv line 4 has 4 columns; expected 3, as in its header\.$"),
        (WIDE + "3,c\n", r"^t.csv line 4 has 2 columns; expected 3, as in its header\.$"),
        ("id,name,id\n1,a,1\n", r"^t.csv line 1 names \['id'\] twice; expected a header that names each column once"),
        ("", r"^t.csv line 1 is empty; expected a header"),
    ],
)
def test_the_first_line_is_the_header_of_all_lines(tmp_path: Path, rows: str, words: str) -> None:
    (tmp_path / "t.csv").write_bytes(rows.encode())
    with pytest.raises(SourceError, match=words):
        read_all(f"files://{tmp_path}", "select * from t")


def test_a_value_that_is_also_a_column_name_is_no_header(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,name\n1,name\n2,id\n")
    assert [row["name"] for row in read_form(tmp_path, CsvForm())] == ["name", "id"]


def test_a_declared_header_is_the_only_one_taken(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,name\n1,a\n")
    assert read_form(tmp_path, CsvForm(columns={"t": ("id", "name")})) == [{"id": "1", "name": "a"}]
    with pytest.raises(SourceError, match=r"t.csv line 1 has the header \['id', 'name'\]; expected \['id', 'city'\]"):
        read_form(tmp_path, CsvForm(columns={"t": ("id", "city")}))


@pytest.mark.parametrize(
    ("form", "content"),
    [
        (CsvForm(), "\ufeffid,name\n1,王\n".encode()),
        (CsvForm(encoding="GB18030"), "id,name\n1,王\n".encode("gb18030")),
        (CsvForm(encoding="utf-16"), "id,name\n1,王\n".encode("utf-16")),
        (CsvForm(delimiter="|", quote="'", escape="'"), "id|name\n1|'王'\n".encode()),
        (CsvForm(delimiter="\t", quote=""), "id\tname\n1\t王\n".encode()),
        (CsvForm(delimiter=";", escape="\\"), 'id;name\n1;"王"\n'.encode()),
    ],
    ids=["byte order mark", "gb18030", "utf-16", "pipes", "tabs", "backslash"],
)
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".csv.zst"])
def test_the_declaration_says_how_csv_is_written(tmp_path: Path, form: CsvForm, content: bytes, suffix: str) -> None:
    pack_csv(tmp_path / f"t{suffix}", content)
    assert read_form(tmp_path, form) == [{"id": "1", "name": "王"}]


def test_what_is_not_in_the_declared_encoding_is_told_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("id,name\n1,a\n2,王\n".encode("gb18030"))
    with pytest.raises(SourceError, match=r"^t.csv line 3 is not UTF-8; .* set encoding of \[sources.<name>.csv\]"):
        read_form(tmp_path, CsvForm())
    (tmp_path / "t.csv").write_bytes("id,name\n1,a\n2,王\n".encode("gb18030") + b"3,\xff\xff\n")
    with pytest.raises(SourceError, match=r"^t.csv line 4 is not gb18030; .* or correct encoding of \[sources.<name>"):
        read_form(tmp_path, CsvForm(encoding="gb18030"))
    (tmp_path / "t.csv").write_bytes("编号,name\n".encode("gb18030"))
    with pytest.raises(SourceError, match=r"^t.csv line 1 is not UTF-8; .* or correct encoding of \[sources.<name>"):
        read_form(tmp_path, CsvForm())


def pack_csv(path: Path, content: bytes) -> None:
    codec = {".gz": "gzip", ".zst": "zstd"}.get(path.suffix)
    with pa.output_stream(path, compression=codec) as packed:
        packed.write(content)


@pytest.mark.parametrize("suffix", [".csv.gz", ".csv.zst"])
def test_a_packed_file_is_read_to_its_end_or_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    rows = b"id,name\n" + b"".join(b"%d,%d.43\n" % (i, i * 7919 % 100_003) for i in range(20_000))
    pack_csv(path, rows)
    whole = path.read_bytes()
    for cut in [len(whole) * share // 20 for share in range(1, 20)] + [len(whole) - 1]:
        path.write_bytes(whole[:cut])
        with pytest.raises(SourceError, match=rf"^t{suffix} is damaged or cut short .* copy or write it again\.$"):
            read_form(tmp_path, CsvForm())
    path.write_bytes(whole)
    assert len(read_form(tmp_path, CsvForm())) == 20_000
    path.write_bytes(whole + whole)  # two exports joined, each with its header
    with pytest.raises(SourceError, match=rf"^t{suffix} line 20002 is a header again"):
        read_form(tmp_path, CsvForm())
