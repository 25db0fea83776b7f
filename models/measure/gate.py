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
    """Decide on the scored population: momentum clearly beaten, logistic regression not ahead, champion clearly beaten.

    "Clearly" is the whole 95 % interval of the paired difference in ROC AUC above zero. Logistic regression is ahead
    when the whole interval is below zero: with few events the difference itself changes sign by chance, and a model
    that ties with it still brings monotone directions and exact reasons. A champion is compared only on rows that it
    could not have learnt from; as long as there are too few of these, that is a tie and it stays.
    """
    found = tuple(evaluations)
    for check in (_check_momentum(found), _check_logistic(found)):
        if not check.is_promoted:
            return check
    return _check_champion(found) if has_champion else Decision(True, "beats both rivals, and there is no champion yet")


def _check_momentum(found: tuple[Evaluation, ...]) -> Decision:
    ahead = find_evaluation(found, SPLIT, "momentum", DIFFERENCE)
    if ahead is None:
        return Decision(False, "was not tested on any row of the scored population")
    if not ahead.lower > 0:
        return Decision(False, f"does not clearly beat momentum: ROC AUC {_describe(ahead)}")
    return Decision(True, f"beats momentum: ROC AUC {_describe(ahead)}")


def _check_logistic(found: tuple[Evaluation, ...]) -> Decision:
    ahead = find_evaluation(found, SPLIT, "logistic", DIFFERENCE)
    if ahead is None or not ahead.upper >= 0:
        told = "not compared" if ahead is None else _describe(ahead)
        return Decision(False, f"is clearly below logistic regression: ROC AUC {told}")
    return Decision(True, f"is not clearly below logistic regression: ROC AUC {_describe(ahead)}")


def _check_champion(found: tuple[Evaluation, ...]) -> Decision:
    ahead = find_evaluation(found, SPLIT, "champion", DIFFERENCE)
    if ahead is None:
        return Decision(False, "ties with the champion: no answers are known yet for months after the champion learnt")
    if not ahead.lower > 0:
        return Decision(False, f"does not clearly beat the champion: ROC AUC {_describe(ahead)}")
    return Decision(True, f"beats both rivals and the champion: ROC AUC {_describe(ahead)}")


def _describe(ahead: Evaluation) -> str:
    return f"{ahead.value:+.3f} ({ahead.lower:+.3f} to {ahead.upper:+.3f}) on {ahead.row_count} rows"
