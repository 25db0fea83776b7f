"""The registry: trained models by name and alias in MLflow, as text and JSON, never as a pickle."""

from __future__ import annotations

import json
import logging
import math
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import make_url

from models.declare.spec import ModelSpec, spec_from_dict, spec_to_dict
from models.learn.calibration import Calibration
from models.measure.evaluation import Evaluation, evaluation_from_dict, evaluation_to_dict
from pipelines.errors import BrokenSeal, ModelError, NoChampion
from pipelines.learning.seals import Seal, read_tag, refuse_other_files, seal_files
from pipelines.learning.specs import named_errors
from pipelines.settings import Settings

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient

logger = logging.getLogger(__name__)
CHAMPION = "champion"
_EXPERIMENT = "kcrm"
_FOLDER = "model"


class RegistryUnreachableError(ModelError, ConnectionError):
    """The model registry does not answer; a later try may go through."""


@dataclass(frozen=True)
class Version:
    """What the registry holds of one version of a model; `identity` is a hash of everything that made it.

    `compared_with` is the version of the champion that its evaluation names, empty when there was none. `choice` says
    which ways of learning count, and the first that does not, with their inner ROC AUC. `seal` has the SHA-256 of each
    of its files, empty until it is registered.
    """

    spec: ModelSpec
    model_text: str
    calibration: Calibration
    evaluations: tuple[Evaluation, ...]
    trained_as_of: date
    identity: str
    card: str
    compared_with: str = ""
    choice: str = ""
    version: str = ""
    approved_by: str = ""
    seal: Seal = field(default_factory=dict)


class Registry:
    """Model versions behind one MLflow tracking URI."""

    def __init__(self, settings: Settings) -> None:
        self._uri = settings.mlflow_uri
        self._client = _connect(settings)
        self._root = None if "://" in self._uri and not self._uri.startswith("sqlite") else settings.var / "models"

    def register(self, version: Version) -> str:
        """Log the files and metrics of a version, register it under its model's name, and return its number."""
        name = version.spec.name
        run = self._client.create_run(self._experiment_id(), run_name=f"{name} {version.trained_as_of}")
        with tempfile.TemporaryDirectory() as folder:
            _write_files(Path(folder), version)
            seal = seal_files(Path(folder))
            self._client.log_artifacts(run.info.run_id, folder, _FOLDER)
        self._client.log_batch(run.info.run_id, metrics=_metrics(version))
        self._client.set_terminated(run.info.run_id)
        self._ensure_model(name, version.spec.foresees_en)
        tags = {
            "identity": version.identity,
            "trained_as_of": version.trained_as_of.isoformat(),
            "compared_with": version.compared_with,
            "sha256": json.dumps(seal),
            "choice": version.choice,
        }
        made = self._client.create_model_version(
            name, source=f"{run.info.artifact_uri}/{_FOLDER}", run_id=run.info.run_id, tags=tags
        )
        return str(made.version)

    def find_version(self, name: str, identity: str) -> Version | None:
        """Return the version that was made of just this, if there is one: the first whose files are as registered."""
        found = self._client.search_model_versions(f"name = '{name}' and tag.identity = '{identity}'")
        for one in sorted(found, key=lambda one: int(one.version)):
            try:
                return self._load(one)
            except BrokenSeal as broken:
                logger.warning("train: %s", broken)
        return None

    def load_version(self, name: str, version: str) -> Version:
        """Return a version by its number; BrokenSeal when its files are not those that were registered."""
        return self._load(self._client.get_model_version(name, version))

    def find_champion(self, name: str) -> Version | None:
        """Return the champion of a model, or None while there is none."""
        from mlflow.exceptions import MlflowException

        try:
            found = self._client.get_model_version_by_alias(name, CHAMPION)
        except MlflowException as absent:
            if absent.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise
        return self._load(found)

    def load_champion(self, name: str) -> Version:
        """Return the champion of a model; raises NoChampion while there is none."""
        champion = self.find_champion(name)
        if champion is None:
            raise NoChampion(
                f"model {name} has no champion in the registry, so nothing can be scored. Run `kcrm train`; when it "
                "says that the challenger does not beat its rivals, more history or better features are needed."
            )
        return champion

    def list_versions(self, name: str) -> list[str]:
        """Return the numbers of a model's versions, first to last."""
        found = self._client.search_model_versions(f"name = '{name}'")
        return sorted((str(one.version) for one in found), key=int)

    def promote(self, name: str, version: str, approved_by: str) -> None:
        """Make a version the champion and record who or what approved it; ModelError for an unknown version."""
        known = self.list_versions(name)
        if version not in known:
            raise ModelError(
                f"model {name} has no version {version!r}; it has {', '.join(known) or 'none'}. "
                "Run `kcrm train`, or name one of these."
            )
        # The alias first: `approved_by` marks a version that has been champion, and is excluded from promotion once it
        # was replaced. A connection lost in between leaves a champion without the tag, which the next training adds.
        self._client.set_registered_model_alias(name, CHAMPION, version)
        self._client.set_model_version_tag(name, version, "approved_by", approved_by)

    def _load(self, found: ModelVersion) -> Version:
        with tempfile.TemporaryDirectory() as folder:
            what = f"version {found.version} of {found.name}"
            path = self._download(found.run_id, folder, what)
            seal = read_tag(found.tags.get("sha256"), what)
            refuse_other_files(seal_files(path), seal, what, "tag sha256 in the registry")
            return replace(_read_files(path, dict(found.tags), str(found.version)), seal=seal)

    def _download(self, run_id: str, folder: str, what: str) -> Path:
        from mlflow.exceptions import MlflowException

        try:
            return Path(self._client.download_artifacts(run_id, _FOLDER, folder))
        except (MlflowException, OSError) as absent:
            raise BrokenSeal(
                f"the files of {what} cannot be read from the registry: {type(absent).__name__}. Restore them from a "
                "backup, or run `kcrm train`, which registers a new version."
            ) from None

    def _experiment_id(self) -> str:
        found = self._client.get_experiment_by_name(_EXPERIMENT)
        if found is not None:
            return str(found.experiment_id)
        root = None if self._root is None else self._root.resolve().as_uri()
        return str(self._client.create_experiment(_EXPERIMENT, artifact_location=root))

    def _ensure_model(self, name: str, words: str) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self._client.create_registered_model(name, description=words)
        except MlflowException as present:
            if present.error_code != "RESOURCE_ALREADY_EXISTS":
                raise


def _connect(settings: Settings) -> MlflowClient:
    """Open the registry without MLflow's telemetry, progress bars and chatter; one out of reach is said so."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        client = MlflowClient(tracking_uri=settings.mlflow_uri, registry_uri=settings.mlflow_uri)
        client.search_experiments(max_results=1)
    except MlflowException:
        hidden = make_url(settings.mlflow_uri).render_as_string(hide_password=True)
        raise RegistryUnreachableError(
            f"the model registry does not answer at {hidden}. Check KCRM_MLFLOW_URI and the server, and try again."
        ) from None  # MLflow's own message repeats the password
    return client


def _write_files(folder: Path, version: Version) -> None:
    (folder / "model.txt").write_text(version.model_text, encoding="utf-8")
    (folder / "card.md").write_text(version.card, encoding="utf-8")
    _write_json(folder / "spec.json", spec_to_dict(version.spec))
    _write_json(folder / "calibration.json", asdict(version.calibration))
    _write_json(folder / "evaluations.json", [evaluation_to_dict(one) for one in version.evaluations])


def _write_json(path: Path, values: Any) -> None:
    path.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")


def _read_files(folder: Path, tags: Mapping[str, str], version: str) -> Version:
    def read(name: str) -> Any:
        return json.loads((folder / name).read_text(encoding="utf-8"))

    with named_errors(f"version {version} in the registry"):
        spec = spec_from_dict(read("spec.json"))
    return Version(
        spec=spec,
        model_text=(folder / "model.txt").read_text(encoding="utf-8"),
        calibration=Calibration(**read("calibration.json")),
        evaluations=tuple(evaluation_from_dict(one) for one in read("evaluations.json")),
        trained_as_of=date.fromisoformat(tags["trained_as_of"]),
        identity=tags["identity"],
        card=(folder / "card.md").read_text(encoding="utf-8"),
        compared_with=tags.get("compared_with", ""),
        choice=tags.get("choice", ""),
        version=version,
        approved_by=tags.get("approved_by", ""),
    )


def _metrics(version: Version) -> list[Any]:
    from mlflow.entities import Metric

    moment = int(datetime.combine(version.trained_as_of, time(), UTC).timestamp() * 1000)
    known = [e for e in version.evaluations if not math.isnan(e.value)]
    return [Metric(f"{e.split}.{e.rival}.{e.metric}", e.value, moment, 0) for e in known]
