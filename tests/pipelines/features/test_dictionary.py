"""The dictionary declares each feature once, and its lines are the columns of the families' queries."""

from __future__ import annotations

from datetime import date

import pytest

from models.declare.spec import Feature
from pipelines.errors import QueryError
from pipelines.features.dictionary import COLUMNS, FAMILIES, Entry, load_dictionary, parse_entries, refuse_undeclared
from pipelines.features.families import query_of, widen_families
from pipelines.warehouse import Warehouse
from pipelines.warehouse.queries import list_binds

HEADER = ",".join(COLUMNS) + "\n"
LINE = 'inflow_3m,flows,money,"mean inflow, 3 months",近3个月流入\n'
BINDS = {"as_of": date(2026, 11, 1), "first_customer": "", "next_customer": None, "md5_below": "g"}


def test_a_line_declares_a_feature_of_a_family() -> None:
    feature = Feature("inflow_3m", "money", "mean inflow, 3 months", "近3个月流入")
    assert parse_entries(HEADER + LINE) == (Entry("flows", feature),)


@pytest.mark.parametrize(
    "line", ["inflow_3m,flows,money,mean inflow", "inflow_3m,flows,money,mean inflow, ", "inflow_3m,nope,money,a,中"]
)
def test_an_incomplete_line_is_refused(line: str) -> None:
    with pytest.raises(QueryError, match=r"dictionary.csv, line 2, is 'inflow_3m,.*expected name,family,unit"):
        parse_entries(HEADER + line)


def test_another_header_is_refused() -> None:
    with pytest.raises(QueryError, match=r"starts with the columns \['name', 'unit'\]"):
        parse_entries("name,unit\n")


def test_a_feature_declared_twice_is_refused() -> None:
    with pytest.raises(QueryError, match=r"twice: \['inflow_3m'\]"):
        parse_entries(HEADER + LINE + LINE)


def test_a_column_that_is_not_declared_is_refused() -> None:
    features = [entry.feature for entry in parse_entries(HEADER + LINE)]
    refuse_undeclared(["customer_id", "as_of", "inflow_3m"], features, "features/some")
    with pytest.raises(QueryError, match=r"does not declare \['net_3m'\], and misses declared columns \['inflow_3m'\]"):
        refuse_undeclared(["customer_id", "as_of", "net_3m"], features, "features/some")


@pytest.mark.parametrize("family", FAMILIES)
def test_the_columns_of_a_family_are_its_lines(warehouse: Warehouse, family: str) -> None:
    widen_families(warehouse)
    binds = {name: BINDS[name] for name in list_binds(query_of(family))}
    refuse_undeclared(warehouse.describe(query_of(family), **binds), load_dictionary(family), query_of(family))


def test_the_project_declares_about_a_hundred_features_in_both_languages() -> None:
    features = load_dictionary()
    assert 80 <= len(features) <= 160
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in feature.words_zh) for feature in features)
    assert len({feature.words_en for feature in features}) == len(features)
    assert len({feature.words_zh for feature in features}) == len(features)
