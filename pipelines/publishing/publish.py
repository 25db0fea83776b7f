"""Publish: turn what the CRM reads to a complete run, in one transaction, or not at all."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from models.declare.catalog import MODELS
from pipelines.errors import PublicationError
from pipelines.learning.populations import read_population
from pipelines.learning.specs import load_spec
from pipelines.ledger.runs import (
    WITH_ROWS,
    Publication,
    find_open_run,
    find_present,
    find_previous_run,
    flip_pointer,
    limit_run,
    lock_publications,
    mark_run,
    read_publications,
    stack_publications,
)
from pipelines.publishing.changes import (
    Acceptance,
    compare_with_past,
    record_changes,
    refuse_changes,
    warn_of_changes,
)
from pipelines.publishing.drop import drop_run
from pipelines.rules.apply import list_unapplied
from pipelines.rules.retention import prune_rule_rows
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)


def publish_run(
    warehouse: Warehouse,
    as_of: date,
    runs_kept: int = 2,
    as_ofs_kept: int = 0,
    valid_days: int = 0,
    acceptance: Acceptance | None = None,
) -> str:
    """Turn the CRM to the open run of `as_of` and return its id; without an open run, return the one that stands.

    The run that it takes the place of stays for a rollback: of each as_of the rows of the last `runs_kept` published
    runs are kept, older ones go in the same transaction. An as_of before the one that the CRM reads is kept, not shown.
    Rows of rules of as_ofs before the last `as_ofs_kept` are pruned (0: none), as pipelines/rules/retention.py says.
    What the run foresees is served up to `valid_days` after `as_of` (0: without end), by the clock of who reads.
    A run that differs too much from those published before is refused, but for an `acceptance` of a person.
    """
    with warehouse.transaction():
        lock_publications(warehouse)
        run_id = find_open_run(warehouse, as_of)
        if run_id is None:
            return _find_standing(warehouse, as_of)
        refuse_incomplete(warehouse, run_id, as_of)
        history = read_publications(warehouse)
        present = find_present(history)
        is_kept = present is not None and as_of < present.as_of
        _hold_to_past(warehouse, run_id, as_of, acceptance, is_shown=not is_kept)
        limit_run(warehouse, run_id, as_of + timedelta(days=valid_days) if valid_days else None)
        if present and is_kept:
            _keep(warehouse, run_id, as_of, present)
        else:
            _turn(warehouse, history, run_id, as_of)
        _drop_old(warehouse, as_of, runs_kept)
        prune_rule_rows(warehouse, as_of, as_ofs_kept)
    warn_of_expiry(warehouse)
    return run_id


def _hold_to_past(
    warehouse: Warehouse, run_id: str, as_of: date, acceptance: Acceptance | None, is_shown: bool
) -> None:
    """Compare the run with those before and write its figures; one that is not shown is never refused for them."""
    found = compare_with_past(warehouse, run_id, as_of)
    if is_shown and acceptance is None:
        refuse_changes(warehouse, found)
    warn_of_changes(warehouse, found)
    record_changes(warehouse, found, acceptance)


def rollback_run(warehouse: Warehouse) -> str:
    """Turn the CRM back to the run that it read before the present one, and return its id; none is refused.

    A run of before an upgrade, or one whose rows are pruned, lacks rules: then it warns which views show no rows.
    """
    with warehouse.transaction():
        lock_publications(warehouse)
        history = read_publications(warehouse)
        stack = stack_publications(history)
        before = next((flip for flip in reversed(stack[:-1]) if flip.state in WITH_ROWS), None)
        if before is None:
            raise PublicationError(
                "there is no run to go back to: the CRM reads its first run or none, or the rows of those before it "
                "are dropped (of each as_of the last ones are kept, setting runs_kept). Publish another instead."
            )
        flip_pointer(warehouse, history, before.run_id, before.as_of, "rollback")
        mark_run(warehouse, stack[-1].run_id, "superseded")
        mark_run(warehouse, before.run_id, "published")
    logger.info("rollback: the CRM reads run %s, as of %s", before.run_id, before.as_of)
    warn_of_empty_views(warehouse, before)
    warn_of_expiry(warehouse)
    return before.run_id


def warn_of_empty_views(warehouse: Warehouse, shown: Publication) -> None:
    """Say which views of rules show no rows, as the run that the CRM reads has none of them."""
    absent = list_unapplied(warehouse, shown.run_id)
    if absent:
        logger.warning(
            "rollback: run %s has no rows of %d rules, so their views are empty: %s. It was written before these rules "
            "came, or their rows are pruned (setting as_ofs_kept). To fill them, run `kcrm features --as-of %s`, then "
            "score, rules and publish of the same day",
            shown.run_id,
            len(absent),
            ", ".join(absent),
            shown.as_of,
        )


def warn_of_expiry(warehouse: Warehouse) -> None:
    """Say when the run that the CRM reads is too old to be served: its scores are withheld from the start."""
    present = warehouse.read("ledger/current_run").to_pylist()[0]
    if present["is_expired"]:
        logger.warning(
            "publish: run %s is valid until %s, which is past: crm.scores withholds its scores (expired), crm.reasons "
            "and crm.care_lists show none. Score a later month, or raise valid_days of the source in kcrm.toml and "
            "score this one again",
            present["run_id"],
            present["valid_until"],
        )


def refuse_incomplete(warehouse: Warehouse, run_id: str, as_of: date) -> None:
    """Refuse a run that lacks a model, a candidate, the reasons of a scored row, or a rule, or that was outgrown."""
    there = {row["model_name"]: row for row in warehouse.read("publishing/run_models", run_id=run_id).to_pylist()}
    people = {name: read_population(warehouse, load_spec(name), as_of) for name in MODELS}
    faults = [fault for name in MODELS for fault in _list_faults(name, people[name], there.get(name))]
    faults = faults or [fault for name in MODELS for fault in _list_stale(warehouse, name, people[name], run_id)]
    if faults:
        raise PublicationError(
            f"run {run_id} is not complete and is not published: {'; '.join(faults)}. "
            f"Run `kcrm score --as-of {as_of}` again, then `kcrm rules --as-of {as_of}`."
        )
    unapplied = list_unapplied(warehouse, run_id)
    if unapplied:
        raise PublicationError(
            f"run {run_id} lacks the rules {', '.join(unapplied)} and is not published. "
            f"Run `kcrm rules --as-of {as_of}`."
        )
    refuse_superseded(warehouse, run_id, as_of)


def refuse_superseded(warehouse: Warehouse, run_id: str, as_of: date) -> None:
    """Refuse a run whose rules went on from another run than the one that stands before it now."""
    standing = find_previous_run(warehouse, as_of)
    origins = set(warehouse.read("ledger/applied_rules", run_id=run_id)["previous_run_id"].to_pylist())
    if origins != {standing}:
        raise PublicationError(
            f"rules of run {run_id} went on from {sorted(str(one) for one in origins)}, and the run that stands before "
            f"it is now {standing}, so classes and alerts would skip what it said. Run `kcrm rules --as-of {as_of}`."
        )


def _list_faults(model_name: str, people: pa.Table, row: dict[str, int] | None) -> list[str]:
    expected = pc.sum(people["is_scored_population"]).as_py() or 0
    if row is None:
        return [f"{model_name} has no row, expected {expected}"] if expected or not people.num_rows else []
    faults = []
    told = row["scored_count"] + row["withheld_count"] + row["excluded_count"]
    if not expected == row["row_count"] == told:
        faults.append(f"{model_name} has {row['row_count']} rows, {told} of a known status, expected {expected}")
    if row["unexplained_count"]:
        faults.append(f"{model_name} has {row['unexplained_count']} scored rows whose reasons do not add up")
    return faults


def _list_stale(warehouse: Warehouse, model_name: str, people: pa.Table, run_id: str) -> list[str]:
    """Return the fault of a run whose scores are of another population than the present: somebody may be out now."""
    told = _key(warehouse.read("publishing/statuses_of_run", run_id=run_id, model_name=model_name))
    wrong = told.join(_key(people), keys=told.column_names, join_type="left anti").num_rows
    return [f"{model_name} says of {wrong} customers what its population says no more"] if wrong else []


def _key(rows: pa.Table) -> pa.Table:
    """Return customer, status and cause, with an empty cause for none: to a join no null is like another."""
    cause = rows["cause"].cast(pa.string()).fill_null("")
    return pa.table({"customer_id": rows["customer_id"], "status": rows["status"], "cause": cause})


def _find_standing(warehouse: Warehouse, as_of: date) -> str:
    runs = warehouse.read("ledger/runs_of_as_of", as_of=as_of).to_pylist()
    present = find_present(read_publications(warehouse))
    if present and present.as_of < as_of and any(run["state"] == "superseded" for run in runs):
        raise PublicationError(
            f"the run of {as_of} was taken back by a rollback, and the CRM reads {present.run_id}. "
            f"Run `kcrm score --as-of {as_of}` for a new one, `kcrm rules` for the rest of it, then publish that."
        )
    for state in ("published", "kept", "superseded"):
        for run in runs:
            if run["state"] == state:
                logger.info("publish: nothing is open as of %s; run %s stands, %s", as_of, run["run_id"], state)
                return str(run["run_id"])
    raise PublicationError(
        f"nothing is scored as of {as_of}: no run is open. Run `kcrm score --as-of {as_of}` first, then `kcrm rules`."
    )


def _turn(warehouse: Warehouse, history: list[Publication], run_id: str, as_of: date) -> None:
    flip_pointer(warehouse, history, run_id, as_of, "publish")
    if present := find_present(history):
        mark_run(warehouse, present.run_id, "superseded")
    mark_run(warehouse, run_id, "published")
    logger.info("publish: the CRM reads run %s, as of %s", run_id, as_of)


def _keep(warehouse: Warehouse, run_id: str, as_of: date, present: Publication) -> None:
    mark_run(warehouse, run_id, "kept")
    logger.warning(
        "publish: run %s is kept, not shown: the CRM reads as of %s, and a backfill as of %s does not turn it back",
        run_id,
        present.as_of,
        as_of,
    )


def _drop_old(warehouse: Warehouse, as_of: date, runs_kept: int) -> None:
    """Drop the rows of this as_of's runs beyond the last ones that stand; what a rollback could reach stays."""
    standing = [flip.run_id for flip in stack_publications(read_publications(warehouse)) if flip.as_of == as_of]
    runs = [run for run in warehouse.read("ledger/runs_of_as_of", as_of=as_of).to_pylist() if run["state"] in WITH_ROWS]
    kept = [run["run_id"] for run in runs if run["state"] == "kept"]
    stay = {*standing[-runs_kept:], *kept[:runs_kept]}
    for run in runs:
        if run["run_id"] not in stay and run["state"] != "open":
            drop_run(warehouse, run["run_id"], "dropped")
            logger.info("publish: dropped the rows of run %s as of %s", run["run_id"], as_of)
