"""A source sets the numbers of a label under a label version of their own."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.errors import ModelError
from pipelines.learning.specs import load_spec, set_labels
from pipelines.settings import Settings, SourceSettings, load_settings


def with_labels(settings: Settings, **numbers: float) -> Settings:
    """Return settings whose source sets numbers of the label of prospect_growth."""
    source = SourceSettings(first_training_as_of=date(2022, 1, 1), labels={"prospect_growth": numbers})
    return settings.model_copy(update={"declared_sources": {settings.source: source}})


def test_a_number_of_the_source_changes_the_label_and_its_version(settings: Settings) -> None:
    declared = load_spec("prospect_growth")
    spec = set_labels(declared, with_labels(settings, least_amount=5.0))
    assert dict(spec.label_binds) == {"least_multiple": 1.5, "least_amount": 5.0}
    assert spec.label_version.startswith("growth_v1_")
    assert len(spec.label_version) <= 32
    assert spec.label_version != set_labels(declared, with_labels(settings, least_amount=6.0)).label_version


def test_the_declared_number_is_no_change(settings: Settings) -> None:
    declared = load_spec("prospect_growth")
    assert set_labels(declared, with_labels(settings, least_amount=5000)) == declared
    assert (
        set_labels(load_spec("key_account_distress"), with_labels(settings, least_amount=5)).label_version
        == "distress_v1"
    )


def test_a_number_that_the_label_does_not_have_is_refused(settings: Settings) -> None:
    with pytest.raises(ModelError, match=r"labels.prospect_growth\] sets least_amont; expected some of least_multiple"):
        set_labels(load_spec("prospect_growth"), with_labels(settings, least_amont=5.0))


def test_the_wholesaler_in_pounds_has_a_floor_of_its_own() -> None:
    settings = load_settings(environment={"KCRM_SOURCE": "online_retail_ii"})
    assert dict(set_labels(load_spec("prospect_growth"), settings).label_binds)["least_amount"] == 5
