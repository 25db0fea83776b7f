"""Run DAGs one after the other in this process, without a scheduler or a server."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from local_airflow.environment import PROJECT_ROOT, local_environment
from pipelines.errors import SettingsError
from pipelines.scheduling.partition_keys import read_as_of

if TYPE_CHECKING:
    from local_airflow.progress import TaskProgress


def run_dags(home: Path, runs: Sequence[tuple[str, str]]) -> int:
    """Run each (DAG, month) in turn and stop at the first that fails; gives the exit code.

    What Airflow and the steps have to say goes to <home>/run.log, the person gets one line a task.
    """
    for dag_id, month in runs:
        _find_file(dag_id)
        read_as_of(None, month)
    os.environ.update(local_environment(home))
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = home / "run.log"
    with _divert_output(log) as console:
        console.print(f"Airflow runs here, its log is {_shorten(log)}", highlight=False, soft_wrap=True)
        with console.status("starting Airflow"):
            progress = _start_airflow(console)
        for dag_id, month in runs:
            if not _run_dag(dag_id, month, progress):
                _tell_errors(console, progress.errors, log)
                return 1
    return 0


def _start_airflow(console: Console) -> TaskProgress:
    from airflow.sdk.listener import get_listener_manager

    from local_airflow.metadata import prepare_metadata
    from local_airflow.progress import TaskProgress

    prepare_metadata()
    progress = TaskProgress(console)
    get_listener_manager().add_listener(progress)
    return progress


def _run_dag(dag_id: str, month: str, progress: TaskProgress) -> bool:
    progress.start_dag(dag_id, month)
    try:
        dag = _load_dag(dag_id)
        for task in dag.tasks:
            task.retries = 0  # a person is waiting: say at once what is wrong
        return bool(dag.test(logical_date=None, run_conf={"month": month}).state == "success")
    finally:
        progress.end_dag()


def _find_file(dag_id: str) -> Path:
    path = PROJECT_ROOT / "dags" / f"{dag_id}.py"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.py")))
        raise SettingsError(f"dags/ has no {dag_id!r}; it has {known}. Name one of these.")
    return path


def _load_dag(dag_id: str) -> Any:
    """Read the DAG's file anew for each run, as a DAG keeps the parameters of its last test."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=_find_file(dag_id), bundle_path=PROJECT_ROOT, bundle_name="kcrm")
    if bag.import_errors:
        raise SystemExit("\n".join(bag.import_errors.values()))
    return bag.dags[dag_id]


def _tell_errors(console: Console, errors: Sequence[str], log: Path) -> None:
    for error in errors or ["Airflow ended the run without a failed task."]:
        console.print(Text(error, style="bold red"), soft_wrap=True)
    console.print(f"The whole story is in {_shorten(log)}", highlight=False, soft_wrap=True)


@contextmanager
def _divert_output(log: Path) -> Iterator[Console]:
    """Send this process's output to the log, whoever writes it, and give a console on the old standard output."""
    with log.open("w", encoding="utf-8") as file, os.fdopen(os.dup(1), "w", encoding="utf-8") as screen:
        kept = os.dup(1), os.dup(2)
        try:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
            yield Console(file=screen)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, descriptor in enumerate(kept, start=1):
                os.dup2(descriptor, number)
                os.close(descriptor)


def _shorten(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
