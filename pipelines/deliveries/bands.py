"""Bands: what a measure may be this month, learnt from the months before by median and median absolute deviation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipelines.deliveries.declared import Measure

LEAST_MONTHS = 6
_WARN_DEVIATIONS, _STOP_DEVIATIONS = 4.0, 6.0
_LEAST_COUNT, _LEAST_RATIO = 0.5, 0.001  # what stands for zero on the log scale
_YEAR_AGO = (11, 12, 13)  # New Year moves between January and February
_SCALE = 1.4826  # from the median absolute deviation to the standard deviation of normal values


@dataclass(frozen=True)
class Point:
    """A month's value, and the rows or customers behind it."""

    value: float
    sample: int


@dataclass(frozen=True)
class Band:
    """The narrow band, outside of which a value warns, and the wide one, outside of which it stops; None: no bound."""

    warn_low: float | None = None
    warn_high: float | None = None
    stop_low: float | None = None
    stop_high: float | None = None

    def describe(self, value: float) -> str:
        """Return usual, warned or stopped."""
        if _is_outside(value, self.stop_low, self.stop_high):
            return "stopped"
        return "warned" if _is_outside(value, self.warn_low, self.warn_high) else "usual"


def learn_band(measure: Measure, history: Sequence[Point | None], sample: int) -> Band:
    """Return the band of a value of `sample` rows; `history` is the months before, the latest last, None where missing.

    The centre is the median of the last twelve months. The half width is the largest of the measure's own least width,
    some standard deviations of these months, what counting alone makes, and a part of what is usually lost. Where the
    same season of the year before moved, the wide band reaches as far and the narrow one's half width further. With
    fewer than six months only the stated limit counts.
    """
    recent = [one for one in history[-12:] if one is not None]
    if len(recent) < LEAST_MONTHS:
        return _state_limit(measure)
    values = [_to_scale(measure, one.value) for one in recent]
    centre = median(values)
    deviation = _SCALE * median(abs(value - centre) for value in values)
    seasonal = _find_seasonal_moves(measure, history)
    low, high = min(seasonal, default=0.0), max(seasonal, default=0.0)
    lost = _find_usual_loss(measure, centre)
    warn, stop = measure.floors
    warn, stop = max(warn, _WARN_DEVIATIONS * deviation, lost), max(stop, _STOP_DEVIATIONS * deviation, 1.5 * lost)
    warn_low, warn_high = _widen(warn, _WARN_DEVIATIONS, measure, recent, sample)
    stop_low, stop_high = _widen(stop, _STOP_DEVIATIONS, measure, recent, sample)
    return Band(
        *_bound(measure, centre + min(low, -warn_low), centre + max(high, warn_high)),
        *_bound(measure, centre + min(low - warn_low, -stop_low), centre + max(high + warn_high, stop_high)),
    )


def _widen(
    half: float, deviations: float, measure: Measure, recent: Sequence[Point], sample: int
) -> tuple[float, float]:
    """Return the half widths below and above the centre, wide enough for what counting few rows makes by itself."""
    usual = median(one.sample for one in recent)
    if measure.scale == "log":  # the square root of a count has the same deviation for small and large counts
        root, step = math.sqrt(max(usual, 1)), deviations / math.sqrt(2)
        below = -2 * math.log((root - step) / root) if root > step else math.inf
        return max(half, below), max(half, 2 * math.log((root + step) / root))
    noise = deviations * _find_share_noise(measure, recent, sample)
    return max(half, noise), max(half, noise)


def is_silent(history: Sequence[Point | None], value: float, least: float = 10) -> bool:
    """Say whether no row came although at least three months before, up to twelve, all had many."""
    recent = [one for one in history[-12:] if one is not None]
    return value == 0 and len(recent) >= 3 and min(one.value for one in recent) >= least


def _state_limit(measure: Measure) -> Band:
    if measure.limit is None:
        return Band()
    return Band(stop_low=measure.limit) if measure.is_low_bounded else Band(stop_high=measure.limit)


def _bound(measure: Measure, low: float, high: float) -> tuple[float | None, float | None]:
    return (
        _from_scale(measure, low) if measure.is_low_bounded else None,
        _from_scale(measure, high) if measure.is_high_bounded else None,
    )


def _to_scale(measure: Measure, value: float) -> float:
    least = _LEAST_RATIO if measure.name == "level_ratio" else _LEAST_COUNT
    return math.log(max(value, least)) if measure.scale == "log" else value


def _from_scale(measure: Measure, value: float) -> float:
    return math.exp(value) if measure.scale == "log" else value


def _find_usual_loss(measure: Measure, centre: float) -> float:
    """Return the share that is usually lost (or usually bad): where it is large, it moves by more than chance."""
    if measure.scale != "share":
        return 0.0
    return 1 - centre if measure.is_low_bounded else centre


def _find_share_noise(measure: Measure, recent: Sequence[Point], sample: int) -> float:
    """Return the standard deviation that chance gives to a share of so many rows or customers."""
    if measure.scale != "share":
        return 0.0
    usual = median(one.sample for one in recent)
    least = 1 / (1 + sum(one.sample for one in recent))  # never seen in all these months is not impossible
    share = min(max(median(one.value for one in recent), least), 1 - least)
    return math.sqrt(share * (1 - share) / max(min(usual, sample), 1))


def _find_seasonal_moves(measure: Measure, history: Sequence[Point | None]) -> list[float]:
    """Return how far the months of a year ago were from the median of the twelve before each."""
    moves = []
    for months in _YEAR_AGO:
        place = len(history) - months
        before = [one for one in history[max(place - 12, 0) : max(place, 0)] if one is not None]
        then = history[place] if place >= 0 else None
        if then is not None and len(before) >= LEAST_MONTHS:
            centre = median(_to_scale(measure, one.value) for one in before)
            moves.append(_to_scale(measure, then.value) - centre)
    return moves


def _is_outside(value: float, low: float | None, high: float | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)
