"""The command line: one subcommand a step, and the questions a person asks about the last run."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from rich.console import Console

from pipelines import steps
from pipelines.arguments import comma_list, first_of_month, json_path
from pipelines.early_warning.commands import add_warning_commands
from pipelines.errors import KcrmError, PublicationError
from pipelines.settings import load_settings

Command = Callable[[argparse.Namespace, Console], int | None]
_NO_END = date(9999, 12, 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, do what they say, and return the exit code: 1 for what the pipeline refuses."""
    options = _build_parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING, format="%(levelname)s %(message)s")
    try:
        return options.command(options, Console()) or 0
    except KcrmError as refused:
        Console(stderr=True).print(f"kcrm: {refused}", style="bold red", markup=False, highlight=False)
        return 1


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kcrm", description="Scores for a bank's key customers, step by step.")
    parser.add_argument("-v", "--verbose", action="store_true", help="log what the steps do")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(commands, "migrate", "create or upgrade the warehouse's tables", _migrate)
    probe = _add(commands, "probe", "read a source without landing it, and report what would stop an extract", _probe)
    probe.add_argument("source", help="its name in kcrm.toml")
    probe.add_argument("--as-of", type=first_of_month, help="only what is known before it, YYYY-MM-01; default: all")
    _add_steps(commands)
    promote = _add(commands, "promote", "make a registered version the champion, on a person's word", _promote)
    promote.add_argument("--model", choices=steps.MODEL_NAMES, required=True)
    promote.add_argument("--version", required=True, help="its number in the registry, as `kcrm train` says it")
    promote.add_argument("--by", required=True, help="who approves; kept with the version")
    rollback = _add(commands, "rollback", "turn the CRM back to the run it read before", _rollback)
    rollback.add_argument("--by", help="who asked for it; default: the user of the operating system")
    words = "take back the last published as-of date, published by mistake, with everything that it closed"
    withdraw = _add(commands, "withdraw", words, _withdraw)
    withdraw.add_argument("--as-of", type=first_of_month, required=True, help="the as-of date, YYYY-MM-01")
    withdraw.add_argument("--by", required=True, help="who decides; kept in ops.steps")
    withdraw.add_argument("--reason", required=True, help="why; kept in ops.steps")
    _add_accept_delivery(commands)
    add_warning_commands(_add, commands)
    _add_questions(commands)
    return parser


def _add_accept_delivery(commands: Any) -> None:
    accept = _add(commands, "accept-delivery", "let an unusual delivery of a table through, once", _accept_delivery)
    accept.add_argument("table", metavar="TABLE", help="the landing table, such as transactions")
    accept.add_argument("--as-of", type=first_of_month, required=True, help="the as-of date that stops, YYYY-MM-01")
    accept.add_argument("--by", required=True, help="who accepts it; kept with the acceptance")
    accept.add_argument("--reason", required=True, help="why it is right; kept with the acceptance")


def _add_steps(commands: Any) -> None:
    for name, step in steps.STEPS.items():
        parser = _add(commands, name, step.help[0].lower() + step.help[1:], _step, step=step)
        parser.add_argument("--as-of", type=first_of_month, required=True, help="the as-of date, YYYY-MM-01")
        parser.add_argument("--future", action="store_true", help="allow an as-of date after the first of next month")
        if step is steps.train:
            parser.add_argument("--model", choices=steps.MODEL_NAMES, action="append", help="default: all")
        if step is steps.publish:
            _add_accept_changes(parser)
        if step.rebuild:
            parser.add_argument("--rebuild", action="store_true", help=step.rebuild)


def _add_accept_changes(parser: argparse.ArgumentParser) -> None:
    words = "publish this run although it differs from the runs before, once, by the word of a person"
    parser.add_argument("--accept-changes", action="store_true", help=words)
    parser.add_argument("--by", default="", help="who lets it through; kept with the run")
    parser.add_argument("--reason", default="", help="why; kept with the run")


def _add_questions(commands: Any) -> None:
    status = _add(commands, "status", "the last run: its steps, and how the models stand", _status)
    status.add_argument("--json", action="store_true", help="as JSON, for a program")
    top = _add(commands, "top", "the highest scores in force, with their reasons", _top)
    top.add_argument("--count", type=int, default=10, help="how many a model (default %(default)s)")
    top.add_argument("--language", choices=("en", "zh"), default="en")
    compare = _add(commands, "compare", "the models beside their rivals, over several sources", _compare)
    compare.add_argument("--sources", type=comma_list, help="such as demo_bank,sme_invoices; default: the one in force")
    compare.add_argument("--json", type=json_path, help="a file for all figures")
    _add(commands, "dictionary", "every feature with its unit and its words", _dictionary)


def _add(commands: Any, name: str, words: str, command: Command, **defaults: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    parser.set_defaults(command=command, **defaults)
    return parser


def _migrate(options: argparse.Namespace, console: Console) -> None:
    _tell(console, steps.migrate())


def _probe(options: argparse.Namespace, console: Console) -> int:
    from pipelines.ingest.probe import probe_source
    from pipelines.ingest.probe_report import print_probes

    settings = load_settings().model_copy(update={"source": options.source})
    with Console(stderr=True).status(f"probe {options.source}"):
        probes = probe_source(settings, options.as_of or _NO_END)
    print_probes(console, probes)
    return int(any(probe.problems for probe in probes))


def _step(options: argparse.Namespace, console: Console) -> None:
    with Console(stderr=True).status(f"{options.step.name} as of {options.as_of}"):
        for told in _call_step(options):
            _tell(console, told)


def _call_step(options: argparse.Namespace) -> list[dict[str, Any]]:
    step: steps.Step = options.step
    if step is steps.train:
        return [step(options.as_of, model, future=options.future) for model in options.model or steps.MODEL_NAMES]
    if step is steps.publish:
        return [_publish(options)]
    arguments = [options.rebuild] if step.rebuild else []
    return [step(options.as_of, *arguments, future=options.future)]


def _publish(options: argparse.Namespace) -> dict[str, Any]:
    is_whole = bool(options.by.strip() and options.reason.strip())
    if options.accept_changes != bool(options.by or options.reason) or (options.accept_changes and not is_whole):
        raise PublicationError(
            "--accept-changes, --by and --reason of publish belong together; expected all three or none. "
            "Nothing was published."
        )
    return steps.publish(options.as_of, accepted_by=options.by, reason=options.reason, future=options.future)


def _promote(options: argparse.Namespace, console: Console) -> None:
    _tell(console, steps.promote(options.model, options.version, options.by))


def _accept_delivery(options: argparse.Namespace, console: Console) -> None:
    _tell(console, steps.accept_delivery(options.table, options.as_of, options.by, options.reason))


def _rollback(options: argparse.Namespace, console: Console) -> None:
    _tell(console, steps.rollback(options.by))


def _withdraw(options: argparse.Namespace, console: Console) -> None:
    _tell(console, steps.withdraw(options.as_of, options.by, options.reason))
    console.print("To go on, run all steps again from extract of the month that is wanted.", highlight=False)


def _status(options: argparse.Namespace, console: Console) -> None:
    from pipelines import status

    if options.json:
        sys.stdout.write(status.render_json() + "\n")
    else:
        status.print_status(console)


def _top(options: argparse.Namespace, console: Console) -> None:
    from pipelines.top import print_top

    print_top(console, options.count, options.language)


def _compare(options: argparse.Namespace, console: Console) -> None:
    from pipelines.learning.compare import compare_sources, print_comparisons, write_comparisons
    from pipelines.settings import load_settings

    settings = load_settings()
    with Console(stderr=True).status("testing the models out of time (some minutes a source)"):
        found = compare_sources(options.sources or [settings.source], settings)
    print_comparisons(console, found)
    if options.json:
        write_comparisons(options.json, found)


def _dictionary(options: argparse.Namespace, console: Console) -> None:
    from pipelines.features.dictionary import load_dictionary

    for feature in load_dictionary():
        console.print(f"{feature.name}\t{feature.unit}\t{feature.words_en}\t{feature.words_zh}", soft_wrap=True)


def _tell(console: Console, told: dict[str, Any]) -> None:
    words = "  ".join(f"{name}={value}" for name, value in told.items() if name != "step")
    console.print(f"{told['step']}: {words}", highlight=False, markup=False, soft_wrap=True)
