"""The build step that pyproject.toml cannot express: sql/ and expectations/ go into the wheel as pipelines/_data.

They stay at the top of the repository, where they are read from in a checkout (pipelines/paths.py). sql/sources stays
out: it belongs to a bank, and the setting `sources` names its folder.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
FOLDERS = ("expectations", "sql")
SUFFIXES = (".csv", ".json", ".sql")
NOT_PACKAGED = ROOT / "sql" / "sources"


class BuildWithData(build_py):
    """The usual build of the packages, then the data files beside them; an editable installation reads the checkout."""

    def run(self) -> None:
        """Build the packages and copy the data files."""
        super().run()
        if self.editable_mode:
            return
        shutil.rmtree(Path(self.build_lib, "pipelines", "_data"), ignore_errors=True)  # of an earlier build
        for source, target in self._map_data():
            self.mkpath(str(Path(target).parent))
            self.copy_file(source, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Return the files that the build writes."""
        return super().get_outputs(include_bytecode) + [target for _, target in self._map_data()]

    def get_source_files(self) -> list[str]:
        """Return the files that a source distribution needs."""
        return super().get_source_files() + [source for source, _ in self._map_data()]

    def _map_data(self) -> list[tuple[str, str]]:
        """Return (path in the repository, path in the build) of each data file."""
        paths = (path.relative_to(ROOT) for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")))
        return [
            (str(path), str(Path(self.build_lib, "pipelines", "_data", path)))
            for path in paths
            if path.suffix in SUFFIXES and not (ROOT / path).is_relative_to(NOT_PACKAGED)
        ]


setup(cmdclass={"build_py": BuildWithData})
