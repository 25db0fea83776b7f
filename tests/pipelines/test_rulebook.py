"""The rulebook refuses nonsense, and no change of a rule goes without a new version."""

import hashlib
import inspect
import re
from collections.abc import Mapping
from typing import Any

import pytest

import models.connected
import models.exit_plans
import models.relationship_class
import models.segments
from pipelines.errors import SettingsError
from pipelines.queries import load_query
from pipelines.rulebook import REVISIONS, Rulebook, digest, read_rulebook
from pipelines.rules import RULES

# What each revision stands for: a digest of the section's defaults and of the text of its queries, comments left out.
PINNED: Mapping[str, tuple[int, str]] = {
    "alerts": (1, "e6100ed684c7"),
    "blacklist": (1, "a706129f0b38"),
    "cards": (1, "a08b46fcc0f2"),
    "classes": (1, "50634e889409"),
    "connected": (1, "36c8af3f7da4"),
    "contacts": (1, "e34afdb249c9"),
    "contributions": (1, "0cb4d56c0600"),
    "credit_facts": (1, "eefbe96f1f1a"),
    "dependence": (1, "0f8a3b3ba128"),
    "embedding": (1, "e046acfccf01"),
    "freshness": (1, "f0037e96f73b"),
    "groups": (1, "84588f7640ab"),
    "key_accounts": (1, "4cd5a5842c49"),
    "lifecycle": (1, "498f4042979b"),
    "limits": (1, "f9a396052073"),
    "losses": (1, "d0ecb4b810fd"),
    "managers": (1, "4a50c474fcb6"),
    "migrations": (1, "002b2ff02b6b"),
    "ownership": (1, "dc6ea794438d"),
    "plans": (1, "fbc9019cf15a"),
    "products": (1, "8e89b50ada10"),
    "profiles": (1, "fc1a712ec438"),
    "reconciliation": (1, "52e8ae1a082f"),
    "segments": (1, "bea8b596893d"),
    "tiers": (1, "7afc60b585bf"),
    "write_offs": (1, "b855d0ffe51d"),
}


READ_POSITIONS = ("key_accounts", "tiers", "dependence", "segments", "cards", "classes")
MODULES = {"segments": models.segments, "classes": models.relationship_class, "plans": models.exit_plans}


def describe_section(section: str) -> str:
    """Return the digest of what a section's rows are made by."""
    queries = [rule.query for rule in RULES if rule.section == section and rule.fill is None]
    queries += ["features/key_accounts"] if section == "key_accounts" else []
    queries += ["features/customer_positions"] if section in READ_POSITIONS else []
    queries += ["crm/segment_sample_of_run"] if section == "segments" else []
    queries += ["crm/connected_edges"] if section == "connected" else []
    text = " ".join(re.sub(r"--[^\n]*", "", load_query(query)) for query in sorted(queries))
    text += inspect.getsource(MODULES[section]) if section in MODULES else ""
    text += inspect.getsource(models.connected) if section == "connected" else ""
    defaults = digest(Rulebook().parameters(section))
    return hashlib.sha256((defaults + " ".join(text.split())).encode()).hexdigest()[:12]


@pytest.mark.parametrize("section", REVISIONS)
def test_a_changed_rule_has_a_new_revision(section: str) -> None:
    now = (REVISIONS[section], describe_section(section))
    assert PINNED.get(section) == now, (
        f"the queries or defaults of rule section {section!r} are not those of revision {PINNED.get(section)}: raise "
        f"REVISIONS[{section!r}] in pipelines/rulebook.py where rows of released versions change, say so in the "
        f"CHANGELOG, and pin {now} here."
    )


def test_every_rule_has_its_section() -> None:
    assert {rule.section for rule in RULES} == set(REVISIONS)


def test_another_setting_is_another_version() -> None:
    book = read_rulebook({"tiers": {"gold_from_cny": 100_000}}, "kcrm.toml")
    assert book.parameters("tiers")["gold_from_cny"] == 100_000
    assert re.fullmatch(r"tiers_v1_[0-9a-f]{6}", book.version("tiers"))
    assert book.version("key_accounts") == "key_accounts_v1"
    assert read_rulebook({"tiers": {"gold_from_cny": 200_000}}, "kcrm.toml").version("tiers") == "tiers_v1"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"tires": {}}, "unknown rules"),
        ({"tiers": {"silver_from_cny": 1}}, "unknown key silver_from_cny"),
        ({"tiers": {"gold_from_cny": "200k"}}, "expected int"),
        ({"tiers": {"gold_from_cny": 500_000}}, "each above the last"),
        ({"key_accounts": {"exit_share": 0.7}}, "entry_share <= exit_share"),
        ({"groups": {"max_depth": 0}}, "1 or more"),
        ({"groups": 5}, "expected a table"),
        ({"reconciliation": {"tolerance_cny": float("nan")}}, "finite number"),
    ],
)
def test_nonsense_is_refused(document: dict[str, dict[str, Any]], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read_rulebook(document, "kcrm.toml")
