"""A spec refuses nonsense when created."""

import json
from dataclasses import replace

import pytest

from models.declare.spec import (
    Feature,
    ModelSpec,
    SpecError,
    TreeParams,
    declare_directions,
    spec_from_dict,
    spec_to_dict,
)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "empty name"),
        ({"name": "no spaces"}, "identifier"),
        ({"foresees_zh": ""}, "foresees_zh"),
        ({"label_query": ""}, "label_query"),
        ({"features": ()}, "no features"),
        ({"momentum_feature": "nope"}, "unknown momentum feature 'nope'"),
        ({"momentum_sign": 0}, "momentum sign"),
        ({"horizon_months": 0}, "horizon_months 0"),
        ({"min_events": 0}, "min_events"),
        ({"min_calibration_events": -1}, "min_calibration_events"),
        ({"outside_weight": 0.0}, "outside_weight"),
        ({"band_cuts": (0.1, 0.2, 0.3, 0.4)}, "falling"),
        ({"band_cuts": (0.4, 0.3, 0.3, 0.1)}, "falling"),
        ({"band_cuts": (1.4, 0.3, 0.2, 0.1)}, "between 0 and 1"),
        ({"band_cuts": (0.4, 0.3)}, "2 band cuts"),
        ({"band_version": ""}, "band_version"),
    ],
)
def test_spec_refuses_nonsense(spec: ModelSpec, changes: dict[str, object], told: str) -> None:
    with pytest.raises(SpecError, match=told):
        replace(spec, **changes)  # type: ignore[arg-type]  # nonsense on purpose


def test_spec_refuses_a_feature_named_twice(spec: ModelSpec) -> None:
    with pytest.raises(SpecError, match="twice: inflow_mean_3m"):
        replace(spec, features=(*spec.features, spec.features[0]))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "a b"}, "identifier"),
        ({"unit": "furlong"}, "furlong"),
        ({"words_zh": ""}, "words"),
        ({"direction": 2}, "2"),
    ],
)
def test_feature_refuses_nonsense(changes: dict[str, object], told: str) -> None:
    with pytest.raises(SpecError, match=told):
        replace(Feature("a", "money", "an amount", "金额"), **changes)  # type: ignore[arg-type]  # nonsense on purpose


@pytest.mark.parametrize(
    "changes", [{"num_rounds": 0}, {"learning_rate": 0.0}, {"feature_fraction": 1.5}, {"lambda_l2": -1.0}]
)
def test_tree_params_refuse_nonsense(changes: dict[str, float]) -> None:
    with pytest.raises(SpecError, match=next(iter(changes))):
        TreeParams(**changes)  # type: ignore[arg-type]  # nonsense on purpose


def test_directions_refuse_unknown_and_contradicting_names(spec: ModelSpec) -> None:
    with pytest.raises(SpecError, match="unknown features: nope"):
        declare_directions(spec.features, increasing=["nope"])
    with pytest.raises(SpecError, match="two directions: is_new"):
        declare_directions(spec.features, increasing=["is_new"], decreasing=["is_new"])


def test_spec_survives_json(spec: ModelSpec) -> None:
    assert spec_from_dict(json.loads(json.dumps(spec_to_dict(spec)))) == spec


def test_a_spec_stored_before_an_entry_existed_has_its_default(spec: ModelSpec) -> None:
    stored = spec_to_dict(spec)
    del stored["trees_of_many"], stored["many_customers"]
    assert spec_from_dict(stored) == spec
    del stored["band_cuts"]
    with pytest.raises(SpecError, match="band_cuts"):
        spec_from_dict(stored)


def test_stored_spec_with_other_entries_is_refused(spec: ModelSpec) -> None:
    with pytest.raises(SpecError, match="surprise"):
        spec_from_dict({**spec_to_dict(spec), "surprise": 1})
