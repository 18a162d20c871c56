"""WeChat keeps the contract of all staff chats, through a real gateway."""

from dataclasses import dataclass

import pytest

from adapters.chat.wechat import WeChatChat
from tests.adapters.staff_chat_contract import StaffChatContract, Stage
from tests.adapters.wechat.gateway_process import Gateway

pytestmark = pytest.mark.wechat


@dataclass
class WeChatStage:
    chat: WeChatChat
    gateway: Gateway
    room: str = "值班总群"
    foreign_room: str = "别的群"
    user: str = "李雯"

    async def visible(self) -> list[str]:
        return await self.gateway.texts()

    async def type(self, text: str) -> None:
        await self.gateway.say(f"@闻声\u2005{text}", mentions_bot=True)

    async def press(self, label: str) -> None:
        raise AssertionError("WeChat has no buttons")

    async def briefs(self) -> list[str]:
        return []

    async def disturb(self) -> bool:
        self.gateway.kill()
        return True


class TestWeChat(StaffChatContract):
    @pytest.fixture
    async def stage(self, chat: WeChatChat, gateway: Gateway) -> Stage:
        return WeChatStage(chat, gateway)
