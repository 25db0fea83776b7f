"""Stability of scores by hand-made samples: what is the same, what moved, and what chance alone may move."""

from __future__ import annotations

import numpy as np
import pytest

from models.measure.stability import compute_psi, correlate_ranks, find_critical_psi, measure_top_kept


def test_the_same_scores_have_no_index_and_moved_ones_have() -> None:
    scores = np.linspace(0, 1, 1000)
    assert compute_psi(scores, scores) == pytest.approx(0, abs=1e-3)
    # half of the customers fall into the lowest tenth: 0.55 and nine times 0.05 where each held 0.1
    moved = np.concatenate([scores[::2], np.zeros(500)])
    expected = 0.45 * np.log(5.5) + 9 * -0.05 * np.log(0.5)
    assert compute_psi(scores, moved) == pytest.approx(expected, rel=0.02)


def test_two_samples_of_one_distribution_pass_the_critical_index_once_in_a_thousand() -> None:
    generator = np.random.default_rng(3)
    found = [compute_psi(generator.normal(size=300), generator.normal(size=200)) for _ in range(2000)]
    assert 0 <= np.mean(np.array(found) > find_critical_psi(300, 200)) < 0.006
    assert np.quantile(found, 0.99) > 0.6 * find_critical_psi(300, 200)


def test_an_empty_group_gives_a_finite_index() -> None:
    assert np.isfinite(compute_psi(np.linspace(0, 1, 50), np.ones(50)))


def test_ranks_and_the_best_tenth() -> None:
    scores = np.arange(40.0)
    assert correlate_ranks(scores, scores**3) == pytest.approx(1)
    assert correlate_ranks(scores, -scores) == pytest.approx(-1)
    assert correlate_ranks(scores, np.ones(40)) == 1.0
    assert measure_top_kept(scores, scores) == (1.0, 4)
    swapped = scores.copy()
    swapped[[0, 39]] = swapped[[39, 0]]
    assert measure_top_kept(scores, swapped) == (0.75, 4)
    assert measure_top_kept(scores[:9], scores[:9]) == (1.0, 0)
