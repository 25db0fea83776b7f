"""docker-compose.yml, as far as it can be checked without a daemon: by the real docker-compose, and rule by rule."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docker-compose.yml"
ENDS_BY_ITSELF = {"airflow-init"}


def read_example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def fill_in(example: dict[str, str]) -> dict[str, str]:
    return {name: value or f"filled-{name.lower()}" for name, value in example.items()}


def run_compose(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Call the binary that the package carries: its Python wrapper always exits 0."""
    spec = importlib.util.find_spec("compose")
    assert spec is not None
    assert spec.origin is not None
    binary = Path(spec.origin).with_name("docker-compose")
    command = [str(binary), "--file", str(FILE), "--env-file", os.devnull, "config", *words]
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    done = run_compose(fill_in(read_example()), "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["services"]


def test_the_file_is_valid_with_the_example_filled_in() -> None:
    done = run_compose(fill_in(read_example()), "--quiet")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_parts_that_were_promised_are_there(services: dict[str, Any]) -> None:
    airflow = {"api-server", "scheduler", "dag-processor", "triggerer", "airflow-init", "airflow-db"}
    assert set(services) == airflow | {"warehouse", "mlflow"}


@pytest.mark.parametrize("name", [name for name, value in read_example().items() if not value] + ["KCRM_SOURCE"])
def test_an_unset_secret_is_refused_by_name(name: str) -> None:
    done = run_compose({key: value for key, value in fill_in(read_example()).items() if key != name}, "--quiet")
    assert done.returncode != 0
    assert name in done.stderr
    assert ".env.example" in done.stderr


def test_the_example_names_every_variable_and_says_what_each_is_for() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", FILE.read_text(encoding="utf-8")))
    assert set(read_example()) == used
    blocks = (ROOT / ".env.example").read_text(encoding="utf-8").split("\n\n")
    assert all(block.startswith("#") for block in blocks)


def test_images_are_pinned(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)?$", service["image"]), name
    base = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert all(re.search(r":\d+\.\d+\.\d+-", image) for image in base)
    assert "--require-hashes" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_whatever_goes_on_running_has_a_health_check_and_restarts(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name not in ENDS_BY_ITSELF:
            assert service["healthcheck"]["test"], name
            assert service["restart"] == "unless-stopped", name


def test_every_port_is_on_loopback(services: dict[str, Any]) -> None:
    ports = {port["host_ip"] for service in services.values() for port in service.get("ports", [])}
    assert ports == {"127.0.0.1"}


def test_no_secret_is_written_down() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|KEY)\w*)\b(?!:\?)", text) == []
    assert re.findall(r"://\w+:(?!\$\{)[^/\s]*@", text) == []
    for line in text.splitlines():
        if re.search(r"(PASSWORD|SECRET|FERNET|_CONN)\w*: ", line) and "PASSWORDS_FILE" not in line:
            assert re.search(r"\$\{[A-Z_]+:\?[^}]+\}", line), line
    assert all(not value for name, value in read_example().items() if re.search("PASSWORD|SECRET|KEY", name))


def test_all_of_airflow_shares_its_secrets_and_points_at_the_services(services: dict[str, Any]) -> None:
    environments = [services[name]["environment"] for name in ("api-server", "scheduler", "dag-processor", "triggerer")]
    assert all(environment == environments[0] for environment in environments)
    hosts = [environments[0][name] for name in ("KCRM_WAREHOUSE_URL", "KCRM_MLFLOW_URI")]
    hosts.append(environments[0]["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"])
    assert [re.split("[@/:]+", host.split("@")[-1].removeprefix("http://"))[0] for host in hosts] == [
        "warehouse",
        "mlflow",
        "api-server",
    ]
