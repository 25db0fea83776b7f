"""The validation page: one self-contained HTML file a run of what was promised, what broke, how much, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from pathlib import Path

from pipelines.checks.results import Finding, TableCount, format_share
from pipelines.pages.html import render_document, render_heads

_HEADS = ("result", "promise", "severity", "when broken", "expected", "observed", "rows checked", "rows broken", "why")


def write_page(folder: Path, as_of: date, findings: Sequence[Finding], tables: Sequence[TableCount]) -> Path:
    """Write <folder>/<as_of>.html, in the place of an earlier one, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{as_of}.html"
    page.write_text(render_page(as_of, findings, tables), encoding="utf-8")
    return page


def render_page(as_of: date, findings: Sequence[Finding], tables: Sequence[TableCount]) -> str:
    """Render the page; it asks nothing of the network, and every word that is not ours is escaped."""
    title = f"Validation as of {as_of}"
    parts = [
        _render_verdict(findings),
        f"<p>Rows known before {as_of} were asked; rows known on that day or later were not.</p>",
        _render_tables(tables),
        *[_render_suite(table, [one for one in findings if one.promise.table == table.table]) for table in tables],
    ]
    return render_document(title, parts)


def describe_outcome(findings: Iterable[Finding]) -> tuple[str, str]:
    """Return the page's verdict as (class, words)."""
    findings = list(findings)
    if any(one.stops_run for one in findings):
        return (
            "bad",
            "Stopped: a critical promise of a table is broken; nothing downstream ran and nothing was published.",
        )
    if any(one.is_broken and one.promise.action == "quarantine" for one in findings):
        return (
            "warn",
            "Passed without the rows in quarantine: they break a critical promise and are left out downstream.",
        )
    if any(one.is_broken and one.promise.severity == "warning" for one in findings):
        return "warn", "Passed with warnings."
    return "good", "Passed: every promise that was asked is kept."


def _render_verdict(findings: Sequence[Finding]) -> str:
    kind, words = describe_outcome(findings)
    stops = [one for one in findings if one.stops_run]
    todo = "".join(
        f"<li><code>landing.{escape(one.promise.table)}</code> <code>{escape(one.promise.name)}</code>: expected "
        f"{escape(one.expected)}, got {escape(one.observed)}. {escape(one.promise.remedy)}</li>"
        for one in stops
    )
    return f'<p class="{kind}">{words}</p>' + (f"<ul>{todo}</ul>" if todo else "")


def _render_tables(tables: Iterable[TableCount]) -> str:
    rows = [
        f"<tr><td><code>landing.{escape(one.table)}</code></td><td>{'required' if one.is_required else 'optional'}</td>"
        f'<td class="number">{one.rows_known:,}</td><td class="number">{one.rows_quarantined:,}</td>'
        f'<td class="number">{format_share(one.share_quarantined)}</td><td class="soft">{_say_absence(one)}</td></tr>'
        for one in tables
    ]
    heads = render_heads(("table", "", "rows known", "rows in quarantine", "share", "note"))
    return f'<h2>Tables</h2><div class="wide"><table>{heads}{"".join(rows)}</table></div>'


def _say_absence(table: TableCount) -> str:
    if table.rows_known or table.is_required:
        return ""
    return "absent, and may be: what is made of it stays empty"


def _render_suite(table: TableCount, findings: Sequence[Finding]) -> str:
    rows = "".join(_render_finding(one) for one in sorted(findings, key=lambda one: not one.is_broken))
    heading = f"<h2><code>landing.{escape(table.table)}</code></h2>"
    return f'{heading}<div class="wide"><table>{render_heads(_HEADS)}{rows}</table></div>'


def _render_finding(finding: Finding) -> str:
    kind, word = _say_result(finding)
    promise, answer = finding.promise, finding.answer
    words = (promise.severity, promise.action, finding.expected, finding.observed)
    counts = (answer.rows_checked, answer.rows_broken) if answer else (None, None)
    return (
        f'<tr><td class="{kind}">{word}</td><td><code>{escape(promise.name)}</code></td>'
        + "".join(f"<td>{escape(one)}</td>" for one in words)
        + "".join(f'<td class="number">{"" if one is None else f"{one:,}"}</td>' for one in counts)
        + f'<td class="why">{escape(promise.why)}</td></tr>'
    )


def _say_result(finding: Finding) -> tuple[str, str]:
    if finding.answer is None:
        return "soft", "not asked"
    if not finding.is_broken:
        return "good", "kept"
    return {"critical": ("bad", "broken"), "warning": ("warn", "warning")}.get(
        finding.promise.severity, ("soft", "note")
    )
