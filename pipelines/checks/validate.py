"""Validate: ask landing's promises where the rows are, set broken rows aside, stop when a table cannot be trusted."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

from pipelines.checks.deliveries import describe_deliveries
from pipelines.checks.evaluate import COLUMNS, evaluate_suites
from pipelines.checks.page import write_page
from pipelines.checks.quarantine import quarantine_rows
from pipelines.checks.results import Finding, TableCount, count_tables
from pipelines.checks.suites import Suite, load_suites
from pipelines.deliveries.run import evaluate_deliveries
from pipelines.errors import PromiseBroken
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse

logger = logging.getLogger(__name__)
_OBSERVED_LENGTH = 300


def validate_landing(settings: Settings, as_of: date) -> int:
    """Validate the rows known before as_of and return how many were checked; running it again writes the same.

    Writes ops.validations, ops.quarantine, ops.delivery_statistics and a page under var/validation/, only then raises
    PromiseBroken when a critical promise of a table does not hold. Opens the warehouse itself, twice: once for Great
    Expectations, read-only, then to write, as DuckDB allows one process only one kind of connection at a time.
    """
    suites = [suite for suite in load_suites() if settings.source_settings.has_table(suite.table)]
    findings = evaluate_suites(settings, suites, as_of)
    with open_warehouse(settings.warehouse_url, settings.memory_limit) as warehouse, warehouse.transaction():
        if not any(one.stops_run and one.promise.about == COLUMNS for one in findings):
            deliveries = evaluate_deliveries(warehouse, [suite.table for suite in suites], as_of, settings)
            findings += describe_deliveries(deliveries, as_of)
        _record(warehouse, suites, findings, as_of)
    tables = count_tables(findings, {suite.table: suite.is_required for suite in suites})
    page = write_page(settings.var / "validation", as_of, findings, tables)
    _log(findings, tables, as_of, page)
    _refuse_broken(findings, page)
    return sum(one.rows_known for one in tables)


def _record(warehouse: Warehouse, suites: Iterable[Suite], findings: Sequence[Finding], as_of: date) -> None:
    """Write what was found; where no row was asked about, the quarantine stays as it is."""
    if any(one.rows_checked for one in findings):
        for suite in suites:
            quarantine_rows(warehouse, suite.table, _broken_row_rules(suite, findings), as_of)
        warehouse.analyze("ops.quarantine")  # every valid.<table> is joined to it
    warehouse.replace("ops.validations", _tabulate(findings, as_of), {"as_of": as_of})


def _log(findings: Iterable[Finding], tables: Iterable[TableCount], as_of: date, page: Path) -> None:
    tables, findings = list(tables), list(findings)
    broken = sum(one.is_broken and one.promise.severity != "info" for one in findings)
    logger.log(
        logging.WARNING if broken else logging.INFO,
        "validated %d rows, %d quarantined, %d promises broken, as_of %s, %s",
        sum(one.rows_known for one in tables),
        sum(one.rows_quarantined for one in tables),
        broken,
        as_of,
        page,
    )


def _broken_row_rules(suite: Suite, findings: Iterable[Finding]) -> list[str]:
    mine = [one for one in findings if one.promise.table == suite.table and one.promise.action == "quarantine"]
    return [one.promise.name for one in mine if one.is_broken]


def _tabulate(findings: Iterable[Finding], as_of: date) -> pa.Table:
    """Return the rows of ops.validations: one a promise that was asked."""
    asked = [(one.promise, one.answer) for one in findings if one.answer is not None]
    return pa.table(
        {
            "as_of": pa.array([as_of] * len(asked), pa.date32()),
            "table_name": pa.array([promise.table for promise, _ in asked], pa.string()),
            "promise": pa.array([promise.name for promise, _ in asked], pa.string()),
            "severity": pa.array([promise.severity for promise, _ in asked], pa.string()),
            "action": pa.array([promise.action for promise, _ in asked], pa.string()),
            "is_kept": pa.array([answer.is_kept for _, answer in asked], pa.bool_()),
            "rows_checked": pa.array([answer.rows_checked for _, answer in asked], pa.int64()),
            "rows_broken": pa.array([answer.rows_broken for _, answer in asked], pa.int64()),
            "why": pa.array([promise.why for promise, _ in asked], pa.string()),
            "observed": pa.array([answer.observed[:_OBSERVED_LENGTH] for _, answer in asked], pa.string()),
        }
    )


def _refuse_broken(findings: Iterable[Finding], page: Path) -> None:
    stops = [
        f"landing.{one.promise.table} breaks {one.promise.name}: expected {one.expected}, got {one.observed}. "
        + one.promise.remedy
        for one in findings
        if one.stops_run
    ]
    if stops:
        raise PromiseBroken(f"{' '.join(stops)} Nothing was published; all that was checked is in {page}.")
