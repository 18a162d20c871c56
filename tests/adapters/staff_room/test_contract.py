"""The web staff room keeps the contract of all chat platforms, seen through its pages."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html import unescape

import httpx
import pytest

from adapters.chat.staff_room.chat import StaffRoom
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.staff_chat_contract import Listener, StaffChatContract, Stage
from tests.adapters.staff_room.conftest import browser, make_room


@dataclass
class PageStage:
    """李雯 with the page open. Looking needs no server, acting goes to the one that listens."""

    chat: StaffRoom
    room: str = "duty"
    foreign_room: str = "elsewhere"
    user: str = "liwen"
    heard: list[str] = field(default_factory=list)

    async def visible(self) -> list[str]:
        messages = (await self._html()).split('<li class="message ')[1:]
        return [" ".join(unescape(re.sub(r"<[^>]+>", " ", message.partition(">")[2])).split()) for message in messages]

    async def type(self, text: str) -> None:
        await self._act("/say", {"chat": self.room, "text": text})

    async def press(self, label: str) -> None:
        tokens = re.findall(rf'data-token="([^"]+)"[^>]*>{label}</button>', await self._html())
        await self._act("/press", {"chat": self.room, "token": tokens[-1]})

    async def briefs(self) -> list[str]:
        return [brief for brief in self.heard if brief]

    async def disturb(self) -> bool:
        return False

    async def _act(self, path: str, act: dict[str, str]) -> None:
        async with browser(self.chat) as client:
            answer = await client.post(f"/as/{self.user}{path}", json=act)
        self.heard.append(answer.raise_for_status().json()["brief"])

    async def _html(self) -> str:
        transport = httpx.ASGITransport(self.chat.application(Listener()))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            page = (await client.get(f"/as/{self.user}/room/{self.room}")).raise_for_status().text
        return page.partition('<p class="quiet"')[0]


class TestStaffRoom(StaffChatContract):
    @pytest.fixture
    async def stage(self, database: Database, clock: ManualClock, staff: dict[str, int]) -> AsyncIterator[Stage]:
        async with make_room(database, clock) as room:
            yield PageStage(room)
