"""The page of segments: one self-contained HTML file per run of each one's size, name and centre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.errors import PublicationError
from pipelines.ledger.runs import find_open_run
from pipelines.pages.render import Section, render_template, write_html
from pipelines.warehouse import Warehouse

Row = Mapping[str, Any]
_CAUSES = {
    "outside": "no relation with the bank",
    "no_turnover": "no turnover in twelve months",
    "too_few_customers": "too few eligible customers to find segments among",
    "measures_missing": "a measure in use is unknown for them",
}


def draw_segments(warehouse: Warehouse, as_of: date, folder: Path) -> Path:
    """Write <folder>/<as_of>.html of the open run, in the place of an earlier one, and return its path."""
    run_id = find_open_run(warehouse, as_of)
    if run_id is None:
        raise PublicationError(f"no run is open as of {as_of}, so there are no segments to draw. Score it first.")
    sizes = warehouse.read("rules/computed/segment_sizes_of_run", run_id=run_id).to_pylist()
    centres = warehouse.read("rules/computed/segment_centres_of_run", run_id=run_id).to_pylist()
    return write_html(folder / f"{as_of}.html", render_segments(as_of, sizes, centres))


def render_segments(as_of: date, sizes: Sequence[Row], centres: Sequence[Row]) -> str:
    """Render the page; it names no customer."""
    measures = list(dict.fromkeys(row["measure"] for row in centres))
    segments = _describe_segments(sizes, centres, measures)
    rest = [{**row, "meaning": _CAUSES.get(row["cause"], "")} for row in sizes if row["segment"] is None]
    sections = [
        Section("Segments", segments, ("segment", "name", "名称", "customers", "share", *measures), "segments"),
        Section("In no segment", rest, ("cause", "meaning", "customers"), "rest"),
    ]
    return render_template(
        "segments",
        f"Segments as of {as_of}",
        [section for section in sections if section.rows],
        segment_count=len(segments),
        silhouette=centres[0]["silhouette"] if centres else None,
    )


def _describe_segments(sizes: Sequence[Row], centres: Sequence[Row], measures: Sequence[str]) -> list[dict[str, Any]]:
    customers = {row["segment"]: row["customers"] for row in sizes if row["segment"] is not None}
    total = max(sum(customers.values()), 1)
    cells = {(row["segment"], row["measure"]): row for row in centres}
    return [
        {
            **{name: cells[segment, measures[0]][name] for name in ("segment", "name_en", "name_zh")},
            "customers": customers.get(segment, 0),
            "share": customers.get(segment, 0) / total,
            "cells": [cells[segment, measure] for measure in measures],
        }
        for segment in sorted({row["segment"] for row in centres})
    ]
