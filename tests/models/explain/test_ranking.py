"""Ranks, percentiles and bands."""

import numpy as np

from models.explain.ranking import assign_bands, compute_percentiles, rank_scores


def test_equal_scores_take_places_by_customer_id() -> None:
    assert rank_scores(np.array([0.1, 0.5, 0.5, 0.9])).tolist() == [4, 2, 3, 1]


def test_percentile_is_the_share_at_or_below() -> None:
    assert compute_percentiles(np.array([3, 1, 2, 4])).tolist() == [50.0, 100.0, 75.0, 25.0]
    assert compute_percentiles(np.array([], dtype=np.int64)).tolist() == []


def test_bands_are_fixed_cuts_that_count_themselves_in() -> None:
    score = np.array([0.9, 0.6, 0.59, 0.4, 0.2, 0.1, 0.09])
    assert "".join(assign_bands(score, (0.6, 0.4, 0.2, 0.1))) == "AABBCDE"
