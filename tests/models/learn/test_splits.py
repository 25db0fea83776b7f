"""Each test origin learns only what was known on its morning."""

from datetime import date

import numpy as np
import pytest

from models.declare.examples import Examples
from models.learn.splits import SplitError, assign_folds, mask_learnt, mask_tested, plan_origins, shift_months

AS_OFS = [shift_months(date(2017, 10, 1), month) for month in range(23)]


def test_last_thirteen_months_each_with_an_embargo_of_the_horizon() -> None:
    origins = plan_origins(AS_OFS, test_months=13, horizon_months=6)
    assert [origin.tests for origin in origins] == [(day,) for day in AS_OFS[-13:]]
    assert origins[0].tests[0] == date(2018, 8, 1)
    assert origins[0].learns_until == date(2018, 2, 1)
    assert all(shift_months(origin.learns_until, 6) == origin.tests[0] for origin in origins)


def test_one_fit_for_three_months_learns_what_was_known_on_the_first() -> None:
    origins = plan_origins(AS_OFS, test_months=13, horizon_months=6, refit_every=3)
    assert [len(origin.tests) for origin in origins] == [3, 3, 3, 3, 1]
    assert all(shift_months(origin.learns_until, 6) == min(origin.tests) for origin in origins)


def test_months_without_older_answers_are_left_out() -> None:
    assert len(plan_origins(AS_OFS[:10], test_months=13, horizon_months=6)) == 4
    with pytest.raises(SplitError, match="extend the history"):
        plan_origins(AS_OFS[:6], test_months=13, horizon_months=6)


def test_learnt_and_tested_rows_keep_the_embargo(examples: Examples) -> None:
    for origin in plan_origins(examples.list_as_ofs(), test_months=13, horizon_months=6):
        newest = examples.as_of[mask_learnt(examples, origin)].max().item()
        oldest = examples.as_of[mask_tested(examples, origin)].min().item()
        assert shift_months(newest, 6) <= oldest
        assert newest == origin.learns_until, "the last as-of date whose answers are known is learnt too"


def test_no_customer_stands_in_two_folds(examples: Examples) -> None:
    folds = assign_folds(examples, 7)  # 120 customers a month: seven does not divide them, as three would
    customers = [set(examples.customer_id[folds == fold]) for fold in range(7)]
    assert sum(len(fold) for fold in customers) == len(set.union(*customers))
    assert np.bincount(folds).min() > 0


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2019, 1, 1), -1, date(2018, 12, 1)),
        (date(2019, 12, 1), 1, date(2020, 1, 1)),
        (date(2019, 5, 1), -18, date(2017, 11, 1)),
    ],
)
def test_shift_months(day: date, months: int, expected: date) -> None:
    assert shift_months(day, months) == expected
