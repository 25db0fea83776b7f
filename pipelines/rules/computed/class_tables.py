"""What the machine of classes and the plans are made of, put into a run, so that its rows are read with their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from models.classes.exit_plans import PLAN_STEPS
from models.classes.relationship_class import list_transitions
from pipelines.warehouse import Warehouse


def fill_class_transitions(warehouse: Warehouse, table: str, offered: Mapping[str, Any]) -> int:
    """Put the table of transitions into the run."""
    return _put(warehouse, table, offered, map(asdict, list_transitions()))


def fill_plan_templates(warehouse: Warehouse, table: str, offered: Mapping[str, Any]) -> int:
    """Put the steps of all plans into the run."""
    return _put(warehouse, table, offered, map(asdict, PLAN_STEPS))


def _put(warehouse: Warehouse, table: str, offered: Mapping[str, Any], lines: Iterable[dict[str, Any]]) -> int:
    stamp = {name: offered[name] for name in ("run_id", "as_of", "rule_version")}
    return warehouse.replace(table, pa.Table.from_pylist([line | stamp for line in lines]), {"run_id": stamp["run_id"]})
