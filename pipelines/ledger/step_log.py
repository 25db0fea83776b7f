"""The journal of steps: when each started, how it ended, how long it took, how many rows and how much memory."""

from __future__ import annotations

import getpass
import logging
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.errors import KcrmError
from pipelines.warehouse import Warehouse, open_warehouse

logger = logging.getLogger(__name__)
_MESSAGE_LENGTH, _USER_LENGTH = 2000, 200  # as in ops.steps


@dataclass
class StepNote:
    """What a running step reports; `subject` is which of several, as a model's name, `run_by` who runs it."""

    subject: str = ""
    rows: int | None = None
    message: str | None = None
    run_by: str | None = None
    is_recorded: bool = True  # set to false, a step that ends well leaves no row
    step_id: int | None = None  # its row in ops.steps, once there is one


@contextmanager
def record_step(
    warehouse_url: str, step: str, as_of: date | None, subject: str = "", run_by: str | None = None, starts: bool = True
) -> Iterator[StepNote]:
    """Write one row to ops.steps: `started` now, `done` or `failed` when the block ends; an error goes on as it came.

    A row that stays `started` is of a step that runs or that was killed; without `starts` the row comes at the end.
    `as_of` is none for a step that has none. `run_by` is the user of the operating system where none is given.
    The block opens the warehouse itself and closes it: a DuckDB file is open once at a time.
    """
    note = StepNote(subject, run_by=run_by or find_user())
    if starts:
        note.step_id = _start(warehouse_url, step, as_of, note)
    _reset_peak()
    started = time.perf_counter()
    try:
        yield note
    except BaseException as error:
        note.message = str(error) if isinstance(error, KcrmError) else type(error).__name__
        _write(warehouse_url, step, as_of, note, "failed", time.perf_counter() - started)
        raise
    if note.is_recorded:
        _write(warehouse_url, step, as_of, note, "done", time.perf_counter() - started)


def _start(warehouse_url: str, step: str, as_of: date | None, note: StepNote) -> int | None:
    """Write that a step has started; what hinders it hinders the step too, which reports it."""
    with suppress(KcrmError), open_warehouse(warehouse_url) as warehouse, warehouse.transaction():
        return _add_row(warehouse, step, as_of, note)
    return None


def _add_row(warehouse: Warehouse, step: str, as_of: date | None, note: StepNote) -> int:
    warehouse.lock("ops.steps")
    run_by = None if note.run_by is None else note.run_by[:_USER_LENGTH]
    warehouse.execute("ledger/start_step", step=step, as_of=as_of, subject=note.subject, run_by=run_by)
    return int(warehouse.read("ledger/newest_step")["step_id"][0].as_py())


def _write(warehouse_url: str, step: str, as_of: date | None, note: StepNote, state: str, seconds: float) -> None:
    peak = _peak_bytes()
    with _warned(f"{step}: its end"), open_warehouse(warehouse_url) as warehouse, warehouse.transaction():
        step_id = note.step_id or _add_row(warehouse, step, as_of, note)
        warehouse.execute(
            "ledger/end_step",
            step_id=step_id,
            subject=note.subject,
            state=state,
            seconds=round(seconds, 3),
            row_count=note.rows,
            peak_bytes=peak,
            message=None if note.message is None else note.message[:_MESSAGE_LENGTH],
            run_by=None if note.run_by is None else note.run_by[:_USER_LENGTH],
        )
    logger.info("%s: %s in %.1f s, %s rows, as of %s", step, state, seconds, note.rows, as_of)


@contextmanager
def _warned(what: str) -> Iterator[None]:
    """A journal that cannot be written is a warning only: what the step did, or why it failed, does not change."""
    try:
        yield
    except KcrmError as refused:
        logger.warning("%s could not be written to ops.steps: %s", what, refused)


def find_user() -> str | None:
    """Return the user of the operating system; none where it has no name, as in a container with a numeric user."""
    with suppress(OSError, KeyError):  # KeyError: Python before 3.13
        return getpass.getuser()
    return None


def _reset_peak() -> None:
    """Forget the peak of what ran before in this process, where the system can (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak_bytes() -> int:
    """Return the most memory this process has held since the step began, or a child of it has held ever."""
    own = _peak_of_status() or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _MAXRSS_UNIT)


def _peak_of_status() -> int | None:
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return None


_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
