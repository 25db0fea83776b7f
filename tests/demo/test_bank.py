"""The simulated bank: the same seed gives the same bytes, and its rows keep the input contract's word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from bench.oracle.__main__ import main
from demo.bank import BATCH, END, Bank, draw_bank, draw_tables, write_bank
from demo.calendar import make_calendar
from demo.customers import draw_customers
from demo.files import write_files
from demo.flows import draw_flows
from demo.staff import draw_staff
from demo.states import draw_states
from demo.transactions import PAYMENT, RECEIPT, draw_side

TABLES = ("customers", "transactions", "events")
KEYS = {"customers": ("customer_id", "known_on"), "transactions": ("transaction_id",), "events": ("event_id",)}


@pytest.fixture(scope="module")
def bank() -> dict[str, pa.Table]:
    return gather(draw_bank(customers=400, months=24, seed=3))


def gather(bank: Bank) -> dict[str, pa.Table]:
    pieces: dict[str, list[pa.Table]] = {}
    for name, piece in draw_tables(bank, TABLES):
        pieces.setdefault(name, []).append(piece)
    return {name: pa.concat_tables(parts) for name, parts in pieces.items()}


def read_bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("again", 5), ("other", 6)):
        write_bank(tmp_path / name, customers=60, months=8, seed=seed)
    one, again, other = (read_bytes(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert {f"{table}.parquet" for table in TABLES} | {"truth/customer_months.parquet"} <= set(one)
    assert all(one[f"{table}.parquet"] != other[f"{table}.parquet"] for table in (*TABLES, "truth/customer_months"))


def test_no_two_parts_draw_from_one_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[tuple[object, ...]] = []
    real = np.random.SeedSequence.generate_state

    class Watched(np.random.SeedSequence):  # type: ignore[misc]  # numpy's own class, to see what is drawn from
        def generate_state(self, *arguments: object, **named: object) -> np.ndarray:
            keys.append(tuple(real(self, 4).tolist()))
            return real(self, *arguments, **named)

    monkeypatch.setattr(np.random, "SeedSequence", Watched)
    gather(draw_bank(customers=BATCH + 5, months=3, seed=5))
    assert len(keys) > 15
    repeated = {key for key in keys if keys.count(key) > 1}
    assert len(repeated) <= 1, "streams of two parts are the same"  # the prices are one stream, asked for by each batch


def test_of_an_interrupted_bank_nothing_stays(tmp_path: Path) -> None:
    def draw() -> Iterator[tuple[str, pa.Table]]:
        yield "customers", pa.table({"customer_id": ["C1"]})
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_files(tmp_path, draw())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--months", "24"], "'24' is no whole number from 32 to 240"),
        (["--customers", "many"], "'many' is no whole number from 500"),
    ],
)
def test_a_number_that_cannot_be_meant_is_one_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert said in capsys.readouterr().err


def test_other_customers_may_live_in_the_same_economy(tmp_path: Path) -> None:
    one, other = draw_bank(40, 8, seed=5), draw_bank(40, 8, seed=5, customers_seed=6)
    assert all((one.futures[month].growth == other.futures[month].growth).all() for month in range(8))
    sizes = [gather(bank)["customers"]["capital"].to_pylist() for bank in (one, other)]
    assert sizes[0] != sizes[1]


def test_a_batch_does_not_hang_on_how_many_customers_come_after_it() -> None:
    few, many = draw_bank(BATCH, 2, seed=5), draw_bank(BATCH + 10, 2, seed=5)
    first, together = gather(few)["transactions"], gather(many)["transactions"]
    assert 0 < first.num_rows < together.num_rows
    assert first.equals(together.slice(0, first.num_rows).combine_chunks())
    assert pc.count_distinct(together["transaction_id"]).as_py() == together.num_rows


def test_a_bank_is_one_parquet_file_a_landing_table(tmp_path: Path) -> None:
    rows = write_bank(tmp_path / "new" / "bank", customers=60, months=8, seed=5)
    for table in TABLES:
        assert rows[table] == pq.read_metadata(tmp_path / "new" / "bank" / f"{table}.parquet").num_rows > 0
    ids = pq.read_table(tmp_path / "new" / "bank" / "customers.parquet")["customer_id"]
    assert pc.count_distinct(ids).as_py() == 60


def test_keys_are_unique_and_everybody_is_a_customer(bank: dict[str, pa.Table]) -> None:
    customers = set(bank["customers"]["customer_id"].to_pylist())
    for table, key in KEYS.items():
        assert bank[table].group_by(list(key)).aggregate([]).num_rows == bank[table].num_rows
        assert set(bank[table]["customer_id"].to_pylist()) <= customers


def test_nothing_is_known_before_it_happens_or_after_the_last_month(bank: dict[str, pa.Table]) -> None:
    for table, happened in (("transactions", "booked_on"), ("events", "occurred_on")):
        days, known = bank[table][happened], bank[table]["known_on"]
        assert pc.all(pc.less_equal(days, known)).as_py()
        assert pc.all(pc.less(known, pa.scalar(END))).as_py()


def test_nothing_of_a_customer_is_booked_before_it_is_known(bank: dict[str, pa.Table]) -> None:
    since: dict[str, date] = {}
    for row in bank["customers"].select(["customer_id", "known_on"]).to_pylist():
        since[row["customer_id"]] = min(row["known_on"], since.get(row["customer_id"], row["known_on"]))
    rows = bank["transactions"].select(["customer_id", "booked_on"]).to_pylist()
    assert all(row["booked_on"] >= since[row["customer_id"]] for row in rows)
    assert max(since.values()) > date(2025, 1, 1)  # some have a short history


def test_a_manager_who_leaves_hands_his_customers_over_by_a_later_row(bank: dict[str, pa.Table]) -> None:
    stated: dict[str, list[dict[str, object]]] = {}
    for row in bank["customers"].to_pylist():
        stated.setdefault(row["customer_id"], []).append(row)
    twice = [rows for rows in stated.values() if len(rows) > 1]
    assert twice
    for first, second in twice:
        changed = {name for name in first if first[name] != second[name]}
        assert changed == {"manager_id", "known_on"}
        assert first["known_on"] < second["known_on"]  # type: ignore[operator]


def test_a_group_is_named_by_a_parent_that_is_a_company_here(bank: dict[str, pa.Table]) -> None:
    rows = bank["customers"].to_pylist()
    companies = {row["customer_id"] for row in rows if row["kind"] == "company" and row["relation"] == "customer"}
    parents = {row["customer_id"]: row["group_id"] for row in rows if row["group_id"]}
    assert 0.03 < len(parents) / len(companies) < 0.2
    assert set(parents.values()) | set(parents) <= companies
    assert all(parent < child for child, parent in parents.items())  # so no circle can be


def test_amounts_have_the_sign_of_their_kind(bank: dict[str, pa.Table]) -> None:
    positive = {"receipt": True, "payment_return": True, "payment_reversal": True, "payment": False}
    positive |= {"receipt_return": False, "receipt_reversal": False, "other": False}
    kinds, amounts = bank["transactions"]["kind"].to_pylist(), bank["transactions"]["amount"].to_pylist()
    assert {kind: amount > 0 for kind, amount in zip(kinds, amounts, strict=True)} == positive
    assert all((amount > 0) == positive[kind] for kind, amount in zip(kinds, amounts, strict=True))


def test_a_reversal_takes_back_the_amount_of_an_earlier_booking(bank: dict[str, pa.Table]) -> None:
    booked: dict[tuple[str, str, Decimal], date] = {}
    rows = sorted(bank["transactions"].to_pylist(), key=lambda row: row["booked_on"])
    backs = [row for row in rows if row["kind"].endswith("_reversal")]
    for row in rows:
        booked.setdefault((row["customer_id"], row["kind"], row["amount"]), row["booked_on"])
    # one wrong booking in a dozen became known only after the bank's last day, and is not delivered
    known = [booked.get((row["customer_id"], row["kind"].removesuffix("_reversal"), -row["amount"])) for row in backs]
    assert backs
    assert sum(day is None for day in known) <= len(backs) / 10
    assert all(day < row["booked_on"] for day, row in zip(known, backs, strict=True) if day is not None)


def test_some_rows_are_void_and_some_come_a_month_late(bank: dict[str, pa.Table]) -> None:
    rows = bank["transactions"]
    late = [
        known - booked
        for known, booked in zip(rows["known_on"].to_pylist(), rows["booked_on"].to_pylist(), strict=True)
    ]
    assert 0.03 < sum(delay > timedelta(0) for delay in late) / len(late) < 0.08
    assert 0.003 < sum(delay > timedelta(3) for delay in late) / len(late) < 0.015
    assert timedelta(30) < max(late) <= timedelta(75)
    assert 0.005 < sum(rows["is_void"].to_pylist()) / rows.num_rows < 0.05


def test_an_outside_firm_is_known_by_what_is_said_of_it_only(bank: dict[str, pa.Table]) -> None:
    outside = {row["customer_id"] for row in bank["customers"].to_pylist() if row["relation"] == "outside"}
    assert outside
    assert not outside & set(bank["transactions"]["customer_id"].to_pylist())
    kinds = {row["kind"] for row in bank["events"].to_pylist() if row["customer_id"] in outside}
    assert "report" in kinds
    assert not kinds & {"arrears", "class5"}


def test_bookings_less_returns_add_up_to_the_flows_of_their_month() -> None:
    rng, bank = np.random.default_rng(2), draw_bank(80, 6, seed=2)
    staff = draw_staff(rng, 80, bank.calendar)
    customers = draw_customers(rng, 1, 80, bank.calendar, staff)
    panel = draw_states(rng, customers.industry, customers.first_month, bank.economy, 6)
    flows = draw_flows(rng, customers, panel, bank.economy, bank.calendar)
    for kind, flow, sign in ((RECEIPT, flows.turnover_amount, 1), (PAYMENT, flows.payments_amount, -1)):
        rows = draw_side(rng, customers, flows, bank.calendar, flow, kind)
        counted = ~rows["void"]
        month = np.searchsorted(bank.calendar.first_day, rows["booked"], side="right") - 1
        place = rows["customer"] * 6 + month
        summed = np.bincount(place[counted], sign * rows["cents"][counted], 80 * 6).reshape(80, 6) / 100
        expected = np.where(customers.is_outside[:, None], 0.0, flow)
        number = np.bincount(place, minlength=80 * 6).reshape(80, 6)
        assert (np.abs(summed - expected) <= 0.01 * number + 0.01).all()


def test_a_fifth_of_the_customers_has_most_of_the_turnover(bank: dict[str, pa.Table]) -> None:
    rows = bank["transactions"].filter(pc.is_in(bank["transactions"]["kind"], pa.array(["receipt", "receipt_return"])))
    summed = rows.group_by("customer_id").aggregate([("amount", "sum")])["amount_sum"]
    sorted_ = np.sort(summed.to_numpy(zero_copy_only=False).astype(float))[::-1]
    assert 0.7 < sorted_[: len(sorted_) // 5].sum() / sorted_.sum() < 0.97


def test_a_calendar_ends_on_a_first_of_month() -> None:
    calendar = make_calendar(2, date(2024, 3, 1))
    assert calendar.length.tolist() == [31, 29]
    assert calendar.month_of_year.tolist() == [0, 1]
    with pytest.raises(ValueError, match="expected a first of month"):
        make_calendar(2, date(2024, 3, 2))
