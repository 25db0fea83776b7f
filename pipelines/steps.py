"""One function a step, for the command line and for Airflow alike: settings, journal, warehouse, then the step itself.

Each returns a small dict of counts and names that may travel through a scheduler; rows never do.
Heavy libraries are imported by the step that needs them, so that reading a DAG stays cheap.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from models.declare.catalog import MODELS
from pipelines.ledger.step_log import record_step
from pipelines.ledger.watermarks import count_landing, record_watermark, refuse_missing_upstream, refuse_stale
from pipelines.settings import Settings, add_months, load_settings
from pipelines.warehouse import Warehouse, open_warehouse

MODEL_NAMES = tuple(MODELS)


def migrate() -> dict[str, Any]:
    """Bring the warehouse to the present schema; leaves a row in ops.steps when it changed it or failed."""
    from pipelines.warehouse.migrations import migrate_warehouse

    settings = load_settings()
    with record_step(settings.warehouse_url, "migrate", None) as note, _open(settings) as warehouse:
        applied = migrate_warehouse(warehouse)
        note.message, note.is_recorded = f"applied {applied}", bool(applied)
        if settings.reader_role:
            with warehouse.exclusive():  # of two that grant at once PostgreSQL refuses one
                warehouse.grant_read(settings.reader_role, "crm")
    return {"step": "migrate", "applied": applied}


def extract(as_of: date) -> dict[str, Any]:
    """Pull what the source knew before `as_of` into landing; brings the schema up to date first."""
    from pipelines.ingest.extract import extract_source

    migrate()
    settings = load_settings()
    with record_step(settings.warehouse_url, "extract", as_of, settings.source) as note, _open(settings) as warehouse:
        note.rows = extract_source(warehouse, as_of, settings)
        record_watermark(warehouse, "extract", as_of, count_landing(warehouse, as_of))
    return _told("extract", as_of, rows=note.rows)


def validate(as_of: date) -> dict[str, Any]:
    """Hold landing to its promises; raises PromiseBroken, and then nothing downstream may run."""
    from pipelines.checks.validate import validate_landing

    settings = load_settings()
    with record_step(settings.warehouse_url, "validate", as_of) as note:
        with _open(settings) as warehouse:
            refuse_missing_upstream(warehouse, "extract", as_of)
            seen = count_landing(warehouse, as_of)
        note.rows = validate_landing(settings, as_of)
        with _open(settings) as warehouse:
            record_watermark(warehouse, "validate", as_of, seen)
    return _told("validate", as_of, rows=note.rows)


def facts(as_of: date, rebuild: bool = False) -> dict[str, Any]:
    """Sum landing by month."""
    from pipelines.features.facts import build_facts

    settings = load_settings()
    with record_step(settings.warehouse_url, "facts", as_of) as note, _open(settings) as warehouse:
        refuse_stale(warehouse, "validate", as_of)
        seen = count_landing(warehouse, as_of)
        note.rows = build_facts(warehouse, as_of, rebuild)
        record_watermark(warehouse, "facts", as_of, seen)
    return _told("facts", as_of, rows=note.rows)


def features(as_of: date) -> dict[str, Any]:
    """Describe every customer as of the day."""
    from pipelines.features.build import build_features, describe_as_ofs

    settings = load_settings()
    with record_step(settings.warehouse_url, "features", as_of) as note, _open(settings) as warehouse:
        refuse_missing_upstream(warehouse, "facts", as_of)
        describe_as_ofs(warehouse, [add_months(as_of, -1)], settings.rulebook)  # who was a key account stays one longer
        seen = count_landing(warehouse, as_of)
        note.rows = build_features(warehouse, as_of, settings.rulebook)
        record_watermark(warehouse, "features", as_of, seen)
    return _told("features", as_of, rows=note.rows)


def examples(as_of: date, rebuild: bool = False) -> dict[str, Any]:
    """Gather the examples whose answer is known before `as_of`; `rebuild` makes anew what was gathered before."""
    from pipelines.learning.examples import build_examples

    settings = load_settings()
    with record_step(settings.warehouse_url, "examples", as_of) as note, _open(settings) as warehouse:
        refuse_missing_upstream(warehouse, "facts", as_of)
        note.rows = build_examples(warehouse, as_of, settings, rebuild)
    return _told("examples", as_of, rows=note.rows)


def train(as_of: date, model_name: str) -> dict[str, Any]:
    """Test one model out of time, register it, and make it champion when it has earned it."""
    from pipelines.learning.train import train_model

    settings = load_settings()
    with record_step(settings.warehouse_url, "train", as_of, model_name) as note, _open(settings) as warehouse:
        trained = train_model(warehouse, model_name, as_of, settings)
        note.rows, note.message = trained.row_count, trained.message
    return _told("train", as_of, model=model_name, version=trained.version, champion=trained.is_champion)


def promote(model_name: str, version: str, approved_by: str) -> dict[str, Any]:
    """Make a registered version the champion on a person's word, which is written down with it."""
    from pipelines.learning.registry import Registry

    settings = load_settings()
    with record_step(settings.warehouse_url, "promote", None, model_name, approved_by) as note:
        note.message = f"version {version}"
        Registry(settings).promote(model_name, version, approved_by)
    return {"step": "promote", "model": model_name, "version": version, "approved_by": approved_by}


def score(as_of: date) -> dict[str, Any]:
    """Score every candidate with the champions, with reasons, as a run that nobody reads yet."""
    from pipelines.scoring.score import score_customers

    settings = load_settings()
    with record_step(settings.warehouse_url, "score", as_of) as note, _open(settings) as warehouse:
        scored = score_customers(warehouse, as_of, settings)
        note.rows, note.message = scored.row_count, scored.run_id
    return _told("score", as_of, run_id=scored.run_id, rows=scored.row_count)


def rules(as_of: date) -> dict[str, Any]:
    """Fill what the CRM reads beside the scores, into the run that nobody reads yet."""
    from pipelines.rules.apply import apply_rules
    from pipelines.rules.computed.segments_page import draw_segments

    settings = load_settings()
    with record_step(settings.warehouse_url, "rules", as_of) as note, _open(settings) as warehouse:
        refuse_stale(warehouse, "features", as_of)
        note.rows = apply_rules(warehouse, as_of, settings.rulebook)
        draw_segments(warehouse, as_of, settings.var / "segments")
    return _told("rules", as_of, rows=note.rows)


def publish(as_of: date) -> dict[str, Any]:
    """Turn the CRM to the run of `as_of`, whole and at once."""
    from pipelines.ledger.runs import lock_publications
    from pipelines.publishing.publish import publish_run

    settings = load_settings()
    with (
        record_step(settings.warehouse_url, "publish", as_of) as note,
        _open(settings) as warehouse,
        warehouse.transaction(),
    ):
        lock_publications(warehouse)  # before these checks, so that nothing changes between them and the publication
        for read_by_scores in ("facts", "features"):
            refuse_stale(warehouse, read_by_scores, as_of)
        note.message = publish_run(
            warehouse,
            as_of,
            runs_kept=settings.runs_kept,
            as_ofs_kept=settings.as_ofs_kept,
            valid_days=settings.source_settings.valid_days,
        )
    return _told("publish", as_of, run_id=note.message)


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


def _open(settings: Settings) -> Warehouse:
    return open_warehouse(settings.warehouse_url, settings.memory_limit)


def _told(step: str, as_of: date, **counts: Any) -> dict[str, Any]:
    return {"step": step, "as_of": as_of.isoformat(), **counts}
