"""Champions for tests of what comes after training: MLflow creates its tables once a session, a test gets a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.settings import Settings, load_settings
from tests.pipelines.small_champions import promote_all


@pytest.fixture(scope="session")
def registry_with_champions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite file of a registry in which every model has a champion."""
    folder = tmp_path_factory.mktemp("registry")
    promote_all(
        load_settings(environment={}).model_copy(update={"var": folder, "mlflow_uri": f"sqlite:///{folder}/mlflow.db"})
    )
    return folder / "mlflow.db"


@pytest.fixture
def promote(settings: Settings, registry_with_champions: Path) -> Callable[[], None]:
    """Call it to give every model a champion in the test's own registry."""

    def copy() -> None:
        shutil.copy(registry_with_champions, settings.var / "mlflow.db")

    return copy
