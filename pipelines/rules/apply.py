"""Rules: what the CRM reads beside the scores, each table by one query, into the open run of an as_of."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from pipelines.errors import PublicationError
from pipelines.ledger.runs import find_open_run, find_previous_run
from pipelines.rules.catalog import list_rules
from pipelines.rules.rule import Rule
from pipelines.rules.rulebook import Rulebook
from pipelines.warehouse import Warehouse
from pipelines.warehouse.queries import list_binds

JOURNAL = "ops.run_rules"
# What `features` names by a section of the rulebook, and the query that says by which version it did.
NAMED = (
    ("key accounts", "key_accounts", "features/key_account_versions"),
    ("customers not to be courted", "consents", "features/marketing_exclusion_versions"),
)
logger = logging.getLogger(__name__)


def apply_rules(warehouse: Warehouse, as_of: date, rulebook: Rulebook) -> int:
    """Fill every rule's table for the open run of `as_of`, all or none; return the rows written."""
    with warehouse.transaction():
        warehouse.lock("ops.runs")  # nobody publishes the run between this question and these rows
        run_id = find_open_run(warehouse, as_of)
        if run_id is None:
            raise PublicationError(f"no run is open as of {as_of}, so rules have none to write to. Score it first.")
        refuse_other_version(warehouse, as_of, rulebook)
        run = {"as_of": as_of, "run_id": run_id, "previous_run_id": find_previous_run(warehouse, as_of)}
        counts = {rule.name: _apply(warehouse, rule, run, rulebook) for rule in list_rules()}
    logger.info("rules: %d rows of %d tables as of %s", sum(counts.values()), len(counts), as_of)
    return sum(counts.values())


def refuse_other_version(warehouse: Warehouse, as_of: date, rulebook: Rulebook) -> None:
    """Refuse where key accounts of the day, or who is barred, were named by another version than the one in force."""
    for who, section, query in NAMED:
        wanted = rulebook.version(section)
        found = warehouse.read(query, as_of=as_of)["rule_version"].to_pylist()
        if found != [wanted]:
            raise PublicationError(
                f"{who} as of {as_of} were named by {found or 'no rule'}, and {wanted} is in force. "
                f"Run `kcrm features --as-of {as_of}`, then score and rules."
            )


def _apply(warehouse: Warehouse, rule: Rule, run: Mapping[str, Any], rulebook: Rulebook) -> int:
    run_id, version = run["run_id"], rulebook.version(rule.section)
    offered = {**rulebook.parameters(rule.section), **run, "rule_version": version}
    rows = fill_rule(warehouse, rule, offered)
    row = {"run_id": run_id, "rule": rule.name, "rule_version": version, "row_count": rows}
    told = pa.Table.from_pylist([row | {"previous_run_id": run["previous_run_id"]}])
    warehouse.replace(JOURNAL, told, {"run_id": run_id, "rule": rule.name})
    return rows


def fill_rule(warehouse: Warehouse, rule: Rule, offered: Mapping[str, Any]) -> int:
    """Replace a rule's rows in the run of `offered`, which holds all that its query may bind; return how many."""
    if rule.fill:
        return rule.load_fill()(warehouse, rule.table, offered)
    binds = {name: value for name, value in offered.items() if name in list_binds(rule.query)}
    return warehouse.replace_from(rule.table, rule.query, {"run_id": offered["run_id"]}, **binds)


def list_unapplied(warehouse: Warehouse, run_id: str) -> list[str]:
    """Return the rules that have not written to the run."""
    applied = set(warehouse.read("ledger/applied_rules", run_id=run_id)["rule"].to_pylist())
    return [rule.name for rule in list_rules() if rule.name not in applied]


def forget_rules(warehouse: Warehouse, run_id: str) -> None:
    """Forget that rules have written to the run: its scores are made anew, and rules read them."""
    warehouse.replace(JOURNAL, [], {"run_id": run_id})


def drop_rule_rows(warehouse: Warehouse, run_id: str) -> None:
    """Drop what the rules wrote to a run."""
    for rule in list_rules():
        warehouse.replace(rule.table, [], {"run_id": run_id})
