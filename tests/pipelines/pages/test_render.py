"""Pages from templates: one base, one h1, everything escaped, and no value that is missing without an error."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from models.classes.lead_time import LeadTime
from pipelines.checks.page import render_page
from pipelines.checks.results import Answer, Finding, TableCount
from pipelines.checks.suites import load_suites
from pipelines.early_warning.lead_time import PolicyResult, Prices, Report
from pipelines.early_warning.lead_time_report import NAMES, draw_lead_times
from pipelines.pages.render import TEMPLATES, Section, render_template
from pipelines.rules.computed.segments_page import render_segments

DAY = date(2026, 10, 1)
HOSTILE = "</td><script>alert('x')</script>\"&"
CENTRE = {"segment": 1, "name_en": HOSTILE, "name_zh": HOSTILE, "measure": HOSTILE, "value": 1234.5, "distance": -0.4}
CENTRES = [CENTRE | {"silhouette": 0.5}]
SIZES = [
    {"segment": 1, "cause": None, "customers": 1200},
    {"segment": None, "cause": HOSTILE, "customers": 3},
]
VOID = {"meta", "rect"}


class Outline(HTMLParser):
    """Collects the tags of a page with their attributes, and those that are closed out of turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append(tag)

    def find(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.tags if found == tag]


def draw_validation(_: Path) -> str:
    promise = next(one for suite in load_suites() for one in suite.promises if suite.table == "transactions")
    return render_page(
        DAY,
        [Finding(promise, HOSTILE, Answer(is_kept=False, observed=HOSTILE))],
        [TableCount("transactions", True, 1200, 3), TableCount(HOSTILE, False, 0, 0)],
    )


def draw_segments(_: Path) -> str:
    return render_segments(DAY, SIZES, CENTRES)


def draw_lead_time(folder: Path) -> str:
    figures = {field.name: 0.25 for field in fields(LeadTime) if field.name != "policy"}
    policies = [LeadTime(**figures | {"policy": name, "caught_6m": float("nan")}) for name in NAMES]
    results = tuple(PolicyResult(one, None, (0.0, 0.0, 0.0)) for one in policies)
    draw_lead_times(folder / "new" / "page.html", Report(DAY, DAY, DAY, DAY, Prices(), results))
    return (folder / "new" / "page.html").read_text(encoding="utf-8")


PAGES = {"validation": draw_validation, "segments": draw_segments, "lead_time": draw_lead_time}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_one_whole_document_that_needs_no_network(name: str, tmp_path: Path) -> None:
    page = PAGES[name](tmp_path)
    outline = Outline(page)
    assert (outline.open, outline.wrong) == ([], [])
    assert page.startswith("<!doctype html>\n")
    assert outline.find("html") == [{"lang": "en"}]
    assert (len(outline.find("h1")), len(outline.find("title"))) == (1, 1)
    assert "width=device-width" in str(outline.find("meta"))
    assert all(head["scope"] in ("col", "row") for head in outline.find("th"))
    assert "@media print" in page
    assert not outline.find("script") + outline.find("link") + outline.find("img")
    assert not re.search(r"https?:|//|src=|@import|url\(", page.replace("</script", ""))


@pytest.mark.parametrize("name", PAGES)
def test_each_section_is_in_the_index_and_scrolls_in_its_own_box(name: str, tmp_path: Path) -> None:
    outline = Outline(PAGES[name](tmp_path))
    sections = [section["id"] for section in outline.find("section")]
    assert len(sections) > 1
    assert [link["href"] for link in outline.find("a")] == [f"#{section}" for section in sections]
    boxes = [div for div in outline.find("div") if div.get("class") == "scroll"]
    assert len(boxes) == len(sections) == len(outline.find("table")) + len(outline.find("svg"))


def test_a_page_of_one_section_has_no_index() -> None:
    assert not Outline(render_segments(DAY, SIZES[:1], CENTRES)).find("nav")


def test_hostile_names_of_segments_and_columns_are_escaped() -> None:
    page = render_segments(DAY, SIZES, CENTRES)
    assert "<script" not in page
    assert page.count("&lt;/td&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&#34;&amp;") == 4
    assert "1,234 " in page or "1,235 " in page
    assert "-0.4" in page


def test_a_share_that_is_unknown_has_no_bar(tmp_path: Path) -> None:
    *_, longest = draw_lead_time(tmp_path).split("<section ")
    assert longest.count('width="0.0"') == longest.count(">-</text>") == len(NAMES)


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="segment_count"):
        render_template("segments", "Segments", [])
    with pytest.raises(UndefinedError, match="cause"):
        render_template("segments", "Segments", [Section("Rest", [{}])], segment_count=0)


def test_every_template_extends_the_base_and_escapes() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.iterdir()}
    assert set(texts) == {"base.html.j2", *(f"{name}.html.j2" for name in PAGES)}
    children = {name: text for name, text in texts.items() if name != "base.html.j2"}
    assert [name for name, text in children.items() if not text.startswith('{% extends "base.html.j2" %}\n')] == []
    assert [name for name, text in texts.items() if re.search(r"\|\s*safe\b|autoescape|<script", text)] == []


def test_templates_are_package_data() -> None:
    project = tomllib.loads((TEMPLATES.parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    (pattern,) = project["tool"]["setuptools"]["package-data"]["pipelines.pages"]
    assert set(TEMPLATES.parent.glob(pattern)) == set(TEMPLATES.iterdir())
