"""The sections of every family by name, without reading a query: settings and DAGs import this."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.rules.families import (
    data_quality,
    early_warning,
    exposures,
    managers,
    overview,
    relationship,
    value,
)
from pipelines.rules.rule import Section

_FAMILIES = (value, relationship, data_quality, managers, exposures, early_warning, overview)
SECTIONS: Mapping[str, Section] = {section.name: section for family in _FAMILIES for section in family.SECTIONS}
