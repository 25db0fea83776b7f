"""A duel: ours and the rival's in turn, each time in a process of its own, until there are medians to compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.digests import refuse_other_work
from bench.places import Place
from bench.processes import Ended
from bench.rows import Aim, Measured, Row, compare

MANY_CUSTOMERS = 100_000
_ROUNDS = 3

Run = Callable[[], Ended]


@dataclass(frozen=True)
class Side:
    """One side of a duel: how long it took, and what it found the last time."""

    measured: Measured
    found: Mapping[str, Any]


def count_rounds(customers: int) -> int:
    """Return how often each side runs: above 100,000 customers a step takes so long that once says enough."""
    return _ROUNDS if customers <= MANY_CUSTOMERS else 1


def take_turns(ours: Run, theirs: Run, rounds: int) -> tuple[Side, Side]:
    """Run ours, the rival, ours, the rival ... so that a busy minute of the machine meets both."""
    runs = [(ours(), theirs()) for _ in range(rounds)]
    return _sum_up([own for own, _ in runs]), _sum_up([other for _, other in runs])


def fight(step: str, place: Place, ours: Run, rival: str, theirs: Run, aim: Aim, rounds: int | None = None) -> Row:
    """Return the row of a step beside a rival that shows by its numbers that it did the same work."""
    own, other = take_turns(ours, theirs, rounds or count_rounds(place.customers))
    refuse_other_work(step, own.found, other.found)
    return compare(step, place.engine, place.size, own.measured, rival, other.measured, aim)


def report(step: str, place: Place, ended: Ended) -> Row:
    """Return the row of what ran once and beside nobody."""
    return Row(step, place.engine, *place.size, ended.seconds, ended.peak_bytes)


def _sum_up(runs: list[Ended]) -> Side:
    return Side(Measured.of([(one.seconds, one.peak_bytes) for one in runs]), runs[-1].found)
