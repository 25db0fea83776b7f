"""All rules in the order in which their queries read each other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import cache
from graphlib import CycleError, TopologicalSorter

from pipelines.errors import QueryError
from pipelines.rules.rule import Rule
from pipelines.rules.sections import SECTIONS
from pipelines.warehouse.queries import load_query
from pipelines.warehouse.statement import split_statement

_READ_TABLE = re.compile(r"\bcrm\.([a-z0-9_]+)_v1\b")


@cache
def list_rules() -> tuple[Rule, ...]:
    """Return every rule after those whose tables it reads; QueryError where they read each other in a circle."""
    return sort_rules(replace(rule, section=section.name) for section in SECTIONS.values() for rule in section.rules)


def list_upstream(name: str, but: Collection[str] = ()) -> tuple[Rule, ...]:
    """Return the rules that must be filled before the rule of this name, in order, without those named in `but`."""
    by_name = {rule.name: rule for rule in list_rules()}
    wanted, found = [name], set[str]()
    while wanted:
        reads = find_read_tables(by_name[wanted.pop()]) & by_name.keys()
        wanted += sorted(reads - found)
        found |= reads
    return tuple(rule for rule in list_rules() if rule.name in found and rule.name not in but)


def sort_rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Sort rules so that each comes after those whose tables it reads of the same run."""
    by_name = {rule.name: rule for rule in rules}
    sorter = TopologicalSorter({name: find_read_tables(rule) & by_name.keys() for name, rule in by_name.items()})
    try:
        return tuple(by_name[name] for name in sorter.static_order())
    except CycleError as circle:
        path = " -> ".join(circle.args[1])
        raise QueryError(
            f"rules read each other in a circle: {path}. Expected each to read tables filled before it. "
            "Change one of these queries, or list in reads_previous what it reads of the previous run only."
        ) from None


def find_read_tables(rule: Rule) -> set[str]:
    """Return the names of the rules whose tables this one reads of its own run, by the text of its queries."""
    parts = [part for query in rule.queries for part in split_statement(load_query(query)) if isinstance(part, str)]
    return {name for text in parts for name in _READ_TABLE.findall(text)} - {rule.name, *rule.reads_previous}
