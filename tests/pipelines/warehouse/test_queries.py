from __future__ import annotations

import re
from datetime import date

import pytest

from pipelines.errors import QueryError
from pipelines.paths import SQL_ROOT
from pipelines.warehouse.queries import bind_text, load_query


def test_an_unknown_query_names_its_neighbours() -> None:
    with pytest.raises(QueryError, match=r"no query 'features/nope'; that folder has features/customer_batches, "):
        load_query("features/nope")


def test_binds_become_quoted_literals_and_comments_go() -> None:
    text = "-- one row; :as_of\nselect cast(:as_of as date) as d, :name as n, 7 % 3 as m, '1'::integer as i;"
    bound = bind_text(text, {"as_of": date(2020, 1, 1), "name": "o'hara; drop table x"}, "here")
    assert bound == (
        "select cast('2020-01-01' as date) as d, 'o''hara; drop table x' as n, 7 % 3 as m, '1'::integer as i"
    )


UNTOUCHED = (
    "select 'a -- b' as x",
    "select 'it''s -- :x' as x",
    "select code[:3] as x from t",
    "select code[1:n] as x from t",
    "select {'a':1, 'b':n} as x from t",
    "select {a:n} as x from t",
    "select '1'::integer as x, y::date as y from t",
    'select "a -- b", "c:x", ":x" from t',
    "select `:x`, `a:b` from t",
    "select $$ -- :x $$ as x, $q$ :x /* $q$ as y",
    "select e'it\\'s :x -- y' as x",
    "select '中文:x', 名:x from t",
    "select /*+ parallel(4) */ x from t",
)


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_is_neither_comment_nor_bind_stays_as_it_is(text: str) -> None:
    assert bind_text(text, {}, "here") == text


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("select 1 /* :x */ as a, :x as b", "select 1  as a, 7 as b"),
        ("select 1 /* a /* :y */ -- :z */ as a, :x as b", "select 1  as a, 7 as b"),
        ("select ':x' as a, :x::date as b; -- :y", "select ':x' as a, 7::date as b"),
        ("select a from t where a=:x and b in (:x,:x) and c>=:x", "select a from t where a=7 and b in (7,7) and c>=7"),
        ("select '中文' as a, :x as b", "select '中文' as a, 7 as b"),
    ],
)
def test_binds_are_found_outside_comments_and_literals_only(text: str, bound: str) -> None:
    assert " ".join(bind_text(text, {"x": 7}, "here").split()) == " ".join(bound.split())


@pytest.mark.parametrize("binds", [{}, {"as_of": date(2020, 1, 1), "other": 1}])
def test_missing_and_surplus_binds_are_refused(binds: dict[str, object]) -> None:
    with pytest.raises(QueryError, match=r"here asks for binds \['as_of'\]"):
        bind_text("select cast(:as_of as date) as d", binds, "here")


def find_recomputed(text: str) -> list[str]:
    """Return the CTEs that are cross-joined, read nowhere else, and not materialized."""
    code = re.sub(r"--[^\n]*", "", text)
    read_once = [
        name
        for name in re.findall(r"\bcross join (\w+)", code)
        if len(re.findall(rf"\b(?:from|join) {name}\b", code)) == 1
    ]
    return [name for name in read_once if re.search(rf"\b{name} as \(", code)]


def test_no_cross_join_works_its_rows_out_anew() -> None:
    assert find_recomputed("with a as (select 1 as x) select a.x from t cross join a") == ["a"]
    found = {
        path.relative_to(SQL_ROOT).as_posix(): names
        for path in sorted(SQL_ROOT.rglob("*.sql"))
        if (names := find_recomputed(path.read_text(encoding="utf-8")))
    }
    assert not found, (
        f"PostgreSQL works these out for each row that they are cross-joined to; write `as materialized (`: {found}"
    )
