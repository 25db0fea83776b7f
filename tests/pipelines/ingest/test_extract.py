"""Extract: what lands, that a second run adds nothing, and that a source which breaks the contract leaves nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.errors import KcrmError, SourceError, WarehouseError
from pipelines.ingest.extract import extract_source
from pipelines.settings import Settings, SourceSettings
from pipelines.warehouse import Warehouse
from pipelines.warehouse.queries import load_query

AS_OF = date(2020, 3, 1)
CUSTOMERS = "customer_id,kind,relation,known_on\nC1,company,customer,2020-01-01\nC2,person,customer,2020-02-29\n"
TRANSACTIONS = (
    "transaction_id,customer_id,booked_on,amount,kind,is_void,known_on\n"
    "T1,C1,2020-01-05,10.50,receipt,false,2020-01-05\n"
    "T2,C1,2020-02-05,-4.00,payment,false,2020-02-05\n"
    "T2,C1,2020-02-05,-4.00,payment,false,2020-02-05\n"
    "T3,C2,2020-02-29,7.00,receipt,false,2020-03-01\n"
)
FULL_SELECT = {
    "customers": "select customer_id, kind, relation, known_on from customers",
    "transactions": """
        select transaction_id, customer_id, booked_on, amount, kind, is_void, known_on from transactions""",
}
WINDOW = """
    where cast(known_on as date) >= cast(:known_from as date)
    and cast(known_on as date) < cast(:known_before as date)"""
NO_WINDOW = " where :known_from <> :known_before"
COUNTS = "select 'void' as subject, 'left out' as note, 3 as row_count" + NO_WINDOW


class TinyBank:
    """A source of two csv files whose rows and queries a test may change before it is extracted."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.sources, self.files = folder / "selects", folder / "source"
        self.queries = self.sources / "tiny"
        self.queries.mkdir(parents=True)
        self.files.mkdir()
        self.settings = settings.model_copy(
            update={
                "source": "tiny",
                "sources": self.sources,
                "declared_sources": {"tiny": SourceSettings(first_training_as_of=date(2020, 1, 1))},
                "source_url": f"files://{self.files}",
            }
        )
        self.state("customers", CUSTOMERS)
        self.state("transactions", TRANSACTIONS)
        for name, select in FULL_SELECT.items():
            self.ask(name, select + WINDOW)

    def state(self, name: str, rows: str) -> None:
        (self.files / f"{name}.csv").write_text(rows)

    def ask(self, name: str, select: str) -> None:
        (self.queries / f"{name}.sql").write_text("-- one row a row\n" + select)
        load_query.cache_clear()

    def extract(self, warehouse: Warehouse, as_of: date = AS_OF, **changes: Any) -> int:
        return extract_source(warehouse, as_of, self.settings.model_copy(update=changes))


@pytest.fixture
def bank(tmp_path: Path, settings: Settings) -> TinyBank:
    return TinyBank(tmp_path, settings)


def read_days(warehouse: Warehouse, table: str = "transactions") -> list[tuple[str, str, str]]:
    """Return (key, known_on, source_known_on) of a landing table."""
    key = table.removesuffix("s") + "_id"
    rows = warehouse.select(f"select {key} as k, known_on, source_known_on from landing.{table}").to_pylist()
    return sorted((row["k"], str(row["known_on"]), str(row["source_known_on"])) for row in rows)


def read_attempts(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """Return (table, attempt, read, new, seen, duplicate, backdated) of every extract."""
    rows = warehouse.select("select * from ops.extracts").to_pylist()
    names = ("table_name", "attempt", "rows_read", "rows_new", "rows_seen_before", "rows_duplicate", "rows_backdated")
    return sorted(tuple(row[name] for name in names) for row in rows)


def publish(warehouse: Warehouse, as_of: date) -> None:
    row = {"place": 1, "run_id": f"{as_of}.1", "as_of": as_of, "action": "publish"}
    run = {"run_id": f"{as_of}.1", "as_of": as_of, "attempt": 1, "state": "published"}
    warehouse.replace("ops.runs", pa.Table.from_pylist([run]), partition={"run_id": run["run_id"]})
    warehouse.replace("ops.publications", pa.Table.from_pylist([row]), partition={"place": 1})


def test_rows_known_before_as_of_land_once(warehouse: Warehouse, bank: TinyBank) -> None:
    assert bank.extract(warehouse) == 4
    assert read_days(warehouse) == [("T1", "2020-01-05", "2020-01-05"), ("T2", "2020-02-05", "2020-02-05")]
    assert read_attempts(warehouse) == [("customers", 1, 2, 2, 0, 0, 0), ("transactions", 1, 3, 2, 0, 1, 0)]


def test_the_day_as_of_itself_is_not_yet_known_even_to_a_query_without_a_window(
    warehouse: Warehouse, bank: TinyBank
) -> None:
    bank.ask("transactions", FULL_SELECT["transactions"] + NO_WINDOW)
    bank.extract(warehouse)
    assert [key for key, _, _ in read_days(warehouse)] == ["T1", "T2"]
    bank.extract(warehouse, as_of=date(2020, 4, 1))
    assert [key for key, _, _ in read_days(warehouse)] == ["T1", "T2", "T3"]


def test_running_again_adds_nothing(warehouse: Warehouse, bank: TinyBank) -> None:
    bank.extract(warehouse)
    before = read_days(warehouse)
    assert bank.extract(warehouse) == 0
    assert read_days(warehouse) == before
    assert read_attempts(warehouse)[1] == ("customers", 2, 2, 0, 2, 0, 0)
    assert read_attempts(warehouse)[3] == ("transactions", 2, 3, 0, 2, 1, 0)


def test_a_row_that_comes_after_publication_counts_as_known_then(warehouse: Warehouse, bank: TinyBank) -> None:
    bank.extract(warehouse)
    publish(warehouse, AS_OF)
    bank.state("transactions", TRANSACTIONS + "T0,C1,2020-01-03,9.00,receipt,false,2020-01-03\n")
    bank.extract(warehouse, as_of=date(2020, 4, 1))
    assert read_days(warehouse) == [
        ("T0", "2020-03-01", "2020-01-03"),
        ("T1", "2020-01-05", "2020-01-05"),
        ("T2", "2020-02-05", "2020-02-05"),
        ("T3", "2020-03-01", "2020-03-01"),
    ]
    assert read_attempts(warehouse)[-1] == ("transactions", 1, 5, 2, 2, 1, 1)


def test_a_correction_is_a_new_row_with_a_later_day(warehouse: Warehouse, bank: TinyBank) -> None:
    bank.extract(warehouse)
    bank.state("customers", CUSTOMERS + "C1,person,customer,2020-02-10\n")
    assert bank.extract(warehouse) == 1
    assert read_days(warehouse, "customers")[:2] == [
        ("C1", "2020-01-01", "2020-01-01"),
        ("C1", "2020-02-10", "2020-02-10"),
    ]


def read_changed(warehouse: Warehouse) -> dict[str, int]:
    """Return rows_changed of each table's last extract of AS_OF."""
    rows = warehouse.select("select table_name, attempt, rows_changed from ops.extracts order by attempt").to_pylist()
    return {row["table_name"]: row["rows_changed"] for row in rows}


def test_rows_edited_in_place_are_counted_and_told_and_landing_keeps_the_first(
    warehouse: Warehouse, bank: TinyBank, caplog: pytest.LogCaptureFixture
) -> None:
    bank.ask("customers", "select customer_id, kind, relation, city, known_on from customers" + WINDOW)
    header, one, two = CUSTOMERS.splitlines()
    bank.state("customers", f"{header},city\n{one},\n{two},Harbin\n")
    bank.extract(warehouse)
    bank.extract(warehouse)
    assert read_changed(warehouse) == {"customers": 0, "transactions": 0}
    assert not [record for record in caplog.records if record.levelname == "WARNING"]
    bank.state("customers", f"{header},city\n{one},Dalian\n{two},\n")
    bank.state("transactions", TRANSACTIONS.replace("10.50", "77.77").replace("7.00", "8.00"))  # T3 is not yet known
    assert bank.extract(warehouse) == 0
    assert read_changed(warehouse) == {"customers": 2, "transactions": 1}
    kept = warehouse.select("select city from landing.customers order by customer_id")["city"].to_pylist()
    assert kept == [None, "Harbin"]
    sums = warehouse.select("select cast(sum(amount) as varchar) as money from landing.transactions")
    assert sums["money"].to_pylist() == ["6.50"]
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    received_first = "and known_on; landing keeps what it was told first, and so do the scores. To correct them, "
    assert told == [
        "extract tiny.customers as_of=2020-03-01 rows_changed=2: they came again with other content under the same "
        "customer_id " + received_first + "state them again with a later known_on.",
        "extract tiny.transactions as_of=2020-03-01 rows_changed=1: they came again with other content under the same "
        "transaction_id "
        + received_first
        + "state a reversing row, and the right one, each with a transaction_id of its own.",
    ]


def test_a_row_that_counts_from_another_day_is_no_changed_row(warehouse: Warehouse, bank: TinyBank) -> None:
    bank.extract(warehouse)
    publish(warehouse, AS_OF)
    bank.state("transactions", TRANSACTIONS + "T0,C1,2020-01-03,9.00,receipt,false,2020-01-03\n")
    bank.extract(warehouse)
    bank.extract(warehouse)
    assert read_changed(warehouse) == {"customers": 0, "transactions": 0}


def test_lookback_bounds_what_keeps_coming_but_never_the_customers(warehouse: Warehouse, bank: TinyBank) -> None:
    sources = {"tiny": SourceSettings(first_training_as_of=date(2020, 1, 1), lookback_days=30)}
    assert bank.extract(warehouse, declared_sources=sources) == 3
    assert [key for key, _, _ in read_days(warehouse)] == ["T2"]
    assert len(read_days(warehouse, "customers")) == 2


def test_only_the_tables_that_the_configuration_names_are_pulled(warehouse: Warehouse, bank: TinyBank) -> None:
    bank.ask("counts", COUNTS)
    bank.ask("branches", "select branch_id, known_on from a_file_that_is_not_there" + WINDOW)
    with pytest.raises(SourceError, match=r"branches.sql fails on .* Correct the query or the source"):
        bank.extract(warehouse)
    name_tables(bank, "customers", "transactions")
    assert bank.extract(warehouse) == 4
    subjects = warehouse.select("select subject from ops.source_counts order by subject")["subject"].to_pylist()
    assert subjects == ["transactions.known_on.not_yet_known", "void"]


def test_columns_that_a_source_has_not_are_null(warehouse: Warehouse, bank: TinyBank) -> None:
    bank.extract(warehouse)
    rows = warehouse.select("select channel, counterparty_id, amount from landing.transactions").to_pylist()
    assert {row["channel"] for row in rows} == {None}
    assert sorted(str(row["amount"]) for row in rows) == ["-4.00", "10.50"]


def test_a_source_counts_its_oddities(warehouse: Warehouse, bank: TinyBank) -> None:
    bank.ask("counts", COUNTS)
    bank.extract(warehouse)
    bank.extract(warehouse)
    rows = warehouse.select(
        "select source, as_of, subject, note, row_count from ops.source_counts where note = 'left out'"
    ).to_pylist()
    assert rows == [{"source": "tiny", "as_of": AS_OF, "subject": "void", "note": "left out", "row_count": 3}]


def test_any_database_can_be_a_source(warehouse: Warehouse, bank: TinyBank, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "bank.sqlite") as tables:
        for name, rows in (("customers", CUSTOMERS), ("transactions", TRANSACTIONS)):
            header, *lines = rows.splitlines()
            tables.execute(f"create table {name} ({header})")
            marks = ", ".join("?" * len(header.split(",")))
            tables.executemany(f"insert into {name} values ({marks})", [line.split(",") for line in lines])
    window = " where known_on >= :known_from and known_on < :known_before"
    for name, select in FULL_SELECT.items():
        bank.ask(name, select + window)
    url = f"sqlite:///{tmp_path}/bank.sqlite"
    assert bank.extract(warehouse, source_url=url) == 4
    assert bank.extract(warehouse, source_url=url) == 0


def drop_column(bank: TinyBank) -> None:
    bank.ask("transactions", FULL_SELECT["transactions"].replace(" is_void,", "") + WINDOW)


def add_column(bank: TinyBank) -> None:
    bank.ask("transactions", FULL_SELECT["transactions"].replace("is_void,", "is_void, kind as sort,") + WINDOW)


def ask_for_absent_column(bank: TinyBank) -> None:
    bank.ask("transactions", FULL_SELECT["transactions"].replace("is_void", "voided as is_void") + WINDOW)


def ask_for_other_binds(bank: TinyBank) -> None:
    bank.ask("transactions", FULL_SELECT["transactions"] + " where known_on < :tomorrow")


def give_text_as_amount(bank: TinyBank) -> None:
    bank.state("transactions", TRANSACTIONS.replace("10.50", "ten"))


def give_number_as_day(bank: TinyBank) -> None:
    bank.ask("transactions", FULL_SELECT["transactions"].replace("booked_on", "18000 as booked_on") + WINDOW)


def give_tenths_of_cents(bank: TinyBank) -> None:
    select = FULL_SELECT["transactions"].replace("amount", "cast(10.505 as double) as amount")
    bank.ask("transactions", select + WINDOW)


def leave_kind_empty(bank: TinyBank) -> None:
    bank.state("transactions", TRANSACTIONS.replace("payment", ""))


def leave_day_known_empty(bank: TinyBank) -> None:
    bank.ask("transactions", FULL_SELECT["transactions"] + NO_WINDOW)
    bank.state("transactions", TRANSACTIONS.replace("2020-01-05\n", "\n"))


def empty_transactions(bank: TinyBank) -> None:
    bank.state("transactions", TRANSACTIONS.splitlines()[0] + "\n")


def give_two_rows_of_one_key(bank: TinyBank) -> None:
    bank.state("transactions", TRANSACTIONS.replace("-4.00", "-5.00", 1))


def remove_query(bank: TinyBank) -> None:
    (bank.queries / "customers.sql").unlink()


def add_query_of_no_table(bank: TinyBank) -> None:
    bank.ask("balances_of_the_moon", "select 1 as a")


def name_unknown_source(bank: TinyBank) -> None:
    bank.settings = bank.settings.model_copy(update={"source": "tinny"})


def break_counts(bank: TinyBank) -> None:
    bank.ask("counts", "select 'void' as subject, 'three' as row_count where :known_from <> :known_before")


def name_tables(bank: TinyBank, *tables: str) -> None:
    bank.settings = bank.settings.model_copy(
        update={"declared_sources": {"tiny": SourceSettings(first_training_as_of=date(2020, 1, 1), tables=tables)}}
    )


def name_too_few_tables(bank: TinyBank) -> None:
    name_tables(bank, "customers")


def name_table_without_query(bank: TinyBank) -> None:
    name_tables(bank, "customers", "transactions", "loans")


def remove_files(bank: TinyBank) -> None:
    for path in bank.files.iterdir():
        path.unlink()
    bank.files.rmdir()


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (
            drop_column,
            SourceError,
            r"selects/tiny/transactions.sql gives no column \['is_void'\]; expected \['transac",
        ),
        (add_column, SourceError, r"transactions.sql gives unknown columns \['sort'\]; expected of"),
        (ask_for_absent_column, SourceError, r"transactions.sql fails on files://.*: Binder Error: .*voided.* Correct"),
        (ask_for_other_binds, KcrmError, r"transactions.sql asks for binds \['tomorrow'\]"),
        (
            give_text_as_amount,
            SourceError,
            r"transactions.amount of the row transaction_id T1, known_on 2020-01-05 as text that is no num",
        ),
        (
            give_number_as_day,
            SourceError,
            r"gives transactions.booked_on of the row .* as a number \(int32\)",
        ),
        (
            give_tenths_of_cents,
            SourceError,
            r"gives transactions.amount of the row .* more than 2 decimals",
        ),
        (leave_kind_empty, SourceError, r"gives 2 of \d rows without kind; expected none"),
        (leave_day_known_empty, SourceError, r"gives 1 of \d rows without known_on; expected none"),
        (empty_transactions, SourceError, r"gives no rows known from 1900-01-01 to before 2020-03-01; expected some"),
        (give_two_rows_of_one_key, WarehouseError, r"duplicate key in rows for landing.transactions: 1 keys stand"),
        (
            remove_query,
            SourceError,
            r"selects/tiny has no query for \['customers'\]; it has \['counts', 'transactions'\]",
        ),
        (add_query_of_no_table, SourceError, r"has queries \['balances_of_the_moon'\] of no landing table"),
        (name_unknown_source, SourceError, r"no source 'tinny' in kcrm.toml; it has \['tiny'\]"),
        (break_counts, SourceError, r"selects/tiny/counts.sql gives \['subject', 'row_count'\]; expected"),
        (name_too_few_tables, SourceError, r"tables of source 'tiny' in kcrm.toml lack \['transactions'\]"),
        (name_table_without_query, SourceError, r"name \['loans'\], which have no query in .* has \['counts'"),
        (remove_files, SourceError, r"no folder .*source; set KCRM_SOURCE_URL"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_source_that_breaks_the_contract_writes_nothing(
    warehouse: Warehouse, bank: TinyBank, spoil: Callable[[TinyBank], None], error: type[KcrmError], words: str
) -> None:
    bank.ask("counts", COUNTS)
    bank.extract(warehouse, as_of=date(2020, 2, 1))
    before = read_days(warehouse), read_days(warehouse, "customers"), read_attempts(warehouse)
    spoil(bank)
    with pytest.raises(error, match=words):
        bank.extract(warehouse)
    assert (read_days(warehouse), read_days(warehouse, "customers"), read_attempts(warehouse)) == before


def test_many_rows_of_one_transaction_all_arrive(warehouse: Warehouse, bank: TinyBank) -> None:
    # DuckDB 2.0.0 keeps none of 122,880 rows and more that follow an empty `create table as` in one transaction
    header = TRANSACTIONS.splitlines()[0]
    rows = "\n".join(f"T{i},C1,2020-01-05,1.00,receipt,false,2020-01-05" for i in range(130_000))
    bank.state("transactions", f"{header}\n{rows}\n")
    assert bank.extract(warehouse) == 130_002
    assert warehouse.select("select count(distinct transaction_id) as n from landing.transactions").to_pylist() == [
        {"n": 130_000}
    ]
