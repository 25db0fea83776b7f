"""The wheel: built from the tree, installed outside it, it runs every step on a bank's own folder of SELECTs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.bank import END, write_bank

ROOT = Path(__file__).resolve().parent.parent
BUILT_FROM = ("pipelines", "models", "sql", "expectations")
AS_OF = END.isoformat()
CONFIGURATION = """
[settings]
bootstrap_rounds = 20
test_months = 3
sources = "selects"

[sources.own]
first_training_as_of = 2025-07-01
valid_days = 0
"""
STEPS = {  # with the heavy packages that a step loads; no step loads another one's
    "migrate": set(),
    f"extract --as-of {AS_OF}": set(),
    f"validate --as-of {AS_OF}": {"great_expectations"},
    f"facts --as-of {AS_OF}": set(),
    f"examples --as-of {AS_OF}": set(),
    f"train --as-of {AS_OF}": {"lightgbm", "mlflow"},
    "promote --model prospect_growth --version 1 --by Li": {"mlflow"},
    "promote --model key_account_distress --version 1 --by Li": {"mlflow"},
    f"features --as-of {AS_OF}": set(),
    f"score --as-of {AS_OF}": {"lightgbm", "mlflow"},
    f"rules --as-of {AS_OF}": set(),
    f"publish --as-of {AS_OF}": set(),
    "top --count 3": set(),
    "status": set(),
}
RUNNER = """
import sys
from pipelines.cli import main
code = main(sys.argv[1:])
heavy = {"airflow", "great_expectations", "lightgbm", "mlflow", "psycopg", "adbc_driver_postgresql"}
print("loaded", *sorted(heavy & set(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


@dataclass(frozen=True)
class Installed:
    """A wheel in an environment of its own, and the folder of the bank that uses it."""

    bin: Path
    home: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        source = {"KCRM_SOURCE": "own", "KCRM_SOURCE_URL": f"files://{self.home}/source"}
        return subprocess.run(
            [str(self.bin / words[0]), *words[1:]],
            cwd=self.home,
            env=kept | source,
            capture_output=True,
            text=True,
            check=False,
        )


def build(folder: Path) -> Path:
    """Build a copy of what is packaged, as a build leaves files in the tree, without an index."""
    for name in BUILT_FROM:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    subprocess.run([*command, "--wheel-dir", str(folder / "dist"), str(folder)], check=True)
    return next((folder / "dist").glob("kcrm-*.whl"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel beside the dependencies of this environment, but not beside its editable installation."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = build(folder / "tree")
    venv.create(folder / "env", with_pip=False)
    site = next((folder / "env" / "lib").glob("python*")) / "site-packages"
    site.joinpath("dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    python = folder / "env" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*pip, str(wheel)], check=True)
    home = folder / "home"
    selects = home / "selects" / "own"
    selects.mkdir(parents=True)
    for name in ("customers", "transactions", "events"):
        shutil.copy(ROOT / "sql" / "sources" / "demo_bank" / f"{name}.sql", selects)
    home.joinpath("kcrm.toml").write_text(CONFIGURATION, encoding="utf-8")
    return Installed(folder / "env" / "bin", home)


def test_the_wheel_installs_its_two_packages_and_no_other(installed: Installed) -> None:
    code = "import importlib.util as u, pipelines; print(pipelines.__file__, *filter(u.find_spec, ({})))"
    names = ", ".join(repr(path.name) for path in ROOT.iterdir() if path.is_dir() and path.name.isidentifier())
    place, *found = installed.run("python", "-c", code.format(names)).stdout.split()
    assert not Path(place).is_relative_to(ROOT)
    assert sorted(found) == ["models", "pipelines"]


def test_help_needs_neither_settings_nor_a_bank(installed: Installed) -> None:
    ended = installed.run("kcrm", "--help")
    assert ended.returncode == 0
    assert "publish" in ended.stdout


def test_every_step_runs_on_the_folder_of_selects_of_a_bank(installed: Installed) -> None:
    write_bank(installed.home / "source", customers=300, months=22, seed=7)
    for step, heavy in STEPS.items():
        ended = installed.run("python", "-c", RUNNER, *step.split())
        assert ended.returncode == 0, (step, ended.stdout, ended.stderr)
        assert set(ended.stderr.splitlines()[-1].split()[1:]) == heavy, step
    assert (installed.home / "var" / "kcrm.duckdb").is_file()


def test_a_missing_driver_is_one_sentence_that_names_the_extra(installed: Installed) -> None:
    code = "import sys; sys.modules['psycopg'] = None; from pipelines.warehouse import open_warehouse; "
    code += "open_warehouse('postgresql://localhost/kcrm')"
    last = installed.run("python", "-c", code).stderr.splitlines()[-1]
    assert "the warehouse is on PostgreSQL, but its drivers are not installed (missing: psycopg)" in last
    assert "pip install 'kcrm[postgresql]'" in last
