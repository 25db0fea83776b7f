from __future__ import annotations

from datetime import date

import pytest

from pipelines.errors import QueryError
from pipelines.queries import bind_text, load_query


def test_an_unknown_query_names_its_neighbours() -> None:
    with pytest.raises(QueryError, match=r"no query 'features/nope'; that folder has features/customer_features, "):
        load_query("features/nope")


def test_binds_become_quoted_literals_and_comments_go() -> None:
    text = "-- one row; :as_of\nselect cast(:as_of as date) as d, :name as n, 7 % 3 as m, '1'::integer as i;"
    bound = bind_text(text, {"as_of": date(2020, 1, 1), "name": "o'hara; drop table x"}, "here")
    assert bound == (
        "select cast('2020-01-01' as date) as d, 'o''hara; drop table x' as n, 7 % 3 as m, '1'::integer as i"
    )


@pytest.mark.parametrize("binds", [{}, {"as_of": date(2020, 1, 1), "other": 1}])
def test_missing_and_surplus_binds_are_refused(binds: dict[str, object]) -> None:
    with pytest.raises(QueryError, match=r"here asks for binds \['as_of'\]"):
        bind_text("select cast(:as_of as date) as d", binds, "here")
