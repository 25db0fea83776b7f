"""Dropping what a run wrote: to the CRM's tables, and the measures that later runs are compared with."""

from __future__ import annotations

from pipelines.ledger.runs import drop_score_rows, mark_run
from pipelines.rules.apply import drop_rule_rows
from pipelines.warehouse import Warehouse


def drop_run(warehouse: Warehouse, run_id: str, state: str) -> None:
    """Drop the rows of a run, of scores, reasons, rules and measures, and give it the state that says why."""
    drop_rule_rows(warehouse, run_id)
    drop_score_rows(warehouse, run_id)
    warehouse.execute("publishing/drop_run_measures", run_id=run_id)
    mark_run(warehouse, run_id, state)
