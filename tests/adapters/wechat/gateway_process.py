"""The real wechaty gateway as a child process, over the WeChat of `gateway/gateway.js`."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

SOURCE = Path(__file__).parent / "gateway"


def install() -> Path:
    """The gateway's folder, with the packages of its lock; filled once per lock, outside the repository."""
    if missing := [program for program in ("node", "npm") if not shutil.which(program)]:
        pytest.fail(f"the tests of WeChat run the real gateway and need {' and '.join(missing)}: install Node.js 18 or later")
    lock = (SOURCE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wensheng-tests" / hashlib.sha256(lock).hexdigest()[:16]
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (cache / "complete").exists():
            _fill(cache)
    return cache


def _fill(cache: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SOURCE / name, cache)
    # Peers are left out: the one that would come is a compiler for a puppet that is not used.
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--legacy-peer-deps"], cwd=cache, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f"npm ci could not install the gateway of the WeChat tests:\n{done.stderr}")
    (cache / "complete").touch()


@dataclass
class Gateway:
    """One gateway, and what a test does with it."""

    tls: bool = False
    token: str = "insecure_test"
    ports: tuple[int, int] = field(default_factory=lambda: (_free_port(), _free_port()))
    _process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.ports[0]}"

    @property
    def runs(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Run; again on the same ports after a kill, with other ids for everything."""
        script = shutil.copy(SOURCE / "gateway.js", install())
        settings = {"GRPC_PORT": str(self.ports[0]), "CONTROL_PORT": str(self.ports[1]), "TOKEN": self.token, "TLS": str(int(self.tls))}
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(["node", script], env={**os.environ, **settings}, stdin=pipe, stdout=pipe, stderr=nowhere)
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line == b"READY\n", f"the gateway said {line!r}"

    def kill(self) -> None:
        """End at once, as a crash does."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def freeze(self) -> None:
        """Answer nothing, and keep every connection open."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on after `freeze`."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    async def reset(self) -> None:
        """One group, the account logged in, nothing sent and nothing failing."""
        await self.control("reset")

    async def say(self, text: str, *, who: str = "李雯", room: str | None = "值班总群", mentions_bot: bool = False, **extra: Any) -> None:
        """A person types; without a room, to the bot alone."""
        await self.control("say", text=text, who=who, room=room, mentionsBot=mentions_bot, **extra)

    async def sent(self) -> list[dict[str, Any]]:
        """What the bot has sent: `text`, `to` (a topic or a person) and `mentions`."""
        return list(await self.control("sent"))

    async def texts(self) -> list[str]:
        return [message["text"] for message in await self.sent()]

    async def control(self, order: str, **details: Any) -> Any:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(f"http://127.0.0.1:{self.ports[1]}/{order}", content=json.dumps(details))
        return answer.json()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
