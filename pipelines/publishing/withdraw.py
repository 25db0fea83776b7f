"""Withdraw: take back a publication that should not have been, with everything that it closed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from pipelines.errors import PublicationError
from pipelines.features.facts import FACTS
from pipelines.ledger.runs import (
    NO_RUN,
    WITH_ROWS,
    Publication,
    flip_pointer,
    lock_publications,
    mark_run,
    read_publications,
    stack_publications,
)
from pipelines.publishing.drop import drop_run
from pipelines.warehouse import Warehouse
from pipelines.warehouse.identifiers import table_clause
from pipelines.warehouse.queries import compile_literal

logger = logging.getLogger(__name__)
_FIRST_DAY, _LAST_DAY = date(1, 1, 1), date(9999, 12, 31)
_FORGET = ("forget_watermarks", "forget_later_descriptions", "forget_later_examples")


def withdraw_as_of(warehouse: Warehouse, as_of: date, tables: Sequence[str]) -> str:
    """Turn the CRM to what it read before `as_of` was published and reopen what that closed; return that run, or "".

    All runs of `as_of` lose their rows. Rows of the landing `tables` that counted as known on `as_of` only because they
    came after its publication count again as of the day that the source states, or the as-of date published before.
    Facts, watermarks, features and examples after that date are forgotten, so the steps run again from there.
    """
    with warehouse.transaction():
        lock_publications(warehouse)
        history = read_publications(warehouse)
        before = _find_before(stack_publications(history), as_of)
        run_id, shown_as_of = (before.run_id, before.as_of) if before else (NO_RUN, as_of)
        flip_pointer(warehouse, history, run_id, shown_as_of, "withdraw")
        for run in warehouse.read("ledger/runs_of_as_of", as_of=as_of).to_pylist():
            drop_run(warehouse, run["run_id"], "withdrawn")
        if before:
            mark_run(warehouse, before.run_id, "published")
        _reopen(warehouse, as_of, before.as_of if before else None, tables)
    logger.info("withdraw: %s is withdrawn, the CRM reads %s", as_of, run_id or "no run")
    return run_id


def _find_before(stack: Sequence[Publication], as_of: date) -> Publication | None:
    """Return the last publication of an earlier as-of date that has its rows; only the last date may go."""
    later = sorted({flip.as_of for flip in stack if flip.as_of > as_of})
    if not any(flip.as_of == as_of for flip in stack) or later:
        dates = ", ".join(str(one) for one in later) or ", ".join(sorted({str(flip.as_of) for flip in stack})) or "none"
        what = f"{as_of} cannot be withdrawn before the later dates {dates}" if later else f"{as_of} is not published"
        todo = "Withdraw the last one first." if later else f"Published are: {dates}. Name the last of these."
        raise PublicationError(f"{what}. {todo}")
    return next((flip for flip in reversed(stack) if flip.as_of < as_of and flip.state in WITH_ROWS), None)


def _reopen(warehouse: Warehouse, as_of: date, closed: date | None, tables: Sequence[str]) -> None:
    for table in tables:
        warehouse.run(_restore_known_on(table, as_of, closed))
    for name in FACTS:
        warehouse.lock(f"facts.{name}")
        warehouse.execute(f"features/forget_{name}", known_from=closed or _FIRST_DAY, known_before=_LAST_DAY)
    for query in _FORGET:
        warehouse.execute(f"publishing/{query}", closed_as_of=closed or _FIRST_DAY)
    warehouse.execute("publishing/forget_later_draws")


def _restore_known_on(table: str, as_of: date, closed: date | None) -> str:
    """Give rows that came after the publication of `as_of` the day they would have had without it."""
    rows = table_clause(table, ["known_on", "source_known_on"])
    known_on: sa.ColumnElement[date] = rows.c.source_known_on
    if closed is not None:
        day = sa.cast(sa.literal(closed, sa.Date()), sa.Date())
        known_on = sa.case((known_on < day, day), else_=known_on)
    moved = (rows.c.known_on == sa.literal(as_of, sa.Date()), rows.c.source_known_on < sa.literal(as_of, sa.Date()))
    return compile_literal(sa.update(rows).where(*moved).values(known_on=known_on))
