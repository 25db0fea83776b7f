"""The validation page: self-contained, escaped, and the same for the same findings."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipelines.checks.page import describe_outcome, render_page, write_page
from pipelines.checks.results import Answer, Finding, TableCount, format_share
from pipelines.checks.suites import Promise, load_suites

AS_OF = date(2020, 1, 1)
TABLES = [TableCount("transactions", True, 200, 3), TableCount("events", False, 0, 0)]
_VOID = {"meta"}


def _promise(name: str) -> Promise:
    (suite,) = [one for one in load_suites() if one.table == "transactions"]
    (promise,) = [one for one in suite.promises if one.name == name]
    return promise


def _broken(name: str, observed: str = "3 of 200 rows (1.50%)") -> Finding:
    return Finding(_promise(name), "no row", Answer(is_kept=False, observed=observed, rows_checked=200, rows_broken=3))


KEPT = Finding(
    _promise("is_not_void"),
    "at most 20.00% of rows",
    Answer(is_kept=True, observed="no rows", rows_checked=200, rows_broken=0),
)
UNASKED = Finding(_promise("is_feed_fresh"), "at least None", unasked="its setting is not given")


class _Balance(HTMLParser):
    """Collects the tags left open and those closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_page_asks_nothing_of_the_network_and_is_balanced() -> None:
    page = render_page(AS_OF, [KEPT, _broken("is_kind_known"), UNASKED], TABLES)
    assert not re.search(r"https?:|//|src=|href=\"(?!#)|<script|<link|@import|url\(", page)
    balance = _Balance()
    balance.feed(page)
    assert (balance.open, balance.wrong) == ([], [])
    assert "prefers-color-scheme: dark" in page


def test_words_that_are_not_ours_are_escaped() -> None:
    hostile = "<img onerror=x>&\"'"
    promise = replace(_promise("has_rows"), why=hostile, remedy=hostile)
    page = render_page(AS_OF, [Finding(promise, hostile, Answer(is_kept=False, observed=hostile))], TABLES)
    assert "<img" not in page
    escaped = "&lt;img onerror=x&gt;&amp;&#34;&#39;"
    assert page.count(escaped) == 9  # expected, observed and remedy of the stop; three cells of each of two tables


def test_a_hostile_table_is_escaped_as_text_and_as_attribute() -> None:
    hostile = '"><script>alert(1)</script>'
    promise = replace(_promise("has_rows"), table=hostile, name=hostile)
    finding = Finding(promise, "", Answer(is_kept=False, observed=""))
    page = render_page(AS_OF, [finding], [TableCount(hostile, True, 1, 0)])
    assert "<script" not in page
    assert 'aria-label="landing.&#34;&gt;&lt;script&gt;' in page


def test_page_says_counts_reasons_and_shares() -> None:
    page = render_page(AS_OF, [_broken("is_kind_known"), UNASKED], TABLES)
    row = next(line for line in page.split("<tr>") if "is_kind_known" in line)
    for words in (
        "failed",
        "critical",
        "quarantine",
        "3 of 200 rows (1.50%)",
        ">200<",
        ">3<",
        "a mapping that was forgotten",
    ):
        assert words in row
    assert "1.50%" in next(line for line in page.split("<tr>") if "required" in line)
    assert "absent, and may be" in next(line for line in page.split("<tr>") if "optional" in line)
    assert "not asked: its setting is not given" in page


def test_failed_checks_come_first_the_gravest_on_top() -> None:
    note = Finding(_promise("has_rows"), "rows", Answer(is_kept=False, observed="no rows"))
    note = replace(note, promise=replace(note.promise, severity="info"))
    page = render_page(AS_OF, [KEPT, note, _broken("is_customer_known"), _broken("is_kind_known")], TABLES)
    headings = re.findall("<h2>(.*?)</h2>", page)
    assert headings == ["Failed checks", "Tables", "landing.transactions", "landing.events"]
    _, failed, _, of_table, _ = page.split("<section ")
    checks = r'<th scope="row"><code>(.*?)</code>'
    assert re.findall(checks, failed) == ["is_kind_known", "is_customer_known"], "a note is not a failure"
    assert re.findall(checks, of_table) == ["is_kind_known", "is_customer_known", "has_rows", "is_not_void"]


@pytest.mark.parametrize(
    ("findings", "kind", "words"),
    [
        ([KEPT, UNASKED], "good", "every check that ran passed"),
        ([KEPT, _broken("is_customer_known")], "warn", "Passed with warnings"),
        ([_broken("is_customer_known"), _broken("is_kind_known")], "warn", "without the rows in quarantine"),
        ([_broken("is_kind_known"), _broken("has_few_bad_rows")], "bad", "Stopped"),
    ],
)
def test_verdict_is_that_of_the_gravest_break(findings: list[Finding], kind: str, words: str) -> None:
    got_kind, got_words = describe_outcome(findings)
    assert got_kind == kind
    assert words in got_words


def test_a_page_replaces_the_earlier_one(tmp_path: Path) -> None:
    first = write_page(tmp_path / "validation", AS_OF, [_broken("has_few_bad_rows")], TABLES)
    second = write_page(tmp_path / "validation", AS_OF, [KEPT], TABLES)
    assert first == second == tmp_path / "validation" / "2020-01-01.html"
    assert "Stopped" not in second.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0.00%"), (0.00001, "under 0.01%"), (0.0001, "0.01%"), (1.0, "100.00%")]
)
def test_a_small_share_is_not_said_to_be_nothing(share: float, words: str) -> None:
    assert format_share(share) == words
