"""An extract beside what landing held: rows that are gone, that changed in place, that came too late."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from pipelines.deliveries.extracts import evaluate_extracts
from pipelines.settings import SourceSettings
from pipelines.warehouse import Warehouse
from tests.landing_rows import put_rows

AS_OF = date(2020, 1, 1)
SOURCE = SourceSettings(first_training_as_of=date(2020, 1, 1))
HELD = 100  # rows of landing.transactions, known on 2019-11-05


def find_states(warehouse: Warehouse, source: SourceSettings = SOURCE, **counts: int) -> dict[str, str]:
    """Return the states that are not usual after an extract with these counts in ops.extracts."""
    put_rows(warehouse, "transactions", [{"transaction_id": f"t{place}"} for place in range(HELD)])
    named = {"rows_read": HELD, "rows_new": 20, "rows_seen_before": 80, "rows_duplicate": 0, "rows_backdated": 0}
    row = {"source": "bank", "table_name": "transactions", "as_of": AS_OF, "attempt": 1, "rows_changed": 0}
    rows = pa.Table.from_pylist([row | named | counts])
    types = warehouse.columns("ops.extracts")
    finished = pa.array([None], pa.timestamp("us"))
    with_time = rows.append_column("finished_at", finished.fill_null(0))
    warehouse.append("ops.extracts", with_time.select(list(types)).cast(pa.schema(list(types.items()))))
    found = evaluate_extracts(warehouse, ["transactions"], AS_OF, "bank", source, {})
    return {one.subject.measure: one.state for one in found["transactions"] if one.state != "usual"}


@pytest.mark.parametrize(
    ("counts", "states"),
    [
        ({}, {}),
        ({"rows_read": 96}, {}),  # 4 of the 80 before are gone
        ({"rows_read": 95}, {"withdrawn_share": "stopped"}),
        ({"rows_read": 105, "rows_duplicate": 10}, {"withdrawn_share": "stopped"}),
        ({"rows_read": 105, "rows_duplicate": 5}, {}),
        ({"rows_read": 20, "rows_seen_before": 0}, {"withdrawn_share": "stopped"}),  # all keys are new
        ({"rows_changed": 4}, {}),
        ({"rows_changed": 5}, {"restated_share": "stopped"}),
        ({"rows_backdated": 4}, {}),
        ({"rows_backdated": 5}, {"backdated_share": "stopped"}),
    ],
)
def test_what_is_gone_changed_or_late_stops_above_its_limit(
    shared_warehouse: Warehouse, counts: dict[str, int], states: dict[str, str]
) -> None:
    assert find_states(shared_warehouse, **counts) == states


def test_the_first_extract_has_nothing_to_be_compared_with(shared_warehouse: Warehouse) -> None:
    assert find_states(shared_warehouse, rows_new=HELD, rows_seen_before=0) == {}


def test_rows_before_the_lookback_are_not_missed(shared_warehouse: Warehouse) -> None:
    short = SOURCE.model_copy(update={"lookback_days": 30})
    assert find_states(shared_warehouse, short, rows_read=0, rows_new=0, rows_seen_before=0) == {}
