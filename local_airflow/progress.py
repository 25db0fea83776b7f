"""Progress of a run in this process: an Airflow listener that tells a person which task runs, and how long it took."""

from __future__ import annotations

import time
from typing import Any

from airflow.listeners import hookimpl
from rich.console import Console
from rich.text import Text


class TaskProgress:
    """Prints one line a task; meanwhile a terminal shows what is going on and turns a wheel."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("")
        self._started = 0.0
        self.errors: list[str] = []

    def start_dag(self, dag_id: str, month: str) -> None:
        """Print the DAG and turn the wheel until its first task runs."""
        self._console.print(Text.assemble((dag_id, "bold"), f" {month}"))
        self._turn(f"starting {dag_id}")

    def end_dag(self) -> None:
        """Stop the wheel."""
        self._status.stop()

    @hookimpl  # type: ignore[untyped-decorator]  # Airflow brings no types for it
    def on_task_instance_running(self, previous_state: Any, task_instance: Any) -> None:
        """Turn the wheel for this task."""
        self._started = time.monotonic()
        self._turn(_name_task(task_instance))

    @hookimpl  # type: ignore[untyped-decorator]  # Airflow brings no types for it
    def on_task_instance_success(self, previous_state: Any, task_instance: Any) -> None:
        """Print the task with its seconds."""
        self._finish("ok", "green", task_instance)

    @hookimpl  # type: ignore[untyped-decorator]  # Airflow brings no types for it
    def on_task_instance_failed(self, previous_state: Any, task_instance: Any, error: Any) -> None:
        """Print the task with its seconds, and keep its error for the end."""
        self._finish("failed", "red", task_instance)
        self.errors.append(f"{_name_task(task_instance)}: {type(error).__name__}: {error}")

    def _turn(self, words: str) -> None:
        self._status.update(Text(words))
        self._status.start()

    def _finish(self, outcome: str, style: str, task_instance: Any) -> None:
        self._status.stop()
        seconds = time.monotonic() - self._started
        self._console.print(
            Text.assemble(f"  {_name_task(task_instance):<44} ", (f"{outcome:<6}", style), f"{seconds:7.1f} s")
        )


def _name_task(task_instance: Any) -> str:
    mapped = task_instance.rendered_map_index if task_instance.map_index >= 0 else None
    return f"{task_instance.dag_id}.{task_instance.task_id}" + (f"[{mapped}]" if mapped else "")
