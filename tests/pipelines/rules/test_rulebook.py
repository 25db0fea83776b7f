"""The rulebook refuses nonsense, and no change of a rule goes without a new version."""

import hashlib
import inspect
import re
from dataclasses import asdict
from importlib import import_module
from typing import Any

import pytest

from pipelines.errors import QueryError, SettingsError
from pipelines.rules import catalog
from pipelines.rules.catalog import find_read_tables, list_rules, sort_rules
from pipelines.rules.rule import Rule, Section
from pipelines.rules.rulebook import digest, read_rulebook
from pipelines.rules.sections import SECTIONS
from pipelines.warehouse.queries import load_query

FEATURE_QUERIES = ("key_accounts", "marketing_exclusions", "customer_positions")


def compute_fingerprint(section: Section) -> str:
    """Return the digest of what decides a section's rows: defaults, queries, called functions, fill modules."""
    queries = {query for rule in section.rules for query in rule.queries}
    texts = [re.sub(r"--[^\n]*", "", load_query(query)) for query in sorted(queries)]
    texts += [
        re.sub(r"--[^\n]*", "", load_query(f"features/{name}"))
        for name in FEATURE_QUERIES
        if any(f"features.{name}" in text for text in texts)
    ]
    called = sorted(set(re.findall(r"\bcurrent\.(\w+)\(", " ".join(texts))))
    texts += [re.sub(r"--[^\n]*", "", load_query(f"current/{table}")) for table in called]
    texts += [inspect.getsource(import_module(name)) for rule in section.rules for name in rule.modules]
    words = " ".join(" ".join(texts).split())
    return hashlib.sha256((digest(asdict(section.parameters)) + words).encode()).hexdigest()[:12]


@pytest.mark.parametrize("section", SECTIONS.values(), ids=lambda section: section.name)
def test_a_changed_rule_has_a_new_revision(section: Section) -> None:
    now = compute_fingerprint(section)
    assert section.fingerprint == now, (
        f"the queries or defaults of section {section.name!r} are not those of revision {section.revision}: where rows "
        f"of a released version change, raise its revision and add a line to the CHANGELOG; then set fingerprint to "
        f"{now!r}."
    )


def test_rules_that_read_each_other_in_a_circle_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"rules/x/a": "select 1 from crm.b_v1", "rules/x/b": "select 1 from crm.a_v1"}
    monkeypatch.setattr(catalog, "load_query", texts.__getitem__)
    with pytest.raises(QueryError, match=r"in a circle: (a -> b -> a|b -> a -> b)\. .* list in reads_previous"):
        sort_rules([Rule(name, key=("id",)) for name in texts])
    previous = Rule("rules/x/a", key=("id",), reads_previous=("b",))
    assert [rule.name for rule in sort_rules([Rule("rules/x/b", key=("id",)), previous])] == ["a", "b"]


def test_every_rule_comes_after_those_that_it_reads() -> None:
    names = [rule.name for rule in list_rules()]
    late = {rule.name: find_read_tables(rule) & set(names[names.index(rule.name) :]) for rule in list_rules()}
    assert {name: reads for name, reads in late.items() if reads} == {}
    assert names == sorted(set(names), key=names.index)


def test_another_setting_is_another_version() -> None:
    book = read_rulebook({"tiers": {"gold_from": 100_000}}, "kcrm.toml")
    assert book.parameters("tiers")["gold_from"] == 100_000
    assert re.fullmatch(r"tiers_v1_[0-9a-f]{6}", book.version("tiers"))
    assert book.version("key_accounts") == "key_accounts_v3"
    assert read_rulebook({"tiers": {"gold_from": 200_000}}, "kcrm.toml").version("tiers") == "tiers_v1"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"tires": {}}, "unknown rules"),
        ({"tiers": {"silver_from": 1}}, "unknown key silver_from"),
        ({"tiers": {"gold_from": "200k"}}, "expected int"),
        ({"tiers": {"gold_from": 500_000}}, "each above the last"),
        ({"key_accounts": {"exit_share": 0.7}}, "entry_share <= exit_share"),
        ({"groups": {"max_depth": 0}}, "1 or more"),
        ({"groups": 5}, "expected a table"),
        ({"reconciliation": {"tolerance_amount": float("nan")}}, "finite number"),
        ({"classes": {"watch_score": 0.7}}, "watch_score < doubtful_score < 1"),
        ({"classes": {"rising_score": 0.3}}, "'rising_score': 0.3.*from 0 up to watch_score"),
        ({"classes": {"soft_score": 0.3}}, "'soft_score': 0.3.*from 0 up to watch_score"),
        ({"classes": {"soft_score": -0.1}}, "'soft_score': -0.1.*from 0 up to watch_score"),
        ({"classes": {"doubtful_score": 1.0}}, "doubtful_score < 1"),
        ({"classes": {"rising_score": 0.0}}, "'rising_score': 0.0.*from 0 up to watch_score"),
        ({"classes": {"clear_ratio": 1.5}}, "clear_ratio.*expected each above 0 and up to 1"),
        ({"classes": {"rising_points": 0.0}}, "rising_points.*expected each above 0"),
        ({"classes": {"upgrade_after": 0}}, "upgrade_after 0; expected 1 or more"),
        ({"classes": {"uses_score": 1}}, "expected bool"),
        ({"alerts": {"watch_days": 0}}, r"\[rules.alerts\] has watch_days 0; expected 1 or more"),
        ({"alerts": {"escalate_days": -5}}, "escalate_days -5; expected 1 or more"),
    ],
)
def test_nonsense_is_refused(document: dict[str, dict[str, Any]], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read_rulebook(document, "kcrm.toml")
