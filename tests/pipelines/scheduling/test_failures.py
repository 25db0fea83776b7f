"""What a failed task says: which, for when, why, what to do, and nothing about a customer."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.errors import PromiseBroken
from pipelines.scheduling.failures import describe_failure, log_failure


def make_context(error: BaseException | None, key: str | None = "2026-10", month: str | None = None) -> dict[str, Any]:
    return {
        "task_instance": SimpleNamespace(dag_id="pull_accounts", task_id="validate", try_number=1),
        "dag_run": SimpleNamespace(partition_key=key),
        "params": {"month": month},
        "exception": error,
    }


def test_a_refusal_is_quoted_with_the_command_to_see_it_again() -> None:
    words = describe_failure(make_context(PromiseBroken("landing.customers has no rows; look at the source.")))
    assert words.startswith(
        "pull_accounts.validate failed for as_of 2026-11-01 on try 1: PromiseBroken: landing.customers"
    )
    assert "clear the task" in words
    assert "`kcrm validate --as-of 2026-11-01`" in words


def test_a_foreign_error_is_named_but_not_quoted() -> None:
    words = describe_failure(make_context(ValueError("Key (customer_id)=(C-4711) already exists"), None, "2026-10"))
    assert "ValueError" in words
    assert "C-4711" not in words
    assert "2026-11-01" in words


def test_a_killed_task_and_a_run_without_a_month_are_told_too() -> None:
    assert "killed from outside" in describe_failure(make_context(None))
    assert "partition key such as 2026-10" in describe_failure(make_context(PromiseBroken("x"), None, None))


def test_it_is_logged_as_an_error(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        log_failure(make_context(PromiseBroken("x")))
    assert [record.levelname for record in caplog.records] == ["ERROR"]
