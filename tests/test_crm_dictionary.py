"""docs/crm.md says of every view of schema crm, on every engine, what its columns and their words mean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.rules.catalog import list_rules
from pipelines.warehouse import Warehouse
from pipelines.warehouse.queries import load_query

ROOT = Path(__file__).parents[1]
PAGE = "docs/crm.md"
COLUMNS = "| column | meaning | 中文 |\n|---|---|---|\n"
VIEWS = """
select c.table_name, c.column_name
from information_schema.columns as c
inner join information_schema.tables as t on c.table_schema = t.table_schema and c.table_name = t.table_name
where t.table_schema = 'crm' and t.table_type = 'VIEW'
order by c.table_name, c.ordinal_position
"""
# Which view shows the words of a query, where the names do not say so.
WORDS_ELSEWHERE = {
    "features/key_accounts": "key_accounts",
    "features/marketing_exclusions": "marketing_consents",
    "learning/population_prospect_growth": "scores",
    "learning/population_key_account_distress": "scores",
}
VIEW_OF_QUERY = {rule.query: rule.name for rule in list_rules() if not rule.fill} | WORDS_ELSEWHERE
WORD = re.compile(
    r"""(?:\bthen|\belse)\s+'[, ]?(?P<branch>[a-z]\w*)[, ]?'  # case ... then 'word' else 'word' end
    | ,\s*'(?P<otherwise>[a-z]\w+)'\)\s+as\b                  # coalesce(column, 'word') as column, and no flag 'g'
    | (?:\bselect|,|\n)\s*'(?P<plain>[a-z]\w*)'\s+as\b         # 'word' as column""",
    re.VERBOSE,
)


def read_sections() -> dict[str, str]:
    """Return the text of each section by its view."""
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    parts = re.split(r"^## `crm\.(\w+)`\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def read_columns(section: str) -> list[str]:
    """Return the first cells of the section's table of columns."""
    _, _, rows = section.partition(COLUMNS)
    return [line.split("|")[1].strip() for line in rows.split("\n\n")[0].splitlines()]


def list_views(warehouse: Warehouse) -> dict[str, list[str]]:
    """Return the columns of every view of schema crm, in order."""
    views: dict[str, list[str]] = {}
    for row in warehouse.select(VIEWS).to_pylist():
        views.setdefault(row["table_name"], []).append(row["column_name"])
    return views


def find_words(query: str) -> set[str]:
    """Return the words that a query's text puts into columns; a population's `eligible` becomes `scored`."""
    code = re.sub(r"--[^\n]*", "", query)
    found = {match["branch"] or match["otherwise"] or match["plain"] for match in WORD.finditer(code)}
    return found - {"eligible"}


def test_every_view_has_a_section_and_every_section_a_view(shared_warehouse: Warehouse) -> None:
    views, sections = set(list_views(shared_warehouse)), set(read_sections())
    hidden = sorted({rule.name for rule in list_rules()} - views)
    assert not hidden, f"rules whose rows the CRM cannot read; add a view crm.<rule> to a migration for each: {hidden}"
    assert not views - sections, (
        f"views of schema crm that {PAGE} does not explain; write a section ## `crm.<view>` with its grain, key, nulls "
        f"and columns of each: {sorted(views - sections)}"
    )
    assert not sections - views, (
        f"sections of {PAGE} for views that schema crm has not; remove or rename them: {sorted(sections - views)}"
    )


def test_every_section_has_the_columns_of_its_view_in_order(shared_warehouse: Warehouse) -> None:
    sections = read_sections()
    for view, columns in list_views(shared_warehouse).items():
        told = read_columns(sections.get(view, ""))
        assert told == columns, (
            f"the table {COLUMNS.splitlines()[0]} in section crm.{view} of {PAGE} has not the columns of the view in "
            f"its order. Write rows for {[name for name in columns if name not in told]}, remove "
            f"{[name for name in told if name not in columns]}; the order is {columns}."
        )


@pytest.mark.parametrize("query", VIEW_OF_QUERY)
def test_every_word_of_a_rule_stands_in_its_section(query: str) -> None:
    view = VIEW_OF_QUERY[query]
    section = read_sections().get(view, "")
    missing = sorted(word for word in find_words(load_query(query)) if f"`{word}`" not in section)
    assert not missing, (
        f"sql/{query}.sql can write words that section crm.{view} of {PAGE} does not explain; write them there in "
        f"backticks, each with its meaning and its Chinese: {missing}"
    )


def test_words_are_found_wherever_a_query_may_write_them() -> None:
    query = """-- 'none' as told
    case when a > 1 then 'one' when b then ',two' else 'three ' end as cause, coalesce(c, 'four') as status,
    'five' as level, d = 'six' as is_six, date - interval '7' month as month, case when e then 'eligible' end as f
    """
    assert find_words(query) == {"one", "two", "three", "four", "five"}


def test_the_readme_names_every_view() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [view for view in read_sections() if f"[`crm.{view}`]({PAGE}#crm{view})" not in text]
    assert not missing, (
        f"views that the table of README.md, section What the CRM reads, does not name; write a line "
        f"| [`crm.<view>`]({PAGE}#crm<view>) | what it says | 中文 | for each: {missing}"
    )
