"""The models' declarations over the features that this warehouse offers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from models.declare.catalog import MODELS
from models.declare.spec import ModelSpec
from models.errors import ModellingError
from pipelines.errors import ModelError
from pipelines.features.dictionary import load_dictionary


def load_spec(model_name: str) -> ModelSpec:
    """Return the declaration of one model; an unknown name is refused."""
    if model_name not in MODELS:
        raise ModelError(
            f"no model {model_name!r} is declared; models/declare/catalog.py has {', '.join(sorted(MODELS))}."
        )
    with named_errors(model_name):
        return MODELS[model_name](load_dictionary())


def load_specs() -> dict[str, ModelSpec]:
    """Return the declarations of all models by name."""
    return {name: load_spec(name) for name in MODELS}


@contextmanager
def named_errors(model_name: str) -> Iterator[None]:
    """Tell a refusal of the modelling room as the pipeline's own error, with the model's name."""
    try:
        yield
    except ModellingError as refused:
        raise ModelError(f"{model_name}: {refused}.") from refused
