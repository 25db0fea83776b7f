"""The models' declarations over the features that this warehouse offers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from models.catalog import MODELS
from models.errors import ModellingError
from models.spec import ModelSpec
from pipelines.dictionary import load_dictionary
from pipelines.errors import ModelError


def load_spec(model_name: str) -> ModelSpec:
    """Return the declaration of one model; an unknown name is refused."""
    if model_name not in MODELS:
        raise ModelError(f"no model {model_name!r} is declared; models/catalog.py has {', '.join(sorted(MODELS))}.")
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
