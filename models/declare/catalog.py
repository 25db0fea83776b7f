"""The models by name: the one place besides its own module and queries that a new model is added to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.declare.key_account_distress import declare_key_account_distress
from models.declare.prospect_growth import declare_prospect_growth
from models.declare.spec import Feature, ModelSpec

MODELS: dict[str, Callable[[Sequence[Feature]], ModelSpec]] = {
    "prospect_growth": declare_prospect_growth,
    "key_account_distress": declare_key_account_distress,
}

# The model whose scores sql/rules/early_warning/class_measures.sql reads.
CLASSES_MODEL = "key_account_distress"
