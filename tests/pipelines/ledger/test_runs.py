"""The run before is the last that people were told of and that still stands, of an earlier as_of."""

from datetime import date

from pipelines.ledger.runs import find_previous_run, flip_pointer, mark_run, open_run, read_publications
from pipelines.warehouse import Warehouse

AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (8, 9, 10, 11))


def publish(warehouse: Warehouse, as_of: date) -> str:
    run_id = open_run(warehouse, as_of)
    flip_pointer(warehouse, read_publications(warehouse), run_id, as_of, "publish")
    mark_run(warehouse, run_id, "published")
    return run_id


def test_the_run_before_is_the_last_one_published_of_an_earlier_as_of(warehouse: Warehouse) -> None:
    assert find_previous_run(warehouse, NOVEMBER) is None
    publish(warehouse, AUGUST)
    publish(warehouse, OCTOBER)
    publish(warehouse, OCTOBER)
    assert find_previous_run(warehouse, NOVEMBER) == "2026-10-01.2"
    assert find_previous_run(warehouse, OCTOBER) == "2026-08-01.1"
    assert find_previous_run(warehouse, AUGUST) is None


def test_a_run_kept_taken_off_or_dropped_is_not_the_run_before(warehouse: Warehouse) -> None:
    mark_run(warehouse, publish(warehouse, AUGUST), "superseded")
    mark_run(warehouse, open_run(warehouse, SEPTEMBER), "kept")
    publish(warehouse, OCTOBER)
    assert find_previous_run(warehouse, NOVEMBER) == "2026-10-01.1"
    flip_pointer(warehouse, read_publications(warehouse), "2026-08-01.1", AUGUST, "rollback")
    assert find_previous_run(warehouse, NOVEMBER) == "2026-08-01.1"
    mark_run(warehouse, "2026-08-01.1", "dropped")
    assert find_previous_run(warehouse, NOVEMBER) is None
