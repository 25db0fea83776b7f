"""The demo bank: the same seed gives the same bytes, and its rows keep the input contract's word."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from demo.bank import END, draw_bank, write_bank
from demo.calendar import make_calendar

TABLES = ("customers", "transactions", "events")


@pytest.fixture(scope="module")
def bank() -> dict[str, pa.Table]:
    return dict(draw_bank(customers=300, months=24, seed=3))


def read_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("again", 5), ("other", 6)):
        write_bank(tmp_path / name, customers=60, months=12, seed=seed)
    one, again, other = (read_bytes(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert all(one[name] != other[name] for name in one)


def test_a_bank_is_one_parquet_file_a_landing_table(tmp_path: Path) -> None:
    rows = write_bank(tmp_path / "new" / "bank", customers=60, months=12, seed=5)
    assert sorted(path.name for path in (tmp_path / "new" / "bank").iterdir()) == sorted(f"{t}.parquet" for t in TABLES)
    assert rows == {t: pq.read_metadata(tmp_path / "new" / "bank" / f"{t}.parquet").num_rows for t in TABLES}
    assert rows["customers"] == 60


def test_keys_are_unique_and_everybody_is_a_customer(bank: dict[str, pa.Table]) -> None:
    customers = set(bank["customers"]["customer_id"].to_pylist())
    for table, key in zip(TABLES, ("customer_id", "transaction_id", "event_id"), strict=True):
        assert pc.count_distinct(bank[table][key]).as_py() == bank[table].num_rows
        assert set(bank[table]["customer_id"].to_pylist()) <= customers


def test_nothing_is_known_before_it_happens_or_after_the_last_month(bank: dict[str, pa.Table]) -> None:
    for table, happened in (("transactions", "booked_on"), ("events", "occurred_on")):
        days, known = bank[table][happened], bank[table]["known_on"]
        assert pc.all(pc.less_equal(days, known)).as_py()
        assert pc.all(pc.less(known, pa.scalar(END))).as_py()


def test_nothing_of_a_customer_is_booked_before_it_is_known(bank: dict[str, pa.Table]) -> None:
    since = dict(zip(*(bank["customers"][name].to_pylist() for name in ("customer_id", "known_on")), strict=True))
    rows = bank["transactions"].select(["customer_id", "booked_on"]).to_pylist()
    assert all(row["booked_on"] >= since[row["customer_id"]] for row in rows)
    assert max(since.values()) > date(2025, 1, 1)  # some have a short history


def test_amounts_have_the_sign_of_their_kind(bank: dict[str, pa.Table]) -> None:
    positive = {"receipt": True, "payment_return": True, "payment_reversal": True, "payment": False}
    positive |= {"receipt_return": False, "receipt_reversal": False, "other": False}
    kinds, amounts = bank["transactions"]["kind"].to_pylist(), bank["transactions"]["amount_cny"].to_pylist()
    assert {kind: amount > 0 for kind, amount in zip(kinds, amounts, strict=True)} == positive
    assert all((amount > 0) == positive[kind] for kind, amount in zip(kinds, amounts, strict=True))


def test_a_reversal_takes_back_the_amount_of_an_earlier_booking(bank: dict[str, pa.Table]) -> None:
    booked: dict[tuple[str, str, Decimal], date] = {}
    for row in sorted(bank["transactions"].to_pylist(), key=lambda row: row["booked_on"]):
        kind = row["kind"].removesuffix("_reversal")
        if kind != row["kind"]:
            assert booked[row["customer_id"], kind, -row["amount_cny"]] < row["booked_on"]
        else:
            booked.setdefault((row["customer_id"], kind, row["amount_cny"]), row["booked_on"])


def test_some_rows_are_void_and_some_come_a_month_late(bank: dict[str, pa.Table]) -> None:
    rows = bank["transactions"]
    late = [
        known - booked
        for known, booked in zip(rows["known_on"].to_pylist(), rows["booked_on"].to_pylist(), strict=True)
    ]
    assert 0.02 < sum(delay > timedelta(0) for delay in late) / len(late) < 0.10
    assert max(late) > timedelta(30)
    assert 0.005 < sum(rows["is_void"].to_pylist()) / rows.num_rows < 0.05


def test_an_outside_firm_has_no_account_here(bank: dict[str, pa.Table]) -> None:
    outside = {row["customer_id"] for row in bank["customers"].to_pylist() if row["relation"] == "outside"}
    assert outside
    for row in bank["transactions"].to_pylist():
        assert (row["account_id"] is None) == (row["customer_id"] in outside)
    arrears = bank["events"].filter(pc.equal(bank["events"]["kind"], "arrears"))
    assert not outside & set(arrears["customer_id"].to_pylist())


def test_a_calendar_ends_on_a_first_of_month() -> None:
    calendar = make_calendar(2, date(2024, 3, 1))
    assert calendar.length.tolist() == [31, 29]
    assert calendar.month_of_year.tolist() == [0, 1]
    with pytest.raises(ValueError, match="expected a first of month"):
        make_calendar(2, date(2024, 3, 2))
