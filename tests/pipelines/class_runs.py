"""Published runs of classes, one after the other, of customers whose measures a test writes by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from pipelines.ledger.runs import find_previous_run, flip_pointer, mark_run, open_run, read_publications
from pipelines.rules.computed.class_tables import fill_class_transitions, fill_plan_templates
from pipelines.rules.families.early_warning import AlertParameters, ClassParameters
from pipelines.warehouse import Warehouse
from pipelines.warehouse.queries import list_binds
from tests.pipelines.rows import write_rows

CLEAN: Mapping[str, Any] = {
    "distress_score": 0.02,
    "days_past_due": 0.0,
    "class5": 1,
    "default_count_12m": 0,
    "turnover_ratio_3m_12m": 1.0,
}
LATE = CLEAN | {"days_past_due": 15.0, "class5": 2}
VERY_LATE = CLEAN | {"days_past_due": 120.0, "class5": 3}
LOST = CLEAN | {"days_past_due": 400.0, "class5": 5, "loan_balance": 5_000_000}
OWNED = {"branch_id": "B1", "manager_id": "M1", "is_key_account": True, "bad_connected_count": 0}
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in range(8, 13))
QUERIES = ("class_evidence", "relationship_classes", "exit_plans", "alerts", "plan_gaps")


def judge(warehouse: Warehouse, as_of: date, told: Mapping[str, Mapping[str, Any]]) -> str:
    """Fill the open run of an as_of with the classes of customers measured so, and what follows from them."""
    run_id = open_run(warehouse, as_of)
    offered = (
        asdict(ClassParameters()) | asdict(AlertParameters()) | {"as_of": as_of, "run_id": run_id, "rule_version": "v"}
    )
    offered["previous_run_id"] = find_previous_run(warehouse, as_of)
    stamp = OWNED | {"as_of": as_of, "run_id": run_id, "rule_version": "v"}
    warehouse.replace("crm.class_measures_v1", [], {"run_id": run_id})
    write_rows(warehouse, "crm.class_measures_v1", [{"customer_id": one} | told[one] | stamp for one in told])
    fill_class_transitions(warehouse, "crm.class_transitions_v1", offered)
    fill_plan_templates(warehouse, "crm.plan_templates_v1", offered)
    for name in QUERIES:
        binds = {bind: offered[bind] for bind in list_binds(f"rules/early_warning/{name}")}
        warehouse.replace_from(f"crm.{name}_v1", f"rules/early_warning/{name}", {"run_id": run_id}, **binds)
    return run_id


def publish(warehouse: Warehouse, as_of: date, told: Mapping[str, Mapping[str, Any]]) -> str:
    """Judge, and turn the CRM to the run."""
    run_id = judge(warehouse, as_of, told)
    history = read_publications(warehouse)
    if history:
        mark_run(warehouse, history[-1].run_id, "superseded")
    flip_pointer(warehouse, history, run_id, as_of, "publish")
    mark_run(warehouse, run_id, "published")
    return run_id


def read_view(warehouse: Warehouse, view: str, customer_id: str = "a") -> list[dict[str, Any]]:
    """Return what the CRM reads of a customer, but for the run's name, in a fixed order."""
    rows = warehouse.select("select * from crm." + view).to_pylist()
    mine = [row for row in rows if row["customer_id"] == customer_id]
    return sorted(({k: v for k, v in row.items() if k != "run_id"} for row in mine), key=str)


def read_class(warehouse: Warehouse, customer_id: str = "a") -> dict[str, Any]:
    """Return the one row of the customer's class in force."""
    (row,) = read_view(warehouse, "relationship_classes", customer_id)
    return row
