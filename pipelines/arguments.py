"""Readers of what a person writes on the command line: each returns what is meant, or says what was expected."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path


def day(text: str, expected: str = "YYYY-MM-DD such as 2026-11-05") -> date:
    """Read a day, YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; expected {expected}") from wrong


def first_of_month(text: str) -> date:
    """Read the first day of a month, YYYY-MM-01."""
    first = day(text, "YYYY-MM-01 such as 2026-11-01")
    if first.day != 1:
        raise argparse.ArgumentTypeError(f"{text} is not the first of a month; expected {first.replace(day=1)}")
    return first


def number_between(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of an argument that is a whole number from `least` to `most`, and refuses another."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
        return int(text)

    return read


def json_path(text: str) -> Path:
    """Read the path of a file to write, <name>.json; beside it others are written under the same name."""
    if Path(text).suffix != ".json":
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a JSON file; expected <name>.json")
    return Path(text)


def comma_list(text: str) -> list[str]:
    """Read names with commas between them."""
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError(f"{text!r} has an empty name; expected names such as demo_bank,sme_invoices")
    return names
