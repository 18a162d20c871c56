"""A Bot API server and the adapter that talks to it."""

from collections.abc import AsyncIterator

import pytest

from adapters.chat.telegram import TelegramChat
from adapters.chat.telegram.chat import Timing
from tests.adapters.telegram.bot_api_server import BotApiServer

BRISK = Timing(poll=1, first_pause=0.01, longest_pause=0.05, answer_within=5.0)


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as running:
        yield running


@pytest.fixture
async def chat(server: BotApiServer) -> AsyncIterator[TelegramChat]:
    async with TelegramChat(server.token, base_url=server.url, pages_url="http://room.test", timing=BRISK) as opened:
        yield opened
