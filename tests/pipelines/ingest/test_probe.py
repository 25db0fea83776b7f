"""Probe: what a source holds and what would stop an extract, all of it at once, with nothing landed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.ingest.probe import ColumnProbe, TableProbe, probe_source
from pipelines.ingest.probe_report import list_left_out
from pipelines.settings import Settings
from tests.pipelines.ingest.test_extract import AS_OF, TRANSACTIONS, WINDOW, TinyBank

MANY = "select transaction_id, customer_id, branch_id, booked_on, amount, kind, is_void, known_on from transactions"
HEADER = "transaction_id,customer_id,branch_id,booked_on,amount,kind,is_void,known_on\n"


@pytest.fixture
def bank(tmp_path: Path, settings: Settings) -> TinyBank:
    bank = TinyBank(tmp_path, settings)
    bank.ask("branches", "select branch_id, parent_branch_id, known_on from branches" + WINDOW)
    bank.state("branches", "branch_id,parent_branch_id,known_on\nB1,,2020-01-01\nB2,B1,2020-01-01\n")
    return bank


def probe(bank: TinyBank, as_of: date = AS_OF) -> dict[str, TableProbe]:
    return {one.name: one for one in probe_source(bank.settings, as_of)}


def test_a_sound_source_is_described_table_by_table(bank: TinyBank) -> None:
    bank.ask("transactions", MANY + WINDOW)
    rows = "T1,C1,NULL,2020-01-05,10.50,receipt,false,2020-01-05\nT2,C1,B9,2020-02-05,-4.00,payment,false,2020-02-06\n"
    more = "".join(f"X{i},C2,B2 ,2020-01-06,1.00,receipt,false,2020-01-06\n" for i in range(30))
    bank.state("transactions", HEADER + rows + more + "T3,C2,B1,2020-02-29,7.00,receipt,false,2020-03-01\n")
    got = probe(bank)
    assert [(one.name, one.rows, one.keys, one.problems) for one in got.values()] == [
        ("customers", 2, 2, []),
        ("transactions", 32, 32, []),
        ("branches", 2, 2, []),
    ]
    columns = {column.name: column for column in got["transactions"].columns}
    assert columns["known_on"] == ColumnProbe("known_on", 0, date(2020, 1, 5), date(2020, 2, 6))
    assert columns["customer_id"] == ColumnProbe("customer_id", 0, unknown=0)
    assert (columns["branch_id"].unknown, columns["branch_id"].nulls, columns["channel"].nulls) == (1, 1, 32)
    assert [str(columns["amount"].least), str(columns["amount"].greatest)] == ["-4.00", "10.50"]
    assert list_left_out(got["transactions"]) == [
        "30 values of branch_id with blanks around them, landed without",
        "1 values of branch_id that are no id, landed as null",
        "1 of 33 rows left out: not yet known before the as-of date",
    ]


def test_all_that_would_stop_an_extract_is_told_at_once(bank: TinyBank) -> None:
    bank.ask("transactions", MANY + WINDOW)
    bank.state(
        "transactions",
        HEADER
        + "T1,C7,B1,2020-01-05,10.505,receipt,false,2020-01-05\n"
        + "T2,C1,B1,2020-02-05,-4.00,payment,maybe,2020-02-05\n"
        + "T4,C1,B1,2020-02-05,-5.00,payment,false,\n",
    )
    bank.state("customers", "customer_id,kind,relation,known_on\nC1,company\n")
    got = probe(bank)
    words = [
        "without known_on",
        "transactions.amount of the row transaction_id T1",
        "transactions.is_void of the row transaction_id T2",
    ]
    assert all(word in sentence for word, sentence in zip(words, got["transactions"].problems, strict=True))
    assert ["customers.csv line 2 has 2 columns" in one for one in got["customers"].problems] == [True]
    assert got["branches"].problems == []


def test_two_rows_of_one_key_are_a_problem(bank: TinyBank) -> None:
    bank.state("transactions", TRANSACTIONS.replace("-4.00", "-5.00", 1))
    assert probe(bank)["transactions"].problems == [
        "transactions has 1 keys of two or more different rows; expected one row for each (transaction_id, known_on): "
        "correct the SELECT, or give a correction a later known_on."
    ]


def test_ids_that_no_register_has_are_a_problem_above_a_share(bank: TinyBank) -> None:
    bank.state("transactions", TRANSACTIONS.replace("C1", "000C1"))
    assert [one for one in probe(bank)["transactions"].problems if "customer_id names in 3 of 3 rows an id" in one]


@pytest.mark.parametrize(("rows", "status"), [(TRANSACTIONS, 0), (TRANSACTIONS.replace("10.50", "NaN"), 1)])
def test_the_exit_status_says_whether_an_extract_would_stop(
    bank: TinyBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str, status: int
) -> None:
    (tmp_path / "kcrm.toml").write_text("[sources.tiny]\nfirst_training_as_of = 2020-01-01\n")
    for name, value in {
        "CONFIG": tmp_path / "kcrm.toml",
        "SOURCES": bank.sources,
        "SOURCE_URL": f"files://{bank.files}",
        "VAR": tmp_path / "var",
    }.items():
        monkeypatch.setenv(f"KCRM_{name}", str(value))
    bank.state("transactions", rows)
    assert main(["probe", "tiny", "--as-of", "2020-03-01"]) == status
    assert main(["probe", "tiny"]) == status
    assert not (tmp_path / "var").exists()
    assert main(["probe", "tinny"]) == 1
