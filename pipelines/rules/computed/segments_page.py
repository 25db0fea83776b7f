"""The page of segments: one self-contained HTML file a run of each one's size, name and centre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from pipelines.errors import PublicationError
from pipelines.ledger.runs import find_open_run
from pipelines.pages.html import render_document, render_heads
from pipelines.warehouse import Warehouse

Row = Mapping[str, Any]
_CAUSES = {
    "outside": "no relation with the bank",
    "no_turnover": "no turnover in twelve months",
    "too_few_customers": "too few eligible customers to find segments among",
    "measures_missing": "a measure in use is not told of them",
}


def draw_segments(warehouse: Warehouse, as_of: date, folder: Path) -> Path:
    """Write <folder>/<as_of>.html of the open run, in the place of an earlier one, and return its path."""
    run_id = find_open_run(warehouse, as_of)
    if run_id is None:
        raise PublicationError(f"no run is open as of {as_of}, so there are no segments to draw. Score it first.")
    sizes = warehouse.read("rules/computed/segment_sizes_of_run", run_id=run_id).to_pylist()
    centres = warehouse.read("rules/computed/segment_centres_of_run", run_id=run_id).to_pylist()
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{as_of}.html"
    page.write_text(render_segments(as_of, sizes, centres), encoding="utf-8")
    return page


def render_segments(as_of: date, sizes: Sequence[Row], centres: Sequence[Row]) -> str:
    """Render the page; it asks nothing of the network and names no customer."""
    title = f"Segments as of {as_of}"
    parts = [
        _render_found(centres),
        _render_table(sizes, centres) if centres else "",
        _render_rest(sizes),
    ]
    return render_document(title, parts)


def _render_found(centres: Sequence[Row]) -> str:
    if not centres:
        return '<p class="warn">No segments: too few customers have turnover in twelve months.</p>'
    count = len({row["segment"] for row in centres})
    return (
        f"<p>{count} segments, silhouette {centres[0]['silhouette']:.3f} (1: far apart, 0: one runs into the other). "
        "Each cell has the centre in its own unit, and how many spreads it lies from the middle of all; money and "
        "ratios are middled by their logarithms.</p>"
    )


def _render_table(sizes: Sequence[Row], centres: Sequence[Row]) -> str:
    measures = list(dict.fromkeys(row["measure"] for row in centres))
    customers = {row["segment"]: row["customers"] for row in sizes if row["segment"] is not None}
    rows = "".join(
        _render_segment([row for row in centres if row["segment"] == segment], measures, customers)
        for segment in sorted({row["segment"] for row in centres})
    )
    heads = render_heads(("segment", "name", "名称", "customers", "share", *map(escape, measures)))
    return f'<h2>Segments</h2><div class="wide"><table>{heads}{rows}</table></div>'


def _render_segment(rows: Sequence[Row], measures: Iterable[str], customers: Mapping[int, int]) -> str:
    first, cells = rows[0], {row["measure"]: row for row in rows}
    count = customers.get(first["segment"], 0)
    share = count / max(sum(customers.values()), 1)
    words = "".join(f"<td>{escape(str(one))}</td>" for one in (first["segment"], first["name_en"], first["name_zh"]))
    numbers = f'<td class="number">{count:,}</td><td class="number">{share:.1%}</td>'
    return f"<tr>{words}{numbers}{''.join(_render_centre(cells[one]) for one in measures)}</tr>"


def _render_centre(cell: Row) -> str:
    value, distance = cell["value"], cell["distance"]
    figure = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
    return f'<td class="number">{figure} <span class="soft">{distance:+.1f}</span></td>'


def _render_rest(sizes: Sequence[Row]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(row['cause'])}</code></td><td>{escape(_CAUSES.get(row['cause'], ''))}</td>"
        f'<td class="number">{row["customers"]:,}</td></tr>'
        for row in sizes
        if row["segment"] is None
    )
    heads = render_heads(("cause", "meaning", "customers"))
    return f'<h2>In no segment</h2><div class="wide"><table>{heads}{rows}</table></div>' if rows else ""
