"""Going by slices: nothing is lost or told twice, wherever the cuts fall."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pyarrow as pa
import pytest

from pipelines.errors import WarehouseError
from pipelines.warehouse import Warehouse, append_new
from pipelines.warehouse.batches import Batch, cluster_by_month, split_batches

START = date(2026, 1, 1)


def month(number: int, rows: int, is_closed: bool = False) -> dict[str, object]:
    first, last = date(2026, number, 1), date(2026, number, 28)
    return {"first_on": first, "last_on": last, "row_count": rows, "is_closed": is_closed}


def test_months_are_joined_up_to_the_rows_wanted_and_never_cut() -> None:
    months = [month(1, 3), month(2, 3), month(3, 9), month(4, 1), month(5, 1)]
    found = [(one.first_on.month, one.last_on.month, one.row_count) for one in split_batches(months, 6)]
    assert found == [(1, 2, 6), (3, 3, 9), (4, 5, 2)]


def test_a_slice_does_not_go_over_a_closing() -> None:
    found = split_batches([month(1, 1, True), month(2, 1, True), month(3, 1)], 100)
    assert found == [
        Batch(date(2026, 1, 1), date(2026, 2, 28), 2, True),
        Batch(date(2026, 3, 1), date(2026, 3, 28), 1, False),
    ]


def days(count: int) -> list[date]:
    """Days that jump from month to month, as a source gives them that goes by customer."""
    return [START + timedelta(days=number * 37 % 365) for number in range(count)]


@pytest.mark.parametrize("waiting_rows", [10, 10_000])
def test_clustered_rows_are_the_same_rows_and_their_groups_of_one_month(waiting_rows: int) -> None:
    table = pa.table({"n": range(1000), "day": pa.array(days(1000), pa.date32())})
    found = list(cluster_by_month(table.to_batches(max_chunksize=70), "day", 20, waiting_rows))
    rows = [(row["n"], row["day"]) for batch in found for row in batch.to_pylist()]
    assert sorted(rows) == list(enumerate(days(1000)))
    assert all(len({day.month for day in batch["day"].to_pylist()}) == 1 for batch in found if batch.num_rows)
    assert Counter(batch.num_rows for batch in found).most_common(1)[0][0] == 20 or waiting_rows == 10


def test_rows_without_the_day_stay_among_the_others() -> None:
    table = pa.table({"n": [1, 2, 3], "day": pa.array([START, None, START], pa.date32())})
    found = pa.Table.from_batches(cluster_by_month(table.to_batches(), "day"))
    assert sorted(found["n"].to_pylist()) == [1, 2, 3]


def events(*rows: tuple[str, float, date | None]) -> pa.Table:
    return pa.table(
        {
            "event_id": [row[0] for row in rows],
            "customer_id": ["c1"] * len(rows),
            "occurred_on": pa.array([START] * len(rows), pa.date32()),
            "kind": ["arrears"] * len(rows),
            "value": pa.array([row[1] for row in rows], pa.float64()),
            "known_on": pa.array([row[2] for row in rows], pa.date32()),
        }
    )


@pytest.mark.parametrize("rows_per_batch", [1, 1_000_000])
def test_counts_do_not_depend_on_the_slices(warehouse: Warehouse, rows_per_batch: int) -> None:
    warehouse.rows_per_batch = rows_per_batch
    january, march, april = date(2026, 1, 31), date(2026, 3, 20), date(2026, 4, 2)
    append_new(warehouse, "landing.events", events(("e1", 7.0, january)), ["event_id"])
    twice = [("e2", 2.0, january), ("e3", 3.0, march), ("e4", 4.0, april)] * 2 + [("e3", 3.0, march)]
    rows = events(("e1", 1.0, january), ("e5", 5.0, date(2026, 3, 5)), ("e1", 1.0, april), *twice)
    counts = append_new(warehouse, "landing.events", rows, ["event_id"], closed_as_of=date(2026, 3, 10))
    found = (counts.rows_read, counts.rows_new, counts.rows_seen_before, counts.rows_duplicate, counts.rows_backdated)
    assert (*found, counts.rows_changed) == (10, 5, 1, 4, 2, 1)
    kept = warehouse.select("select event_id, value, known_on, source_known_on from landing.events order by 1, 4")
    assert [tuple(row.values()) for row in kept.to_pylist()] == [
        ("e1", 7.0, january, january),
        ("e1", 1.0, april, april),
        ("e2", 2.0, date(2026, 3, 10), january),
        ("e3", 3.0, march, march),
        ("e4", 4.0, april, april),
        ("e5", 5.0, date(2026, 3, 10), date(2026, 3, 5)),
    ]


def test_two_rows_of_one_key_are_counted_over_all_slices(warehouse: Warehouse) -> None:
    warehouse.rows_per_batch = 1
    january, march = date(2026, 1, 31), date(2026, 3, 20)
    rows = events(("e1", 1.0, january), ("e1", 2.0, january), ("e2", 1.0, march), ("e2", 2.0, march))
    with pytest.raises(WarehouseError, match="2 keys stand for two or more different rows"):
        append_new(warehouse, "landing.events", rows, ["event_id"])


def test_a_row_without_known_on_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match=r"rows for landing.events have no known_on"):
        append_new(warehouse, "landing.events", events(("e1", 1.0, START), ("e2", 1.0, None)), ["event_id"])
    assert warehouse.select("select event_id from landing.events").num_rows == 0
