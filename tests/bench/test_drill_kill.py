"""The drill that kills steps finds half a run where there is one, and other tables where they differ."""

from __future__ import annotations

from bench.drills.kill import Drill, Reader


def test_a_read_of_half_a_run_is_counted() -> None:
    drill = Drill()
    reader = Reader("duckdb:///unused", drill)
    reader._seen = [("a", 10, 50, 1), ("a", 9, 50, 1), ("a", 10, 50, 2), ("b", 10, 50, 1), ("b", 11, 55, 1)]
    reader.count({"a": (10, 50), "b": (11, 55)})
    assert (drill.reads, drill.partial_reads) == (5, 3)
