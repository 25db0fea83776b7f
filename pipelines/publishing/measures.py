"""The measures by which a run is held to the runs before, each with the least that it may move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

BEFORE, USUAL = "before", "usual"  # what a value is compared with: the run before, or the median of the last runs
RATIO, POINTS = "ratio", "points"
SHARE, COUNT, MEAN, CORRELATION, PSI = "share", "count", "mean", "correlation", "psi"


@dataclass(frozen=True)
class Measure:
    """One figure of a run.

    `warn` and `stop` are how far it may always move: on the scale `ratio` as logarithm of value over value before, on
    `points` as the difference. A bank that moved further in the past may move further again, up to 1.3 times `stop`.
    `noise` is the kind of chance that widens both where few customers are behind the value. `stated` is the bound of a
    measure compared with the usual while fewer than three runs are known. `low_times` widens the bounds downwards.
    """

    words: str
    against: str
    scale: str
    warn: float
    stop: float
    noise: str = ""
    is_low_bounded: bool = True
    is_high_bounded: bool = True
    stated: float | None = None
    is_of_scores: bool = False
    low_times: float = 1.0


def _band(letter: str) -> Measure:
    return Measure(f"share of {{subject}} in band {letter}", BEFORE, POINTS, 0.15, 0.25, SHARE, is_of_scores=True)


def _status(word: str) -> Measure:
    return Measure(f"share of {{subject}} {word}", BEFORE, POINTS, 0.05, 0.10, SHARE)


def _list(name: str) -> Measure:
    return Measure(f"customers on the list {name}", BEFORE, RATIO, 0.25, 0.50, COUNT)


def _kept(name: str) -> Measure:
    words = f"share of the list {name} before that is still on it"
    return Measure(words, USUAL, POINTS, 0.25, 0.40, SHARE, is_high_bounded=False, stated=0.35)


_OF_MODEL = {
    "customers": Measure("customers of {subject}", BEFORE, RATIO, 0.12, 0.25, COUNT),
    "scored_share": _status("scored"),
    "withheld_share": _status("withheld"),
    "excluded_share": _status("excluded"),
    "mean_score": Measure("mean score of {subject}", BEFORE, RATIO, 0.20, 0.35, MEAN, is_of_scores=True),
    **{f"band_{letter.lower()}_share": _band(letter) for letter in "ABCDE"},
    "psi": Measure(
        "population stability index of {subject}",
        USUAL,
        POINTS,
        0.10,
        0.25,
        PSI,
        is_low_bounded=False,
        stated=0.25,
        is_of_scores=True,
    ),
    "rank_correlation": Measure(
        "rank correlation of {subject} with the run before",
        USUAL,
        POINTS,
        0.06,
        0.10,
        CORRELATION,
        is_high_bounded=False,
        stated=0.75,
        is_of_scores=True,
    ),
    "mean_move": Measure(
        "mean move of a customer's raw score of {subject}",
        USUAL,
        RATIO,
        0.20,
        0.35,
        MEAN,
        is_of_scores=True,
        low_times=2.0,  # scores that rest are no sign of a broken month, unless they hardly move at all
    ),
    "top_decile_kept_share": Measure(
        "share of the best tenth of {subject} before that is still in it",
        USUAL,
        POINTS,
        0.20,
        0.30,
        SHARE,
        is_high_bounded=False,
        stated=0.35,
        is_of_scores=True,
    ),
}
_OF_TABLE: Mapping[str, Mapping[str, Measure]] = {
    "care_lists": {name: _list(name) for name in ("acquire", "retain", "grow")}
    | {f"{name}_kept_share": _kept(name) for name in ("acquire", "retain", "grow")},
    "relationship_classes": {
        f"{name}_share": Measure(f"share of customers in class {name}", BEFORE, POINTS, 0.06, 0.12, SHARE)
        for name in ("watch", "doubtful", "exit")
    }
    | {
        "changed_share": Measure(
            "share of customers whose class changed", USUAL, POINTS, 0.08, 0.15, SHARE, False, stated=0.25
        )
    },
    "alerts": {
        "open": Measure("open alerts", BEFORE, RATIO, 0.45, 0.65, COUNT),
        "new_share": Measure("new alerts by customer", USUAL, POINTS, 0.12, 0.20, SHARE, False, stated=0.35),
    },
    "key_accounts": {
        "customers": Measure("customers", BEFORE, RATIO, 0.08, 0.20, COUNT),
        "existing": Measure("key accounts", BEFORE, RATIO, 0.20, 0.35, COUNT),
    },
    "contributions": {
        "bank_monthly": Measure("contribution of a month, of the last twelve", BEFORE, RATIO, 0.20, 0.40)
    },
}


def find_measure(subject: str, name: str) -> Measure:
    """Return the declaration of a figure; every subject that is no table of the CRM is a model."""
    return _OF_TABLE.get(subject, _OF_MODEL)[name]
