"""The report of a probe on the console: a table per landing table, then what would stop an extract."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from pipelines.ingest.probe import REGISTERS, ColumnProbe, TableProbe


def print_probes(console: Console, probes: Sequence[TableProbe]) -> None:
    """Print all tables, and the problems of all of them last."""
    for probe in probes:
        console.print(_draw_table(probe))
        for line in list_left_out(probe):
            console.print("  " + line, markup=False, highlight=False, soft_wrap=True)
    problems = [sentence for probe in probes for sentence in probe.problems]
    console.print(f"Would stop an extract: {len(problems) or 'nothing'}.", style="bold")
    for sentence in problems:
        console.print("- " + sentence, markup=False, highlight=False, soft_wrap=True)


def list_left_out(probe: TableProbe) -> list[str]:
    """Return a line for each cause for which rows or values would be left out or changed."""
    out = probe.left_out
    ids = [("with blanks around them, landed without", probe.trimmed), ("that are no id, landed as null", probe.no_id)]
    lines = [f"{count:,} values of {name} {words}" for words, of in ids for name, count in of.items() if count]
    if out:
        causes = {
            "without known_on": out.missing,
            "known before 1900": out.before_1900,
            "known far in the future": out.far_future,
            "not yet known before the as-of date": out.not_yet_known,
            "known before lookback_days": out.before_window,
        }
        lines += [f"{count:,} of {out.rows:,} rows left out: {cause}" for cause, count in causes.items() if count]
    return lines


def _draw_table(probe: TableProbe) -> Table:
    table = Table(title=f"{probe.name}: {probe.rows:,} rows, {probe.keys:,} keys", title_justify="left")
    for name in ("column", "nulls", "least or first", "greatest or last", "ids without a register's row"):
        table.add_column(name, justify="left" if name == "column" else "right")
    for column in probe.columns:
        table.add_row(column.name, f"{column.nulls:,}", _show(column.least), _show(column.greatest), _refer(column))
    return table


def _show(value: object) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _refer(column: ColumnProbe) -> str:
    return "" if column.unknown is None else f"{column.unknown:,} ({REGISTERS[column.name]})"
