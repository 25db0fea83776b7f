"""Publish and the engine's own bulk load write the same rows, on both engines."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from bench.publishing import CRM, load_tables, restamp, write_model
from bench.queries import ask
from pipelines.warehouse import open_warehouse

AS_OF = date(2026, 11, 1)
KEYS = {"run_id": "ours", "as_of": AS_OF, "model_name": "prospect_growth"}
SCORES = [
    {**KEYS, "customer_id": "a", "status": "scored", "score": 0.25, "raw_score": -1.5, "rank": 1, "band": "A"},
    {**KEYS, "customer_id": "b", "status": "withheld", "cause": "history_under_6_months"},
]
TOLD = {**KEYS, "customer_id": "a", "text_en": "inflow fell", "text_zh": "入账下降"}
REASONS = [
    {**TOLD, "place": 1, "feature": "x", "value": None, "shapley": 0.5},
    {**TOLD, "place": 2, "feature": "y", "value": 2.0, "shapley": -0.5},
]


def tabulate(url: str, table: str, rows: list[dict[str, object]]) -> pa.Table:
    with open_warehouse(url) as warehouse:
        return pa.Table.from_pylist(rows, schema=pa.schema(list(warehouse.columns(table).items())))


def test_both_sides_of_publish_write_the_same_rows(warehouse_url: str) -> None:
    given = {"crm.scores_v1": SCORES, "crm.reasons_v1": REASONS}
    tables = {table: tabulate(warehouse_url, table, rows) for table, rows in given.items()}
    with open_warehouse(warehouse_url) as warehouse:
        write_model(warehouse, tables, "ours", "prospect_growth")
    load_tables(warehouse_url, {table: restamp(rows, "rival") for table, rows in tables.items()})
    with open_warehouse(warehouse_url) as warehouse:
        for table, query in CRM.items():
            ours, theirs = (ask(warehouse, query, run_id=run_id) for run_id in ("ours", "rival"))
            assert ours.num_rows == 2
            assert restamp(theirs, "ours").to_pylist() == ours.to_pylist() == tables[table].to_pylist()


def test_the_bulk_load_is_one_transaction(warehouse_url: str) -> None:
    tables = {table: tabulate(warehouse_url, table, rows) for table, rows in zip(CRM, (SCORES, REASONS), strict=True)}
    reasons = tables["crm.reasons_v1"]
    unsaid = reasons.set_column(
        reasons.schema.get_field_index("text_en"), "text_en", pa.nulls(reasons.num_rows, pa.string())
    )
    with pytest.raises(Exception, match=r"(?i)null"):
        load_tables(warehouse_url, {"crm.scores_v1": tables["crm.scores_v1"], "crm.reasons_v1": unsaid})
    with open_warehouse(warehouse_url) as warehouse:
        assert ask(warehouse, "scores_of_run", run_id="ours").num_rows == 0
