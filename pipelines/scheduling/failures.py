"""Failures: what the scheduler says when a task has failed for good."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from pipelines.errors import KcrmError
from pipelines.scheduling.partition_keys import read_quarter_as_of

logger = logging.getLogger(__name__)


def log_failure(context: Mapping[str, Any]) -> None:
    """Log one line a person can act on; this is the failure callback of every task."""
    logger.error(describe_failure(context))


def describe_failure(context: Mapping[str, Any]) -> str:
    """Say which task failed, for which as_of, why, and what to do, from the context of an Airflow task.

    The sentence of a KcrmError is quoted; of any other error only the type, as its text may quote rows of customers.
    """
    task = context["task_instance"]
    as_of = _find_as_of(context)
    return (
        f"{task.dag_id}.{task.task_id} failed for as_of {as_of or 'unknown'} on try {task.try_number}: "
        f"{_describe_error(context.get('exception'))} {_advise(task, as_of)}"
    )


def _describe_error(error: object) -> str:
    if isinstance(error, KcrmError):
        return f"{type(error).__name__}: {error}"
    if error is None:
        return "its process ended without an error, as one killed from outside does (often for want of memory)."
    return f"{type(error).__name__}, an error that the pipeline does not know; its words are in the task's log."


def _advise(task: Any, as_of: date | None) -> str:
    if as_of is None:
        return f"Do this: trigger {task.dag_id} again with a partition key such as 2026-10."
    return (
        f"Do this: mend what it names, then clear the task in Airflow, as a step can be run again at any time; "
        f"to see it outside Airflow run `kcrm {task.task_id} --as-of {as_of}`."
    )


def _find_as_of(context: Mapping[str, Any]) -> date | None:
    run, params = context.get("dag_run"), context.get("params") or {}
    try:
        return read_quarter_as_of(getattr(run, "partition_key", None), params.get("month"))
    except KcrmError:
        return None
