"""The star of credit: each fact points to one row of each dimension, and the branches' sums are the head office's."""

from datetime import date
from typing import Any

import pytest

from pipelines.ledger.runs import flip_pointer, open_run, read_publications
from pipelines.warehouse import Warehouse
from tests.pipelines.rows import write_rows

AS_OF = date(2026, 10, 1)
EARLY = date(2026, 1, 1)
STAR = """
select o.branch_id, o.parent_branch_id, o.name, p.kind as product_kind, i.name as industry, j.customer_id as borrower,
    c.kind as customer_kind, f.outstanding_amount
from crm.credit_facts as f
inner join crm.dim_customers as c on f.customer_id = c.customer_id
inner join crm.dim_organisations as o on f.branch_id = o.branch_id
inner join crm.dim_products as p on f.product_id = p.product_id
inner join crm.dim_industries as i on f.industry_code = i.industry_code
inner join crm.dim_projects as j on f.project_id = j.project_id
order by f.project_id
"""


@pytest.fixture
def star(warehouse: Warehouse) -> Warehouse:
    """A published run over a small bank of four branches; rows known on its as_of do not show."""
    tree = {"H": None, "R1": "H", "B1": "R1", "B2": "R1"}
    for known_on, name in ((EARLY, "as it was"), (date(2026, 9, 30), "as it is"), (AS_OF, "as it will be")):
        branches = [{"branch_id": one, "parent_branch_id": parent, "name": name} for one, parent in tree.items()]
        write_rows(warehouse, "landing.branches", branches, known_on)
    customers = [
        {"customer_id": "a", "kind": "company", "relation": "customer", "branch_id": "B1", "industry_code": "C1"},
        {"customer_id": "b", "kind": "person", "relation": "customer", "branch_id": "B2"},
        {"customer_id": "c", "kind": "company", "relation": "customer", "branch_id": "R1", "industry_code": "C1"},
        {"customer_id": "d", "kind": "company", "relation": "customer", "branch_id": "closed", "industry_code": "C9"},
    ]
    write_rows(warehouse, "landing.customers", customers, EARLY)
    write_rows(warehouse, "landing.products", [{"product_id": "L01", "kind": "loan"}], EARLY)
    write_rows(warehouse, "landing.industries", [{"industry_code": "C1", "name": "farming"}], EARLY)
    loans = [{"loan_id": "K" + one, "customer_id": one, "product_id": "L01"} for one in "abcd"]
    write_rows(warehouse, "landing.loans", loans, EARLY)
    owed = [  # of x the register tells on the as_of only, of Kx nothing
        {"loan_id": "K" + one, "customer_id": one, "month": date(2026, 8, 1), "outstanding_amount": cny}
        for one, cny in zip("abcdx", (1, 20, 300, 4000, 50000), strict=True)
    ]
    write_rows(warehouse, "landing.customers", [{"customer_id": "x", "kind": "person", "relation": "customer"}], AS_OF)
    write_rows(warehouse, "landing.loan_months", owed, date(2026, 9, 5))
    run_id = open_run(warehouse, AS_OF)
    binds = {"as_of": AS_OF, "run_id": run_id, "months": 3, "rule_version": "v"}
    warehouse.replace_from("crm.credit_facts_v1", "rules/overview/credit_facts", {"run_id": run_id}, **binds)
    flip_pointer(warehouse, read_publications(warehouse), run_id, AS_OF, "publish")
    return warehouse


def test_each_fact_points_to_one_row_of_each_dimension(star: Warehouse) -> None:
    rows = star.select(STAR).to_pylist()
    assert [row["borrower"] for row in rows] == list("abcdx")
    assert [row["branch_id"] for row in rows] == ["B1", "B2", "R1", "unknown", "unknown"]
    assert [row["industry"] for row in rows] == ["farming", None, "farming", None, None]
    assert [row["product_kind"] for row in rows] == ["loan", "loan", "loan", "loan", None]
    assert [row["customer_kind"] for row in rows] == ["company", "person", "company", "company", None]
    assert {row["name"] for row in rows[:3]} == {"as it is"}


def test_every_key_of_every_fact_is_found_once_in_its_dimension(star: Warehouse) -> None:
    dimensions = {
        "customer_id": "customers",
        "branch_id": "organisations",
        "product_id": "products",
        "industry_code": "industries",
        "project_id": "projects",
    }
    facts = star.select("select * from crm.credit_facts").to_pylist()
    for key, name in dimensions.items():
        there = [row[key] for row in star.select("select * from crm.dim_" + name).to_pylist()]
        assert len(there) == len(set(there))
        assert {row[key] for row in facts} <= set(there), key


def test_who_is_in_no_register_has_a_key_and_nothing_else(star: Warehouse) -> None:
    (customer,) = star.select("select * from crm.dim_customers where customer_id = 'x'").to_pylist()
    (loan,) = star.select("select * from crm.dim_projects where project_id = 'Kx'").to_pylist()
    assert {name: value for name, value in customer.items() if value is not None} == {"customer_id": "x"}
    assert {name: value for name, value in loan.items() if value is not None} == {
        "project_id": "Kx",
        "customer_id": "x",
    }


def test_the_head_office_has_the_sum_of_its_branches(star: Warehouse) -> None:
    parents = {
        row["branch_id"]: row["parent_branch_id"]
        for row in star.select("select * from crm.dim_organisations").to_pylist()
    }
    totals: dict[str, Any] = dict.fromkeys(parents, 0)
    for row in star.select(STAR).to_pylist():
        place = row["branch_id"]
        while place is not None:
            totals[place] += row["outstanding_amount"]
            place = parents[place]
    assert totals == {"B1": 1, "B2": 20, "R1": 321, "H": 321, "unknown": 54000}
