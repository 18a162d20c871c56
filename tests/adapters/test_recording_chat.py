"""The fake keeps the contract that it stands in for."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from casework.errors import ChatError
from tests.adapters.recording_chat import RecordingChat
from tests.adapters.staff_chat_contract import StaffChatContract, Stage


@dataclass
class RecordingStage:
    chat: RecordingChat
    room: str = "duty"
    foreign_room: str = "elsewhere"
    user: str = "liwen"

    async def visible(self) -> list[str]:
        return self.chat.texts(self.room)

    async def type(self, text: str) -> None:
        await self.chat.type(self.user, text, self.room)

    async def press(self, label: str) -> None:
        buttons = [b for m in self.chat.messages for line in m.card.buttons for b in line if b.label == label]
        await self.chat.press(self.user, buttons[-1].token, self.room)

    async def briefs(self) -> list[str]:
        return self.chat.briefs

    async def disturb(self) -> bool:
        self.chat.faults.append(ChatError("平台繁忙", retry_after_seconds=30))
        return True


class TestRecordingChat(StaffChatContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with RecordingChat() as chat:
            yield RecordingStage(chat)
