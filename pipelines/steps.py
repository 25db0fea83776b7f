"""The steps: one declaration and one body each, read by the command line and called by Airflow.

A step returns a small dict of counts and names that may travel through a scheduler; rows never do.
Heavy libraries are imported by the body that needs them, so that reading a DAG stays cheap.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.declare.catalog import MODELS
from pipelines.ledger.guards import read_today, refuse_future, refuse_other_source
from pipelines.ledger.runs import lock_publications
from pipelines.ledger.step_log import StepNote, record_step
from pipelines.ledger.watermarks import count_landing, record_watermark, refuse_missing_upstream, refuse_stale
from pipelines.settings import Settings, add_months, load_settings
from pipelines.warehouse import Warehouse, open_warehouse

MODEL_NAMES = tuple(MODELS)


@dataclass(frozen=True)
class Run:
    """What the body of a step gets: `warehouse` is open, but for a step that opens it itself."""

    warehouse: Warehouse
    as_of: date
    settings: Settings
    note: StepNote


@dataclass(frozen=True)
class Step:
    """One step: call it with an as-of date, and with what its body takes beside the Run."""

    body: Callable[..., dict[str, Any]]
    reached: tuple[str, ...] = ()  # steps that must have come to the as-of date
    current: tuple[str, ...] = ()  # steps that must also have seen all that landing holds now
    has_watermark: bool = False  # it processes landing as it was when it began
    opens_warehouse: bool = False  # a DuckDB file is open once at a time, and its body opens it
    locks_publications: bool = False  # from before the checks, so that nothing changes between them and the body
    before: Callable[[], object] | None = None
    rebuild: str = ""  # help of --rebuild; without it the step has no such option

    @property
    def name(self) -> str:
        """The name on the command line and in ops.steps."""
        return self.body.__name__

    @property
    def help(self) -> str:
        """What the step does, for the command line."""
        return (self.body.__doc__ or "").rstrip(".")

    def __call__(self, as_of: date, *arguments: Any, future: bool = False, **options: Any) -> dict[str, Any]:
        """Run the step and write its start and end to ops.steps; raises what its checks and its body raise.

        An as-of date after the first of next month is refused, unless `future` allows it.
        """
        if not future:
            refuse_future(as_of, read_today())
        if self.before:
            self.before()
        settings = load_settings()
        with record_step(settings.warehouse_url, self.name, as_of) as note, ExitStack() as opened:
            warehouse = opened.enter_context(_open(settings))
            if self.locks_publications:
                opened.enter_context(warehouse.transaction())
                lock_publications(warehouse)
            refuse_other_source(warehouse, settings.source)
            seen = self._check(warehouse, as_of)
            if self.opens_warehouse:
                opened.close()
            counts = self.body(Run(warehouse, as_of, settings, note), *arguments, **options)
            if self.opens_warehouse:
                warehouse = opened.enter_context(_open(settings))
            if self.has_watermark:
                record_watermark(warehouse, self.name, as_of, seen)
            note.rows = counts.get("rows", note.rows)
        return {"step": self.name, "as_of": as_of.isoformat(), **counts}

    def _check(self, warehouse: Warehouse, as_of: date) -> int:
        """Refuse when an upstream step is missing or stale; return how many rows landing holds, for the watermark."""
        for name in self.reached:
            refuse_missing_upstream(warehouse, name, as_of)
        for name in self.current:
            refuse_stale(warehouse, name, as_of)
        return count_landing(warehouse, as_of) if self.has_watermark else 0


STEPS: dict[str, Step] = {}


def _step(**declared: Any) -> Callable[[Callable[..., dict[str, Any]]], Step]:
    def add(body: Callable[..., dict[str, Any]]) -> Step:
        return STEPS.setdefault(body.__name__, Step(body, **declared))

    return add


def migrate() -> dict[str, Any]:
    """Bring the warehouse to the present schema; leaves a row in ops.steps when it changed it or failed."""
    from pipelines.warehouse.migrations import migrate_warehouse

    settings = load_settings()
    with record_step(settings.warehouse_url, "migrate", None, starts=False) as note, _open(settings) as warehouse:
        applied = migrate_warehouse(warehouse)
        note.message, note.is_recorded = f"applied {applied}", bool(applied)
        if settings.reader_role:
            with warehouse.exclusive():  # of two that grant at once PostgreSQL refuses one
                warehouse.grant_read(settings.reader_role, "crm")
    return {"step": "migrate", "applied": applied}


@_step(before=migrate)
def extract(run: Run) -> dict[str, Any]:
    """Pull what the source knew before the as-of date into landing."""
    from pipelines.ingest.extract import extract_source

    run.note.subject = run.settings.source
    rows = extract_source(run.warehouse, run.as_of, run.settings)
    record_watermark(run.warehouse, "extract", run.as_of, count_landing(run.warehouse, run.as_of))
    return {"rows": rows}


@_step(reached=("extract",), has_watermark=True, opens_warehouse=True)
def validate(run: Run) -> dict[str, Any]:
    """Check landing; quarantine rows, or stop the run."""
    from pipelines.checks.validate import validate_landing

    return {"rows": validate_landing(run.settings, run.as_of)}


@_step(current=("validate",), has_watermark=True, rebuild="sum closed months again too, after a change of a query")
def facts(run: Run, rebuild: bool = False) -> dict[str, Any]:
    """Sum landing by month."""
    from pipelines.features.facts import build_facts

    return {"rows": build_facts(run.warehouse, run.as_of, rebuild)}


@_step(reached=("facts",), has_watermark=True)
def features(run: Run) -> dict[str, Any]:
    """Describe every customer as of the day."""
    from pipelines.features.build import build_features, describe_as_ofs

    rulebook = run.settings.rulebook
    describe_as_ofs(run.warehouse, [add_months(run.as_of, -1)], rulebook)  # who was a key account stays one longer
    return {"rows": build_features(run.warehouse, run.as_of, rulebook)}


@_step(reached=("facts",), rebuild="gather past as-of dates and their features again, after a change of a query")
def examples(run: Run, rebuild: bool = False) -> dict[str, Any]:
    """Gather the examples whose answer is known by now."""
    from pipelines.learning.examples import build_examples

    return {"rows": build_examples(run.warehouse, run.as_of, run.settings, rebuild)}


@_step()
def train(run: Run, model_name: str) -> dict[str, Any]:
    """Test a model out of time, register it, and promote it when it is better."""
    from pipelines.learning.train import train_model

    run.note.subject = model_name
    trained = train_model(run.warehouse, model_name, run.as_of, run.settings)
    run.note.rows, run.note.message = trained.row_count, trained.message
    return {"model": model_name, "version": trained.version, "champion": trained.is_champion}


@_step()
def score(run: Run) -> dict[str, Any]:
    """Score every candidate with the champions, with reasons, as a run that is not published."""
    from pipelines.scoring.score import score_customers

    scored = score_customers(run.warehouse, run.as_of, run.settings)
    run.note.message = scored.run_id
    without = {"no_champion": ", ".join(scored.without_champion)} if scored.without_champion else {}
    return {"run_id": scored.run_id, "rows": scored.row_count} | without


@_step(current=("features",))
def rules(run: Run) -> dict[str, Any]:
    """Fill what the CRM reads beside the scores: key accounts, contribution, tiers and more."""
    from pipelines.rules.apply import apply_rules
    from pipelines.rules.computed.segments_page import draw_segments

    rows = apply_rules(run.warehouse, run.as_of, run.settings.rulebook)
    draw_segments(run.warehouse, run.as_of, run.settings.var / "segments")
    return {"rows": rows}


@_step(current=("facts", "features"), locks_publications=True)
def publish(run: Run, accepted_by: str = "", reason: str = "") -> dict[str, Any]:
    """Turn the CRM to the run of the as-of date, whole and at once."""
    from pipelines.publishing.changes import Acceptance
    from pipelines.publishing.publish import publish_run

    run.note.run_by = accepted_by or run.note.run_by
    run.note.message = publish_run(
        run.warehouse,
        run.as_of,
        runs_kept=run.settings.runs_kept,
        as_ofs_kept=run.settings.as_ofs_kept,
        valid_days=run.settings.source_settings.valid_days,
        acceptance=Acceptance(accepted_by, reason) if accepted_by or reason else None,
    )
    return {"run_id": run.note.message}


def promote(model_name: str, version: str, approved_by: str) -> dict[str, Any]:
    """Make a registered version the champion on a person's word, which is written down with it."""
    from pipelines.learning.registry import Registry

    settings = load_settings()
    with record_step(settings.warehouse_url, "promote", None, model_name, approved_by) as note:
        note.message = f"version {version}"
        Registry(settings).promote(model_name, version, approved_by)
    return {"step": "promote", "model": model_name, "version": version, "approved_by": approved_by}


def accept_delivery(table: str, as_of: date, accepted_by: str, reason: str) -> dict[str, Any]:
    """Accept an unusual delivery on a person's word, for the rows that landing holds now; validate reads it."""
    from pipelines.deliveries.store import Acceptance
    from pipelines.deliveries.store import accept_delivery as record_acceptance

    settings = load_settings()
    with (
        record_step(settings.warehouse_url, "accept-delivery", as_of, table, accepted_by) as note,
        _open(settings) as warehouse,
    ):
        note.message = reason
        note.rows = record_acceptance(warehouse, Acceptance(table, as_of, accepted_by, reason))
    return {"step": "accept-delivery", "table": table, "as_of": as_of.isoformat(), "rows": note.rows}


def rollback(run_by: str | None = None) -> dict[str, Any]:
    """Turn the CRM back to the run it read before; `run_by` is the user of the operating system where none is given."""
    from pipelines.publishing.publish import rollback_run
    from pipelines.rules.apply import list_unapplied

    settings = load_settings()
    with (
        record_step(settings.warehouse_url, "rollback", None, run_by=run_by) as note,
        _open(settings) as warehouse,
    ):
        note.message = run_id = rollback_run(warehouse)
        absent = list_unapplied(warehouse, run_id)
    return {"step": "rollback", "run_id": run_id} | ({"empty_views": ", ".join(absent)} if absent else {})


def withdraw(as_of: date, run_by: str, reason: str) -> dict[str, Any]:
    """Take back the publication of an as-of date, with everything that it closed."""
    from pipelines.ingest.contract import LANDING_TABLES
    from pipelines.publishing.withdraw import withdraw_as_of

    settings = load_settings()
    with record_step(settings.warehouse_url, "withdraw", as_of, run_by=run_by) as note, _open(settings) as warehouse:
        run_id = withdraw_as_of(warehouse, as_of, [f"landing.{table.name}" for table in LANDING_TABLES])
        note.message = f"{reason} (the CRM reads {run_id or 'no run'})"
    return {"step": "withdraw", "as_of": as_of.isoformat(), "run_id": run_id or "none"}


def _open(settings: Settings) -> Warehouse:
    return open_warehouse(settings.warehouse_url, settings.memory_limit)
