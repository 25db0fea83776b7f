"""The registry gives back what it was given, by name and alias."""

from dataclasses import replace
from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient

from models.declare.spec import ModelSpec
from models.learn.calibration import Calibration
from models.measure.evaluation import Evaluation
from pipelines.errors import BrokenSeal, ModelError, NoChampion
from pipelines.learning.registry import Registry, RegistryUnreachableError, Version
from pipelines.learning.specs import load_spec
from pipelines.learning.train import decide_champion
from pipelines.settings import Settings
from tests.pipelines.small_bank import AS_OF


@pytest.fixture
def version() -> Version:
    spec: ModelSpec = load_spec("prospect_growth")
    return Version(
        spec=spec,
        model_text="tree",
        calibration=Calibration(1.2, -0.3, "out_of_time_scored", 10, 4),
        evaluations=(
            Evaluation("test", "model", "roc_auc", 0.7, 0.6, 0.8, 10, 4),
            Evaluation("test", "champion", "roc_auc", float("nan"), float("nan"), float("nan"), 10, 0),
        ),
        trained_as_of=AS_OF,
        identity="abc",
        card="# card\n大客户\n",
        compared_with="3",
    )


def test_what_goes_in_comes_out_by_alias(
    settings: Settings, version: Version, capfd: pytest.CaptureFixture[str]
) -> None:
    registry = Registry(settings)
    number = registry.register(version)
    registry.promote("prospect_growth", number, approved_by="gate")
    found = Registry(settings).load_champion("prospect_growth")
    assert repr(found) == repr(
        Version(**{**version.__dict__, "version": "1", "approved_by": "gate", "seal": found.seal})
    )
    assert sorted(found.seal) == ["calibration.json", "card.md", "evaluations.json", "model.txt", "spec.json"]
    assert capfd.readouterr() == ("", "")


def test_a_version_is_found_by_what_made_it(settings: Settings, version: Version) -> None:
    registry = Registry(settings)
    registry.register(version)
    found = registry.find_version("prospect_growth", "abc")
    assert found is not None
    assert found.version == "1"
    assert registry.find_version("prospect_growth", "other") is None
    assert registry.find_version("key_account_distress", "abc") is None


def test_a_version_that_is_not_there_cannot_be_promoted(settings: Settings, version: Version) -> None:
    registry = Registry(settings)
    registry.register(version)
    with pytest.raises(ModelError, match="prospect_growth has no version '7'; it has 1"):
        registry.promote("prospect_growth", "7", approved_by="Li")
    assert registry.find_champion("prospect_growth") is None


def test_a_registry_out_of_reach_hides_its_password(settings: Settings) -> None:
    with pytest.raises(RegistryUnreachableError, match="does not answer at http") as refused:
        Registry(settings.model_copy(update={"mlflow_uri": "http://kcrm:hush@127.0.0.1:1"}))
    assert "hush" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_no_champion_is_an_error_to_act_on(settings: Settings, version: Version) -> None:
    registry = Registry(settings)
    assert registry.find_champion("prospect_growth") is None
    with pytest.raises(NoChampion, match=r"prospect_growth has no champion in the registry.*kcrm train"):
        registry.load_champion("prospect_growth")
    registry.register(version)
    assert registry.find_champion("prospect_growth") is None


def test_nothing_is_pickled(settings: Settings, version: Version) -> None:
    Registry(settings).register(version)
    files = {path.name for path in settings.var.rglob("model/*")}
    assert files == {"model.txt", "card.md", "spec.json", "calibration.json", "evaluations.json"}


def test_a_promotion_that_was_cut_off_is_completed_by_the_next_training(
    settings: Settings, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is lost between the two writes of a promotion, whichever comes first."""
    from mlflow.tracking import MlflowClient

    differences = [
        Evaluation("test", rival, "roc_auc_difference", 0.1, 0.05, 0.15, 10, 4) for rival in ("momentum", "logistic")
    ]
    registry = Registry(settings)
    registry.register(replace(version, evaluations=tuple(differences), compared_with=""))
    written: list[str] = []

    def cut_off_after_one(name: str) -> None:
        write = getattr(MlflowClient, name)

        def write_or_lose(client: MlflowClient, *values: str) -> None:
            if written:
                raise ConnectionError("lost")
            written.append(name)
            write(client, *values)

        monkeypatch.setattr(MlflowClient, name, write_or_lose)

    for name in ("set_model_version_tag", "set_registered_model_alias"):
        cut_off_after_one(name)
    with pytest.raises(ConnectionError, match="lost"):
        registry.promote("prospect_growth", "1", approved_by="gate")
    monkeypatch.undo()
    found = registry.find_version("prospect_growth", "abc")
    assert found is not None
    result = decide_champion(registry, found, registry.find_champion("prospect_growth"), row_count=10)
    assert result.is_champion
    assert registry.load_champion("prospect_growth").approved_by == "gate"


def find_file(settings: Settings, name: str) -> Path:
    """Return the only file of that name in the registry."""
    (path,) = settings.var.joinpath("models").rglob(name)
    return path


def test_a_file_that_is_not_the_one_registered_is_refused(settings: Settings, version: Version) -> None:
    registry = Registry(settings)
    registry.promote("prospect_growth", registry.register(version), approved_by="gate")
    for name in ("model.txt", "calibration.json", "spec.json", "card.md", "evaluations.json"):
        path = find_file(settings, name)
        content = path.read_bytes()
        for changed in (content[:-1], content.replace(b"1", b"2") + b" ", b""):
            path.write_bytes(changed)
            with pytest.raises(BrokenSeal, match=f"{name} of version 1 of prospect_growth is not the file that was"):
                registry.load_champion("prospect_growth")
        path.unlink()
        with pytest.raises(BrokenSeal, match=f"{name} of version 1 .* got no such file. It is not loaded. Restore the"):
            registry.load_champion("prospect_growth")
        path.write_bytes(content)
    path.with_name("more.txt").write_text("more", encoding="utf-8")
    with pytest.raises(BrokenSeal, match=r"more.txt of version 1 .* expected no such file .*, got SHA-256"):
        registry.load_champion("prospect_growth")


def test_a_version_without_a_seal_is_refused_and_registered_again(settings: Settings, version: Version) -> None:
    registry = Registry(settings)
    registry.promote("prospect_growth", registry.register(version), approved_by="gate")
    MlflowClient(settings.mlflow_uri, settings.mlflow_uri).delete_model_version_tag("prospect_growth", "1", "sha256")
    with pytest.raises(BrokenSeal, match="version 1 of prospect_growth has no seal"):
        registry.load_champion("prospect_growth")
    assert registry.find_version("prospect_growth", "abc") is None
    registry.register(version)
    found = registry.find_version("prospect_growth", "abc")
    assert found is not None
    assert found.version == "2"
