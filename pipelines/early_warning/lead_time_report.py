"""The report of lead times: a table for a person, JSON for a program, and a picture."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from rich.console import Console
from rich.table import Table

from models.classes.lead_time import LeadTime
from pipelines.early_warning.lead_time import PolicyResult, Report, format_row
from pipelines.pages.html import render_document

NAMES = {
    "ours": "classes with the model",
    "in_force": "classes as set in kcrm.toml",
    "rules": "classes by rules alone",
    "arrears": "days past due alone",
    "rules_same_alerts": "rules and momentum, as many alerts",
    "arrears_same_alerts": "days past due and chance, as many alerts",
}
COLOURS = ("#1a5fb4", "#62a0ea", "#99c1f1", "#c0bfbc", "#e5a50a", "#c64600")
BAR, LEFT, WIDTH = 14, 280, 400


def print_lead_times(console: Console, report: Report) -> None:
    """Print a line a evaluate, and how the edge was chosen."""
    table = Table(title=f"How early? {report.first_evaluated} to {report.last_evaluated}, as of {report.as_of}")
    heads = ("policy", "events", "alerts", "median months", "1 m", "3 m (95 %)", "3 m of CNY", "6 m")
    for head in (*heads, "alerts/event", "false/100 years", "watch months/year", "ours more, 3 m"):
        table.add_column(head, justify="left" if head == "policy" else "right")
    for evaluated in report.policies:
        table.add_row(*_tell_cells(evaluated))
    console.print(table)
    edge = next(format_row(report, one)["watch_score"] for one in report.policies if one.lead_time.policy == "ours")
    console.print(
        f"watch_score {edge} costs least from {report.first_chosen} to {report.first_evaluated}, a miss at "
        f"{report.prices.miss:g} and a false alarm at {report.prices.alarm:g}. 1 m, 3 m, 6 m: share of events on watch "
        "without a break for so many months or more before.",
        highlight=False,
    )


def write_json(path: Path, report: Report) -> None:
    """Write {policy: {measure: number}}; null where there is no number."""
    told = {evaluated.lead_time.policy: format_row(report, evaluated) for evaluated in report.policies}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=2, default=str) + "\n", encoding="utf-8")


def draw_lead_times(path: Path, report: Report) -> None:
    """Write one self-contained HTML page with a bar a policy and span: what share of the events it caught so early."""
    title = f"How early? {report.first_evaluated} to {report.last_evaluated}"
    parts = [
        f"<p>{report.policies[0].lead_time.event_count} key accounts came into distress. Share of them that stood on "
        "watch, without a break, for so long before; beside each three months, its 95 % interval.</p>",
        *(_draw_span(report, name, words) for name, words in _SPANS.items()),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_document(title, parts), encoding="utf-8")


_SPANS = {"caught_1m": "a month or more", "caught_3m": "three months or more", "caught_6m": "six months or more"}


def _draw_span(report: Report, name: str, words: str) -> str:
    bars = []
    for place, (evaluated, colour) in enumerate(zip(report.policies, COLOURS, strict=True)):
        told, top = evaluated.lead_time, place * (BAR + 6)
        share = getattr(told, name)
        length = 0 if share != share else share * WIDTH
        bars.append(
            f'<text x="0" y="{top + BAR - 2}">{escape(NAMES[told.policy])}</text>'
            f'<rect x="{LEFT}" y="{top}" width="{length:.1f}" height="{BAR}" fill="{colour}"/>'
            f'<text x="{LEFT + length + 6:.1f}" y="{top + BAR - 2}">{_percent(share)}{_interval(told, name)}</text>'
        )
    height = len(bars) * (BAR + 6)
    style = "font: 12px sans-serif; fill: currentColor"
    svg = f'<svg width="{LEFT + WIDTH + 150}" height="{height}" style="{style}" role="img">{"".join(bars)}</svg>'
    return f"<h2>{words}</h2>{svg}"


def _interval(told: LeadTime, name: str) -> str:
    return f" ({_percent(told.caught_3m_lower)} to {_percent(told.caught_3m_upper)})" if name == "caught_3m" else ""


def _tell_cells(evaluated: PolicyResult) -> tuple[str, ...]:
    told, (lead, lower, upper) = evaluated.lead_time, evaluated.lead_of_ours
    more = "" if told.policy == "ours" else f"{100 * lead:+.1f} ({100 * lower:+.1f}..{100 * upper:+.1f})"
    return (
        NAMES[told.policy],
        str(told.event_count),
        str(told.alert_count),
        f"{told.median_months:.0f}",
        _percent(told.caught_1m),
        f"{_percent(told.caught_3m)} ({_percent(told.caught_3m_lower)}..{_percent(told.caught_3m_upper)})",
        _percent(told.caught_3m_by_exposure),
        _percent(told.caught_6m),
        f"{told.alerts_per_event:.1f}",
        f"{told.false_alarms_per_100_year:.1f}",
        f"{told.watch_months_per_key_year:.1f}",
        more,
    )


def _percent(share: float) -> str:
    return "-" if share != share else f"{100 * share:.1f} %"
