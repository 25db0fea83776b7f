"""Processes of their own: their memory is counted with their children's, and one that fails says why."""

from __future__ import annotations

import sys

import pytest

from bench.errors import BenchError
from bench.processes import run_command, run_job

MEBIBYTE = 1024**2
# the child holds 150 MB for as long as a few samples take, its parent almost nothing
PARENT = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "import time; held = bytearray(150 * 1024 ** 2); time.sleep(0.6)"], check=True)
"""


def test_the_memory_of_a_child_counts() -> None:
    seconds, peak = run_command([sys.executable, "-c", PARENT], {})
    assert peak > 150 * MEBIBYTE
    assert peak < 400 * MEBIBYTE
    assert seconds > 0.6


def test_a_process_that_fails_is_refused_with_its_last_words() -> None:
    with pytest.raises(BenchError, match="ended with 3; its last words: no ink"):
        run_command([sys.executable, "-c", "import sys; print('no ink'); sys.exit(3)"], {})


def test_a_job_that_is_not_there_is_said_by_its_process() -> None:
    with pytest.raises(BenchError, match="bench has no job 'nap'"):
        run_job("nap", {})
