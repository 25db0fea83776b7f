"""Replay: the classes of past months by the rules in force and scores of that time, under runs that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from models.declare.catalog import CLASSES_MODEL
from models.declare.examples import BoolArray
from pipelines.ledger.runs import drop_score_rows
from pipelines.rules.apply import drop_rule_rows, fill_rule
from pipelines.rules.catalog import list_rules, list_upstream
from pipelines.rules.families.early_warning import ClassParameters
from pipelines.rules.rule import Rule
from pipelines.rules.rulebook import Rulebook
from pipelines.warehouse import Warehouse

# Filled again for every policy; what they read besides (list_upstream) is filled once.
EVALUATED = ("class_measures", "class_evidence", "relationship_classes")


@dataclass(frozen=True)
class Watched:
    """Who stood at watch or worse, and who had payments past due: (customers, months) each."""

    is_on_watch: BoolArray
    is_late: BoolArray


class Replay:
    """Past months, one after the other, each going on from the one before it."""

    def __init__(self, warehouse: Warehouse, months: Sequence[date], rulebook: Rulebook) -> None:
        self._warehouse, self._months, self._rulebook = warehouse, tuple(months), rulebook

    def prepare(self) -> None:
        """Fill what the classes read beside scores."""
        for step in range(len(self._months)):
            for rule in list_upstream(EVALUATED[-1], but=EVALUATED):
                fill_rule(self._warehouse, rule, self._offer(rule, step))

    def write_scores(self, scores: pd.DataFrame) -> None:
        """Put scores in the place of any told before: columns as_of, customer_id, status, cause, score, trend."""
        for step, month in enumerate(self._months):
            told = scores[scores["as_of"] == month]
            rows = pa.Table.from_pandas(told, preserve_index=False)
            stamp = {"run_id": self._run_id(step), "model_name": CLASSES_MODEL}
            for name, value in stamp.items():
                rows = rows.append_column(name, pa.repeat(value, len(told)))
            self._warehouse.replace("crm.scores_v1", rows, stamp)

    def evaluate(self, rule: ClassParameters, customers: pd.Index[str], last: int | None = None) -> Watched:
        """Walk through the months before the `last`-th and return who was on watch, and who was late."""
        shape = (len(customers), len(self._months))
        marks = {name: np.zeros(shape, dtype=bool) for name in ("is_on_watch", "is_late")}
        for step in range(len(self._months))[:last]:
            for one in _choose(EVALUATED):
                fill_rule(self._warehouse, one, self._offer(one, step) | asdict(rule))
            found = self._warehouse.read("early_warning/watched_of_run", run_id=self._run_id(step)).to_pandas()
            place = customers.get_indexer(pd.Index(found["customer_id"]))
            for name, mark in marks.items():
                mark[place[(place >= 0) & found[name].to_numpy(dtype=bool)], step] = True
        return Watched(**marks)

    def forget(self) -> None:
        """Drop everything that was replayed."""
        for step in range(len(self._months)):
            forget_run(self._warehouse, self._run_id(step))

    def _run_id(self, step: int) -> str:
        return f"replay.{self._months[step]}"

    def _offer(self, rule: Rule, step: int) -> dict[str, Any]:
        return self._rulebook.parameters(rule.section) | {
            "as_of": self._months[step],
            "run_id": self._run_id(step),
            "previous_run_id": self._run_id(step - 1) if step else None,
            "rule_version": self._rulebook.version(rule.section),
        }


def forget_run(warehouse: Warehouse, run_id: str) -> None:
    """Drop all rows of a replayed run."""
    drop_rule_rows(warehouse, run_id)
    drop_score_rows(warehouse, run_id)


@contextmanager
def open_replay(warehouse: Warehouse, months: Sequence[date], rulebook: Rulebook) -> Iterator[Replay]:
    """Open a replay of these months; when it is left, nothing of it stays in the warehouse."""
    for run_id in warehouse.read("early_warning/replay_runs")["run_id"].to_pylist():
        forget_run(warehouse, run_id)  # what a replay that was killed has left
    replay = Replay(warehouse, months, rulebook)
    try:
        replay.prepare()
        yield replay
    finally:
        replay.forget()


def _choose(names: Sequence[str]) -> list[Rule]:
    return [rule for rule in list_rules() if rule.name in names]
