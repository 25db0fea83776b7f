"""Segments: planted ones are found and named, the same customers give the same ones, and labels stay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.declare.examples import FloatArray
from models.group.segment_names import name_segments
from models.group.segmentation import MEASURES, Plan, Scale, Segmentation, SegmentsError
from models.group.segments import assign_segments, find_segments, match_labels

PLAN = Plan(fewest=4, most=8, silhouette_customers=5_000, switch_margin=0.02, seed=11)
# turnover, assets, loans ratio, products, months, contribution
CENTRES = np.array(
    [
        [1e8, 1e6, 0.1, 3, 60, 5e3],
        [1e6, 1e7, 0.1, 3, 60, 5e3],
        [1e6, 1e5, 3.0, 3, 90, 5e3],
        [1e6, 1e5, 0.1, 9, 90, 5e3],
        [1e4, 1e3, 0.1, 1, 20, -5e3],
    ]
)
SIZE = 60


def plant(generator: np.random.Generator, centres: FloatArray = CENTRES) -> FloatArray:
    """Return SIZE customers around each centre, one group after the other."""
    noise = generator.normal(1, 0.05, (len(centres) * SIZE, centres.shape[1]))
    return np.asarray(np.repeat(centres, SIZE, axis=0) * noise)


@pytest.fixture
def values() -> FloatArray:
    return plant(np.random.default_rng(3))


def test_planted_segments_are_found(values: FloatArray) -> None:
    found = find_segments(values, PLAN)
    groups = assign_segments(values, found).reshape(len(CENTRES), SIZE)
    assert (groups == groups[:, :1]).all()
    assert sorted(groups[:, 0]) == [1, 2, 3, 4, 5]
    assert found.silhouette > 0.7
    np.testing.assert_allclose(found.values[0], CENTRES[0], rtol=0.05)


def test_segments_are_named_by_what_sets_them_apart(values: FloatArray) -> None:
    found = find_segments(values, PLAN)
    names = dict(zip(found.labels.tolist(), name_segments(found), strict=True))
    label = assign_segments(CENTRES, found).tolist()
    assert names[label[0]][0].startswith("high turnover, ")
    assert names[label[1]][0].startswith("high assets, ")
    assert names[label[2]][1].startswith("贷款占比高、")
    assert names[label[3]][1].startswith("产品多、")
    assert "low contribution" in names[label[4]][0]
    assert len(set(names.values())) == len(CENTRES)


def test_the_same_customers_give_the_same_segments(values: FloatArray) -> None:
    before = values.copy()
    one, other = find_segments(values, PLAN), find_segments(values, PLAN)
    assert np.array_equal(one.centres, other.centres)
    assert np.array_equal(assign_segments(values, one), assign_segments(values, other))
    assert np.array_equal(values, before)


def test_labels_stay_though_the_largest_is_another_segment_now(values: FloatArray) -> None:
    october = find_segments(values, PLAN)
    shuffled = replace(october, labels=np.array([11, 12, 13, 14, 15]))
    moved = CENTRES.copy()
    moved[1, 0] = 3e8
    november = find_segments(plant(np.random.default_rng(4), moved), PLAN, shuffled)
    assert (
        assign_segments(CENTRES[[0, 2, 3, 4]], shuffled).tolist()
        == assign_segments(moved[[0, 2, 3, 4]], november).tolist()
    )
    assert assign_segments(CENTRES[[1]], shuffled).tolist() == assign_segments(moved[[1]], november).tolist()


def test_another_number_of_segments_must_be_better_by_the_margin(values: FloatArray) -> None:
    with_four = find_segments(values, replace(PLAN, most=4))
    assert len(with_four.labels) == 4
    assert len(find_segments(values, PLAN, with_four).labels) == 5
    assert len(find_segments(values, replace(PLAN, switch_margin=1.0), with_four).labels) == 4


def test_a_new_segment_gets_a_number_that_was_not_there() -> None:
    scale = Scale(np.zeros(1), np.full(1, 10.0), np.zeros(1), np.ones(1))
    before = Segmentation(MEASURES[3:4], scale, np.array([2, 5]), np.array([[9.0], [1.0]]), 0.5)
    now = Segmentation(MEASURES[3:4], scale, np.array([1, 2, 3]), np.array([[8.0], [4.0], [1.2]]), 0.5)
    matched = match_labels(now, before)
    assert matched.labels.tolist() == [2, 5, 6]
    assert matched.centres[:, 0].tolist() == [8.0, 1.2, 4.0]


def test_labels_stay_when_the_bank_begins_to_tell_another_measure(values: FloatArray) -> None:
    untold = values.copy()
    untold[:, 5] = np.nan
    before = find_segments(untold, PLAN)
    assert [measure.name for measure in before.measures] == [measure.name for measure in MEASURES[:5]]
    now = find_segments(values, PLAN, before)
    assert np.array_equal(assign_segments(values, now), assign_segments(untold, before))


def test_a_customer_with_an_unknown_measure_is_in_no_segment(values: FloatArray) -> None:
    values[7, 2] = np.nan
    label = assign_segments(values, find_segments(values, PLAN))
    assert np.flatnonzero(label == 0).tolist() == [7]


def test_customers_who_are_all_alike_are_one_segment() -> None:
    found = find_segments(np.repeat(CENTRES[:1], 100, axis=0), PLAN)
    assert found.labels.tolist() == [1]
    assert name_segments(found) == [("in the middle", "居中")]
    np.testing.assert_allclose(found.values, CENTRES[:1])


def test_segments_of_one_name_are_told_apart_by_more_words_or_their_labels() -> None:
    scale = Scale(*(np.zeros(3) for _ in range(4)))
    centres = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, -1.0], [3.0, 1.0, 2.0], [3.0, 1.0, 2.0]])
    names = name_segments(Segmentation(MEASURES[:3], scale, np.array([1, 2, 3, 4]), centres, 0.5))
    assert [english for english, _ in names] == [
        "high turnover, high assets, high borrowing",
        "high turnover, high assets, low borrowing",
        "high turnover, high borrowing, high assets (3)",
        "high turnover, high borrowing, high assets (4)",
    ]


def test_no_measure_at_all_is_refused() -> None:
    with pytest.raises(SegmentsError, match="3 customers have no measure"):
        find_segments(np.full((3, len(MEASURES)), np.nan), PLAN)
