"""The rows of the benchmark: what was measured, against whom, what was aimed at, and whether it was met."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Literal

from rich.console import Console
from rich.table import Table

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """One side: the median of its seconds, the most memory of any of its processes."""

    seconds: float
    peak_bytes: int

    @classmethod
    def of(cls, runs: Sequence[tuple[float, int]]) -> Measured:
        """Sum up (seconds, peak bytes) of the same work done several times."""
        return cls(median(seconds for seconds, _ in runs), max(peak for _, peak in runs))


@dataclass(frozen=True)
class Aim:
    """A bound on a ratio: "slower" is ours over the rival's and at most the bound, "faster" the rival's over ours."""

    kind: Literal["slower", "faster"]
    bound: float

    def __str__(self) -> str:
        return f"<= {self.bound:g}x its time" if self.kind == "slower" else f">= {self.bound:g}x faster"

    def ratio(self, seconds: float, rival_seconds: float) -> float:
        """Return the ratio that this aim bounds."""
        return seconds / rival_seconds if self.kind == "slower" else rival_seconds / seconds

    def is_met(self, ratio: float) -> bool:
        """Whether the ratio keeps the bound."""
        return ratio <= self.bound if self.kind == "slower" else ratio >= self.bound


@dataclass(frozen=True)
class Row:
    """One line of the table; without a rival there is no ratio, without an aim nothing to meet: it is reported."""

    step: str
    engine: str
    customers: int
    months: int
    seconds: float
    peak_bytes: int
    rival: str | None = None
    rival_seconds: float | None = None
    ratio: float | None = None
    aim: str | None = None
    met: bool | None = None


def compare(
    step: str,
    engine: str,
    size: tuple[int, int],
    ours: Measured,
    rival: str,
    theirs: Measured,
    aim: Aim | None,
    is_equal: bool = True,
) -> Row:
    """Return the row of a step beside its rival; without an aim the ratio is ours over theirs."""
    ratio = (aim or Aim("slower", 1)).ratio(ours.seconds, theirs.seconds)
    met = None if aim is None else aim.is_met(ratio) and is_equal
    words = None if aim is None else str(aim)
    return Row(step, engine, *size, ours.seconds, ours.peak_bytes, rival, theirs.seconds, ratio, words, met)


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write the rows as a JSON list of objects, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def tabulate_rows(rows: Sequence[Row]) -> Table:
    """Return the table a person reads."""
    table = Table(title="benchmark: medians of wall time, ratios taken in this run", title_justify="left")
    table.add_column("step")
    table.add_column("engine")
    for name in ("customers", "seconds", "peak MB"):
        table.add_column(name, justify="right")
    table.add_column("rival or limit")
    for name in ("its seconds", "ratio"):
        table.add_column(name, justify="right")
    table.add_column("aim")
    table.add_column("met")
    for row in rows:
        table.add_row(*_cells(row))
    return table


def print_rows(console: Console, rows: Sequence[Row]) -> None:
    """Print the table, as wide as it is where nobody watches a terminal."""
    if not console.is_terminal:
        console = Console(file=console.file, width=200)
    console.print(tabulate_rows(rows))


def _cells(row: Row) -> list[str]:
    verdict = {None: "reported" if row.aim is None else "", True: "[green]yes[/]", False: "[bold red]no[/]"}[row.met]
    return [
        row.step,
        row.engine,
        f"{row.customers:,}",
        _say(row.seconds),
        f"{row.peak_bytes / MEBIBYTE:,.0f}",
        row.rival or "",
        "" if row.rival_seconds is None else _say(row.rival_seconds),
        "" if row.ratio is None else _say(row.ratio),
        row.aim or "",
        verdict,
    ]


def _say(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
