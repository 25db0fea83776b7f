"""Asking: every suite's promises, with the run's parameters, put to the warehouse's own engine."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pipelines.checks.results import Finding, describe_expected
from pipelines.checks.suites import Promise, Suite
from pipelines.settings import Settings
from pipelines.warehouse.queries import bind_query

if TYPE_CHECKING:
    from pipelines.checks.gx_engine import WarehouseDatasource

COLUMNS = "columns"  # asked first: where a column is missing, no other question can be put
_EARLIEST = date(1900, 1, 1)
_NOT_CONFIGURED = "its setting is not given for this source in kcrm.toml"


def evaluate_suites(settings: Settings, suites: Sequence[Suite], as_of: date) -> list[Finding]:
    """Ask which columns the tables have, then, if none is missing, everything else; a finding for each promise.

    Shares of rows are asked of the rows that became known since the last run that passed.
    """
    logging.getLogger("great_expectations").setLevel(logging.WARNING)  # before its import, which says hundreds of lines
    from pipelines.checks.gx_engine import open_datasource  # takes seconds to import

    parameters = [suite_parameters(settings, suite, as_of) for suite in suites]
    asked = list(zip(suites, parameters, strict=True))
    with open_datasource(settings.warehouse_url, settings.memory_limit) as datasource:
        first = [one for suite, given in asked for one in _ask(datasource, suite, [COLUMNS], given, as_of)]
        if any(finding.stops_run for finding in first):
            return first + [one for suite, given in asked for one in _leave_unasked(suite, given)]
        delivered_from = datasource.read_value(bind_query("checks/validated_before", {"as_of": as_of})) or _EARLIEST
        for given in parameters:
            given["delivered_from"] = delivered_from.isoformat()
        return first + [
            one for suite, given in asked for one in _ask(datasource, suite, _other_abouts(suite), given, as_of)
        ]


def suite_parameters(settings: Settings, suite: Suite, as_of: date) -> dict[str, Any]:
    """Return what a suite may leave open as {"$PARAMETER": name}; None means not configured, and is not asked."""
    stale_after = settings.source_settings.stale_after_days
    return {
        "quarantined_promises": list(suite.quarantined),
        "quarantine_max_share": settings.quarantine_max_share,
        "fresh_from": None if stale_after is None else as_of - timedelta(days=stale_after),
    }


def _ask(
    datasource: WarehouseDatasource, suite: Suite, abouts: Iterable[str], parameters: dict[str, Any], as_of: date
) -> list[Finding]:
    return [
        finding
        for about in abouts
        for finding in _ask_about(datasource, [one for one in suite.promises if one.about == about], parameters, as_of)
    ]


def _ask_about(
    datasource: WarehouseDatasource, promises: Sequence[Promise], parameters: dict[str, Any], as_of: date
) -> list[Finding]:
    """Ask promises of one query at once, so that all of them cost one scan."""
    from pipelines.checks.gx_suites import evaluate_promises

    ready = [one for one in promises if all(parameters[name] is not None for name in one.parameters)]
    answers = (
        dict(zip(ready, evaluate_promises(datasource, _query_of(ready[0], as_of), ready, parameters), strict=True))
        if ready
        else {}
    )
    return [
        Finding(one, describe_expected(one, parameters), answers.get(one), "" if one in answers else _NOT_CONFIGURED)
        for one in promises
    ]


def _query_of(promise: Promise, as_of: date) -> str:
    binds = {"table_name": promise.table} if promise.about == COLUMNS else {"as_of": as_of}
    return bind_query(f"checks/{promise.about}", binds)


def _other_abouts(suite: Suite) -> list[str]:
    return sorted({promise.about for promise in suite.promises} - {COLUMNS})


def _leave_unasked(suite: Suite, parameters: dict[str, Any]) -> list[Finding]:
    others = [promise for promise in suite.promises if promise.about != COLUMNS]
    return [Finding(one, describe_expected(one, parameters), unasked="a landing table lacks columns") for one in others]
