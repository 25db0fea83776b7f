"""The rulebook refuses nonsense, and no change of a rule goes without a new version."""

import hashlib
import inspect
import re
from collections.abc import Mapping
from typing import Any

import pytest

import models.classes.exit_plans
import models.classes.relationship_class
import models.group.connected
import models.group.segment_names
import models.group.segmentation
import models.group.segments
from pipelines.errors import SettingsError
from pipelines.rules.apply import RULES
from pipelines.rules.rulebook import REVISIONS, Rulebook, digest, read_rulebook
from pipelines.warehouse.queries import load_query

# What each revision stands for: a digest of the section's defaults and of the text of its queries, comments left out.
PINNED: Mapping[str, tuple[int, str]] = {
    "alerts": (2, "4bafdf66b3f4"),
    "blacklist": (1, "9b97a99e99f1"),
    "cards": (3, "dc86a4bb701b"),
    "care_lists": (2, "9518c4e4ecfd"),
    "classes": (1, "4ebd9a78d655"),
    "connected": (1, "36c8af3f7da4"),
    "consents": (1, "2ee9a9b91992"),
    "contacts": (1, "e34afdb249c9"),
    "contributions": (2, "9edf80c68d97"),
    "credit_facts": (1, "71631648f116"),
    "dependence": (2, "a996fef87c55"),
    "deposit_rates": (1, "f286a49e428d"),
    "embedding": (2, "efdff7ac1f45"),
    "freshness": (3, "e761b40ef6e6"),
    "groups": (2, "9796801f1c9e"),
    "key_accounts": (3, "f16a3f0e572f"),
    "lifecycle": (2, "3e3636c17e47"),
    "limits": (1, "1eb978fdfc80"),
    "losses": (1, "3eb5407043c8"),
    "managers": (2, "4e66438cba56"),
    "migrations": (1, "c0b5831be4c4"),
    "ownership": (1, "53b0b8cfcae3"),
    "plans": (2, "646de352a151"),
    "products": (3, "229ce54f8686"),
    "profiles": (2, "8a15299d7902"),
    "reconciliation": (2, "44f88ae5793d"),
    "segments": (2, "3d3f149999f4"),
    "teams": (1, "c9cc86824948"),
    "tiers": (1, "cdd7d8b0e007"),
    "write_offs": (1, "430f7ad58e44"),
}


READ_BARS = ("consents", "key_accounts")
READ_POSITIONS = ("key_accounts", "tiers", "dependence", "segments", "cards", "care_lists", "classes", "teams")
MODULES = {
    "classes": (models.classes.relationship_class,),
    "connected": (models.group.connected,),
    "plans": (models.classes.exit_plans,),
    "segments": (models.group.segmentation, models.group.segments, models.group.segment_names),
}


def describe_section(section: str) -> str:
    """Return the digest of what a section's rows are made by."""
    queries = [rule.query for rule in RULES if rule.section == section and rule.fill is None]
    queries += ["features/key_accounts"] if section == "key_accounts" else []
    queries += ["features/marketing_exclusions"] if section in READ_BARS else []
    queries += ["features/customer_positions"] if section in READ_POSITIONS else []
    queries += ["rules/computed/segment_sample_of_run"] if section == "segments" else []
    queries += ["rules/computed/connected_edges"] if section == "connected" else []
    text = " ".join(re.sub(r"--[^\n]*", "", load_query(query)) for query in sorted(queries))
    text += "".join(map(inspect.getsource, MODULES.get(section, ())))
    defaults = digest(Rulebook().parameters(section))
    return hashlib.sha256((defaults + " ".join(text.split())).encode()).hexdigest()[:12]


@pytest.mark.parametrize("section", REVISIONS)
def test_a_changed_rule_has_a_new_revision(section: str) -> None:
    now = (REVISIONS[section], describe_section(section))
    assert PINNED.get(section) == now, (
        f"the queries or defaults of rule section {section!r} are not those of revision {PINNED.get(section)}: raise "
        f"REVISIONS[{section!r}] in pipelines/rules/rulebook.py where rows of released versions change, say so in the "
        f"CHANGELOG, and pin {now} here."
    )


def test_every_rule_has_its_section() -> None:
    assert {rule.section for rule in RULES} == set(REVISIONS)


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
