"""The real scheduler on loopback: a partition key posted to pull_accounts reaches score_customers as it is."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest

from demo.bank import write_bank
from local_airflow.environment import PROJECT_ROOT

pytestmark = pytest.mark.airflow
Found = TypeVar("Found")
ENDED = ("success", "failed")


class Client:
    """The REST calls that the test makes, signed in as admin."""

    def __init__(self, port: int, password: str) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.token = ""
        self.token = self.call("/auth/token", {"username": "admin", "password": password})["access_token"]

    def call(self, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.root + path, data, headers)  # noqa: S310 - http on loopback
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - likewise
            return json.load(answer)

    def find_ended_run(self, dag_id: str) -> dict[str, Any] | None:
        runs = self.call(f"/api/v2/dags/{dag_id}/dagRuns")["dag_runs"]
        return next((run for run in runs if run["state"] in ENDED), None)

    def find_tasks(self, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
        answer = self.call(f"/api/v2/dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}/taskInstances")
        return {task["task_id"]: task for task in answer["task_instances"]}

    def read_xcom(self, run: dict[str, Any], task_id: str) -> Any:
        path = f"/api/v2/dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}/taskInstances/{task_id}/xcomEntries"
        return self.call(f"{path}/return_value?deserialize=false")["value"]


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(find: Callable[[], Found | None], seconds: float, what: str) -> Found:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (found := find()) is not None:
            return found
        time.sleep(0.3)
    raise AssertionError(f"{what} did not come within {seconds} s")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`python -m local_airflow up` over a tiny bank, with everything it writes in the test's own folder."""
    write_bank(tmp_path / "bank", customers=40, months=8)
    port = find_free_port()
    environment = os.environ | {"KCRM_VAR": str(tmp_path), "KCRM_SOURCE_URL": f"files://{tmp_path / 'bank'}"}
    command = [sys.executable, "-m", "local_airflow", "--home", str(tmp_path / "airflow"), "up", "--port", str(port)]
    with (tmp_path / "up.log").open("w") as log:
        process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stdout=log, stderr=log, text=True)
    try:
        wait_for(lambda: "sign in" in (tmp_path / "up.log").read_text() or None, 180, "the user interface")
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def test_a_key_goes_from_pull_to_score_and_nothing_is_left_running(
    server: tuple[subprocess.Popen[str], int], tmp_path: Path
) -> None:
    process, port = server
    client = Client(port, json.loads((tmp_path / "airflow/passwords.json").read_text())["admin"])
    body = {"logical_date": None, "partition_key": "2026-10"}
    wait_for(lambda: len(client.call("/api/v2/dags")["dags"]) == 3 or None, 90, "the three DAGs")
    client.call("/api/v2/dags/pull_accounts/dagRuns", body)

    pulled = wait_for(lambda: client.find_ended_run("pull_accounts"), 90, "the end of pull_accounts")
    assert (pulled["state"], pulled["partition_key"]) == ("success", "2026-10")
    assert client.read_xcom(pulled, "validate")["as_of"] == "2026-11-01"

    scored = wait_for(lambda: client.find_ended_run("score_customers"), 90, "the end of score_customers")
    tasks = client.find_tasks(scored)
    assert scored["partition_key"] == "2026-10"
    assert {task["state"] for task in tasks.values()} == {"success"}
    assert client.read_xcom(scored, "score")["no_champion"] == "prospect_growth, key_account_distress"

    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert [member for member in family if member.is_running() and member.status() != psutil.STATUS_ZOMBIE] == []
