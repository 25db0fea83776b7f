"""The validate step: rows set aside, tables that stop the run, warnings kept, on every engine."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.checks.validate import validate_landing
from pipelines.errors import PromiseBroken, WarehouseUnreachableError
from pipelines.ingest.contract import LANDING_TABLES
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse
from tests.landing_rows import put_rows

AS_OF = date(2020, 1, 1)
ROOT = Path(__file__).parents[3]
Rows = Iterable[Mapping[str, Any]]
MANY = [{"transaction_id": f"t{place}", "counterparty_id": f"p{place}"} for place in range(100)]


@pytest.fixture
def bank(settings: Settings, warehouse_url: str) -> Settings:
    """Settings of a bank whose landing is filled by `_fill`."""
    return settings.model_copy(update={"warehouse_url": warehouse_url})


def _fill(bank: Settings, transactions: Rows = MANY, customers: Rows = ({},), events: Rows = ()) -> None:
    with open_warehouse(bank.warehouse_url) as warehouse:
        put_rows(warehouse, "customers", customers)
        put_rows(warehouse, "transactions", transactions)
        put_rows(warehouse, "events", events)


def _run(bank: Settings, statement: str) -> None:
    with open_warehouse(bank.warehouse_url) as warehouse:
        warehouse.run(statement)


def _rows(bank: Settings, table: str) -> list[dict[str, Any]]:
    with open_warehouse(bank.warehouse_url) as warehouse:
        columns = ", ".join(warehouse.columns(table))
        return sorted(warehouse.select(f"select {columns} from {table}").to_pylist(), key=str)


def _verdicts(bank: Settings, table: str) -> dict[str, dict[str, Any]]:
    return {row["promise"]: row for row in _rows(bank, "ops.validations") if row["table_name"] == table}


def _page(bank: Settings) -> str:
    return (bank.var / "validation" / "2020-01-01.html").read_text(encoding="utf-8")


def test_sound_landing_passes(bank: Settings) -> None:
    _fill(bank)
    assert validate_landing(bank, AS_OF) == 101
    assert _rows(bank, "ops.quarantine") == []
    broken = [row for row in _rows(bank, "ops.validations") if not row["is_kept"]]
    empty = {table.name for table in LANDING_TABLES} - {"customers", "transactions"}
    assert {row["table_name"] for row in broken} == empty
    assert {(row["promise"], row["severity"]) for row in broken} == {("has_rows", "info")}
    assert "Passed: every check that ran passed." in _page(bank)
    assert "absent, and may be" in _page(bank)


def test_a_broken_row_is_set_aside_with_its_key_and_promises(bank: Settings) -> None:
    wrong = {"transaction_id": "wrong", "kind": "sale", "booked_on": date(2019, 11, 6)}
    _fill(bank, [*MANY, wrong])
    assert validate_landing(bank, AS_OF) == 102
    assert [tuple(row.values()) for row in _rows(bank, "ops.quarantine")] == [
        ("transactions", "wrong|2019-11-05", "is_booked_when_known", date(2019, 11, 6)),
        ("transactions", "wrong|2019-11-05", "is_kind_known", date(2019, 11, 6)),
    ]
    rule = _verdicts(bank, "transactions")["is_kind_known"]
    assert (rule["is_kept"], rule["rows_checked"], rule["rows_broken"], rule["action"]) == (False, 101, 1, "quarantine")
    share = _verdicts(bank, "transactions")["has_few_bad_rows"]
    assert (share["is_kept"], share["rows_broken"]) == (True, 1)


def test_validating_twice_writes_the_same(bank: Settings) -> None:
    _fill(bank, [*MANY, {"transaction_id": "wrong", "kind": "sale"}])
    seen = []
    for _ in range(2):
        validate_landing(bank, AS_OF)
        seen.append((_rows(bank, "ops.quarantine"), _rows(bank, "ops.validations"), _page(bank)))
    assert seen[0] == seen[1]
    assert len(seen[0][0]) == 1


def test_a_row_known_on_as_of_is_not_asked(bank: Settings) -> None:
    late = {"transaction_id": "late", "kind": "sale", "known_on": AS_OF, "source_known_on": AS_OF}
    _fill(bank, [*MANY, late])
    assert validate_landing(bank, AS_OF) == 101
    assert _rows(bank, "ops.quarantine") == []
    validate_landing(bank, date(2020, 1, 2))
    assert [row["row_key"] for row in _rows(bank, "ops.quarantine")] == ["late|2020-01-01"]


def test_judging_an_earlier_day_again_leaves_later_rows_in_quarantine(bank: Settings) -> None:
    known = {"known_on": date(2020, 1, 5), "source_known_on": date(2020, 1, 5)}
    _fill(
        bank, [*MANY, {"transaction_id": "early", "kind": "sale"}, {"transaction_id": "later", "kind": "sale"} | known]
    )
    validate_landing(bank, date(2020, 2, 1))
    both = _rows(bank, "ops.quarantine")
    assert [row["row_key"] for row in both] == ["early|2019-11-05", "later|2020-01-05"]
    validate_landing(bank, AS_OF)
    assert _rows(bank, "ops.quarantine") == both


def test_a_row_that_no_longer_breaks_a_promise_is_let_out(bank: Settings) -> None:
    _fill(bank)
    _run(
        bank,
        "insert into ops.quarantine values ('transactions', 't1|2019-11-05', 'is_old_rule_kept', date '2019-11-06')",
    )
    validate_landing(bank, AS_OF)
    assert _rows(bank, "ops.quarantine") == []


def test_too_many_bad_rows_stop_the_run_and_say_what_to_do(bank: Settings) -> None:
    _fill(bank, [*MANY, *({"transaction_id": f"wrong{place}", "kind": "sale"} for place in range(3))])
    with pytest.raises(PromiseBroken) as refusal:
        validate_landing(bank, AS_OF)
    words = str(refusal.value)
    assert "landing.transactions breaks has_few_bad_rows: expected at most 2.00% of rows break it" in words
    assert "got 3 of 103 rows (2.91%)" in words
    assert "mend sql/sources/" in words
    assert str(bank.var / "validation" / "2020-01-01.html") in words
    assert "Stopped:" in _page(bank)
    assert not _verdicts(bank, "transactions")["has_few_bad_rows"]["is_kept"]


def test_the_share_of_bad_rows_is_a_setting(bank: Settings) -> None:
    _fill(bank, [*MANY, *({"transaction_id": f"wrong{place}", "kind": "sale"} for place in range(3))])
    assert validate_landing(bank.model_copy(update={"quarantine_max_share": 0.03}), AS_OF) == 104


@pytest.mark.parametrize("table", ["customers", "transactions"])
def test_an_empty_required_table_stops_the_run(bank: Settings, table: str) -> None:
    empty: dict[str, Rows] = {table: ()}
    _fill(bank, **empty)
    with pytest.raises(PromiseBroken, match=f"landing.{table} breaks has_rows: expected at least 1, got 0"):
        validate_landing(bank, AS_OF)


def test_a_missing_column_stops_the_run_and_names_it(bank: Settings) -> None:
    _fill(bank, [*MANY, {"transaction_id": "wrong", "kind": "sale"}])
    validate_landing(bank, AS_OF)
    _run(bank, "alter table landing.transactions rename column counterparty_id to partner_id")
    with pytest.raises(
        PromiseBroken, match=r"landing.transactions breaks has_columns.*got lacks counterparty_id.*kcrm migrate"
    ):
        validate_landing(bank, AS_OF)
    assert len(_rows(bank, "ops.quarantine")) == 1, "rows that could not be judged again stay in quarantine"
    assert "not asked: a landing table lacks columns" in _page(bank)


def test_a_missing_table_stops_the_run(bank: Settings) -> None:
    _fill(bank)
    _run(bank, "drop table landing.events cascade")  # and the view of its valid rows
    with pytest.raises(PromiseBroken, match=r"landing.events breaks has_columns.*got lacks customer_id, event_id"):
        validate_landing(bank, AS_OF)


def test_a_stale_feed_stops_the_run_when_configured(bank: Settings) -> None:
    _fill(bank)  # last known 2019-11-05, 57 days before
    validate_landing(bank, AS_OF)
    assert "is_feed_fresh" not in _verdicts(bank, "transactions")
    assert "not asked: its setting is not given" in _page(bank)
    validate_landing(_stale_after(bank, 57), AS_OF)
    assert _verdicts(bank, "transactions")["is_feed_fresh"]["is_kept"]
    with pytest.raises(PromiseBroken, match="is_feed_fresh: expected at least 2019-11-06, got 2019-11-05"):
        validate_landing(_stale_after(bank, 56), AS_OF)


def test_only_the_tables_of_the_source_are_asked_about(bank: Settings) -> None:
    _fill(bank, events=[{"kind": "bankruptcy"}])
    source = bank.source_settings.model_copy(update={"tables": ("customers", "transactions")})
    assert validate_landing(bank.model_copy(update={"declared_sources": {bank.source: source}}), AS_OF) == 101
    assert {row["table_name"] for row in _rows(bank, "ops.validations")} == {"customers", "transactions"}
    assert _rows(bank, "ops.quarantine") == []


def _stale_after(bank: Settings, days: int) -> Settings:
    source = bank.source_settings.model_copy(update={"stale_after_days": days})
    return bank.model_copy(update={"declared_sources": {**bank.declared_sources, bank.source: source}})


def test_warnings_are_kept_with_their_counts_and_stop_nothing(bank: Settings) -> None:
    twice = [
        {"transaction_id": "twice", "known_on": day, "source_known_on": day, "amount": amount}
        for day, amount in ((date(2019, 11, 6), Decimal(1)), (date(2019, 11, 7), Decimal(2)))
    ]
    _fill(bank, [*MANY, *twice, {"transaction_id": "t_of_c9", "customer_id": "c9"}])
    validate_landing(bank, AS_OF)
    verdicts = _verdicts(bank, "transactions")
    broken = {name: row["rows_broken"] for name, row in verdicts.items() if not row["is_kept"]}
    assert broken == {"is_customer_known": 1, "is_stated_once": 2, "has_usual_unknown_customer_id_share": None}
    assert verdicts["is_customer_known"]["severity"] == "warning"
    assert verdicts["is_customer_known"]["observed"] == "1 of 103 rows (0.97%)"
    assert _rows(bank, "ops.quarantine") == []
    assert "Passed with warnings." in _page(bank)


@pytest.mark.parametrize(("voids", "is_kept"), [(20, True), (21, False)])
def test_a_share_is_broken_only_above_its_bound(bank: Settings, voids: int, is_kept: bool) -> None:
    _fill(bank, [row | {"is_void": place < voids} for place, row in enumerate(MANY)])
    validate_landing(bank, AS_OF)
    row = _verdicts(bank, "transactions")["is_not_void"]
    assert (row["is_kept"], row["rows_broken"]) == (is_kept, voids)


def test_an_unreachable_warehouse_is_named_without_its_password(settings: Settings) -> None:
    lost = settings.model_copy(update={"warehouse_url": "postgresql://kcrm:s3cret$word@127.0.0.1:1/none"})
    with pytest.raises(WarehouseUnreachableError, match=r"127\.0\.0\.1:1") as refusal:
        validate_landing(lost, AS_OF)
    chain = [refusal.value, refusal.value.__cause__, refusal.value.__context__]
    assert not any("s3cret" in str(one) for one in chain)


def test_a_duckdb_file_that_is_not_there_is_unreachable(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(WarehouseUnreachableError, match="no warehouse answers"):
        validate_landing(settings.model_copy(update={"warehouse_url": f"duckdb:///{tmp_path}/none.duckdb"}), AS_OF)


def test_nothing_is_printed_or_sent_and_no_customer_is_logged(
    settings: Settings,
    new_warehouse_url: Any,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    bank = settings.model_copy(update={"warehouse_url": new_warehouse_url("duckdb")})
    _fill(bank, [*MANY, {"transaction_id": "secret_row", "kind": "sale"}])

    def refuse(*_: Any) -> None:
        raise AssertionError("validate opened a connection to somewhere")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    capfd.readouterr()
    caplog.clear()
    with caplog.at_level(logging.INFO):
        validate_landing(bank, AS_OF)
    assert capfd.readouterr() == ("", "")
    assert [record.name for record in caplog.records] == ["pipelines.checks.validate"]
    assert "secret_row" not in caplog.text + _page(bank)


def test_a_process_that_validated_ends_in_silence(settings: Settings, new_warehouse_url: Any) -> None:
    bank = settings.model_copy(update={"warehouse_url": new_warehouse_url("duckdb")})
    _fill(bank)
    code = (
        "from datetime import date; from pipelines.settings import load_settings; "
        "from pipelines.checks.validate import validate_landing; validate_landing(load_settings(), date(2020, 1, 1))"
    )
    environment = os.environ | {"KCRM_WAREHOUSE_URL": bank.warehouse_url, "KCRM_VAR": str(bank.var)}
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_importing_the_step_does_not_import_great_expectations() -> None:
    code = (
        "import sys, pipelines.checks.validate; "
        "sys.exit('great_expectations' in sys.modules or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


@pytest.mark.parametrize(("broken", "is_kept"), [(2, True), (3, False)])
def test_the_share_of_bad_rows_is_of_the_delivery(bank: Settings, broken: int, is_kept: bool) -> None:
    known = {"known_on": date(2020, 1, 20), "source_known_on": date(2020, 1, 20), "booked_on": date(2020, 1, 19)}
    january = [row | known | {"transaction_id": f"j{place}"} for place, row in enumerate(MANY)]
    bad = [row | {"kind": "sale"} for row in january[:broken]]
    _fill(bank, [*MANY, *bad, *january[broken:]])
    _run(bank, "insert into ops.watermarks values ('validate', date '2020-01-01', 100)")
    with suppress(PromiseBroken):
        validate_landing(bank, date(2020, 2, 1))
    row = _verdicts(bank, "transactions")["has_few_bad_rows"]
    assert (row["is_kept"], row["rows_checked"], row["rows_broken"]) == (is_kept, 200, broken)
    assert row["observed"] == f"{broken} of 100 rows ({broken}.00%) delivered since the last run"


def test_history_that_was_bad_does_not_stop_a_clean_delivery(bank: Settings) -> None:
    known = {"known_on": date(2020, 1, 20), "source_known_on": date(2020, 1, 20), "booked_on": date(2020, 1, 19)}
    january = [row | known | {"transaction_id": f"j{place}"} for place, row in enumerate(MANY)]
    _fill(bank, [*(row | {"kind": "sale"} for row in MANY), *january])
    _run(bank, "insert into ops.watermarks values ('validate', date '2020-01-01', 100)")
    assert validate_landing(bank, date(2020, 2, 1)) == 201
