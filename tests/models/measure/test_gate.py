"""The gate lets through who beats momentum, does not lose to the best of the other rivals, and beats the champion."""

import pytest

from models.measure.evaluation import DIFFERENCE, Evaluation
from models.measure.gate import decide_promotion


def ahead(rival: str, lower: float, value: float, upper: float, split: str = "test") -> Evaluation:
    """Make the difference with one rival."""
    return Evaluation(split, rival, DIFFERENCE, value, lower, upper, 100, 20)


BEATS = ahead("momentum", 0.01, 0.1, 0.2)
TIES = ahead("logistic", -0.02, -0.001, 0.02)


@pytest.mark.parametrize(
    ("found", "has_champion", "is_promoted", "told"),
    [
        ([BEATS, TIES], False, True, "no champion yet"),
        ([ahead("momentum", 0.0, 0.1, 0.2), TIES], False, False, "does not clearly beat momentum"),
        ([ahead("momentum", -0.1, 0.1, 0.2), TIES], False, False, "does not clearly beat momentum"),
        ([BEATS, ahead("logistic", -0.1, -0.05, -0.01)], False, False, "clearly below its best rival, logistic"),
        ([BEATS, TIES, ahead("boosting", -0.1, -0.05, -0.01)], False, False, "clearly below its best rival, boosting"),
        ([BEATS, ahead("logistic", -0.1, -0.01, 0.1), TIES], False, True, "no champion yet"),
        ([BEATS], False, False, "not compared"),
        ([], False, False, "not tested"),
        ([ahead("momentum", 0.1, 0.1, 0.2, "test_all"), TIES], False, False, "not tested"),
        ([BEATS, TIES], True, False, "ties with the champion"),
        ([BEATS, TIES, ahead("champion", -0.01, 0.05, 0.1)], True, False, "does not clearly beat the champion"),
        ([BEATS, TIES, ahead("champion", 0.01, 0.05, 0.1)], True, True, "beats its rivals and the champion"),
        ([ahead("momentum", float("nan"), float("nan"), float("nan")), TIES], False, False, "momentum"),
    ],
)
def test_gate(found: list[Evaluation], has_champion: bool, is_promoted: bool, told: str) -> None:
    decision = decide_promotion(found, has_champion=has_champion)
    assert decision.is_promoted is is_promoted
    assert told in decision.why
