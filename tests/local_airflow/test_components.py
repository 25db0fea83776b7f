"""Stopping takes everything along that a component has started, however it resists."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from local_airflow import components

STUBBORN = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(60)
"""


def test_a_component_that_ignores_the_signal_and_its_child_in_a_group_of_its_own_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(components, "STOP_SECONDS", 1)
    told = tmp_path / "child"
    process = subprocess.Popen([sys.executable, "-c", STUBBORN, str(told)])
    while not (told.exists() and told.read_text()):
        time.sleep(0.05)

    components.stop_processes([process])

    assert process.wait(5) < 0
    assert not is_running(int(told.read_text()))


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_component_that_ended_is_told_with_its_log(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    process.wait()
    with pytest.raises(components.ComponentEndedError, match=r"scheduler ended with code 3; .*scheduler\.log"):
        components.refuse_ended({"scheduler": process}, tmp_path)
