"""The last run, for a person or a program: steps with seconds, rows and memory, and how the models stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from pipelines.settings import load_settings
from pipelines.warehouse import open_warehouse


def read_status() -> dict[str, Any]:
    """Return {run, totals, steps, models}.

    Steps are the last of each. Models hold the evaluation rows of their newest version, and the version that scored
    the run in force, which is another one where the newest was not good enough.
    """
    with open_warehouse(load_settings().warehouse_url) as warehouse:
        runs = warehouse.read("ledger/current_run").to_pylist()
        totals = warehouse.read("ledger/run_totals").to_pylist()
        steps = warehouse.read("ledger/last_steps").to_pylist()
        evaluations = warehouse.read("learning/last_evaluations").to_pylist()
    return {
        "run": runs[0] if runs else None,
        "totals": totals,
        "steps": steps,
        "models": _group_by_model(evaluations, {row["model_name"]: row["model_version"] for row in totals}),
    }


def render_json() -> str:
    """Return the status as JSON; days and times are ISO 8601."""
    return json.dumps(read_status(), ensure_ascii=False, indent=2, default=_to_text)


def print_status(console: Console) -> None:
    """Print the status as tables."""
    status = read_status()
    run = status["run"]
    console.print(report_run(run) if run else "Nothing is published yet.")
    for name in dict.fromkeys(row["model_name"] for row in status["totals"] if row["model_version"] is None):
        console.print(f"{name} has no champion: its customers are withheld. Run `kcrm train` when the history allows.")
    console.print(_steps_table(status["steps"]))
    for step in status["steps"]:
        day = f" as of {step['as_of']}" if step["as_of"] else ""
        if step["state"] == "started":
            line = f"{step['step']}{day} started at {step['finished_at']} and has not ended: it runs, or it was killed"
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        if step["state"] == "failed":
            line = f"{step['step']}{day} failed: {step['message']}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    for name, model in status["models"].items():
        console.print(_evaluations_table(name, model))


def report_run(run: Mapping[str, Any]) -> str:
    """Return one line on the run that the CRM reads: how old it is, and up to when its scores are served."""
    line = f"The CRM reads run {run['run_id']}, as of {run['as_of']}"
    if run["is_expired"]:
        return f"{line}, which expired: its scores were valid until {run['valid_until']} and are withheld since."
    return line + (f", valid until {run['valid_until']}." if run["valid_until"] else ".")


def _group_by_model(rows: list[dict[str, Any]], in_force: dict[str, str]) -> dict[str, Any]:
    models: dict[str, Any] = {}
    for row in rows:
        name = row.pop("model_name")
        empty = {"version": row["model_version"], "version_in_force": in_force.get(name), "evaluations": []}
        model = models.setdefault(name, empty)
        model["evaluations"].append({name: value for name, value in row.items() if name != "model_version"})
    return models


def _to_text(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form here; expected a day or a time")


def _steps_table(steps: list[dict[str, Any]]) -> Table:
    table = Table(title="Steps, the last of each")
    for name in ("step", "subject", "as of", "state", "seconds", "rows", "peak MB", "run by"):
        table.add_column(name, justify="right" if name in ("seconds", "rows", "peak MB") else "left")
    for step in steps:
        rows = "" if step["row_count"] is None else f"{step['row_count']:,}"
        peak = f"{(step['peak_bytes'] or 0) / 2**20:,.0f}"
        day = str(step["as_of"] or "")
        seconds = f"{step['seconds']:.1f}"
        table.add_row(step["step"], step["subject"], day, step["state"], seconds, rows, peak, step["run_by"])
    return table


def _evaluations_table(name: str, model: dict[str, Any]) -> Table:
    table = Table(title=f"{name}, version {model['version']} (in force: {model['version_in_force'] or 'none'})")
    for column in ("split", "judged", "metric", "value", "95 % interval", "rows", "events"):
        table.add_column(column)
    for row in model["evaluations"]:
        interval = "" if row["lower"] is None else f"{row['lower']:.3f} to {row['upper']:.3f}"
        value = "" if row["value"] is None else f"{row['value']:.3f}"
        table.add_row(
            row["split"], row["rival"], row["metric"], value, interval, str(row["row_count"]), str(row["event_count"])
        )
    return table
