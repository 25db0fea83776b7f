"""Serve Airflow on loopback until Ctrl-C: user interface, scheduler and DAG processor, and none of them left behind.

The components are started one by one and not by `airflow standalone`, whose children outlive it when it is terminated.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from rich.console import Console

from local_airflow.components import ComponentEndedError, refuse_ended, run_components
from local_airflow.environment import PROJECT_ROOT, local_environment

START_SECONDS = 180


def serve(home: Path, port: int) -> int:
    """Start everything, say how to sign in, and wait; gives the exit code once all is stopped."""
    console = Console()
    _refuse_taken_port(port)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = {**os.environ, **local_environment(home, port), **_draw_secrets()}
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        _serve_until_interrupted(environment, home, port, console)
    except ComponentEndedError as error:
        console.print(str(error), style="bold red", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("Airflow has stopped.")
    return 0


def _serve_until_interrupted(environment: Mapping[str, str], home: Path, port: int, console: Console) -> None:
    with console.status("preparing the metadata database"):
        _prepare_metadata(environment, home)
    with run_components(environment, home) as processes:
        with console.status("starting Airflow"):
            _await_health(port, processes, home)
        _tell_address(console, port, home)
        while True:
            refuse_ended(processes, home)
            time.sleep(1)


def _interrupt(number: int, frame: FrameType | None) -> None:
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # a second Ctrl-C must not cut short the stopping
    raise KeyboardInterrupt


def _draw_secrets() -> dict[str, str]:
    """Give the components one key to sign with, drawn anew for each start; without it each draws its own."""
    return {name: secrets.token_urlsafe(48) for name in ("AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY")}


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise SystemExit(f"port {port} of 127.0.0.1 is taken; stop what listens there, or give --port.") from taken


def _prepare_metadata(environment: Mapping[str, str], home: Path) -> None:
    """Prepare in a process apart: airflow reads its environment when it is imported, and this process stays small."""
    command = [sys.executable, "-c", "from local_airflow.metadata import prepare_metadata; prepare_metadata()"]
    log = home / "metadata.log"
    with log.open("w") as file:
        done = subprocess.run(  # noqa: S603 - our own interpreter and the words above
            command, env=environment, cwd=PROJECT_ROOT, stdout=file, stderr=file, check=False
        )
    if done.returncode:
        raise ComponentEndedError(f"the metadata database in {home} could not be prepared; read the end of {log}.")


def _await_health(port: int, processes: Mapping[str, subprocess.Popen[bytes]], home: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_healthy(port):
        refuse_ended(processes, home)
        if time.monotonic() > deadline:
            raise ComponentEndedError(f"Airflow is not healthy after {START_SECONDS} s; read the logs in {home}.")
        time.sleep(0.5)


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/monitor/health", timeout=5) as answer:
            health = json.load(answer)
    except OSError:
        return False
    return all(health[name]["status"] == "healthy" for name in ("metadatabase", "scheduler", "dag_processor"))


def _tell_address(console: Console, port: int, home: Path) -> None:
    console.print(f"Airflow serves at http://127.0.0.1:{port} - sign in as admin, with the password that stands in")
    console.print(f"{home / 'passwords.json'}. Ctrl-C stops it.", soft_wrap=True)
