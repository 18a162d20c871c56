"""A PostgreSQL server of the tests' own, from Debian's package: started in a temporary folder, stopped and gone at the end."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

OWNER = "postgres"
"""The user that Debian's package creates; the server refuses to run as root."""
PORT = 5432
"""Names the socket in the server's own folder; nothing listens on the network."""
FOR_TESTS = f"-c listen_addresses='' -c port={PORT} -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"


@dataclass(frozen=True)
class PostgresServer:
    """A running server, whose socket lies in `folder`."""

    folder: Path

    def url(self, database: str) -> str:
        """The address of one of its databases, as a department would set it."""
        return f"postgresql+asyncpg://{OWNER}@/{database}?host={self.folder}&port={PORT}"

    def run(self, statement: str) -> None:
        """Run one statement that belongs to no database."""
        _run(
            self.folder,
            _programs() / "psql",
            "-h",
            self.folder,
            "-p",
            str(PORT),
            "-U",
            OWNER,
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            statement,
        )


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server with the collation of a Chinese department's machine; all writes go to memory only."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="wensheng-postgres-"))
    data = folder / "data"
    try:
        if os.getuid() == 0:
            shutil.chown(folder, OWNER, OWNER)
        _run(folder, programs / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions",
             "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh")  # fmt: skip
        _run(folder, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"{FOR_TESTS} -k {folder}", "start")
        try:
            yield PostgresServer(folder)
        finally:
            _run(folder, programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        pytest.fail("PostgreSQL 没有安装，两种数据库的测试无法进行。请执行：apt-get install postgresql", pytrace=False)
    return found[-1].parent


def _run(folder: Path, *command: str | Path) -> None:
    who = {"user": OWNER, "group": OWNER, "extra_groups": ()} if os.getuid() == 0 else {}
    with (folder / "output").open("ab") as output:  # not a pipe: the server would keep it open
        done = subprocess.run([str(part) for part in command], cwd=folder, stdout=output, stderr=output, timeout=60, check=False, **who)  # type: ignore[call-overload]
    assert done.returncode == 0, (folder / "output").read_text(errors="replace")
