"""Seals: a SHA-256 of every file of a version, kept in the registry and in the warehouse, checked at each load."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from pipelines.errors import BrokenSeal
from pipelines.warehouse import Warehouse

Seal = Mapping[str, str]
"""The SHA-256 of each file, as 64 hexadecimal digits, by the file's name."""


def seal_files(folder: Path) -> dict[str, str]:
    """Return the seal of the files of a folder."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def combine_seal(seal: Seal) -> str:
    """Return one SHA-256 over the names and hashes of all files."""
    return hashlib.sha256(json.dumps(sorted(seal.items())).encode()).hexdigest()


def read_tag(text: str | None, what: str) -> dict[str, str]:
    """Return the seal that a version's tag holds; BrokenSeal where there is none."""
    try:
        seal = json.loads(text or "")
    except ValueError:
        raise BrokenSeal(
            f"{what} has no seal (tag sha256) in the registry, so its files cannot be checked. Run `kcrm train`, which "
            "registers it again."
        ) from None
    return {str(name): str(value) for name, value in seal.items()}


def refuse_other_files(found: Seal, expected: Seal, what: str, where: str) -> None:
    """Raise BrokenSeal that names the first file which differs from its seal, is missing, or is not sealed."""
    for name in sorted({*found, *expected}):
        if found.get(name) == expected.get(name):
            continue
        got = f"SHA-256 {found[name][:12]}..." if name in found else "no such file"
        wanted = f"SHA-256 {expected[name][:12]}..." if name in expected else "no such file"
        raise BrokenSeal(
            f"{name} of {what} is not the file that was registered: expected {wanted} ({where}), got {got}. It is not "
            "loaded. Restore the registry's files from a backup, or run `kcrm train`, which registers a new version."
        )


def record_seal(warehouse: Warehouse, model_name: str, version: str, seal: Seal) -> None:
    """Write the seal of a version that has just been registered to ops.models, in the place of one of that number."""
    key = {"model_name": model_name, "model_version": version}
    rows = [{**key, "file_name": name, "sha256": value} for name, value in sorted(seal.items())]
    warehouse.replace("ops.models", pa.Table.from_pylist(rows), key)


def refuse_unknown_seal(warehouse: Warehouse, model_name: str, version: str, seal: Seal) -> None:
    """Raise BrokenSeal when ops.models holds another seal of the version; a version without one there gets this one."""
    rows = warehouse.read("learning/seal_of_version", model_name=model_name, model_version=version).to_pylist()
    if not rows:  # the registry is older than the warehouse, or serves another one too
        record_seal(warehouse, model_name, version, seal)
        return
    known = {row["file_name"]: row["sha256"] for row in rows}
    refuse_other_files(seal, known, f"version {version} of {model_name}", "ops.models of the warehouse")
