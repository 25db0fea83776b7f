"""`python -m bench.oracle`: the models beside their rivals, a teacher that knows the truth, and the truth itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench.oracle.gap import measure_gaps
from bench.oracle.report import print_gaps, write_json
from bench.oracle.trial import Trial
from pipelines.arguments import number_between
from pipelines.errors import KcrmError
from pipelines.settings import load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure one simulated bank a seed, print the table and write the figures; 1 where it could not be measured."""
    options = _build_parser().parse_args(arguments)
    try:
        gaps = {}
        for seed in options.seed:
            with Console(stderr=True).status(f"seed {seed}: two banks, two champions, two teachers (some minutes)"):
                trial = Trial(options.customers, options.months, seed, options.work.resolve())
                gaps[seed] = measure_gaps(trial, load_settings())
    except KcrmError as refused:
        Console(stderr=True).print(f"bench.oracle: {refused}", style="bold red", markup=False, highlight=False)
        return 1
    write_json(options.to, gaps)
    print_gaps(Console(), gaps)
    return 0


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.oracle", description="Models beside the known truth.")
    many = "of each bank; the teacher has ten times as many (20,000: some 2 GB of disk a seed)"
    parser.add_argument("--customers", type=number_between(500, 1_000_000), default=20_000, help=many)
    parser.add_argument("--months", type=number_between(32, 240), default=36)
    seeds = "one bank a seed; figures are means over them"
    parser.add_argument("--seed", type=number_between(0, 2**31), nargs="+", default=[7], help=seeds)
    parser.add_argument("--work", type=Path, default=Path("var/oracle"), help="for banks and warehouses (%(default)s)")
    parser.add_argument("--to", type=Path, default=Path("var/oracle_gap.json"), help="for the figures (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
