"""Where a measured process works: the settings and the warehouse that its environment names."""

from __future__ import annotations

from pipelines.settings import Settings, load_settings
from pipelines.warehouse import Warehouse, open_warehouse


def open_place() -> tuple[Settings, Warehouse]:
    """Return the settings in force and their warehouse, open."""
    settings = load_settings()
    return settings, open_warehouse(settings.warehouse_url, settings.memory_limit)
