from __future__ import annotations

import pytest

from models.declare.spec import Feature
from pipelines.errors import QueryError
from pipelines.features.dictionary import load_dictionary, parse_declarations, refuse_undeclared

QUERY = """-- one row a customer
with x as (
select
    1 as not_a_feature
from y
)

select
    s.customer_id as customer_id,
    cast(:as_of as date) as as_of,
    {line}
from x as s
"""


def parse(line: str) -> tuple[Feature, ...]:
    return parse_declarations(QUERY.format(line=line), "features/some")


def test_a_declaration_is_read_from_its_line() -> None:
    (feature,) = parse("cast(a as double precision) as inflow_3m,  -- money | mean inflow, 3 months | 近3个月流入")
    assert feature == Feature("inflow_3m", "money", "mean inflow, 3 months", "近3个月流入")


@pytest.mark.parametrize(
    "line", ["a as inflow_3m", "a as inflow_3m,  -- money | mean inflow", "a as inflow_3m, -- | | "]
)
def test_a_feature_without_its_words_is_refused(line: str) -> None:
    with pytest.raises(QueryError, match=r"inflow_3m in sql/features/some.sql has no words; expected behind it"):
        parse(line)


def test_a_feature_declared_twice_is_refused() -> None:
    line = "a as inflow_3m,  -- money | x | 中"
    with pytest.raises(QueryError, match=r"twice: \['inflow_3m'\]"):
        parse(line + "\n    " + line)


def test_the_columns_of_a_query_are_its_declarations() -> None:
    features = parse("a as inflow_3m,  -- money | x | 中")
    refuse_undeclared(["customer_id", "as_of", "inflow_3m"], features)
    with pytest.raises(QueryError, match=r"without a declaration \['net_3m'\] .*not return \['inflow_3m'\]"):
        refuse_undeclared(["customer_id", "as_of", "net_3m"], features)


def test_the_project_declares_about_a_hundred_features_in_both_languages() -> None:
    features = load_dictionary()
    assert 80 <= len(features) <= 160
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in feature.words_zh) for feature in features)
    assert len({feature.words_en for feature in features}) == len(features)
    assert len({feature.words_zh for feature in features}) == len(features)
