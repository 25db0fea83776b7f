"""The models' declarations over the features that this warehouse offers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from models.declare.catalog import MODELS
from models.declare.spec import ModelSpec
from models.errors import ModellingError
from pipelines.errors import ModelError
from pipelines.features.dictionary import load_dictionary
from pipelines.settings import Settings


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


def set_labels(spec: ModelSpec, settings: Settings) -> ModelSpec:
    """Return the spec with the numbers of its label that the source in force sets, under a label version of their own.

    ModelError for a number that the label does not have.
    """
    given = settings.source_settings.labels.get(spec.name, {})
    declared = dict(spec.label_binds)
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise ModelError(
            f"[sources.{settings.source}.labels.{spec.name}] sets {', '.join(unknown)}; expected some of "
            f"{', '.join(declared)}. Rename or remove it in kcrm.toml."
        )
    changed = {name: number for name, number in given.items() if number != declared[name]}
    if not changed:
        return spec
    told = ",".join(f"{name}={number:g}" for name, number in sorted(changed.items()))
    digest = hashlib.sha256(told.encode()).hexdigest()[:8]
    binds = tuple((name, changed.get(name, number)) for name, number in spec.label_binds)
    return replace(spec, label_binds=binds, label_version=f"{spec.label_version}_{digest}")


@contextmanager
def named_errors(model_name: str) -> Iterator[None]:
    """Tell a refusal of the modelling room as the pipeline's own error, with the model's name."""
    try:
        yield
    except ModellingError as refused:
        raise ModelError(f"{model_name}: {refused}.") from refused
