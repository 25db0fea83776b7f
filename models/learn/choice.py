"""The choice: how much each way of learning counts on this bank, by what it did on later months of its examples.

Decision 0030 says why candidates are weighted and not picked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.declare.examples import BoolArray, Examples, FloatArray
from models.declare.spec import ModelSpec
from models.learn.auc import Judged, compute_error, judge
from models.learn.calibration import CalibrationRows, fit_calibration
from models.learn.candidates import CANDIDATES, DEFAULT, fit_candidate
from models.learn.ranks import Days, build_rank_table, iterate_months, rank_months
from models.learn.splits import SplitError, assign_folds, mask_learnt, mask_sample, mask_tested, plan_origins

# Learnt from and judged on when choosing: samples of whole customers, so that a choice takes seconds on a bank of any
# size. The scored population may be a small part, and it is what is judged.
MOST_ROWS = 4_000
MOST_SCORED = 4_000
LEAST_EVENTS = 40  # that evidence needs, and as many others
LEAST_LEARNT = 5  # events, and others, that a fit inside the choice needs
TEST_MONTHS = 12
FITS = 2
FOLDS = 3
LEAST_ERROR = 0.005
LEAST_SHARE = 0.1  # of the best candidate's weight: what counts less is left out
MOST_PARTS = 3


@dataclass(frozen=True)
class Figure:
    """What one candidate did inside: ROC AUC pooled and within months, and the error of its difference to the best.

    `shrinkage` is the spread of its scores on rows held out over that on the rows it learnt from.
    """

    name: str
    pooled: float
    within: float
    error: float
    weight: float
    shrinkage: float

    @property
    def value(self) -> float:
        """What candidates are compared by."""
        return (self.pooled + self.within) / 2


@dataclass(frozen=True)
class Choice:
    """The weights of the candidates and the evidence for them, best first.

    `evidence` is later_months, other_customers (too few events in later months) or none (the default weights). `slope`
    makes the weighted sum log odds, so that scores of several fits compare.
    """

    evidence: str
    row_count: int
    event_count: int
    figures: tuple[Figure, ...]
    slope: float = 1.0

    @property
    def weights(self) -> Mapping[str, float]:
        """The weight of every candidate that counts; they sum to one."""
        return {figure.name: figure.weight for figure in self.figures if figure.weight > 0}


def describe_choice(choice: Choice) -> str:
    """Return the evidence, what counts and the first that does not, such as for a tag of the registry."""
    counted = [f"{figure.name} {figure.weight:.2f} ({figure.value:.4f})" for figure in choice.figures if figure.weight]
    rest = [f"{figure.name} ({figure.value:.4f})" for figure in choice.figures if not figure.weight]
    runner_up = f"; runner-up {rest[0]}" if rest else ""
    return f"{choice.evidence}: {', '.join(counted)}{runner_up}"


@dataclass(frozen=True)
class HeldOut:
    """Scores of every candidate on rows that none of its fits had learnt from; NaN on the others."""

    scores: Mapping[str, FloatArray]
    shrinkage: Mapping[str, float]

    def spread(self, name: str) -> float:
        """Return the spread of a candidate's scores on all rows held out."""
        return float(np.nanstd(self.scores[name])) or 1.0


def choose(spec: ModelSpec, examples: Examples, num_threads: int) -> Choice:
    """Weigh the candidates by later months of these examples, else by other customers, else by default.

    The scored population is judged, or all eligible customers where it has too few events.
    """
    sample = mask_sample(examples, MOST_ROWS) | mask_sample(examples, MOST_SCORED, examples.is_scored)
    rows = examples.take(sample)
    splits = {"later_months": list(_split_months(spec, rows)), "other_customers": list(_split_customers(rows))}
    for who in (rows.is_scored, np.ones(len(rows), dtype=bool)):
        for evidence, found in splits.items():
            judged = who & _mask_away(found, len(rows))
            if is_enough(rows.label[judged], LEAST_EVENTS):
                return weigh(evidence, rows.take(judged), _hold_out(spec, rows, found, num_threads), judged)
    return choose_default()


def choose_default() -> Choice:
    """Return equal weights of the default candidates, for too little history to choose by."""
    figures = (Figure(name, np.nan, np.nan, np.nan, 1 / len(DEFAULT), 1.0) for name in DEFAULT)
    return Choice("none", 0, 0, tuple(figures))


def weigh(evidence: str, rows: Examples, held_out: HeldOut, judged: BoolArray) -> Choice:
    """Weigh each candidate by its prior x exp(-(best - its value) / error), the error of a typical difference.

    With little evidence the error is large and the priors decide; with much of it the best counts nearly alone.
    """
    found = {name: judge(rows, score[judged]) for name, score in held_out.scores.items()}
    best = max(found, key=lambda name: found[name].value)
    errors = {name: compute_error(rows, found[best], one) for name, one in found.items()}
    weights = _weigh_values(found, errors)
    figures = [
        Figure(name, one.pooled, one.within, errors[name], weights[name], held_out.shrinkage[name])
        for name, one in sorted(found.items(), key=lambda pair: -pair[1].value)
    ]
    blend = sum(weight * held_out.scores[name][judged] / held_out.spread(name) for name, weight in weights.items())
    slope = fit_calibration(CalibrationRows(evidence, np.asarray(blend), rows.label)).slope
    return Choice(evidence, len(rows), int(rows.label.sum()), tuple(figures), slope)


def _weigh_values(found: Mapping[str, Judged], errors: Mapping[str, float]) -> dict[str, float]:
    best = max(one.value for one in found.values())
    error = max(LEAST_ERROR, float(np.median([error for error in errors.values() if error > 0] or [LEAST_ERROR])))
    weights = {name: CANDIDATES[name].prior * float(np.exp((one.value - best) / error)) for name, one in found.items()}
    kept = sorted(weights, key=lambda name: -weights[name])[:MOST_PARTS]
    counted = {name: w if name in kept and w >= LEAST_SHARE * weights[kept[0]] else 0.0 for name, w in weights.items()}
    return {name: weight / sum(counted.values()) for name, weight in counted.items()}


def _split_months(spec: ModelSpec, rows: Examples) -> Iterator[tuple[BoolArray, BoolArray]]:
    """Yield (learnt, away) of at most FITS fits: later months, with the embargo of the label's horizon."""
    horizon = spec.horizon_months
    try:
        each = plan_origins(rows.list_as_ofs(), test_months=TEST_MONTHS, horizon_months=horizon)
        origins = plan_origins(
            rows.list_as_ofs(), test_months=TEST_MONTHS, horizon_months=horizon, refit_every=-(-len(each) // FITS)
        )
    except SplitError:
        return
    for origin in origins:
        learnt = mask_learnt(rows, origin)
        if is_enough(rows.label[learnt], LEAST_LEARNT):
            yield learnt, mask_tested(rows, origin)


def _split_customers(rows: Examples) -> Iterator[tuple[BoolArray, BoolArray]]:
    folds = assign_folds(rows, FOLDS)
    splits = [(folds != fold, folds == fold) for fold in range(FOLDS)]
    if all(is_enough(rows.label[learnt], LEAST_LEARNT) for learnt, _ in splits):
        yield from splits


def is_enough(label: BoolArray, least: int) -> bool:
    """Whether the answers hold `least` events and as many others."""
    events = int(label.sum())
    return min(events, len(label) - events) >= least


def _mask_away(splits: Sequence[tuple[BoolArray, BoolArray]], row_count: int) -> BoolArray:
    away = np.zeros(row_count, dtype=bool)
    for _, rows in splits:
        away |= rows
    return away


def _hold_out(
    spec: ModelSpec, rows: Examples, splits: Sequence[tuple[BoolArray, BoolArray]], num_threads: int
) -> HeldOut:
    """Fit every candidate on every split, and score the rows away."""
    ranked = rank_months(rows.features, rows.as_of, build_rank_table(rows.features.to_numpy()))
    scores = {name: np.full(len(rows), np.nan) for name in CANDIDATES}
    ratios: dict[str, list[float]] = {name: [] for name in CANDIDATES}
    for learnt, away in splits:
        block, inside = rows.take(learnt), ranked.take(learnt)
        for name, candidate in CANDIDATES.items():
            part = fit_candidate(spec, candidate, block, inside, num_threads)
            held = part.score(rows.features.loc[away], ranked.take(away), num_threads)
            scores[name][away] = centre_months(held, rows.as_of[away])
            own = float(part.score(block.features, inside, num_threads).std())
            ratios[name].append(float(scores[name][away].std()) / own if own else 1.0)
    return HeldOut(scores, {name: float(np.mean(found)) or 1.0 for name, found in ratios.items()})


def centre_months(score: FloatArray, as_of: Days) -> FloatArray:
    """Return the scores less the mean of their month, as a fitted model gives them."""
    centred = score.copy()
    for month in iterate_months(as_of, len(score)):
        centred[month] -= score[month].mean()
    return centred
