"""The command line: `python -m local_airflow run DAG MONTH ...` and `up`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pipelines.errors import KcrmError


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, do what they say, give the exit code: 1 for what was refused or failed."""
    options = _build_parser().parse_args(arguments)
    try:
        return options.command(options)
    except KcrmError as refused:
        raise SystemExit(f"local_airflow: {refused}") from refused


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_airflow", description="Airflow on this machine alone.")
    parser.add_argument("--home", type=_resolve, default="var/airflow", help="where Airflow keeps its things")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = _add(commands, "run", _run, "run DAGs in this process, in the order given, and leave nothing running")
    run.add_argument("pairs", nargs="+", metavar="DAG MONTH", help="e.g. pull_accounts 2026-10")
    up = _add(commands, "up", _up, "serve the user interface and the scheduler until Ctrl-C")
    up.add_argument("--port", type=int, default=8080, help="port on 127.0.0.1 (default %(default)s)")
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    command: Callable[[argparse.Namespace], int],
    words: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words)
    parser.set_defaults(command=command)
    return parser


def _resolve(path: str) -> Path:
    return Path(path).resolve()


def _run(options: argparse.Namespace) -> int:
    from local_airflow.run import run_dags

    dags, months = options.pairs[::2], options.pairs[1::2]
    if len(dags) != len(months):
        raise SystemExit(f"run takes pairs of a DAG and a month; got {' '.join(options.pairs)}.")
    return run_dags(options.home, list(zip(dags, months, strict=True)))


def _up(options: argparse.Namespace) -> int:
    from local_airflow.serve import serve

    return serve(options.home, options.port)


if __name__ == "__main__":
    sys.exit(main())
