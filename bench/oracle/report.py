"""The report: gaps of one or several seeds as a table for a person and as JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.oracle.gap import ORACLE, OURS, TEACHER, TOLD, Figures, Gap
from models.learn.rivals import LEARNERS

RIVALS = tuple(name for name in LEARNERS if name != "model")
LEAST_SHARES = {TEACHER: 0.95, ORACLE: 0.85}


def summarize(gaps: Mapping[int, Mapping[str, Gap]]) -> dict[str, Any]:
    """Return {model: figures and shares}, means over the seeds, and each seed's own under `seeds`."""
    models = list(next(iter(gaps.values())))
    return {model: _summarize_model({seed: found[model] for seed, found in gaps.items()}) for model in models}


def write_json(path: Path, gaps: Mapping[int, Mapping[str, Gap]]) -> None:
    """Write the summary, in the place of the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(summarize(gaps), indent=2, sort_keys=True) + "\n", encoding="utf-8")


def print_gaps(console: Console, gaps: Mapping[int, Mapping[str, Gap]]) -> None:
    """Print a table a model: every scorer's figures a seed, and our shares of teacher and oracle."""
    for model in next(iter(gaps.values())):
        console.print(_draw_table(model, {seed: found[model] for seed, found in gaps.items()}))
    for model, told in summarize(gaps).items():
        for scorer, least in LEAST_SHARES.items():
            share = told[f"share_of_{scorer}"]
            verdict = "met" if share >= least else "missed"
            console.print(f"{model}: {share:.1%} of the {scorer}, aim {least:.0%}: {verdict}", highlight=False)


def _summarize_model(gaps: Mapping[int, Gap]) -> dict[str, Any]:
    one = _tell(list(gaps.values()))
    return {**one, "seeds": {str(seed): {**_tell([gap]), "gate": gap.gate} for seed, gap in gaps.items()}}


def _tell(gaps: Sequence[Gap]) -> dict[str, Any]:
    return {
        **{scorer: _average([gap.figures[scorer] for gap in gaps]) for scorer in (OURS, TEACHER, ORACLE)},
        "rivals": {rival: _average([gap.figures[rival] for gap in gaps]) for rival in RIVALS},
        "share_of_teacher": fmean(gap.share_of(TEACHER) for gap in gaps),
        "share_of_oracle": fmean(gap.share_of(ORACLE) for gap in gaps),
        "row_count": sum(gap.row_count for gap in gaps),
        "event_count": sum(gap.event_count for gap in gaps),
    }


def _average(figures: Sequence[Figures]) -> dict[str, float]:
    return {name: fmean(one[name] for one in figures) for name in TOLD}


def _draw_table(model: str, gaps: Mapping[int, Gap]) -> Table:
    table = Table(title=model)
    for heading in ("seed", "rows", "events", "scorer", *TOLD, "our share of it"):
        table.add_column(heading, justify="left" if heading == "scorer" else "right")
    for seed, gap in gaps.items():
        for scorer in (ORACLE, TEACHER, OURS, *RIVALS):
            numbers = [f"{gap.figures[scorer][name]:.4f}" for name in TOLD]
            share = "" if scorer == OURS else f"{gap.share_of(scorer):.1%}"
            table.add_row(str(seed), str(gap.row_count), str(gap.event_count), scorer, *numbers, share)
        table.add_section()
    return table
