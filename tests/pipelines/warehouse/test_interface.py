"""The door, on both engines: what goes in whole, what is refused, and what nobody sees half of."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.errors import SettingsError, WarehouseError, WarehouseUnreachableError
from pipelines.warehouse import Warehouse, append_new, open_warehouse

DAY = date(2026, 10, 5)


def events(*rows: tuple[str, float | None, date]) -> pa.Table:
    return pa.table(
        {
            "event_id": [row[0] for row in rows],
            "customer_id": ["c1"] * len(rows),
            "occurred_on": pa.array([row[2] for row in rows], pa.date32()),
            "kind": ["arrears"] * len(rows),
            "value": pa.array([row[1] for row in rows], pa.float64()),
            "known_on": pa.array([row[2] for row in rows], pa.date32()),
        }
    )


def read_events(warehouse: Warehouse) -> list[tuple[str, date, date]]:
    rows = warehouse.select("select event_id, known_on, source_known_on from landing.events order by 1, 2").to_pylist()
    return [(row["event_id"], row["known_on"], row["source_known_on"]) for row in rows]


def append(warehouse: Warehouse, rows: pa.Table, closed: date | None = None) -> tuple[int, ...]:
    counts = append_new(warehouse, "landing.events", rows, key=["event_id"], closed_as_of=closed)
    return (counts.rows_read, counts.rows_new, counts.rows_seen_before, counts.rows_duplicate, counts.rows_backdated)


def test_append_adds_what_is_new_and_again_adds_nothing(warehouse: Warehouse) -> None:
    rows = events(("e1", 30.0, DAY), ("e2", None, DAY))
    assert append(warehouse, rows) == (2, 2, 0, 0, 0)
    assert append(warehouse, rows) == (2, 0, 2, 0, 0)
    assert append(warehouse, events(("e2", None, DAY), ("e3", 1.0, DAY))) == (2, 1, 1, 0, 0)
    assert len(read_events(warehouse)) == 3


def test_full_duplicates_are_kept_once_and_counted(warehouse: Warehouse) -> None:
    row = ("e1", 30.0, DAY)
    assert append(warehouse, events(row, row, row)) == (3, 1, 0, 2, 0)
    assert len(read_events(warehouse)) == 1


def test_two_rows_of_one_key_are_refused_and_nothing_is_kept(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match=r"duplicate key in rows for landing.events: 1 keys"):
        append(warehouse, events(("e1", 1.0, DAY), ("e2", 1.0, DAY), ("e2", 2.0, DAY)))
    assert read_events(warehouse) == []


def test_a_correction_is_a_row_with_a_later_known_on(warehouse: Warehouse) -> None:
    later = date(2026, 10, 20)
    append(warehouse, events(("e1", 1.0, DAY)))
    assert append(warehouse, events(("e1", 2.0, later))) == (1, 1, 0, 0, 0)
    assert read_events(warehouse) == [("e1", DAY, DAY), ("e1", later, later)]


def test_a_row_for_a_closed_month_counts_as_known_after_it(warehouse: Warehouse) -> None:
    closed, fresh = date(2026, 11, 1), date(2026, 11, 1)
    rows = events(("late", 1.0, DAY), ("fresh", 1.0, fresh))
    assert append(warehouse, rows, closed) == (2, 2, 0, 0, 1)
    assert read_events(warehouse) == [("fresh", fresh, fresh), ("late", closed, DAY)]
    assert append(warehouse, rows, date(2026, 12, 1)) == (2, 0, 2, 0, 0)


def test_a_value_that_does_not_fit_names_its_column_and_not_itself(warehouse: Warehouse) -> None:
    rows = events(("e1", 1.0, DAY)).set_column(4, "value", pa.array(["secret word"]))
    with pytest.raises(WarehouseError, match=r"landing.events.value takes double; got string") as refused:
        append(warehouse, rows)
    assert "secret word" not in str(refused.value)
    assert read_events(warehouse) == []


def test_an_unknown_column_and_an_unknown_table_are_refused(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match=r"landing.events has no columns \['colour'\]"):
        append(warehouse, events(("e1", 1.0, DAY)).append_column("colour", pa.array(["red"])))
    with pytest.raises(WarehouseError, match=r"no table landing.nope; run `kcrm migrate`"):
        warehouse.columns("landing.nope")


def test_the_error_of_whoever_brings_the_rows_surfaces_as_itself(warehouse: Warehouse) -> None:
    def bring() -> Iterator[pa.RecordBatch]:
        yield from events(("e1", 1.0, DAY)).to_batches()
        raise LookupError("the source stopped answering")

    rows = pa.RecordBatchReader.from_batches(events().schema, bring())
    with pytest.raises(LookupError, match="the source stopped answering"):
        append(warehouse, rows)
    assert read_events(warehouse) == []


def examples(count: int, as_of: date = DAY) -> pa.Table:
    return pa.table(
        {
            "model_name": ["m"] * count,
            "as_of": [as_of] * count,
            "customer_id": [f"c{number}" for number in range(count)],
            "label_version": ["v1"] * count,
            "is_scored_population": [True] * count,
            "label": [number % 2 == 0 for number in range(count)],
            "matured_on": [as_of] * count,
        }
    )


def test_replace_puts_the_partition_in_place_and_leaves_the_others(warehouse: Warehouse) -> None:
    other = date(2026, 11, 1)
    warehouse.replace("learn.examples", examples(5), {"model_name": "m", "as_of": DAY})
    warehouse.replace("learn.examples", examples(4, other), {"model_name": "m", "as_of": other})
    assert warehouse.replace("learn.examples", examples(3), {"model_name": "m", "as_of": DAY}) == 3
    rows = warehouse.select("select as_of, count(*) as n from learn.examples group by as_of order by as_of").to_pylist()
    assert [(row["as_of"], row["n"]) for row in rows] == [(DAY, 3), (other, 4)]


def test_a_replace_that_fails_leaves_what_was_there(warehouse: Warehouse) -> None:
    partition = {"model_name": "m", "as_of": DAY}
    warehouse.replace("learn.examples", examples(5), partition)
    nobodys = examples(2).set_column(2, "customer_id", pa.array(["c0", None]))
    with pytest.raises(WarehouseError):
        warehouse.replace("learn.examples", nobodys, partition)
    assert warehouse.select("select count(*) as n from learn.examples")["n"][0].as_py() == 5


def test_a_transaction_is_all_or_nothing_also_within_another(warehouse: Warehouse) -> None:
    def write_and_fail() -> None:
        with warehouse.transaction():
            append(warehouse, events(("e1", 1.0, DAY)))
            with warehouse.transaction():
                warehouse.replace("learn.examples", examples(5), {"as_of": DAY})
            raise LookupError("no")

    with pytest.raises(LookupError):
        write_and_fail()
    assert read_events(warehouse) == []
    assert warehouse.select("select count(*) as n from learn.examples")["n"][0].as_py() == 0
    append(warehouse, events(("e1", 1.0, DAY)))
    assert len(read_events(warehouse)) == 1


def test_ensure_columns_adds_once_and_keeps_rows(warehouse: Warehouse) -> None:
    row = pa.table({"customer_id": ["a"], "as_of": [DAY]})
    warehouse.replace("features.customer_books", row, {"as_of": DAY})
    wanted = {"first_6m": pa.float64(), "second_6m": pa.float64()}
    assert warehouse.ensure_columns("features.customer_books", wanted) == ["first_6m", "second_6m"]
    assert warehouse.ensure_columns("features.customer_books", wanted) == []
    assert warehouse.select("select first_6m from features.customer_books").to_pylist() == [{"first_6m": None}]


def test_numbers_come_back_exact_and_days_as_days(warehouse: Warehouse) -> None:
    got = warehouse.select("select cast(1234567890.12 as numeric(18, 2)) as n, date '2026-10-05' as d, 7 / 2 as i")
    assert got.to_pylist() == [{"n": Decimal("1234567890.12"), "d": DAY, "i": 3}]


def test_a_stream_comes_in_batches_while_the_step_writes(warehouse: Warehouse) -> None:
    warehouse.replace("learn.examples", examples(2500), {"as_of": DAY})
    sizes = []
    batches = warehouse._select_batches("select customer_id, label from learn.examples", batch_rows=1000)
    for batch in batches:
        append(warehouse, events((f"e{len(sizes)}", 1.0, DAY)))
        sizes.append(batch.num_rows)
    assert sum(sizes) == 2500
    assert max(sizes) <= 2048
    assert len(read_events(warehouse)) == len(sizes)


def test_a_server_that_does_not_answer_is_a_lost_connection_that_hides_its_password() -> None:
    with pytest.raises(WarehouseUnreachableError, match="no warehouse answers") as refused:
        open_warehouse("postgresql://kcrm:hush@127.0.0.1:1/kcrm")
    assert "hush" not in str(refused.value)
    assert isinstance(refused.value, ConnectionError)


def test_a_file_that_another_process_has_open_is_a_lost_connection(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path}/busy.duckdb"
    hold = (
        "import sys; from pipelines.warehouse import open_warehouse; "
        "opened = open_warehouse(sys.argv[1]); print(opened, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(WarehouseUnreachableError, match="cannot be opened"):
            open_warehouse(url)
        holder.communicate(b"\n")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://x/y", "no warehouse engine 'mysql'"),
        ("nonsense", "is no URL"),
        ("postgresql://u:hush@h:x/d", "is no URL"),
    ],
)
def test_an_engine_that_we_do_not_claim_is_refused(url: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        open_warehouse(url)
    assert "hush" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_two_writers_of_one_partition_take_turns(new_warehouse_url: Callable[[str], str]) -> None:
    """A scheduler may start a retry while the process of the first try still writes."""
    url = new_warehouse_url("postgresql")
    partition = {"model_name": "m", "as_of": DAY}

    def write(count: int) -> int:
        with open_warehouse(url) as warehouse:
            return warehouse.replace("learn.examples", examples(count), partition)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, [900, 1000, 1100, 1200])) == [900, 1000, 1100, 1200]
    with open_warehouse(url) as warehouse:
        assert warehouse.select("select count(*) as n from learn.examples")["n"][0].as_py() in (900, 1000, 1100, 1200)


def test_a_refused_row_is_not_quoted(warehouse: Warehouse) -> None:
    rows = pa.table({"step": ["Zhang San"] * 2, "as_of": [DAY] * 2, "landing_rows": [1, 2]})
    with pytest.raises(WarehouseError, match="refused") as refused:
        warehouse.replace("ops.watermarks", rows, {"as_of": DAY})
    told: BaseException | None = refused.value
    while told is not None:
        assert "Zhang San" not in str(told)
        told = told.__cause__ or (None if told.__suppress_context__ else told.__context__)


def test_duckdb_puts_aside_beside_its_file_and_keeps_to_its_memory(tmp_path: Path) -> None:
    with open_warehouse(f"duckdb:///{tmp_path}/small.duckdb", "100MB") as warehouse:
        warehouse.run("create temporary table much as select range as n, random() as x from range(20000000)")
        kept = warehouse.select("select count(*) as n, sum(n) as total from much").to_pylist()
        assert kept == [{"n": 20_000_000, "total": 199_999_990_000_000}]
        assert list((tmp_path / "small.duckdb.tmp").iterdir())


PLANNING = "select name, setting from pg_settings where name in ('enable_nestloop', 'jit')"


def test_the_server_is_asked_to_plan_for_whole_tables(new_warehouse_url: Callable[[str], str]) -> None:
    with open_warehouse(new_warehouse_url("postgresql")) as warehouse:
        asked = {row["name"]: row["setting"] for row in warehouse.select(PLANNING).to_pylist()}
        streamed = [row for batch in warehouse._select_batches(PLANNING, 10) for row in batch.to_pylist()]
    assert asked == {"enable_nestloop": "off", "jit": "off"}
    assert {row["name"]: row["setting"] for row in streamed} == asked


def test_what_the_database_says_of_its_planning_stays(new_warehouse_url: Callable[[str], str]) -> None:
    url = new_warehouse_url("postgresql")
    with open_warehouse(url) as warehouse:
        warehouse.run("alter database " + url.rpartition("/")[2] + " set jit = on")
    with open_warehouse(url) as warehouse:
        asked = {row["name"]: row["setting"] for row in warehouse.select(PLANNING).to_pylist()}
    assert asked == {"enable_nestloop": "off", "jit": "on"}
