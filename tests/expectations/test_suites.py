"""Every suite in expectations/landing loads strictly, says why, and fits the tables and queries it speaks of."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.checks.evaluate import suite_parameters
from pipelines.checks.suites import Suite, load_suite, load_suites
from pipelines.errors import SettingsError
from pipelines.ingest.contract import LANDING_TABLES
from pipelines.paths import SUITES_ROOT
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse

AS_OF = date(2020, 1, 1)
SUITES = load_suites()
Document = dict[str, Any]

each_suite = pytest.mark.parametrize("suite", SUITES, ids=[suite.table for suite in SUITES])


def test_every_landing_table_has_a_suite(shared_warehouse: Warehouse) -> None:
    tables = shared_warehouse.select("select table_name from information_schema.tables where table_schema = 'landing'")
    assert {suite.table for suite in SUITES} == set(tables["table_name"].to_pylist())


@each_suite
def test_great_expectations_takes_the_whole_suite(suite: Suite) -> None:
    from pipelines.checks.gx_suites import build_suite

    built = build_suite(suite.table, suite.promises)
    assert [one.meta["promise"] for one in built.expectations] == [one.name for one in suite.promises]
    assert [one.severity for one in built.expectations] == [one.severity for one in suite.promises]


@each_suite
def test_a_promise_gives_its_reason_in_a_sentence(suite: Suite) -> None:
    assert all(promise.why.endswith(".") and len(promise.why.split()) > 5 for promise in suite.promises)


@each_suite
def test_rules_about_rows_and_columns_of_the_query_are_the_same(shared_warehouse: Warehouse, suite: Suite) -> None:
    columns = shared_warehouse.read(f"checks/{suite.table}", as_of=AS_OF).column_names
    rules = [one.name for one in suite.promises if one.kwargs.get("promises") == [one.name]]
    assert columns == ["row_key", "known_on", *rules]


@each_suite
def test_columns_promised_are_those_of_the_table(shared_warehouse: Warehouse, suite: Suite) -> None:
    (promise,) = [one for one in suite.promises if one.about == "columns"]
    assert promise.kwargs["value_set"] == list(shared_warehouse.columns(f"landing.{suite.table}"))


@each_suite
def test_every_parameter_is_one_that_the_run_gives(settings: Settings, suite: Suite) -> None:
    given = suite_parameters(settings, suite, AS_OF)
    assert {name for promise in suite.promises for name in promise.parameters} <= set(given)


def test_a_suite_requires_the_tables_that_the_contract_requires() -> None:
    assert {suite.table: suite.is_required for suite in SUITES} == {one.name: one.is_required for one in LANDING_TABLES}
    stops = {suite.table: {one.name for one in suite.promises if one.action == "stop"} for suite in SUITES}
    assert {table for table, names in stops.items() if "has_rows" in names} == {"customers", "transactions"}


def _rule(document: Document, promise: str) -> Document:
    (entry,) = [one for one in document["expectations"] if one["meta"]["promise"] == promise]
    return entry


def _drop(promise: str) -> Callable[[Document], None]:
    return lambda document: document["expectations"].remove(_rule(document, promise))


BROKEN_SUITES: dict[str, tuple[Callable[[Document], Any], str]] = {
    "no reason": (lambda d: _rule(d, "is_kind_known")["meta"].pop("why"), "lacks keys \\['why'\\]"),
    "empty reason": (lambda d: _rule(d, "is_kind_known")["meta"].update(why=" "), "`why` of 1 letters"),
    "no severity": (lambda d: _rule(d, "is_kind_known").pop("severity"), "lacks keys \\['severity'\\]"),
    "unknown severity": (lambda d: _rule(d, "is_kind_known").update(severity="fatal"), "severity 'fatal'"),
    "unknown action": (lambda d: _rule(d, "is_kind_known")["meta"].update(action="drop"), "action 'drop'"),
    "critical that only warns": (lambda d: _rule(d, "is_kind_known")["meta"].update(action="warn"), "action 'warn'"),
    "warning that stops": (lambda d: _rule(d, "is_stated_once")["meta"].update(action="stop"), "action 'stop'"),
    "stop without remedy": (lambda d: _rule(d, "has_rows")["meta"].pop("remedy"), "a stop says what to do"),
    "same name twice": (
        lambda d: d["expectations"].append(copy.deepcopy(_rule(d, "is_not_void"))),
        "'is_not_void'\\] twice",
    ),
    "bad name": (lambda d: _rule(d, "is_not_void")["meta"].update(promise="Is Not Void"), "lower case"),
    "unknown key": (lambda d: _rule(d, "is_not_void").update(notes="x"), "unknown keys \\['notes'\\]"),
    "unbounded bad rows": (_drop("has_few_bad_rows"), "has 0 promises that bound the share"),
    "quarantine with tolerance": (
        lambda d: _rule(d, "is_kind_known")["kwargs"].update(max_share=0.5),
        "sets rows aside",
    ),
    "a costly question": (
        lambda d: _rule(d, "is_not_void").update(
            type="expect_column_values_to_not_be_null", kwargs={"column": "known_on"}
        ),
        "of every row",
    ),
    "another table's name": (lambda d: d.update(name="landing.events"), "expected 'landing.transactions'"),
}


@pytest.mark.parametrize(("spoil", "words"), BROKEN_SUITES.values(), ids=BROKEN_SUITES)
def test_a_loose_suite_is_refused(tmp_path: Path, spoil: Callable[[Document], Any], words: str) -> None:
    document = json.loads((SUITES_ROOT / "transactions.json").read_text(encoding="utf-8"))
    spoil(document)
    (tmp_path / "transactions.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(SettingsError, match=words):
        load_suite(tmp_path / "transactions.json")


def test_an_expectation_that_great_expectations_would_drop_is_refused() -> None:
    from pipelines.checks.gx_suites import build_suite

    (suite,) = [one for one in SUITES if one.table == "transactions"]
    first, *others = suite.promises
    unknown = replace(first, expectation={**first.expectation, "type": "expect_nothing_we_know"})
    with pytest.raises(SettingsError, match="does not understand promises \\['has_columns'\\]"):
        build_suite("transactions", [unknown, *others])


def test_a_file_that_is_not_json_and_a_folder_without_suites_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no suite in"):
        load_suites(tmp_path)
    (tmp_path / "customers.json").write_text("{", encoding="utf-8")
    with pytest.raises(SettingsError, match="is not JSON"):
        load_suites(tmp_path)
