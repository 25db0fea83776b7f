"""References: which column of a landing table names a row of which register, declared once, and counted a delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from pipelines.deliveries.bands import Band, Point
from pipelines.deliveries.evaluate import Evaluated
from pipelines.deliveries.measure import ALL, Subject
from pipelines.warehouse import Warehouse
from pipelines.warehouse.identifiers import table_clause
from pipelines.warehouse.queries import compile_literal

_WARN, _USUAL_STOP = 0.005, 0.02
_LEAST, _LEAST_OF_HALF = 5, 2  # rows, and rows where they are half of the delivery or more: fewer stop nothing
_WORDS = ("", "null", "none", "n/a", "na", "nan", "nil", "-", "--", "?", "无", "空", "未知", "unknown", "undefined")
_UNKNOWN = "An id that no register names joins nothing, or joins rows that do not belong together."
_PLACEHOLDER = "A word for nothing is no id: all rows that hold it would count as one customer, group or branch."


@dataclass(frozen=True)
class Reference:
    """A column that holds ids; `register` is the landing table whose `key` names them, None where there is none."""

    table: str
    column: str
    register: str | None
    key: str = ""
    stop: float = _USUAL_STOP

    @property
    def register_key(self) -> str:
        """The register's column, by default of the same name."""
        return self.key or self.column


def _of(register: str, column: str, *tables: str, key: str = "", stop: float = _USUAL_STOP) -> tuple[Reference, ...]:
    return tuple(Reference(table, column, register, key, stop) for table in tables)


# A parent company may become known after its subsidiary; a blacklist and a guarantee may name persons of no register.
REFERENCES = (
    *_of("customers", "customer_id", "transactions", "events", "accounts", "balances", "loans", "loan_months"),
    *_of("customers", "customer_id", "income_costs", "firm_reports", "holdings", "profile_fields", "crm_profiles"),
    *_of("customers", "customer_id", "contacts", "consents", "guarantees", "outside_exposures"),
    *_of("customers", "customer_id", "blacklist", stop=0.5),
    *_of("customers", "guarantor_id", "guarantees", key="customer_id", stop=0.5),
    *_of("customers", "group_id", "customers", key="customer_id", stop=0.25),
    *_of("branches", "branch_id", "customers", "transactions", "accounts", "crm_profiles", "contacts", "managers"),
    *_of("branches", "branch_id", "ledger_write_offs"),
    *_of("branches", "parent_branch_id", "branches", key="branch_id"),
    *_of("managers", "manager_id", "customers", "crm_profiles", "contacts", "manager_skills"),
    *_of("industries", "industry_code", "customers"),
    *_of("products", "product_id", "accounts", "loans", "holdings"),
    *_of("accounts", "account_id", "transactions", "balances"),
    *_of("loans", "loan_id", "loan_months"),
    Reference("customers", "customer_id", None),
    Reference("transactions", "counterparty_id", None, stop=0.2),
)


def evaluate_references(
    warehouse: Warehouse, known_from: Mapping[str, date], as_of: date
) -> dict[str, list[Evaluated]]:
    """Return by table the shares of ids of a delivery that are a word for nothing, and that no register names.

    A table's delivery is what became known from its day in `known_from` to before `as_of`. A register without rows is
    not asked.
    """
    asked = [one for one in REFERENCES if one.table in known_from]
    if not asked:
        return {}
    statement = sa.union_all(*[_count_ids(one, known_from[one.table], as_of) for one in asked])
    rows = warehouse.select(compile_literal(statement)).to_pylist()
    counts = {(row["table_name"], row["column_name"]): row for row in rows}
    found: dict[str, list[Evaluated]] = {}
    for one in asked:
        found.setdefault(one.table, []).extend(_evaluate(one, counts[one.table, one.column], as_of))
    return found


def _evaluate(reference: Reference, counts: dict[str, Any], as_of: date) -> Sequence[Evaluated]:
    rows = int(counts["row_count"] or 0)
    if not rows:
        return ()
    placeholders = int(counts["placeholder_count"])
    found = [
        _describe(reference, "placeholder", placeholders, rows, min(reference.stop, _USUAL_STOP), as_of, _PLACEHOLDER)
    ]
    if counts["register_count"]:
        unknown = int(counts["unknown_count"])
        found.append(_describe(reference, "unknown", unknown, rows, reference.stop, as_of, _UNKNOWN))
    return found


def _describe(reference: Reference, kind: str, count: int, rows: int, stop: float, as_of: date, why: str) -> Evaluated:
    share = count / rows
    is_many = count >= _LEAST or (count >= _LEAST_OF_HALF and share >= 0.5 and stop <= _USUAL_STOP)
    band = Band(warn_high=_WARN, stop_high=stop)
    state = band.describe(share)
    if state == "stopped" and not is_many:
        state = "warned"
    subject = Subject(as_of, ALL, f"{kind}_{reference.column}_share")
    return Evaluated(reference.table, subject, Point(share, rows), band, state, why)


def _count_ids(reference: Reference, known_from: date, as_of: date) -> sa.Select[Any]:
    """Return a select of one row: how many ids the delivery has, and how many are no ids or unknown to the register."""
    ids = _group_ids(reference, known_from, as_of)
    trimmed = sa.func.trim(ids.c.id)
    is_word = sa.func.lower(trimmed).in_(_WORDS) | (sa.func.replace(trimmed, "0", "") == "")
    counted: list[Any] = [
        sa.literal(reference.table).label("table_name"),
        sa.literal(reference.column).label("column_name"),
        sa.func.sum(ids.c.row_count).label("row_count"),
        sa.func.sum(sa.case((is_word, ids.c.row_count), else_=0)).label("placeholder_count"),
    ]
    if reference.register is None:
        nothing = sa.literal(0)
        return sa.select(*counted, nothing.label("register_count"), nothing.label("unknown_count")).select_from(ids)
    names = _list_register(reference, as_of)
    is_unknown = names.c.id.is_(None) & ~is_word
    size = sa.select(sa.func.count()).select_from(names).scalar_subquery()
    return sa.select(
        *counted,
        size.label("register_count"),
        sa.func.sum(sa.case((is_unknown, ids.c.row_count), else_=0)).label("unknown_count"),
    ).select_from(ids.outerjoin(names, ids.c.id == names.c.id))


def _group_ids(reference: Reference, known_from: date, as_of: date) -> sa.Subquery:
    table = table_clause(f"landing.{reference.table}", [reference.column, "known_on"])
    column = table.c[reference.column]
    rows = sa.select(column.label("id"), sa.func.count().label("row_count"))
    rows = rows.where(column.is_not(None), table.c.known_on >= known_from, table.c.known_on < as_of)
    return rows.group_by(column).subquery("ids")


def _list_register(reference: Reference, as_of: date) -> sa.Subquery:
    register = table_clause(f"landing.{reference.register}", [reference.register_key, "known_on"])
    names = sa.select(register.c[reference.register_key].label("id")).where(register.c.known_on < as_of)
    return names.distinct().subquery("names")
