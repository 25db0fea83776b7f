"""Running DAGs in one process: a failed task ends it with its own sentence, and nothing after it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo.bank import write_bank
from local_airflow.environment import PROJECT_ROOT


def run_local(folder: Path, *pairs: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"KCRM_VAR": str(folder), "KCRM_SOURCE_URL": f"files://{folder / 'bank'}"}
    command = [sys.executable, "-m", "local_airflow", "--home", str(folder / "airflow"), "run", *pairs]
    return subprocess.run(command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.airflow
def test_a_failed_task_ends_the_run_with_its_sentence_and_a_good_one_says_nothing_more(tmp_path: Path) -> None:
    write_bank(tmp_path / "bank", customers=40, months=8)

    done = run_local(tmp_path, "pull_accounts", "2026-10", "train_models", "2026-10", "score_customers", "2026-10")

    assert done.returncode == 1
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines if line.startswith("  ")] == [
        ["pull_accounts.read_month", "ok"],
        ["pull_accounts.extract", "ok"],
        ["pull_accounts.validate", "ok"],
        ["train_models.read_month", "ok"],
        ["train_models.facts", "ok"],
        ["train_models.examples", "ok"],
        ["train_models.train[prospect_growth]", "failed"],
        ["train_models.train[key_account_distress]", "failed"],
    ]
    assert any(line.startswith("train_models.train[prospect_growth]: ModelError: ") for line in lines)
    assert lines[-1].endswith("airflow/run.log")
    assert "train_models.train failed for as_of 2026-11-01" in (tmp_path / "airflow/run.log").read_text()


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (["pull_accounts", "2026-9"], "YYYY-MM"),
        (["pull", "2026-09"], "pull_accounts, score_customers, train_models"),
        (["pull_accounts"], "pairs"),
    ],
)
def test_a_wrong_word_is_refused_before_airflow_starts(tmp_path: Path, pairs: list[str], words: str) -> None:
    done = run_local(tmp_path, *pairs)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "airflow").exists()
