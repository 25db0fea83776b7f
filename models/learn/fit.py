"""Fit a model: choose how much each candidate counts, fit those that count, and add them on one scale."""

from __future__ import annotations

from dataclasses import replace

from models.declare.examples import Examples
from models.declare.spec import ModelSpec
from models.learn.candidates import CANDIDATES, fit_candidate
from models.learn.choice import Choice, choose
from models.learn.fitted import FittedModel, Part
from models.learn.learner import Scorer, refuse_few_events
from models.learn.ranks import Ranked, build_rank_table, rank_months


def learn_model(spec: ModelSpec, examples: Examples, num_threads: int) -> Scorer:
    """Choose, fit, and return the function that scores the rows of one month, or of several by their as-of dates."""
    return make_scorer(fit_model(spec, examples, choose(spec, examples, num_threads), num_threads), num_threads)


def make_scorer(model: FittedModel, num_threads: int) -> Scorer:
    """Return the function that scores rows by a fitted model."""
    return lambda features, as_of=None: model.score_months(features, as_of, num_threads)


def fit_model(spec: ModelSpec, examples: Examples, choice: Choice, num_threads: int) -> FittedModel:
    """Fit the candidates that count on all the rows; the same examples and choice give the same model."""
    refuse_few_events(spec, examples)
    pool = build_rank_table(examples.features.to_numpy())
    ranked = rank_months(examples.features, examples.as_of, pool)
    parts = []
    for figure in choice.figures:
        if figure.weight > 0:
            part = fit_candidate(spec, CANDIDATES[figure.name], examples, ranked, num_threads)
            parts.append(
                scale_part(part, examples, ranked, choice.slope * figure.weight, figure.shrinkage, num_threads)
            )
    return FittedModel(spec.feature_names, tuple(parts), pool)


def scale_part(
    part: Part, examples: Examples, ranked: Ranked, weight: float, shrinkage: float, num_threads: int
) -> Part:
    """Return the part with its weight, its mean, and the spread that its scores will have on rows not learnt from.

    Freer trees spread the rows that they learnt from further than others, so their own spread is multiplied by the
    ratio that the choice saw.
    """
    score = part.score(examples.features, ranked, num_threads)
    spread = float(score.std()) * shrinkage
    return replace(part, weight=weight, centre=float(score.mean()), scale=spread or 1.0)


class SparingLearner:
    """Learns as `learn_model` does, but chooses again only when the rows are three times as many as at its choice.

    An older choice was made of older rows, so it is as honest as a new one. `choice` is the last one.
    """

    def __init__(self) -> None:
        self.choice: Choice | None = None
        self._chosen_at = 0

    def __call__(self, spec: ModelSpec, examples: Examples, num_threads: int) -> Scorer:
        """Fit with the choice in force and return the function that scores."""
        if self.choice is None or len(examples) >= 3 * self._chosen_at:
            self.choice, self._chosen_at = choose(spec, examples, num_threads), len(examples)
        return make_scorer(fit_model(spec, examples, self.choice, num_threads), num_threads)
