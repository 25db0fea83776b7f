"""Steps of a person leave a row in ops.steps with who ran them, on both engines."""

from __future__ import annotations

import getpass
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pipelines import status, steps
from pipelines.errors import KcrmError
from pipelines.warehouse import open_warehouse


@pytest.fixture
def journal(warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict[str, Any]]]:
    monkeypatch.setenv("KCRM_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("KCRM_VAR", str(tmp_path))
    monkeypatch.setenv("KCRM_MLFLOW_URI", f"sqlite:///{tmp_path}/mlflow.db")

    def read() -> list[dict[str, Any]]:
        with open_warehouse(warehouse_url) as warehouse:
            return warehouse.select(
                "select step, as_of, subject, state, run_by, message from ops.steps order by step_id"
            ).to_pylist()

    return read


def test_migrate_leaves_a_row_when_it_changes_something(journal: Callable[[], list[dict[str, Any]]]) -> None:
    steps.migrate()
    assert journal() == []
    with open_warehouse(steps.load_settings().warehouse_url) as warehouse:
        for schema in ("crm", "valid", "learn", "features", "facts", "landing", "ops"):
            warehouse.run(f"drop schema {schema} cascade")
    steps.migrate()
    (row,) = journal()
    assert (row["step"], row["as_of"], row["state"], row["run_by"]) == ("migrate", None, "done", getpass.getuser())
    assert row["message"].startswith("applied [1")


def test_rollback_and_promote_leave_who_asked_for_them(journal: Callable[[], list[dict[str, Any]]]) -> None:
    with pytest.raises(KcrmError):
        steps.rollback()
    with pytest.raises(KcrmError):
        steps.rollback("Li Si")
    with pytest.raises(KcrmError):
        steps.promote("prospect_growth", "99", "Wang Wu")
    rows = journal()
    assert [(row["step"], row["subject"], row["run_by"]) for row in rows] == [
        ("rollback", "", getpass.getuser()),
        ("rollback", "", "Li Si"),
        ("promote", "prospect_growth", "Wang Wu"),
    ]
    assert {row["state"] for row in rows} == {"failed"}


def test_status_shows_a_step_without_an_as_of(journal: Callable[[], list[dict[str, Any]]]) -> None:
    with pytest.raises(KcrmError):
        steps.rollback("Li Si")
    console = Console(file=io.StringIO(), width=200)
    status.print_status(console)
    text = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    assert "Li Si" in text
    assert "None" not in text
    assert "rollback failed: there is no run to go back to" in text
