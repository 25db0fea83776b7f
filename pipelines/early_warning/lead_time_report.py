"""The report of lead times: a table for a person, JSON for a program, and a picture."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from models.classes.lead_time import LeadTime
from pipelines.early_warning.lead_time import PolicyResult, Report, format_row
from pipelines.pages.render import Section, render_template, write_html

NAMES = {
    "ours": "classes with the model",
    "in_force": "classes as set in kcrm.toml",
    "rules": "classes by rules alone",
    "arrears": "days past due alone",
    "rules_same_alerts": "rules and momentum, as many alerts",
    "arrears_same_alerts": "days past due and chance, as many alerts",
}
COLOURS = ("#1a5fb4", "#62a0ea", "#99c1f1", "#c0bfbc", "#e5a50a", "#c64600")
SPANS = {"caught_1m": "a month or more", "caught_3m": "three months or more", "caught_6m": "six months or more"}


def print_lead_times(console: Console, report: Report) -> None:
    """Print a row per policy, and how the edge was chosen."""
    table = Table(title=f"How early? {report.first_evaluated} to {report.last_evaluated}, as of {report.as_of}")
    heads = ("policy", "events", "alerts", "median months", "1 m", "3 m (95 %)", "3 m of CNY", "6 m")
    for head in (*heads, "alerts/event", "false/100 years", "watch months/year", "ours more, 3 m"):
        table.add_column(head, justify="left" if head == "policy" else "right")
    for evaluated in report.policies:
        table.add_row(*_format_cells(evaluated))
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
    figures = {evaluated.lead_time.policy: format_row(report, evaluated) for evaluated in report.policies}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=2, default=str) + "\n", encoding="utf-8")


def draw_lead_times(path: Path, report: Report) -> None:
    """Write one self-contained HTML page with a bar per policy and span: the share of the events it caught so early."""
    title = f"How early? {report.first_evaluated} to {report.last_evaluated}"
    sections = [Section(f"On watch for {words}", _describe_bars(report, name)) for name, words in SPANS.items()]
    event_count = report.policies[0].lead_time.event_count
    write_html(path, render_template("lead_time", title, sections, event_count=event_count))


def _describe_bars(report: Report, name: str) -> list[dict[str, Any]]:
    bars = []
    for evaluated, colour in zip(report.policies, COLOURS, strict=True):
        lead_time = evaluated.lead_time
        share = getattr(lead_time, name)
        label = _percent(share) + (_interval(lead_time, " to ") if name == "caught_3m" else "")
        drawn = 0.0 if math.isnan(share) else share
        bars.append({"name": NAMES[lead_time.policy], "colour": colour, "share": drawn, "label": label})
    return bars


def _interval(found: LeadTime, separator: str) -> str:
    return f" ({_percent(found.caught_3m_lower)}{separator}{_percent(found.caught_3m_upper)})"


def _format_cells(evaluated: PolicyResult) -> tuple[str, ...]:
    lead_time, (lead, lower, upper) = evaluated.lead_time, evaluated.lead_of_ours
    more = "" if lead_time.policy == "ours" else f"{100 * lead:+.1f} ({100 * lower:+.1f}..{100 * upper:+.1f})"
    return (
        NAMES[lead_time.policy],
        str(lead_time.event_count),
        str(lead_time.alert_count),
        f"{lead_time.median_months:.0f}",
        _percent(lead_time.caught_1m),
        _percent(lead_time.caught_3m) + _interval(lead_time, ".."),
        _percent(lead_time.caught_3m_by_exposure),
        _percent(lead_time.caught_6m),
        f"{lead_time.alerts_per_event:.1f}",
        f"{lead_time.false_alarms_per_100_year:.1f}",
        f"{lead_time.watch_months_per_key_year:.1f}",
        more,
    )


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.1f} %"
