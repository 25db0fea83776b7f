"""What a family of rules declares: sections with their parameters and revision, and the CRM tables that they fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

from pipelines.warehouse import Warehouse

Fill = Callable[[Warehouse, str, Mapping[str, Any]], int]


@dataclass(frozen=True)
class Parameters:
    """What a bank may set of a section; a subclass checks its values when it is created."""


@dataclass(frozen=True)
class Rule:
    """One table of the CRM, `crm.<name>_v1`, filled for a run by one query.

    `query` is the query's name, such as rules/value/tiers; the last part names the table. A table that SQL cannot
    compute has no query: `query` is the bare name, `fill` names a function ("module:function"), `reads` the queries
    and `modules` the modules of models/ that the function uses.
    `key` is unique within a run. `is_pruned` says whether rows of old as-of dates are dropped (see retention.py); keep
    what later runs or reviewers read back. `reads_previous` names tables that the query reads of the previous run only,
    so that they do not have to be filled first. `section` is set by the section that lists the rule.
    """

    query: str
    key: tuple[str, ...]
    is_pruned: bool = True
    fill: str = ""
    reads: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    reads_previous: tuple[str, ...] = ()
    section: str = ""

    @property
    def name(self) -> str:
        """The name of the rule, of its view crm.<name>, and of its table without the version."""
        return self.query.rpartition("/")[2]

    @property
    def table(self) -> str:
        """The table that it fills, with the rows of all runs."""
        return f"crm.{self.name}_v1"

    @property
    def queries(self) -> tuple[str, ...]:
        """The queries whose text decides the rows."""
        return self.reads if self.fill else (self.query,)

    def load_fill(self) -> Fill:
        """Import the function that fills the table; it returns the number of rows written."""
        function: Fill = resolve_name(self.fill)
        return function


@dataclass(frozen=True)
class Section:
    """Rules that share parameters, [rules.<name>] in kcrm.toml, and one version.

    `revision` counts changes of the queries or defaults; `fingerprint` is the digest that a test computes of them, so
    that no change keeps the old revision by mistake.
    """

    name: str
    revision: int
    fingerprint: str
    rules: tuple[Rule, ...]
    parameters: Parameters = Parameters()
