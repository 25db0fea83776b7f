"""Runs: the attempts at publishing an as_of, and the history of the pointer that the CRM follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.errors import PublicationError, WarehouseError, WarehouseUnreachableError
from pipelines.warehouse import Warehouse

# open: being written. published: what the CRM reads. superseded: was read, its rows are kept for a rollback.
# kept: complete, of an older as_of than the CRM reads, never read. dropped: its rows are gone.
# withdrawn: its as_of was published by mistake; its rows are gone.
NO_RUN = ""  # in ops.publications: the pointer turned to no run
WITH_ROWS = frozenset({"open", "published", "superseded", "kept"})


@dataclass(frozen=True)
class Publication:
    """One flip of the pointer."""

    place: int
    run_id: str
    as_of: date
    action: str
    state: str


def open_run(warehouse: Warehouse, as_of: date) -> str:
    """Return the open run of the as_of, or open the next attempt."""
    runs = warehouse.read("ledger/runs_of_as_of", as_of=as_of).to_pylist()
    for run in runs:
        if run["state"] == "open":
            return str(run["run_id"])
    attempt = max((run["attempt"] for run in runs), default=0) + 1
    run_id = f"{as_of.isoformat()}.{attempt}"
    warehouse.execute("ledger/add_run", run_id=run_id, as_of=as_of, attempt=attempt)
    return run_id


def lock_publications(warehouse: Warehouse) -> None:
    """Let nobody else publish, roll back or open a run until the transaction ends."""
    warehouse.lock("ops.publications")
    warehouse.lock("ops.runs")


def find_open_run(warehouse: Warehouse, as_of: date) -> str | None:
    """Return the run of the as_of that is being written, if there is one."""
    found = warehouse.read("ledger/open_run", as_of=as_of)["run_id"].to_pylist()
    return found[0] if found else None


def read_publications(warehouse: Warehouse) -> list[Publication]:
    """Return every flip, first to last."""
    return [Publication(**row) for row in warehouse.read("ledger/publications").to_pylist()]


def stack_publications(history: list[Publication]) -> list[Publication]:
    """Return the publications in force, oldest first: a rollback or withdrawal took off what came after its run."""
    stack: list[Publication] = []
    for flip in history:
        if flip.action == "publish":
            stack.append(flip)
            continue
        while stack and stack[-1].run_id != flip.run_id:
            stack.pop()
    return stack


def find_present(history: list[Publication]) -> Publication | None:
    """Return the publication that the CRM reads, none before the first and after all are withdrawn."""
    return next(reversed(stack_publications(history)), None)


def find_previous_run(warehouse: Warehouse, as_of: date) -> str | None:
    """Return the run that stands, and has its rows, of the last as_of published before this one; none if there is none.

    A run that a rollback took off, or that was kept and never shown, is not it: nobody was told of it.
    """
    stack = stack_publications(read_publications(warehouse))
    before = [flip.run_id for flip in stack if flip.as_of < as_of and flip.state in WITH_ROWS]
    return before[-1] if before else None


def flip_pointer(warehouse: Warehouse, history: list[Publication], run_id: str, as_of: date, action: str) -> None:
    """Turn the CRM to a run: one insert; when another publisher came first, refuse."""
    place = max((flip.place for flip in history), default=0) + 1
    try:
        warehouse.execute("ledger/add_publication", place=place, run_id=run_id, as_of=as_of, action=action)
    except WarehouseUnreachableError:
        raise
    except WarehouseError as refused:
        raise PublicationError(
            f"run {run_id} was not published: place {place} of ops.publications is taken, so another publisher came "
            "first. Look at `kcrm status`, then publish again if this run is still wanted."
        ) from refused


def mark_run(warehouse: Warehouse, run_id: str, state: str) -> None:
    """Give a run its state."""
    warehouse.execute("ledger/mark_run", run_id=run_id, state=state)


def limit_run(warehouse: Warehouse, run_id: str, valid_until: date | None) -> None:
    """Say up to which day, that one included, what a run foresees is served; none: without end."""
    warehouse.execute("ledger/limit_run", run_id=run_id, valid_until=valid_until)


def drop_score_rows(warehouse: Warehouse, run_id: str) -> None:
    """Drop the scores and reasons of a run."""
    warehouse.execute("ledger/drop_reasons", run_id=run_id)
    warehouse.execute("ledger/drop_scores", run_id=run_id)
