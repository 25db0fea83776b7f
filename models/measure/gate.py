"""The gate: whether a challenger may become champion, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.measure.evaluation import DIFFERENCE, Evaluation, find_evaluation

SPLIT = "test"


@dataclass(frozen=True)
class Decision:
    """Whether the challenger takes over, and why."""

    is_promoted: bool
    why: str


def decide_promotion(evaluations: Iterable[Evaluation], *, has_champion: bool) -> Decision:
    """Decide on the scored population: momentum clearly beaten, no other rival ahead, champion clearly beaten.

    "Clearly" is the whole 95 % interval of the paired difference in ROC AUC above zero. Of the other rivals the one
    nearest to the model counts, or furthest above it: it is ahead when the whole interval is below zero. With few
    events the difference itself changes sign by chance, and a model that ties still brings monotone directions and
    exact reasons. A champion is compared only on rows that it could not have learnt from; as long as there are too few
    of these, that is a tie and it stays.
    """
    found = tuple(evaluations)
    for check in (_check_momentum(found), _check_best_rival(found)):
        if not check.is_promoted:
            return check
    return _check_champion(found) if has_champion else Decision(True, "beats its rivals, and there is no champion yet")


def _check_momentum(found: tuple[Evaluation, ...]) -> Decision:
    ahead = find_evaluation(found, SPLIT, "momentum", DIFFERENCE)
    if ahead is None:
        return Decision(False, "was not tested on any row of the scored population")
    if not ahead.lower > 0:
        return Decision(False, f"does not clearly beat momentum: ROC AUC {_describe(ahead)}")
    return Decision(True, f"beats momentum: ROC AUC {_describe(ahead)}")


def _check_best_rival(found: tuple[Evaluation, ...]) -> Decision:
    rivals = [
        one
        for one in found
        if (one.split, one.metric) == (SPLIT, DIFFERENCE) and one.rival not in ("momentum", "champion")
    ]
    if not rivals:
        return Decision(False, "was not compared with any rival but momentum")
    best = min(rivals, key=lambda one: one.value)
    if not best.upper >= 0:
        return Decision(False, f"is clearly below its best rival, {best.rival}: ROC AUC {_describe(best)}")
    return Decision(True, f"is not clearly below its best rival, {best.rival}: ROC AUC {_describe(best)}")


def _check_champion(found: tuple[Evaluation, ...]) -> Decision:
    ahead = find_evaluation(found, SPLIT, "champion", DIFFERENCE)
    if ahead is None:
        return Decision(False, "ties with the champion: no answers are known yet for months after the champion learnt")
    if not ahead.lower > 0:
        return Decision(False, f"does not clearly beat the champion: ROC AUC {_describe(ahead)}")
    return Decision(True, f"beats its rivals and the champion: ROC AUC {_describe(ahead)}")


def _describe(ahead: Evaluation) -> str:
    return f"{ahead.value:+.3f} ({ahead.lower:+.3f} to {ahead.upper:+.3f}) on {ahead.row_count} rows"
