"""What banks have delivered by mistake: each is refused with its place, or counted, and never lands in silence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import SourceError
from pipelines.settings import Settings, SourceSettings
from pipelines.source_form import CsvForm
from pipelines.warehouse import Warehouse, open_warehouse
from tests.pipelines.ingest.test_extract import TRANSACTIONS, WINDOW, TinyBank

CASTS = """
    select t.transaction_id, t.customer_id, cast(t.booked_on as date) as booked_on,
        cast(t.amount as numeric(18, 2)) as amount, t.kind, cast(t.is_void as boolean) as is_void,
        cast(t.known_on as date) as known_on
    from transactions as t"""
CUSTOMERS = "customer_id,kind,relation,group_id,known_on\nC1,company,customer,,2020-01-01\n"
HOLDINGS = """
    select h.holding_id, h.customer_id, h.product_id, cast(h.amount as numeric(18, 2)) as amount,
        cast(h.nav_ratio as double) as nav_ratio, cast(h.known_on as date) as known_on
    from holdings as h"""


@pytest.fixture
def bank(tmp_path: Path, settings: Settings) -> TinyBank:
    bank = TinyBank(tmp_path, settings)
    bank.ask("transactions", CASTS + WINDOW)
    bank.ask("customers", "select customer_id, kind, relation, group_id, known_on from customers" + WINDOW)
    bank.state("customers", CUSTOMERS)
    return bank


@pytest.fixture
def landing(new_warehouse_url: Callable[[str], str]) -> Warehouse:
    with open_warehouse(new_warehouse_url("duckdb")) as warehouse:
        yield warehouse


def declare(bank: TinyBank, **declared: object) -> None:
    source = SourceSettings(first_training_as_of=date(2020, 1, 1), **declared)
    bank.settings = bank.settings.model_copy(update={"declared_sources": {"tiny": source}})


def read_counts(warehouse: Warehouse) -> dict[str, int]:
    rows = warehouse.select("select subject, row_count from ops.source_counts").to_pylist()
    return {row["subject"]: row["row_count"] for row in rows}


def write_zoned(bank: TinyBank, hour: int = 16) -> None:
    """Write bookings of 2020-01-05 and 2020-02-01 in Shanghai as timestamps with a zone, at `hour` in UTC."""
    (bank.files / "transactions.csv").unlink(missing_ok=True)
    times = [datetime(2020, 1, 4, hour, tzinfo=UTC), datetime(2020, 1, 31, hour, tzinfo=UTC)]
    rows = {
        "transaction_id": ["T1", "T2"],
        "customer_id": ["C1", "C1"],
        "booked_on": pa.array(times, pa.timestamp("us", "UTC")),
        "amount": [1.5, 2.5],
        "kind": ["receipt", "receipt"],
        "is_void": [False, False],
        "known_on": pa.array(times, pa.timestamp("us", "UTC")),
    }
    pq.write_table(pa.table(rows), bank.files / "transactions.parquet")


def test_a_zoned_timestamp_is_a_day_only_in_a_declared_zone(
    landing: Warehouse, bank: TinyBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_zoned(bank)
    with pytest.raises(SourceError, match=r"transactions.booked_on is a timestamp with a zone.*: set timezone"):
        bank.extract(landing)
    declare(bank, timezone="Asia/Shanghai")
    for zone in ("America/New_York", "Asia/Shanghai"):  # a worker that moves loads nothing again
        monkeypatch.setenv("TZ", zone)
        bank.extract(landing)
    days = landing.select("select booked_on, known_on from landing.transactions order by 1").to_pylist()
    assert [(row["booked_on"], row["known_on"]) for row in days] == [(date(2020, 1, 5),) * 2, (date(2020, 2, 1),) * 2]
    write_zoned(bank, hour=15)
    with pytest.raises(SourceError, match=r"column booked_on is a timestamp at 23:00 in all rows"):
        bank.extract(landing)


def test_a_time_of_day_is_no_day(landing: Warehouse, bank: TinyBank) -> None:
    select = CASTS.replace("cast(t.booked_on as date) as booked_on", "cast(t.booked_on as timestamp) as booked_on")
    bank.ask("transactions", select + WINDOW)
    bank.extract(landing)
    bank.state("transactions", TRANSACTIONS.replace("C1,2020-01-05", "C1,2020-01-05 23:30:00"))
    with pytest.raises(SourceError, match=r"booked_on of the row transaction_id T1, known_on .* time of day"):
        bank.extract(landing)


@pytest.mark.parametrize("times", [("16:00:00Z",) * 4, ("22:00", "23:00", "22:00", "23:00")])
def test_midnights_of_another_zone_are_no_days(landing: Warehouse, bank: TinyBank, times: tuple[str, ...]) -> None:
    header, *rows = TRANSACTIONS.splitlines()
    moved = [re.sub(r"(,C\d,[-\d]+)", rf"\1 {time}", row) for row, time in zip(rows, times, strict=True)]
    bank.state("transactions", "\n".join([header, *moved, ""]))
    with pytest.raises(SourceError, match=r"column booked_on is a timestamp at (16|22):00 in all rows"):
        bank.extract(landing)


def test_times_of_day_that_a_select_cuts_off_are_cut_off(landing: Warehouse, bank: TinyBank) -> None:
    bank.state("transactions", TRANSACTIONS.replace("C1,2020-01-05", "C1,2020-01-05 23:30:00"))
    bank.extract(landing)
    days = landing.select("select booked_on from landing.transactions order by 1")["booked_on"].to_pylist()
    assert days == [date(2020, 1, 5), date(2020, 2, 5)]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("10.505", "more than 2 decimals"),
        ("9000000000000000.00", "1e.14 or more; expected less than"),
        ("123456789012345678.00", "a number beyond the column"),
    ],
)
def test_no_digit_of_an_amount_is_rounded_away(landing: Warehouse, bank: TinyBank, amount: str, words: str) -> None:
    bank.state("transactions", TRANSACTIONS.replace("10.50", amount))
    with pytest.raises(SourceError, match=rf"transactions.amount of the row transaction_id T1, .*{words}"):
        bank.extract(landing)


MONEY = "cast(t.amount as numeric(18, 2))"


@pytest.mark.parametrize(
    "select",
    [
        CASTS.replace(MONEY, f"coalesce({MONEY}, 0)") + WINDOW,
        CASTS.replace(MONEY, f"-{MONEY}") + WINDOW,
        CASTS.replace(MONEY, f"case when t.kind = 'receipt' then {MONEY} else -{MONEY} end") + WINDOW,
        CASTS.replace(MONEY, "cast(cast(t.amount as double) as numeric(18, 2))") + WINDOW,
        CASTS + WINDOW + " and t.kind = 'payment' union all " + CASTS + WINDOW + " and t.kind = 'receipt'",
        f"with recent as (select * from transactions {WINDOW}) " + CASTS.replace("transactions as", "recent as"),
    ],
    ids=["coalesce", "minus", "case", "double", "union", "with"],
)
def test_a_select_that_rounds_is_seen_through(landing: Warehouse, bank: TinyBank, select: str) -> None:
    bank.ask("transactions", select)
    bank.extract(landing)
    bank.state("transactions", TRANSACTIONS.replace("10.50", "10.505"))
    with pytest.raises(SourceError, match=r"transactions.amount of the row transaction_id T1, .* more than 2 decimals"):
        bank.extract(landing)


def test_a_price_that_is_no_number_names_its_holding(landing: Warehouse, bank: TinyBank) -> None:
    bank.ask("holdings", HOLDINGS + WINDOW)
    header = "holding_id,customer_id,product_id,amount,nav_ratio,known_on\n"
    bank.state("holdings", f"{header}H1,C1,P1,10.00,1.02,2020-01-05\nH2,C1,P1,10.00,NaN,2020-01-05\n")
    words = r"gives holdings.nav_ratio of the row holding_id H2, known_on 2020-01-05 as NaN, which is no number; exp"
    with pytest.raises(SourceError, match=words):
        bank.extract(landing)


def test_rows_known_on_no_day_are_refused(landing: Warehouse, bank: TinyBank) -> None:
    bank.state("transactions", TRANSACTIONS.replace("2020-01-05\n", "\n"))
    with pytest.raises(SourceError, match=r"transactions.sql gives 1 of 4 rows without known_on; expected none"):
        bank.extract(landing)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("1899-12-30", "1 rows of transactions known before 1900-01-01 and 0 known on 2030-03-01"),
        ("0026-01-05", "1 rows of transactions known before 1900-01-01"),
        ("9999-12-31", "0 rows of transactions known before 1900-01-01 and 1 known on 2030-03-01 or later, of 4"),
    ],
)
def test_rows_known_on_an_impossible_day_are_counted_and_bounded(
    landing: Warehouse, bank: TinyBank, day: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    rows = TRANSACTIONS.replace("2020-01-05\n", f"{day}\n")
    bank.state("transactions", rows)
    with pytest.raises(SourceError, match=words):
        bank.extract(landing)
    many = "".join(f"X{i},C1,2020-01-05,1.00,receipt,false,2020-01-05\n" for i in range(200))
    bank.state("transactions", rows + many)
    bank.extract(landing)
    counts = {"transactions.known_on.impossible": 1, "transactions.known_on.not_yet_known": 1}
    assert read_counts(landing) == counts
    assert "extract tiny.transactions.known_on.impossible as_of=2020-03-01 rows=1 left out: known_on is" in caplog.text


def test_what_the_window_leaves_out_is_counted_by_cause(landing: Warehouse, bank: TinyBank) -> None:
    declare(bank, lookback_days=30)
    bank.extract(landing)
    assert read_counts(landing) == {
        "transactions.known_on.before_window": 1,
        "transactions.known_on.not_yet_known": 1,
    }


def test_padded_ids_join_and_are_counted(warehouse: Warehouse, bank: TinyBank) -> None:
    bank.state("transactions", TRANSACTIONS.replace(",C1,", ",C1      ,"))
    bank.extract(warehouse)
    joined = "select count(*) as n from landing.transactions join landing.customers using (customer_id)"
    assert warehouse.select(joined)["n"].to_pylist() == [2]
    assert read_counts(warehouse)["transactions.customer_id.trimmed"] == 3


def test_a_word_for_nothing_is_no_group(landing: Warehouse, bank: TinyBank) -> None:
    bank.state("customers", CUSTOMERS.replace(",,", ",NULL,"))
    bank.extract(landing)
    assert landing.select("select group_id from landing.customers")["group_id"].to_pylist() == [None]
    assert read_counts(landing)["customers.group_id.no_id"] == 1


def test_exports_joined_with_a_new_column_are_refused(landing: Warehouse, bank: TinyBank) -> None:
    header, *rows = TRANSACTIONS.splitlines()
    later = f"{header},channel\nT9,C1,2020-02-06,1.00,receipt,false,2020-02-06,counter\n"
    bank.state("transactions", TRANSACTIONS + later)
    with pytest.raises(SourceError, match=rf"fails on .*transactions.csv line {len(rows) + 2} is a header again"):
        bank.extract(landing)


def test_an_archive_cut_short_is_refused(landing: Warehouse, bank: TinyBank) -> None:
    (bank.files / "transactions.csv").unlink()
    many = "".join(f"X{i},C1,2020-01-05,{i}.43,receipt,false,2020-01-05\n" for i in range(20_000))
    path = bank.files / "transactions.csv.zst"
    with pa.output_stream(path, compression="zstd") as packed:
        packed.write((TRANSACTIONS + many).encode())
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 7 // 10])
    with pytest.raises(SourceError, match=r"fails on .*transactions.csv.zst is damaged or cut short"):
        bank.extract(landing)


def test_a_bank_that_writes_gb18030_says_so(landing: Warehouse, bank: TinyBank) -> None:
    bank.ask("customers", 'select "客户号" as customer_id, kind, relation, name, known_on from customers' + WINDOW)
    rows = "客户号;kind;relation;name;known_on\nC1;company;customer;王;2020-01-01\n"
    (bank.files / "customers.csv").write_bytes(rows.encode("gb18030"))
    (bank.files / "transactions.csv").write_text(TRANSACTIONS.replace(",", ";"))
    declare(bank, csv=CsvForm(encoding="gb18030", delimiter=";"))
    bank.extract(landing)
    assert landing.select("select name from landing.customers")["name"].to_pylist() == ["王"]


def test_a_server_is_asked_for_rows_without_known_on_too(
    landing: Warehouse, bank: TinyBank, new_warehouse_url: Callable[[str], str]
) -> None:
    url = new_warehouse_url("postgresql")
    with open_warehouse(url) as server:
        server.run_script(
            "create table customers as select 'C1    '::char(6) as customer_id, 'company' as kind, 'customer' as "
            "relation, null as group_id, date '2020-01-01' as known_on; create table transactions as "
            "select 'T' || i as transaction_id, 'C1' as customer_id, date '2020-01-05' as booked_on, 1.5 as amount, "
            "'receipt' as kind, false as is_void, date '2020-01-05' + 30 * i as known_on from generate_series(1, 3) i"
        )
        bank.settings = bank.settings.model_copy(update={"source_url": url})
        bank.extract(landing)
        assert read_counts(landing) == {"customers.customer_id.trimmed": 1, "transactions.known_on.not_yet_known": 2}
        server.run_script("update transactions set known_on = null where transaction_id = 'T2'")
        with pytest.raises(SourceError, match=r"transactions.sql gives 1 of 3 rows without known_on; expected none"):
            bank.extract(landing)
