"""Suites of promises as Great Expectations takes them: built whole or refused, asked at once, answers read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import great_expectations as gx
import sqlalchemy as sa
from great_expectations.core.expectation_suite import ExpectationSuite

from pipelines.checks.gx_engine import WarehouseDatasource
from pipelines.checks.results import Answer, format_share
from pipelines.checks.suites import ROW_RULE, Promise
from pipelines.errors import SettingsError, WarehouseError
from pipelines.warehouse.queries import compile_literal

_OF_DELIVERY = "expect_few_broken_delivered_rows"
_COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}  # no value of a customer leaves the engine
_WITH_EXAMPLES = {"result_format": "BASIC", "partial_unexpected_count": 20}  # of summaries, such as the columns missing


def build_suite(name: str, promises: Sequence[Promise]) -> ExpectationSuite:
    """Build GX's suite and refuse it when GX dropped an expectation: it does so in silence where a type is unknown."""
    asked = [_ask_of_delivery(promise) for promise in promises]
    suite = ExpectationSuite(name=name, expectations=asked)
    kept = {one.meta["promise"] for one in suite.expectations if one.meta}
    dropped = [promise.name for promise in promises if promise.name not in kept]
    if dropped or len(suite.expectations) != len(promises):
        raise SettingsError(
            f"Great Expectations does not understand promises {dropped} of {name}: unknown type or severity. "
            "Mend them in expectations/landing/; the types are those of GX and expect_few_broken_rows."
        )
    return suite


def _ask_of_delivery(promise: Promise) -> dict[str, Any]:
    """Return the expectation of a promise; a share of rows is asked of this delivery, not of all history."""
    asked = dict(promise.expectation)
    if asked["type"] == ROW_RULE and "max_share" in promise.kwargs:
        asked["type"] = _OF_DELIVERY
        asked["kwargs"] = {**promise.kwargs, "delivered_from": {"$PARAMETER": "delivered_from"}}
    return asked


def evaluate_promises(
    datasource: WarehouseDatasource, query: str, promises: Sequence[Promise], parameters: Mapping[str, Any]
) -> list[Answer]:
    """Ask promises of one table that share a query, in their order; the counts of rows come from one statement."""
    name = f"{promises[0].table}.{promises[0].about}"
    batch = datasource.add_query_asset(name=name, query=_select_all(query)).add_batch_definition(name="all")
    context: Any = datasource.data_context
    suite = context.suites.add(build_suite(name, promises))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
    of_rows = promises[0].about == promises[0].table
    result = definition.run(
        result_format=_COUNTS_ONLY if of_rows else _WITH_EXAMPLES, expectation_parameters=dict(parameters)
    )
    answers = {one.expectation_config.meta["promise"]: one for one in result.results}
    return [_read_answer(promise, answers[promise.name]) for promise in promises]


def _select_all(query: str) -> str:
    """Wrap a query, as GX takes none that begins with another word than select, such as `with`."""
    rows = sa.text(query).columns().subquery("rows_asked")
    return compile_literal(sa.select(sa.literal_column("*")).select_from(rows))


def _read_answer(promise: Promise, answer: Any) -> Answer:
    refusal = _find_refusal(answer.exception_info or {})
    if refusal:
        raise WarehouseError(f"promise {promise.name} of landing.{promise.table} could not be asked: {refusal}")
    observed, rows = answer.result.get("observed_value"), answer.result.get("element_count")
    if promise.expectation["type"] == ROW_RULE:
        details = answer.result.get("details")
        said = _say_rows(details["broken"], details["rows"]) if details else _say_rows(observed, rows)
        of_delivery = " delivered since the last run" if details and details["rows"] < rows else ""
        return Answer(answer.success, said + of_delivery, rows, observed)
    if "value_set" in promise.kwargs:
        lacking = sorted(answer.result["partial_missing_list"])
        return Answer(answer.success, "lacks " + ", ".join(lacking) if lacking else "all there")
    return Answer(answer.success, str(observed), observed if isinstance(observed, int) else None)


def _say_rows(broken: int, rows: int) -> str:
    return f"{broken:,} of {rows:,} rows ({format_share(broken / rows)})" if rows else "no rows"


def _find_refusal(info: Mapping[str, Any]) -> str:
    """Return the first line of an exception that GX caught, flat or by metric, or nothing."""
    for one in (info, *info.values()):
        if isinstance(one, Mapping) and one.get("raised_exception"):
            return str(one.get("exception_message")).splitlines()[0]
    return ""
