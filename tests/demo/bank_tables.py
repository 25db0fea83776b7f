"""A bank for tests: its files as tables of a DuckDB connection, and what a landing table's key is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

KEYS = {  # beside known_on
    "customers": ("customer_id",),
    "transactions": ("transaction_id",),
    "events": ("event_id",),
    "accounts": ("account_id",),
    "balances": ("account_id", "month"),
    "loans": ("loan_id",),
    "loan_months": ("loan_id", "month"),
    "income_costs": ("customer_id", "month"),
    "firm_reports": ("customer_id", "period_end"),
    "holdings": ("holding_id",),
    "profile_fields": ("customer_id", "field_group", "field"),
    "crm_profiles": ("customer_id", "updated_on"),
    "contacts": ("contact_id",),
    "blacklist": ("entry_id",),
    "consents": ("customer_id",),
    "guarantees": ("guarantee_id",),
    "outside_exposures": ("customer_id", "month"),
    "ledger_write_offs": ("branch_id", "month"),
    "products": ("product_id",),
    "branches": ("branch_id",),
    "managers": ("manager_id",),
    "manager_skills": ("manager_id", "skill"),
    "industries": ("industry_code",),
    "calendar": ("day",),
}
HAPPENED = {  # the last day of what a row tells
    "transactions": "booked_on",
    "events": "occurred_on",
    "accounts": "coalesce(closed_on, opened_on)",
    "balances": "last_day(month)",
    "loans": "granted_on",
    "loan_months": "last_day(month)",
    "income_costs": "last_day(month)",
    "firm_reports": "period_end",
    "holdings": "bought_on",
    "profile_fields": "updated_on",
    "crm_profiles": "updated_on",
    "contacts": "contacted_on",
    "blacklist": "coalesce(lifted_on, listed_on)",
    "consents": "greatest(stated_on, erasure_requested_on)",
    "guarantees": "granted_on",
    "outside_exposures": "last_day(month)",
    "ledger_write_offs": "last_day(month)",
    "managers": "coalesce(left_on, exam_passed_on, joined_on)",
    "manager_skills": "attained_on",
}


class BankTables:
    """The files of a bank; `ask` answers a query over them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = sorted(path.stem for path in folder.glob("*.parquet"))
        self._connection = duckdb.connect()
        for path in folder.rglob("*.parquet"):
            self._connection.read_parquet(str(path)).create_view(path.stem)
        for name in set(KEYS) & set(self.names):
            keys = ", ".join(KEYS[name])
            last = f"select distinct on ({keys}) * from {name} order by {keys}, known_on desc"
            self._connection.execute(f"create view last_{name} as {last}")

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.sql(query).fetchall()

    def number(self, query: str) -> float:
        ((value,),) = self.ask(query)
        return float(value)
