"""Findings: what was asked of the landing tables, what was expected, and what the engine answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.checks.suites import ROW_RULE, Promise


@dataclass(frozen=True)
class Answer:
    """What the engine said: rows_checked and rows_broken are None where a promise is not about rows."""

    is_kept: bool
    observed: str
    rows_checked: int | None = None
    rows_broken: int | None = None


@dataclass(frozen=True)
class Finding:
    """A promise, what was expected in words, and the answer; without one it was not asked, and `unasked` says why."""

    promise: Promise
    expected: str
    answer: Answer | None = None
    unasked: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether it was asked and not kept."""
        return self.answer is not None and not self.answer.is_kept

    @property
    def stops_run(self) -> bool:
        """Whether nothing downstream may run."""
        return self.is_broken and self.promise.action == "stop"

    @property
    def rows_checked(self) -> int:
        """The rows it was asked of, 0 where it was not about rows."""
        return (self.answer.rows_checked if self.answer else 0) or 0

    @property
    def rows_broken(self) -> int:
        """The rows that break it, 0 where it was not about rows."""
        return (self.answer.rows_broken if self.answer else 0) or 0

    @property
    def observed(self) -> str:
        """What was seen, or why nothing was."""
        return self.answer.observed if self.answer else "not asked: " + self.unasked


@dataclass(frozen=True)
class TableCount:
    """How many rows of a landing table were known, and how many of them are set aside."""

    table: str
    is_required: bool
    rows_known: int
    rows_quarantined: int

    @property
    def share_quarantined(self) -> float:
        """The share of known rows that is set aside, 0 for an empty table."""
        return self.rows_quarantined / self.rows_known if self.rows_known else 0.0


def format_share(share: float) -> str:
    """Say a share in hundredths of a percent, and one that is smaller but not nothing as such."""
    return "under 0.01%" if 0 < share < 0.0001 else f"{share:.2%}"


def describe_expected(promise: Promise, parameters: Mapping[str, Any]) -> str:
    """Say in words what the promise asks for, with the run's parameters filled in."""
    kwargs = {name: _fill(value, parameters) for name, value in promise.kwargs.items()}
    if promise.expectation["type"] == ROW_RULE:
        share = kwargs.get("max_share") or 0
        return f"at most {format_share(share)} of rows break it" if share else "no row breaks it"
    if "value_set" in kwargs:
        return "columns " + ", ".join(kwargs["value_set"])
    limits = [
        f"{word} {kwargs[name]}"
        for name, word in (("min_value", "at least"), ("max_value", "at most"))
        if name in kwargs
    ]
    return " and ".join(limits) or promise.expectation["type"].replace("_", " ")


def count_tables(findings: Sequence[Finding], required: Mapping[str, bool]) -> list[TableCount]:
    """Read from the findings how many rows each table has and how many are set aside."""
    bounds = {one.promise.table: one for one in findings if one.promise.counts_bad_rows}
    return [
        TableCount(table, is_required, bounds[table].rows_checked, bounds[table].rows_broken)
        for table, is_required in required.items()
    ]


def _fill(value: Any, parameters: Mapping[str, Any]) -> Any:
    return parameters.get(value["$PARAMETER"]) if isinstance(value, dict) else value
