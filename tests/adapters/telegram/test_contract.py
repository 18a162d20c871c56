"""Telegram keeps the contract of all staff chats, over real HTTP."""

from dataclasses import dataclass

import pytest

from adapters.chat.telegram import TelegramChat
from tests.adapters.staff_chat_contract import StaffChatContract, Stage
from tests.adapters.telegram.bot_api_server import BotApiServer, Json


@dataclass
class TelegramStage:
    chat: TelegramChat
    server: BotApiServer
    person: Json
    room: str = "-100"
    foreign_room: str = "-999"
    user: str = "77"

    async def visible(self) -> list[str]:
        return self.server.texts(int(self.room))

    async def type(self, text: str) -> None:
        await self.server.say(self.person, int(self.room), f"@wensheng_bot {text}")

    async def press(self, label: str) -> None:
        await self.server.press(self.person, int(self.room), label)

    async def briefs(self) -> list[str]:
        return [answer["text"] for answer in self.server.answers.values() if "text" in answer]

    async def disturb(self) -> bool:
        await self.server.stop()
        return True


class TestTelegram(StaffChatContract):
    @pytest.fixture
    async def stage(self, chat: TelegramChat, server: BotApiServer) -> Stage:
        server.add_group()
        return TelegramStage(chat, server, server.add_person())
