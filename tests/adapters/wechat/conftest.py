"""A gateway and the adapter that is connected to it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from adapters.chat.wechat import WeChatChat
from adapters.chat.wechat.timing import Timing
from casework.errors import ChatError
from tests.adapters.until import until
from tests.adapters.wechat.gateway_process import Gateway

BRISK = Timing(call=10.0, ping=0.1, first_pause=0.02, longest_pause=0.1, between=0.0)


@pytest.fixture(scope="package")
def shared_gateway() -> Iterator[Gateway]:
    running = Gateway()
    yield running
    running.kill()


@pytest.fixture
async def gateway(shared_gateway: Gateway) -> Gateway:
    """The gateway as new; one that a test has killed is started again."""
    if not shared_gateway.runs:
        shared_gateway.start()
    await shared_gateway.reset()
    return shared_gateway


@pytest.fixture
async def chat(gateway: Gateway) -> AsyncIterator[WeChatChat]:
    async with WeChatChat(gateway.token, gateway.endpoint, timing=BRISK) as opened:
        await connected(opened)
        yield opened


async def connected(chat: WeChatChat) -> None:
    """Wait until the account is logged in."""

    def logged_in() -> bool:
        try:
            return bool(chat._link.account)
        except ChatError:
            return False

    await until(logged_in)
