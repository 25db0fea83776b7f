"""Bounds: where a figure of a run is usual, by what the last published runs moved, and where it stops publishing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from models.measure.stability import find_critical_psi
from pipelines.publishing.measures import BEFORE, CORRELATION, COUNT, MEAN, PSI, RATIO, SHARE, Measure

LEAST_MOVES = 6  # fewer teach nothing: then only the least bounds of the measure count
LEAST_VALUES = 3
_DEVIATIONS = 4.0
_SCALE = 1.4826  # from the median absolute deviation to the standard deviation of normal values
_LARGEST = 1.3  # times the measure's own stop: what a restless past may widen it to
_LEAST_COUNT = 10.0  # names more or fewer on a list stop nothing


@dataclass(frozen=True)
class Point:
    """A value and how many rows are behind it."""

    value: float
    sample: int


@dataclass(frozen=True)
class Bounds:
    """Where a value may be (None: no bound), the value it is measured from, and how far it is from that."""

    centre: float
    change: float
    warn_low: float | None
    warn_high: float | None
    low: float | None
    high: float | None

    def evaluate(self, value: float) -> str:
        """Return usual, warned or stopped."""
        if _is_outside(value, self.low, self.high):
            return "stopped"
        return "warned" if _is_outside(value, self.warn_low, self.warn_high) else "usual"


def find_bounds(
    measure: Measure, now: Point, before: Point | None, past: Sequence[Point], moves: Sequence[float], months: int
) -> Bounds | None:
    """Return the bounds of a figure, None where there is nothing to compare it with.

    `before` is of the run before, `past` are the values of the last runs, `moves` what they moved, latest last;
    `months` is how long ago the run before was, and widens the bounds by its root.
    """
    if measure.against == BEFORE:
        return None if before is None else _around(measure, before, now, _learn(measure, moves), months)
    if len(past) < LEAST_VALUES:
        return _state(measure, now)
    middle = Point(median(one.value for one in past), now.sample)
    return _around(measure, middle, now, measure.stop, months)


def _learn(measure: Measure, moves: Sequence[float]) -> float:
    """Return how far the measure may move by what it moved in the last runs, never less than its own stop."""
    if len(moves) < LEAST_MOVES:
        return measure.stop
    learned = _DEVIATIONS * _SCALE * median(abs(move) for move in moves)
    return min(max(measure.stop, learned), _LARGEST * measure.stop)


def _around(measure: Measure, centre: Point, now: Point, stop: float, months: int) -> Bounds:
    wider = math.sqrt(max(months, 1))
    noise = _find_noise(measure, centre, now)
    warn = max(measure.warn * wider, noise / 2)
    stop = max(stop * wider, noise)
    warn_low, warn_high = _place(measure, centre.value, warn)
    low, high = _place(measure, centre.value, stop)
    change = _move(measure, centre.value, now.value)
    return Bounds(centre.value, change, warn_low, warn_high, low, high)


def _state(measure: Measure, now: Point) -> Bounds | None:
    """Return the stated bound of a measure of which too few values are known; None where it has none."""
    if measure.stated is None:
        return None
    noise = _find_noise(measure, Point(measure.stated, now.sample), now)
    low = measure.stated - noise if measure.is_low_bounded else None
    high = measure.stated + noise if measure.is_high_bounded else None
    return Bounds(measure.stated, 0.0, low, high, low, high)


def _place(measure: Measure, centre: float, width: float) -> tuple[float | None, float | None]:
    """Return the ends of a band; a number of customers may always move by ten, and of zero no ratio is told."""
    if measure.scale == RATIO and centre == 0 and measure.noise != COUNT:
        return None, None
    if measure.scale == RATIO:
        least = _LEAST_COUNT if measure.noise == COUNT else 0.0
        ends = [centre * math.exp(-width * measure.low_times), centre * math.exp(width)]
        ends = [min(*ends, centre - least), max(*ends, centre + least)]
    else:
        ends = [centre - width * measure.low_times, centre + width]
    return (ends[0] if measure.is_low_bounded else None, ends[1] if measure.is_high_bounded else None)


def _move(measure: Measure, before: float, now: float) -> float:
    if measure.scale != RATIO:
        return now - before
    return math.log(now / before) if now > 0 and before > 0 else 0.0


def _find_noise(measure: Measure, centre: Point, now: Point) -> float:
    """Return what chance alone may move the measure by, on its scale, given how few customers there are."""
    size = max(min(centre.sample, now.sample), 1)
    if measure.noise == COUNT:
        return 2.5 / math.sqrt(max(centre.value, 1.0))
    if measure.noise == MEAN:
        return 2.5 / math.sqrt(size)
    if measure.noise == SHARE:
        share = min(max(centre.value, 1 / (size + 1)), 1 - 1 / (size + 1))
        return 3 * math.sqrt(share * (1 - share) / size)
    if measure.noise == PSI:
        return find_critical_psi(size, size)
    if measure.noise == CORRELATION:
        return 4 * (1 - centre.value**2) / math.sqrt(size)
    return 0.0


def _is_outside(value: float, low: float | None, high: float | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)
