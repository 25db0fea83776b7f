"""Processes of their own for everything measured, and the memory that their whole trees hold meanwhile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # it brings no types

from bench.errors import BenchError
from pipelines.paths import DATA_ROOT

SAMPLE_EVERY_SECONDS = 0.1
_LAST_WORDS = 1500


@dataclass(frozen=True)
class Ended:
    """A process that went well: seconds within its clock, most memory seen, what it found, and its whole wall time."""

    seconds: float
    peak_bytes: int
    found: Mapping[str, Any]
    wall_seconds: float


def run_job(
    name: str,
    environment: Mapping[str, str],
    *,
    python: Path | None = None,
    module: str = "bench.worker",
    server_pid: int | None = None,
    **parameters: Any,
) -> Ended:
    """Run one job of bench/worker.py in a process of its own; one that fails is refused with its last words.

    `python` and `module` name another interpreter and another worker that is called alike.
    """
    with tempfile.TemporaryDirectory(prefix="kcrm-bench-") as folder:
        answer = Path(folder) / "answer.json"
        command = [str(python or sys.executable), "-m", module, name, json.dumps(parameters), str(answer)]
        wall, peak = run_command(command, environment, server_pid=server_pid)
        told = json.loads(answer.read_text(encoding="utf-8"))
    return Ended(told["seconds"], peak, told["found"], wall)


def run_command(
    command: Sequence[str], environment: Mapping[str, str], *, server_pid: int | None = None
) -> tuple[float, int]:
    """Run a command from the repository's root; return its wall seconds and the most memory its tree held.

    Sampled ten times a second: the proportional set size (shared pages counted once; RSS where the system knows no
    such thing) of the process and all its descendants, and of the database server's, if there is one. A peak shorter
    than a sample is missed.
    """
    with tempfile.TemporaryFile() as words:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            list(command), cwd=DATA_ROOT, env={**os.environ, **environment}, stdout=words, stderr=words
        )
        peak = _watch(process, server_pid)
        seconds = time.perf_counter() - started
        if process.returncode:
            words.seek(0)
            last = words.read().decode(errors="replace").strip().rpartition("\n")[2][-_LAST_WORDS:]
            raise BenchError(f"{' '.join(command[:4])} ended with {process.returncode}; its last words: {last}")
    return seconds, peak


def _watch(process: subprocess.Popen[bytes], server_pid: int | None) -> int:
    roots = [process.pid] + ([] if server_pid is None else [server_pid])
    peak = 0
    try:
        while True:
            peak = max(peak, sum(_held_bytes(one) for root in roots for one in _tree(root)))
            with suppress(subprocess.TimeoutExpired):
                process.wait(SAMPLE_EVERY_SECONDS)
                return peak
    finally:
        if process.poll() is None:  # interrupted: nothing measured goes on behind a person's back
            process.kill()
            process.wait()


def _tree(pid: int) -> Iterator[psutil.Process]:
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        yield root
        yield from root.children(recursive=True)


def _held_bytes(process: psutil.Process) -> int:
    """Return the proportional set size of one process, 0 when it has just ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0
