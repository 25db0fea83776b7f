"""Measuring deliveries: the figures of each month, table and branch, computed in the warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from pipelines.deliveries.bands import Point
from pipelines.deliveries.declared import IRREGULAR_TABLES, REGULAR_TABLES
from pipelines.settings import add_months
from pipelines.warehouse import Warehouse
from pipelines.warehouse.identifiers import table_clause
from pipelines.warehouse.queries import compile_literal

ALL = "all"
_LEAST_ROWS_A_DAY = 10  # with fewer, a day without rows is nothing unusual
MONTHS_BEFORE = 3  # of a first month that is measured: who came in these is expected


@dataclass(frozen=True, order=True)
class Subject:
    """What a figure is of: the as-of date that follows the month, the branch or `all`, and the measure."""

    as_of: date
    branch_id: str
    measure: str


Figures = dict[Subject, Point]


def count_rows(warehouse: Warehouse, tables: Iterable[str], first: date, as_of: date) -> dict[tuple[str, date], int]:
    """Return how many rows of each table became known in each month, by the as-of date that follows the month."""
    parts = [_count_table(table, first, as_of) for table in tables]
    rows = warehouse.select(compile_literal(sa.union_all(*parts))).to_pylist()
    return {(row["table_name"], add_months(row["delivered_in"], 1)): row["row_count"] for row in rows}


def measure_table(warehouse: Warehouse, table: str, first: date, as_of: date) -> Figures:
    """Return the figures of a table's deliveries of the months that end after `first` and before or on `as_of`.

    Only for tables of ops.customer_deliveries; others have none.
    """
    if table not in REGULAR_TABLES + IRREGULAR_TABLES:
        return {}
    begin = add_months(first, -1 - MONTHS_BEFORE)
    rows = warehouse.read("deliveries/measures", table_name=table, first_month=begin, as_of=as_of).to_pylist()
    figures: Figures = {}
    for row in rows:
        figures |= _read_figures(row)
    if table == "transactions":
        figures |= _measure_transactions(warehouse, add_months(first, -1), as_of)
    return {subject: point for subject, point in figures.items() if subject.as_of >= first}


def _measure_transactions(warehouse: Warehouse, first_month: date, as_of: date) -> Figures:
    """Return what is measured of transactions only: content that came before, and business days without a row."""
    figures: Figures = {}
    binds = {"first_month": first_month, "as_of": as_of}
    for row in warehouse.read("deliveries/repeated_transactions", **binds).to_pylist():
        subject = Subject(add_months(row["delivered_in"], 1), ALL, "repeated_share")
        figures[subject] = _share(row["repeated_count"], row["row_count"])
        again = _share(row["redelivered_count"], row["row_count"])
        figures[replace(subject, measure="redelivered_share")] = again
    for row in warehouse.read("deliveries/transaction_days", **binds).to_pylist():
        if row["rows_a_day"] >= _LEAST_ROWS_A_DAY:
            subject = Subject(add_months(row["delivered_in"], 1), ALL, "empty_days")
            figures[subject] = Point(float(row["empty_days"]), int(row["business_days"]))
    return figures


def _count_table(table: str, first: date, as_of: date) -> sa.Select[str, date, int]:
    known_on: sa.ColumnClause[Any] = sa.column("known_on")
    month = sa.cast(sa.func.date_trunc("month", known_on), sa.Date())
    counted = sa.select(
        sa.literal(table).label("table_name"), month.label("delivered_in"), sa.func.count().label("row_count")
    )
    rows = counted.select_from(table_clause(f"landing.{table}", ["known_on"]))
    return rows.where(known_on >= add_months(first, -1), known_on < as_of).group_by(sa.text("2"))


def _read_figures(row: Mapping[str, Any]) -> Figures:
    """Turn the counts of a month and branch into its figures; a share of nothing is left out."""
    as_of, branch = add_months(row["delivered_in"], 1), row["branch_id"]
    rows, customers = int(row["row_count"]), int(row["customer_count"])
    points = {
        "returning_share": _share(row["returned_count"], row["expected_count"]),
        "level_share": _share(row["level_kept_count"], row["level_expected_count"]),
        "customers": Point(customers, customers),
        "amount": Point(row["amount"], customers),
        "rows": Point(rows, rows),
    }
    if branch == ALL:
        points |= {
            "median_amount": Point(row["median_amount"] or 0.0, customers),
            "level_ratio": Point(row["level_ratio"] or 0.0, int(row["level_expected_count"])),
            "second_customers": Point(float(row["second_count"]), int(row["second_count"])),
            "void_share": _share(row["void_count"], rows),
            "zero_share": _share(row["zero_count"], rows),
            "late_share": _share(row["late_count"], rows),
        }
    return {Subject(as_of, branch, name): point for name, point in points.items() if point.sample or name in _COUNTS}


_COUNTS = ("rows", "customers", "amount", "second_customers", "median_amount")


def _share(part: Any, whole: Any) -> Point:
    return Point(float(part) / float(whole) if whole else 0.0, int(whole))
