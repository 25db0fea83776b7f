"""The models that exist, by name; each is declared over the features that the warehouse offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from models.declare.key_account_distress import declare_key_account_distress
from models.declare.prospect_growth import declare_prospect_growth
from models.declare.spec import Feature, ModelSpec

MODELS: Mapping[str, Callable[[Sequence[Feature]], ModelSpec]] = MappingProxyType(
    {
        "prospect_growth": declare_prospect_growth,
        "key_account_distress": declare_key_account_distress,
    }
)
