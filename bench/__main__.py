"""`python -m bench`: measure, print the table, write var/bench.json; exits with 0 whether or not the aims are met."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench.rows import Row, print_rows, write_rows
from bench.suite import ENGINES, ROWS, Plan, measure
from pipelines.arguments import number_between
from pipelines.errors import KcrmError

_CUSTOMERS = number_between(400, 10_000_000)  # with fewer, the models find too few events to learn from
_MONTHS = number_between(20, 240)  # a year of history, examples of eight as_ofs, and room for their answers


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments and measure; 1 when a measurement could not be made, 130 when stopped by hand."""
    options = _build_parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a server of our own stops with us
    console, rows = Console(), list[Row]()
    try:
        with Console(stderr=True).status("writing the bank") as status:
            for row in measure(_plan(options)):
                rows.append(row)
                write_rows(options.to, rows)
                status.update(f"measured {row.step} on {row.engine}: {row.seconds:.1f} s")
    except KcrmError as refused:
        Console(stderr=True).print(f"bench: {refused}", style="bold red", markup=False, highlight=False)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        print_rows(console, rows)
    console.print(f"{len(rows)} rows are in {options.to}", highlight=False, soft_wrap=True)
    return 0


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Every step beside a rival, in one run.")
    parser.add_argument(
        "--customers", type=_CUSTOMERS, default=20_000, help="of the bank measured (default %(default)s)"
    )
    parser.add_argument("--months", type=_MONTHS, default=24, help="of its history (default %(default)s)")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="default: both")
    parser.add_argument(
        "--row", choices=ROWS, action="append", help="only these rivals (the whole run is there in any case)"
    )
    parser.add_argument("--work", type=Path, default=Path("var/bench"), help="for banks and warehouses (%(default)s)")
    parser.add_argument("--to", type=Path, default=Path("var/bench.json"), help="for the rows (%(default)s)")
    parser.add_argument("--featuretools", type=Path, help="the interpreter that has featuretools; without: no such row")
    return parser


def _plan(options: argparse.Namespace) -> Plan:
    return Plan(
        customers=options.customers,
        months=options.months,
        engines=options.engine or ENGINES,
        rows=options.row or ROWS,
        work=options.work.resolve(),
        featuretools=None if options.featuretools is None else options.featuretools.absolute(),
    )


if __name__ == "__main__":
    sys.exit(main())
