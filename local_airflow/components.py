"""The processes that Airflow consists of: started apart from the terminal, and stopped with all their descendants."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it brings no types

from local_airflow.environment import PROJECT_ROOT

COMPONENTS = {
    "api-server": ["api-server"],
    "dag-processor": ["dag-processor"],
    # its server of logs would listen on every interface; on one machine the user interface reads the files
    "scheduler": ["scheduler", "--skip-serve-logs"],
}
STOP_SECONDS = 15


class ComponentEndedError(Exception):
    """A part of Airflow ended, or did not come up, while it should serve."""


@contextmanager
def run_components(environment: Mapping[str, str], home: Path) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Start every component with its output in <home>/<name>.log; on the way out stop them, whatever happened."""
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, arguments in COMPONENTS.items():
            processes[name] = _start_component(arguments, environment, home / f"{name}.log")
        yield processes
    finally:
        stop_processes(processes.values())


def refuse_ended(processes: Mapping[str, subprocess.Popen[bytes]], home: Path) -> None:
    """Raise when one of the components is no longer there."""
    for name, process in processes.items():
        if process.poll() is not None:
            raise ComponentEndedError(
                f"Airflow's {name} ended with code {process.returncode}; expected it to serve. "
                f"Read the end of {home / f'{name}.log'}, then start again."
            )


def stop_processes(processes: Collection[subprocess.Popen[bytes]]) -> None:
    """Ask each process to end, wait a while, then kill what is left of it and of all that it started.

    Tasks run in process groups of their own and outlive a killed scheduler, so descendants are counted and not groups.
    """
    running = [process for process in processes if process.poll() is None]
    family: set[psutil.Process] = set()
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    while running and time.monotonic() < deadline:
        for process in running:
            family |= _find_family(process.pid)
        time.sleep(0.1)
        running = [process for process in running if process.poll() is None]
    for member in family:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    for process in processes:
        process.wait()
    psutil.wait_procs(family, timeout=STOP_SECONDS)


def _start_component(arguments: list[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("w") as file:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and the words above
            [sys.executable, "-m", "airflow", *arguments],
            env=environment,
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,  # Ctrl-C reaches only the parent, which stops them in order
        )


def _find_family(pid: int) -> set[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return {process, *process.children(recursive=True)}
    except psutil.NoSuchProcess:
        return set()
