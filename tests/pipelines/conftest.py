"""Champions for tests of what comes after training: MLflow creates its tables once a session, a test gets a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.settings import Settings, load_settings
from tests.pipelines.small_champions import crown_all


@pytest.fixture(scope="session")
def crowned_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite file of a registry in which every model has a champion."""
    folder = tmp_path_factory.mktemp("registry")
    crown_all(replace(load_settings(environment={}), var=folder, mlflow_uri=f"sqlite:///{folder}/mlflow.db"))
    return folder / "mlflow.db"


@pytest.fixture
def crown(settings: Settings, crowned_registry: Path) -> Callable[[], None]:
    """Call it to give every model a champion in the test's own registry."""

    def copy() -> None:
        shutil.copy(crowned_registry, settings.var / "mlflow.db")

    return copy
