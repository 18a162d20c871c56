"""The commands as a person types them: what goes wrong ends in one clear sentence and a non-zero exit."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.storage.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
SETTINGS = """
[department]
name = "东桥市城市管理局"
[[staff]]
name = "李雯"
roles = ["duty"]
accounts = { staff_room = "liwen" }
[[groups]]
platform = "staff_room"
chat = "duty"
name = "值班群"
"""


def wensheng(
    folder: Path, *arguments: str, environment: dict[str, str] | None = None, largest_file_bytes: int | None = None
) -> tuple[int, str]:
    """Run a command in a folder. Returns the exit code and everything it printed."""

    def limited() -> None:
        if largest_file_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file_bytes, largest_file_bytes))

    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False, preexec_fn=limited,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wensheng.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def test_help_imports_nothing_heavy() -> None:
    probe = (
        "import sys; sys.argv = ['wensheng', '--help']\n"
        "from bot.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'sqlmodel', 'chromadb', 'langchain_core', 'sklearn', 'snownlp', 'telegram', 'tantivy'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (None, "没有找到设置文件"),
        ("[department\nname = 1", "不是有效的 TOML"),
        ("[department]\n", "「department.name」不能用"),
        ('[department]\nname = "甲"\n[web]\nport = 99999\n', "「web.port」不能用"),
        ('duty_roster = ["乙"]\n[department]\nname = "甲"\n', "“乙”不在 [[staff]] 名单中"),
        ('[department]\nname = "甲"\ncolour = "red"\n', "「department.colour」不能用"),
    ],
)
def test_bad_settings(tmp_path: Path, settings: str | None, told: str) -> None:
    if settings is not None:
        (tmp_path / "wensheng.toml").write_text(settings, encoding="utf-8")
    code, printed = wensheng(tmp_path, "doctor")
    assert (code, printed.count("\n")) == (1, 1)
    assert told in printed


@pytest.mark.parametrize(
    "written",
    ['[telegram]\ntoken = "1000:SECRET"\n', 'database_url = "postgresql+asyncpg://wensheng:1000:SECRET@127.0.0.1/wensheng"\n'],
)
def test_a_secret_in_a_file_that_others_read(folder: Path, written: str) -> None:
    path = folder / "wensheng.toml"
    path.write_text(written + SETTINGS, encoding="utf-8")
    path.chmod(0o644)
    code, printed = wensheng(folder, "doctor")
    assert (code, "chmod 600" in printed, "1000:SECRET" in printed) == (1, True, False)


def test_doctor_finds_a_sound_house(folder: Path) -> None:
    code, printed = wensheng(folder, "doctor")
    assert code == 0, printed
    assert "审计链完整" in printed
    assert "II 级以上需要两位" in printed
    assert "发布：各渠道都由人工复制" in printed


def test_a_file_that_cannot_be_read(folder: Path) -> None:
    (folder / "坏.jsonl").write_bytes(b"\xff\xfe\x00not json\n")
    code, printed = wensheng(folder, "kb", "import", "坏.jsonl")
    assert code == 1
    assert "坏.jsonl" in printed
    code, printed = wensheng(folder, "kb", "import", "没有.md")
    assert (code, printed.strip()) == (1, "没有找到 没有.md。请检查路径。")


def test_a_full_disk(folder: Path) -> None:
    code, printed = wensheng(folder, "doctor", largest_file_bytes=150_000)
    assert code == 1
    assert "磁盘" in printed
    assert "Traceback" not in printed
    code, printed = wensheng(folder, "doctor")
    assert code == 0, "the next start goes on"


def test_a_database_server_that_does_not_answer(folder: Path) -> None:
    address = "postgresql+asyncpg://wensheng:secret@127.0.0.1:1/wensheng"
    code, printed = wensheng(folder, "doctor", environment={"WENSHENG_DATABASE_URL": address})
    assert (code, printed.count("\n")) == (1, 1)
    assert "连不上 PostgreSQL" in printed
    assert "secret" not in printed


@pytest.mark.postgres
def test_a_database_user_who_may_create_nothing(folder: Path, postgres: PostgresServer) -> None:
    postgres.run("CREATE ROLE guest LOGIN")
    address = postgres.url("postgres").replace("//postgres@", "//guest@")
    code, printed = wensheng(folder, "doctor", environment={"WENSHENG_DATABASE_URL": address})
    postgres.run("DROP ROLE guest")
    assert (code, printed.count("\n")) == (1, 1)
    assert "数据库打不开：permission denied for schema public。" in printed


@pytest.mark.both_databases
def test_doctor_finds_a_sound_database(folder: Path, database_url: str) -> None:
    code, printed = wensheng(folder, "doctor", environment={"WENSHENG_DATABASE_URL": database_url})
    assert code == 0, printed
    assert "审计链完整" in printed


def test_a_wrong_token(folder: Path) -> None:
    """A Bot API server of ours says Unauthorized, as Telegram does."""
    server = subprocess.Popen([sys.executable, "-m", "tests.bot.unauthorized"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        address = server.stdout.readline().strip()
        tokens = {"WENSHENG_TELEGRAM__TOKEN": "1:WRONG", "WENSHENG_TELEGRAM__API_URL": address, "WENSHENG_WEB__PORT": "0"}
        code, printed = wensheng(folder, "run", environment=tokens)
    finally:
        server.kill()
        server.communicate()
    assert code == 1
    assert "令牌" in printed
    assert "1:WRONG" not in printed


def test_an_occupied_port(folder: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, printed = wensheng(folder, "run", environment={"WENSHENG_WEB__PORT": str(taken.getsockname()[1])})
    assert code == 1
    assert "端口" in printed
    assert "Traceback" not in printed


def test_audit_verify_finds_a_tampered_row(folder: Path) -> None:
    import sqlite3

    assert wensheng(folder, "doctor")[0] == 0
    assert wensheng(folder, "audit", "verify")[0] == 0
    with sqlite3.connect(folder / "data" / "wensheng.sqlite3") as database:
        database.execute("UPDATE audit_entry SET actor = '别人' WHERE number = 2")
    code, printed = wensheng(folder, "audit", "verify")
    assert (code, "第 2 条断了" in printed) == (1, True)
