"""Planted defects: each kind is really there, exactly where the manifest says, and nowhere without being asked for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from demo.bank import TRUTH, choose_tables, draw_bank, draw_tables, write_bank
from demo.defects import DEFECTS, KINDS
from demo.files import write_files
from demo.planting import Planter, choose_kinds
from tests.demo.bank_tables import BankTables

SIZE = {"customers": 400, "months": 12, "seed": 5}
ROW_KINDS = [defect.kind for defect in DEFECTS if not defect.is_feed]
EXPECTATIONS = Path(__file__).parents[2] / "expectations" / "landing"

# What a defect of rows looks like from outside: the row_keys that bear it, told from the files alone.
KEY = "transaction_id || '|' || known_on::varchar"
SEEN = {
    "orphans": f"select {KEY} from transactions anti join customers using (customer_id)",
    "wrong_unit": f"select {KEY} from transactions where abs(amount) > 10000000000",
    "future_dates": f"select {KEY} from transactions where booked_on > known_on",
    "broken_encodings": """
        select customer_id || '|' || known_on::varchar from customers
        where not regexp_matches(name, '^(Firm|Person) [0-9]{7}$')""",
    "negative_balances": """
        select account_id || '|' || month::varchar || '|' || known_on::varchar from balances where end_balance < 0""",
    "duplicates": f"select {KEY} from transactions group by all having count(*) > 1",
    "double_payments": f"""
        select {KEY} from transactions as t where t.transaction_id like 'T9%' and exists (
            select * from transactions as o where o.transaction_id not like 'T9%' and o.kind = 'payment'
            and (o.customer_id, o.booked_on, o.amount, o.kind, o.counterparty_id, o.channel)
            = (t.customer_id, t.booked_on, t.amount, t.kind, t.counterparty_id, t.channel))""",
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One bank, drawn once: without defects, with all, and with each kind."""
    bank = draw_bank(**SIZE)
    pieces = [piece for piece in draw_tables(bank, choose_tables(None)) if piece[0] != TRUTH]
    folders = {kind: tmp_path_factory.mktemp(kind) for kind in ("sound", "all", *KINDS)}
    for kind, folder in folders.items():
        chosen = choose_kinds({"sound": (), "all": KINDS}.get(kind, (kind,)))
        write_files(folder, Planter(chosen, bank.seed, bank.calendar).plant(pieces) if chosen else pieces)
    return folders


def read_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    return ((path.relative_to(folder).as_posix(), path.read_bytes()) for path in sorted(folder.rglob("*.parquet")))


def list_manifest(folder: Path) -> list[dict[str, object]]:
    return pq.read_table(folder / "truth" / "defects.parquet").to_pylist()


def test_without_being_asked_there_are_none_and_no_manifest(folders: dict[str, Path]) -> None:
    assert not (folders["sound"] / "truth" / "defects.parquet").exists()
    bank = BankTables(folders["sound"])
    assert {kind: bank.ask(query) for kind, query in SEEN.items()} == {kind: [] for kind in SEEN}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_changes_its_own_table_only(folders: dict[str, Path], kind: str) -> None:
    sound, planted = dict(read_files(folders["sound"])), dict(read_files(folders[kind]))
    table = next(defect.table for defect in DEFECTS if defect.kind == kind)
    assert {name for name in planted if planted[name] != sound.get(name)} == {
        f"{table}.parquet",
        "truth/defects.parquet",
    }


@pytest.mark.parametrize("kind", sorted(SEEN))
@pytest.mark.parametrize("with_others", [False, True])
def test_the_rows_that_bear_it_are_those_of_the_manifest(
    folders: dict[str, Path], kind: str, with_others: bool
) -> None:
    folder = folders["all" if with_others else kind]
    seen = [key for (key,) in BankTables(folder).ask(SEEN[kind])]
    told = [row["row_key"] for row in list_manifest(folder) if row["kind"] == kind]
    assert Counter(seen) == Counter(told)
    assert told


def test_no_row_bears_two(folders: dict[str, Path]) -> None:
    rows = [(row["table_name"], row["row_key"]) for row in list_manifest(folders["all"]) if row["row_key"]]
    assert max(Counter(rows).values()) == 1
    assert {row["kind"] for row in list_manifest(folders["all"])} == set(KINDS)


def test_half_a_day_is_missing(folders: dict[str, Path]) -> None:
    (row,) = list_manifest(folders["half_day"])
    day = str(row["note"]).split()[-1]
    query = f"select count(*) from transactions where known_on = date '{day}'"
    whole, half = (BankTables(folders[kind]).number(query) for kind in ("sound", "half_day"))
    assert whole - half == row["row_count"]
    assert 0.3 < half / whole < 0.7


def test_the_feed_falls_silent_weeks_before_the_end(folders: dict[str, Path]) -> None:
    (row,) = list_manifest(folders["stale_feed"])
    assert row["promise"] == "is_feed_fresh"
    count = "select count(*) from transactions"
    whole, cut = (BankTables(folders[kind]) for kind in ("sound", "stale_feed"))
    assert whole.number(count) - cut.number(count) == row["row_count"]
    assert cut.ask("select max(known_on)::varchar from transactions") == [("2026-10-07",)]


def test_a_column_is_renamed(folders: dict[str, Path]) -> None:
    sound, renamed = (pq.read_schema(folders[kind] / "firm_reports.parquet") for kind in ("sound", "renamed_column"))
    assert set(sound.names) - set(renamed.names) == {"revenue"}
    assert set(renamed.names) - set(sound.names) == {"sales"}


def test_the_crm_differs_where_the_manifest_says(folders: dict[str, Path]) -> None:
    sound, planted = (
        {
            f"{row['customer_id']}|{row['known_on']}": row
            for row in pq.read_table(folders[kind] / "crm_profiles.parquet").to_pylist()
        }
        for kind in ("sound", "crm_differences")
    )
    manifest = list_manifest(folders["crm_differences"])
    told = {str(row["row_key"]): row["note"] for row in manifest}
    assert {row["note"]: row["promise"] for row in manifest if row["promise"]} == {"manager_id": "is_manager_known"}
    differing = {
        key: sound[key].items() - planted.get(key, {}).items() for key in sound if sound[key] != planted.get(key)
    }
    assert set(differing) == set(told)
    assert set(planted) == {key for key in sound if told.get(key) != "missing"}
    names = {key: {name for name, _ in items} for key, items in differing.items() if key in planted}
    assert names == {key: {note} for key, note in told.items() if note != "missing"}
    assert set(told.values()) == {"deposit_balance", "product_count", "manager_id", "missing"}


def test_the_same_seed_plants_the_same(folders: dict[str, Path], tmp_path: Path) -> None:
    write_bank(tmp_path, **SIZE, defects=KINDS)
    written = dict(read_files(tmp_path))
    del written[f"{TRUTH}.parquet"]
    assert written == dict(read_files(folders["all"]))


def test_more_can_be_asked_for(folders: dict[str, Path], tmp_path: Path) -> None:
    write_bank(tmp_path, **SIZE, defects=["orphans"], defect_scale=30)
    assert len(list_manifest(tmp_path)) > 10 * len(list_manifest(folders["orphans"]))


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no defects of kind \['orphan'\]; expected of"):
        write_bank(tmp_path, **SIZE, defects=["orphan"])


@pytest.mark.parametrize("defect", [one for one in DEFECTS if one.promise], ids=lambda one: one.kind)
def test_the_promise_named_is_one_of_the_tables_suite(defect: object) -> None:
    suite = json.loads((EXPECTATIONS / f"{defect.table}.json").read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    promises = {expectation["meta"]["promise"] for expectation in suite["expectations"]}
    assert defect.promise in promises  # type: ignore[attr-defined]
