"""The validation page: one self-contained HTML file per run of what was checked, what failed, how much, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.checks.results import Finding, TableCount, format_share
from pipelines.pages.render import Section, render_template, write_html

_TABLE_COLUMNS = ("table", "presence", "rows known", "rows in quarantine", "share", "note")
_COLUMNS = ("check", "severity", "when it fails", "expected", "observed", "rows checked", "rows failed", "why")
_TONES = {"critical": ("bad", "failed"), "warning": ("warn", "warning"), "info": ("soft", "note")}


def write_page(folder: Path, as_of: date, findings: Sequence[Finding], tables: Sequence[TableCount]) -> Path:
    """Write <folder>/<as_of>.html, in the place of an earlier one, and return its path."""
    return write_html(folder / f"{as_of}.html", render_page(as_of, findings, tables))


def render_page(as_of: date, findings: Sequence[Finding], tables: Sequence[TableCount]) -> str:
    """Render the page: failed checks and warnings of all tables first, then the tables, then every check by table."""
    tone, outcome = describe_outcome(findings)
    ordered = sorted(findings, key=lambda one: (not one.is_broken, list(_TONES).index(one.promise.severity)))
    rows = [_describe_finding(one) for one in ordered]
    failed = [row for row in rows if row["tone"] in ("bad", "warn")]
    sections = [
        *([Section("Failed checks", failed, ("result", "table", *_COLUMNS), "failed")] if failed else []),
        Section("Tables", [_describe_table(one) for one in tables], _TABLE_COLUMNS, "tables"),
    ]
    for table in tables:
        of_table = [row for row in rows if row["table"] == table.table]
        sections.append(Section(f"landing.{table.table}", of_table, ("result", *_COLUMNS), "checks"))
    stops = [row for row in rows if row["stops_run"]]
    title = f"Validation as of {as_of}"
    return render_template("validation", title, sections, as_of=as_of, tone=tone, outcome=outcome, stops=stops)


def describe_outcome(findings: Iterable[Finding]) -> tuple[str, str]:
    """Return the outcome of the run as (tone, words)."""
    broken = [one for one in findings if one.is_broken]
    if any(one.stops_run for one in broken):
        return "bad", "Stopped: a critical check of a table failed; nothing downstream ran and nothing was published."
    if any(one.promise.action == "quarantine" for one in broken):
        return "warn", "Passed without the rows in quarantine: they fail a critical check and are left out downstream."
    if any(one.promise.severity == "warning" for one in broken):
        return "warn", "Passed with warnings."
    return "good", "Passed: every check that ran passed."


def _describe_table(table: TableCount) -> dict[str, Any]:
    return {
        "table": table.table,
        "presence": "required" if table.is_required else "optional",
        "rows_known": table.rows_known,
        "rows_quarantined": table.rows_quarantined,
        "share": format_share(table.share_quarantined),
        "note": "" if table.rows_known or table.is_required else "absent, and may be: what is made of it stays empty",
    }


def _describe_finding(finding: Finding) -> dict[str, Any]:
    tone, result = _TONES[finding.promise.severity] if finding.is_broken else ("good", "passed")
    if finding.answer is None:
        tone, result = "soft", "not run"
    promise, answer = finding.promise, finding.answer
    return {
        **{name: getattr(promise, name) for name in ("table", "name", "severity", "action", "why", "remedy")},
        **{name: getattr(finding, name) for name in ("expected", "observed", "stops_run")},
        "tone": tone,
        "result": result,
        "rows_checked": answer.rows_checked if answer else None,
        "rows_broken": answer.rows_broken if answer else None,
    }
