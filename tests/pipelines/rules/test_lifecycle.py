"""A customer goes through the stages of the relationship once each, as one published run follows the other."""

from dataclasses import asdict
from datetime import date
from itertools import groupby

from pipelines.rules.families.relationship import LifecycleParameters
from pipelines.settings import add_months
from pipelines.warehouse import Warehouse
from tests.pipelines.rows import write_rows

JOINED_ON = date(2020, 3, 10)
# months from the first with money on, and what comes in each
MONEY = [100] * 12 + [150] * 24 + [50] * 6 + [0] * 20
EXPECTED = ["prospect", "new", "growing", "loyal", "fading", "lost"]


def test_a_customer_goes_through_the_stages_once_each(warehouse: Warehouse) -> None:
    write_bank(warehouse)
    told = [apply_lifecycle(warehouse, add_months(date(2020, 1, 1), step), step) for step in range(70)]
    stages = [(stage, list(runs)) for stage, runs in groupby(told, key=lambda row: row["stage"])]
    assert [stage for stage, _ in stages] == EXPECTED
    for _, runs in stages:
        assert {row["since"] for row in runs} == {runs[0]["as_of"]}
    assert [row["previous_stage"] for row in told[1:]] == [row["stage"] for row in told[:-1]]


def write_bank(warehouse: Warehouse) -> None:
    """One customer, known before it joined, among the flows of others that tell how far the books go back."""
    known_on = date(2019, 1, 1)
    customers = [{"customer_id": "a", "kind": "company", "relation": "customer", "joined_on": JOINED_ON}]
    write_rows(warehouse, "landing.customers", customers, known_on)
    account = {"account_id": "A", "customer_id": "a", "opened_on": JOINED_ON}
    write_rows(warehouse, "landing.accounts", [account], known_on=JOINED_ON)
    first = date(2020, 4, 1)
    flows = [("a", add_months(first, step), cny) for step, cny in enumerate(MONEY) if cny]
    flows.append(("other", date(2018, 1, 1), 1))
    columns = [name for name in warehouse.columns("facts.customer_month") if name.endswith(("_amount", "_count"))]
    rows = [
        dict.fromkeys(columns, 0)
        | {"customer_id": customer, "month": month, "known_month": month, "inflow_amount": cny, "inflow_count": 1}
        for customer, month, cny in flows
    ]
    write_rows(warehouse, "facts.customer_month", rows)


def apply_lifecycle(warehouse: Warehouse, as_of: date, step: int) -> dict[str, object]:
    """Fill one run after the other, each with the one before as the run that stands, and return the customer's row."""
    run_id, before = str(step), str(step - 1) if step else None
    binds = {
        "as_of": as_of,
        "run_id": run_id,
        "previous_run_id": before,
        "rule_version": "v",
        **asdict(LifecycleParameters()),
    }
    warehouse.replace_from("crm.lifecycle_v1", "rules/relationship/lifecycle", {"run_id": run_id}, **binds)
    rows = warehouse.select("select * from crm.lifecycle_v1 where run_id = '" + run_id + "'").to_pylist()
    assert len(rows) == 1
    return rows[0]
