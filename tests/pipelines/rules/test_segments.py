"""Segments of a run: everybody in one of them or in none with a cause, and a page that shows them."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.ledger.runs import open_run
from pipelines.rules.computed.segments import fill_segment_centres, fill_segments
from pipelines.rules.computed.segments_page import draw_segments
from pipelines.rules.families.value import SegmentParameters
from pipelines.rules.rulebook import Rulebook
from pipelines.warehouse import Warehouse
from tests.pipelines.rows import write_rows

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
COLUMNS = ("turnover_12m", "assets", "loans_ratio", "product_count", "months_with_bank")
GROUPS = {"big": (1e8, 1e6, 0.1, 5, 50), "poor": (1e4, 1e2, 0.1, 1, 50), "owing": (1e6, 1e4, 5.0, 3, 50)}
GROUPS |= {"old": (1e6, 1e6, 0.1, 3, 200)}


def measure(warehouse: Warehouse, run_id: str, as_of: date, size: int = 30) -> None:
    """Write a run's measures: four groups of customers whose contribution is not told, and two who are not eligible."""
    generator = np.random.default_rng(1)
    rows: list[dict[str, Any]] = [
        {"customer_id": f"{name}{number}"}
        | {column: float(value * generator.normal(1, 0.02)) for column, value in zip(COLUMNS, centre, strict=True)}
        for name, centre in GROUPS.items()
        for number in range(size)
    ]
    rows += [{"customer_id": "x", "cause": "outside"}, {"customer_id": "y", "cause": "no_turnover", "assets": 1.0}]
    stamp = {"run_id": run_id, "as_of": as_of, "rule_version": "v"}
    write_rows(warehouse, "crm.segment_measures_v1", [row | stamp for row in rows])


def fill(warehouse: Warehouse, run_id: str, as_of: date, previous: str | None = None) -> dict[str, dict[str, Any]]:
    offered = Rulebook().parameters("segments") | {"as_of": as_of, "run_id": run_id, "rule_version": "v"}
    offered["previous_run_id"] = previous
    fill_segment_centres(warehouse, "crm.segment_centres_v1", offered)
    count = fill_segments(warehouse, "crm.segments_v1", offered)
    rows = warehouse.select("select * from crm.segments_v1 where run_id = '" + run_id + "'").to_pylist()
    assert count == len(rows)
    return {row["customer_id"]: row for row in rows}


def test_everybody_is_in_one_segment_or_in_none_with_a_cause(warehouse: Warehouse) -> None:
    measure(warehouse, "r1", OCTOBER)
    rows = fill(warehouse, "r1", OCTOBER)
    assert len(rows) == 4 * 30 + 2
    assert all(
        (row["segment"] is None) == (row["cause"] is not None) == (row["name_en"] is None) for row in rows.values()
    )
    assert (rows["x"]["cause"], rows["y"]["cause"]) == ("outside", "no_turnover")
    segments = {name: {row["segment"] for key, row in rows.items() if key.startswith(name)} for name in GROUPS}
    assert sorted(segment for found in segments.values() for segment in found) == [1, 2, 3, 4]
    assert rows["owing3"]["name_en"].startswith("high borrowing")


def test_the_next_run_keeps_the_labels_and_doing_it_again_changes_nothing(warehouse: Warehouse) -> None:
    measure(warehouse, "r1", OCTOBER)
    before = {key: (row["segment"], row["name_zh"]) for key, row in fill(warehouse, "r1", OCTOBER).items()}
    warehouse.run("update crm.segment_centres_v1 set segment = segment + 20")
    measure(warehouse, "r2", NOVEMBER)
    for _ in range(2):
        after = fill(warehouse, "r2", NOVEMBER, previous="r1")
        moved = {key: (segment and segment + 20, name) for key, (segment, name) in before.items()}
        assert {key: (row["segment"], row["name_zh"]) for key, row in after.items()} == moved


def test_too_few_customers_are_in_no_segment_and_the_page_says_so(warehouse: Warehouse, tmp_path: Path) -> None:
    run_id = open_run(warehouse, OCTOBER)
    measure(warehouse, run_id, OCTOBER, size=SegmentParameters().least_customers // 4 - 1)
    rows = fill(warehouse, run_id, OCTOBER)
    assert {row["cause"] for row in rows.values()} == {"outside", "no_turnover", "too_few_customers"}
    page = draw_segments(warehouse, OCTOBER, tmp_path).read_text(encoding="utf-8")
    assert "No segments: too few customers" in page


def test_the_page_shows_sizes_names_and_centres(warehouse: Warehouse, tmp_path: Path) -> None:
    run_id = open_run(warehouse, OCTOBER)
    measure(warehouse, run_id, OCTOBER)
    rows = fill(warehouse, run_id, OCTOBER)
    page = draw_segments(warehouse, OCTOBER, tmp_path / "segments")
    text = page.read_text(encoding="utf-8")
    assert page.name == "2026-10-01.html"
    assert text.count('<td class="number">30</td><td class="number">25.0%</td>') == 4
    assert {row["name_zh"] for row in rows.values() if row["name_zh"] and row["name_zh"] not in text} == set()
    assert "no turnover in twelve months" in text
    assert "turnover_12m" in text
    assert "contribution_mean" not in text, "a measure that is not told has no centre"
