"""The command line of early warning: what a person decides on a class, and the question why it is what it is."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from rich.console import Console

from pipelines.arguments import day, first_of_month, json_path
from pipelines.early_warning import decisions
from pipelines.settings import load_settings
from pipelines.warehouse import Warehouse, open_warehouse

Decide = Callable[[Warehouse, argparse.Namespace, decisions.Decision], None]
Add = Callable[..., argparse.ArgumentParser]


def add_warning_commands(add: Add, commands: Any) -> None:
    """Add approve, lift-exit, override, answer and explain to the subcommands."""
    _add_decision(add, commands, "approve", "approve the exit that is proposed of a customer", _approve)
    _add_decision(add, commands, "lift-exit", "take an exit back, entered or approved", _lift)
    override = _add_decision(add, commands, "override", "show another class, never under its floor", _override)
    override.add_argument("--class", dest="relationship_class", choices=decisions.OVERRIDES, required=True)
    override.add_argument("--until", type=day, required=True, help="the first day on which it no longer counts")
    _add_decision(add, commands, "answer", "answer an alert, so that it ages no longer", _answer, of="alert_id")
    why = add(commands, "explain", "why a customer's class is what it is, from its first run on", _explain)
    why.add_argument("customer_id")
    why.add_argument("--as-of", type=day, required=True, help="up to this day, YYYY-MM-DD")
    why.add_argument("--language", choices=("en", "zh"), default="en")
    lead = add(commands, "lead-time", "how early the classes warned, beside rules alone and late payments", _lead_time)
    lead.add_argument("--as-of", type=first_of_month, required=True, help="as of which examples are known, YYYY-MM-01")
    lead.add_argument("--miss-cost", type=float, default=10.0, help="of an event not foreseen a month (%(default)s)")
    lead.add_argument("--alarm-cost", type=float, default=1.0, help="of an alarm for nothing (%(default)s)")
    lead.add_argument("--to", type=json_path, help="for the figures, and beside them the picture (var/lead_time.json)")


def _add_decision(
    add: Add, commands: Any, name: str, words: str, decide: Decide, of: str = "customer_id"
) -> argparse.ArgumentParser:
    command = add(commands, name, words, _decide, decide=decide, decision=name)
    command.add_argument(of, help=f"as {'crm.alerts' if of == 'alert_id' else 'crm.relationship_classes'} names it")
    counts = "the day of the decision, YYYY-MM-DD: it counts in runs whose as_of is later"
    command.add_argument("--on", type=day, required=True, help=counts)
    command.add_argument("--by", required=True, help="who decides; kept with the decision")
    command.add_argument("--reason", required=True, help="why; kept with the decision")
    return command


def _decide(options: argparse.Namespace, console: Console) -> None:
    decision = decisions.Decision(options.on, options.by, options.reason)
    settings = load_settings()
    with open_warehouse(settings.warehouse_url, settings.memory_limit) as warehouse:
        options.decide(warehouse, options, decision)
    console.print(f"{options.decision}: written; it counts in the runs as of a day after {options.on}", highlight=False)


def _approve(warehouse: Warehouse, options: argparse.Namespace, decision: decisions.Decision) -> None:
    decisions.approve_exit(warehouse, options.customer_id, decision)


def _lift(warehouse: Warehouse, options: argparse.Namespace, decision: decisions.Decision) -> None:
    decisions.lift_exit(warehouse, options.customer_id, decision)


def _override(warehouse: Warehouse, options: argparse.Namespace, decision: decisions.Decision) -> None:
    decisions.override_class(warehouse, options.customer_id, options.relationship_class, options.until, decision)


def _answer(warehouse: Warehouse, options: argparse.Namespace, decision: decisions.Decision) -> None:
    decisions.answer_alert(warehouse, options.alert_id, decision)


def _explain(options: argparse.Namespace, console: Console) -> None:
    from pipelines.early_warning.explain import explain

    settings = load_settings()
    with open_warehouse(settings.warehouse_url, settings.memory_limit) as warehouse:
        explain(console, warehouse, options.customer_id, options.as_of, options.language)


def _lead_time(options: argparse.Namespace, console: Console) -> None:
    from pipelines.early_warning.lead_time import Prices, measure_lead_times
    from pipelines.early_warning.lead_time_report import draw_lead_times, print_lead_times, write_json

    settings, prices = load_settings(), Prices(options.miss_cost, options.alarm_cost)
    with (
        Console(stderr=True).status("replaying the test months (some minutes)"),
        open_warehouse(settings.warehouse_url, settings.memory_limit) as warehouse,
    ):
        report = measure_lead_times(warehouse, options.as_of, settings, prices)
    path = options.to or settings.var / "lead_time.json"
    write_json(path, report)
    draw_lead_times(path.with_suffix(".html"), report)
    print_lead_times(console, report)
    console.print(f"figures: {path}, picture: {path.with_suffix('.html')}", highlight=False, soft_wrap=True)
