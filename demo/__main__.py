"""`python -m demo`: write the simulated bank as Parquet files, and the truth about it beside them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from demo.bank import write_bank
from demo.defects import KINDS

_RANGES = {"customers": (1, 10_000_000), "months": (1, 240), "seed": (0, 2**31)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments and write the bank; exit with 2 and one sentence for a value that is out of range."""
    parser = _build_parser()
    options = parser.parse_args(arguments)
    for name, (least, most) in _RANGES.items():
        if not least <= getattr(options, name) <= most:
            parser.error(f"--{name} is {getattr(options, name)}; expected {least} to {most}.")
    kinds = KINDS if options.defects == [] else tuple(options.defects or ())
    if unknown := sorted(set(kinds) - set(KINDS)):
        parser.error(f"--defects has no kinds {unknown}; expected some of {list(KINDS)}, or none for all.")
    write_bank(options.to, options.customers, options.months, options.seed, defects=kinds)
    print(f"Wrote {options.customers} customers x {options.months} months to {options.to}.")  # noqa: T201  for a person
    return 0


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description="Write the simulated bank as Parquet files.")
    parser.add_argument("--customers", type=int, default=20_000, help="number of customers (default %(default)s)")
    parser.add_argument("--months", type=int, default=36, help="months of history (default %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same bank (default %(default)s)")
    parser.add_argument("--to", type=Path, required=True, help="folder to write to")
    defects = "plant defects of these kinds (no name: all kinds); truth/defects.parquet lists them"
    parser.add_argument("--defects", nargs="*", metavar="KIND", help=defects)
    return parser


if __name__ == "__main__":
    sys.exit(main())
