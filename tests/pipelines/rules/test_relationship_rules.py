"""What a bank may set of the rules of a relationship, and what cannot be meant."""

import pytest

from pipelines.errors import SettingsError
from pipelines.rules.rulebook import Rulebook, read_rulebook


@pytest.mark.parametrize(
    ("section", "given", "words"),
    [
        ("embedding", {"loan_weight": 0}, "1 or more of each"),
        ("embedding", {"ebank_word": ""}, "an empty word"),
        ("lifecycle", {"new_months": 25}, "new_months <= loyal_months"),
        ("lifecycle", {"lost_months": 0}, "lost_months 1 or more"),
        ("lifecycle", {"growing_ratio": 0.9}, "fading_ratio <= 1 <= growing_ratio"),
        ("lifecycle", {"fading_ratio": 1.1}, "fading_ratio <= 1 <= growing_ratio"),
        ("segments", {"fewest": 1}, "2 <= fewest <= most"),
        ("segments", {"most": 9}, "ten customers or more for each"),
        ("segments", {"fit_customers": 4_999}, "each at most the next"),
        ("segments", {"silhouette_customers": 79}, "each at most the next"),
        ("segments", {"switch_margin": -0.1}, "expected 0 or more"),
        ("teams", {"least_customers": 0}, "least_customers 0; expected 1 or more"),
        ("credit_facts", {"months": 0}, "expected 1 to 120"),
        ("migrations", {"months": 1}, "unknown key months"),
    ],
)
def test_what_cannot_be_meant_is_refused(section: str, given: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read_rulebook({section: given}, where="kcrm.toml")


def test_a_bank_that_sets_otherwise_has_another_version() -> None:
    book = read_rulebook({"lifecycle": {"new_months": 6}}, where="kcrm.toml")
    assert book.version("lifecycle").startswith("lifecycle_v2_")
    assert book.version("segments") == Rulebook().version("segments") == "segments_v2"
