"""Landing rows for tests: a sound row of each table, and putting rows with given differences into a warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipelines.warehouse import Warehouse

SOUND: dict[str, dict[str, Any]] = {
    "customers": {
        "customer_id": "c1",
        "kind": "company",
        "relation": "customer",
        "name": "恒信机械有限公司",
        "founded_on": date(2001, 5, 1),
        "employees": 40,
        "capital": Decimal("5000000.00"),
        "known_on": date(2019, 1, 2),
        "source_known_on": date(2019, 1, 2),
    },
    "transactions": {
        "transaction_id": "t1",
        "customer_id": "c1",
        "booked_on": date(2019, 11, 4),
        "amount": Decimal("1200.50"),
        "kind": "receipt",
        "counterparty_id": "p1",
        "is_void": False,
        "known_on": date(2019, 11, 5),
        "source_known_on": date(2019, 11, 5),
    },
    "events": {
        "event_id": "e1",
        "customer_id": "c1",
        "occurred_on": date(2019, 11, 4),
        "kind": "arrears",
        "value": 31.0,
        "known_on": date(2019, 11, 5),
        "source_known_on": date(2019, 11, 5),
    },
    "accounts": {
        "account_id": "a1",
        "customer_id": "c1",
        "product_id": "D01",
        "branch_id": "b1",
        "currency": "CNY",
        "rate_ratio": 0.0035,
        "opened_on": date(2015, 6, 30),
        "closed_on": date(2019, 11, 4),
    },
    "balances": {
        "account_id": "a1",
        "customer_id": "c1",
        "month": date(2019, 10, 1),
        "average_balance": Decimal("1200.50"),
        "end_balance": Decimal("900.00"),
    },
    "loans": {
        "loan_id": "n1",
        "customer_id": "c1",
        "product_id": "L01",
        "granted_on": date(2019, 1, 2),
        "matures_on": date(2020, 1, 2),
        "principal_amount": Decimal("500000.00"),
        "limit_amount": Decimal("600000.00"),
        "rate_ratio": 0.0435,
        "collateral_value": Decimal("0.00"),
    },
    "loan_months": {
        "loan_id": "n1",
        "customer_id": "c1",
        "month": date(2019, 10, 1),
        "outstanding_amount": Decimal("400000.00"),
        "overdue_amount": Decimal("20000.00"),
        "written_off_amount": Decimal("0.00"),
        "days_past_due": 31,
        "class5": 2,
    },
    "income_costs": {
        "customer_id": "c1",
        "month": date(2019, 10, 1),
        "interest_income": Decimal("120.00"),
        "fee_income": Decimal("-3.00"),
        "interest_expense": Decimal("40.00"),
        "operating_cost": Decimal("15.50"),
        "risk_cost": Decimal("-7.25"),
    },
    "firm_reports": {
        "customer_id": "c1",
        "period_end": date(2019, 6, 30),
        "period_months": 6,
        "revenue": Decimal("900000.00"),
        "operating_profit": Decimal("-5000.00"),
        "net_income": Decimal("-8000.00"),
        "assets": Decimal("500000.00"),
        "liabilities": Decimal("520000.00"),
        "equity": Decimal("-20000.00"),
    },
    "holdings": {
        "holding_id": "h1",
        "customer_id": "c1",
        "product_id": "W01",
        "bought_on": date(2019, 3, 4),
        "matures_on": date(2019, 9, 4),
        "amount": Decimal("100000.00"),
        "nav_ratio": 1.02,
    },
    "profile_fields": {
        "customer_id": "c1",
        "field_group": "career",
        "field": "career",
        "is_filled": True,
        "updated_on": date(2019, 11, 4),
    },
    "crm_profiles": {
        "customer_id": "c1",
        "branch_id": "b1",
        "manager_id": "m1",
        "deposit_balance": Decimal("900.00"),
        "loan_balance": Decimal("400000.00"),
        "product_count": 2,
        "updated_on": date(2019, 10, 31),
    },
    "contacts": {
        "contact_id": "k1",
        "customer_id": "c1",
        "contacted_on": date(2019, 11, 4),
        "manager_id": "m1",
        "branch_id": "b1",
        "channel": "visit",
    },
    "blacklist": {
        "entry_id": "x1",
        "customer_id": "c1",
        "listed_on": date(2019, 3, 4),
        "lifted_on": date(2019, 11, 4),
        "list_source": "court",
        "reason": "default",
    },
    "consents": {"customer_id": "c1", "has_marketing_consent": True, "stated_on": date(2019, 3, 4)},
    "guarantees": {
        "guarantee_id": "g1",
        "guarantor_id": "k1",
        "customer_id": "c1",
        "amount": Decimal("300000.00"),
        "granted_on": date(2019, 1, 2),
        "ends_on": date(2020, 1, 2),
    },
    "outside_exposures": {
        "customer_id": "c1",
        "month": date(2019, 10, 1),
        "bank_count": 3,
        "exposure_amount": Decimal("900000.00"),
    },
    "ledger_write_offs": {"branch_id": "b1", "month": date(2019, 10, 1), "written_off_amount": Decimal("100.00")},
    "products": {
        "product_id": "D01",
        "kind": "deposit",
        "name": "活期存款",
        "yield_type": "fixed",
        "posted_rate_ratio": 0.0035,
        "term_months": 12,
        "launched_on": date(2019, 12, 1),
    },
    "branches": {"branch_id": "b1", "parent_branch_id": None, "kind": "head_office", "name": "总行"},
    "managers": {
        "manager_id": "m1",
        "branch_id": "b1",
        "grade": "senior",
        "exam_passed_on": date(2012, 5, 6),
        "joined_on": date(2010, 1, 4),
        "left_on": date(2019, 11, 1),
    },
    "manager_skills": {"manager_id": "m1", "skill": "credit", "is_held": True, "attained_on": date(2015, 3, 2)},
    "industries": {"industry_code": "C35", "name": "专用设备制造业", "name_en": None},
    "calendar": {"day": date(2020, 1, 1), "is_business_day": False, "holiday": "New Year's Day"},
}
KNOWN = {"known_on": date(2019, 11, 5), "source_known_on": date(2019, 11, 5)}  # where a row does not say


def complete_row(table: str, differences: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sound row of the table but for what the mapping says."""
    return KNOWN | SOUND[table] | dict(differences)


def put_rows(warehouse: Warehouse, table: str, differences: Iterable[Mapping[str, Any]]) -> int:
    """Put one row for each mapping, a sound row but for what the mapping says, in the place of the table's rows."""
    types = warehouse.columns(f"landing.{table}")
    rows = [dict.fromkeys(types) | complete_row(table, one) for one in differences]
    return warehouse.replace(f"landing.{table}", pa.Table.from_pylist(rows, pa.schema(list(types.items()))), {})
