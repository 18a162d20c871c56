"""A vendor pushes to the running department; the door is shut where no vendor is named."""

import json
import secrets
import socket
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from adapters.signature import signed_headers
from adapters.sources.opening import SourceReaders
from bot.service import build_loops
from monitoring.errors import SourceError
from monitoring.item import Item
from storage.clock import PacedClock
from tests.adapters.staff_chat_contract import eventually
from tests.bot.department import START, opened, running, settings

SECRET = "the vendor's shared secret"
VENDOR = {"name": "厂商", "kind": "webhook", "options": {"secret": "${WENSHENG_HOOK}"}}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


async def test_pushed_to_the_running_department(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENSHENG_HOOK", SECRET)
    port = free_port()
    about = settings(tmp_path, [], {}, sources=[VENDOR], intake={"port": port})
    async with opened(about, tmp_path, PacedClock(START)) as house, running(house, {}), httpx.AsyncClient(trust_env=False) as client:
        body = json.dumps([{"pid": "p1", "text": "柳岸夜市的井盖又不见了"}]).encode()

        async def pushed() -> int:
            timestamp = str(int(house.clock.now().timestamp()))
            headers = signed_headers(SECRET.encode(), timestamp, secrets.token_hex(8), body)
            try:
                answer = await client.post(
                    f"http://127.0.0.1:{port}/intake/厂商", content=body, headers={"content-type": "application/json", **headers}
                )
            except httpx.ConnectError:
                return 0
            return answer.status_code

        assert await eventually(pushed, bool) == 202
        async with house.database.reading() as session:
            assert list((await session.exec(select(Item.text))).all()) == ["柳岸夜市的井盖又不见了"]


async def test_without_a_vendor_there_is_no_door_and_without_a_secret_no_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WENSHENG_HOOK", raising=False)
    async with opened(settings(tmp_path, [], {}), tmp_path) as house, SourceReaders() as readers:
        assert "intake" not in build_loops(house, {}, readers)
    async with opened(settings(tmp_path, [], {}, sources=[VENDOR]), tmp_path) as house, SourceReaders() as readers:
        with pytest.raises(SourceError, match="WENSHENG_HOOK"):
            build_loops(house, {}, readers)
