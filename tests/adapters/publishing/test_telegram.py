"""What is Telegram's own: its length in UTF-16 units, its waiting times, its two kinds of addresses."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.publishing.telegram import LONGEST_UNITS, TelegramPublisher
from casework.errors import PublishError
from storage.clock import ManualClock
from tests.adapters.publishing.platforms import TOKEN, Fault, TelegramChannel
from tests.adapters.publishing.reply_publisher_contract import KEY, REPLY
from tests.adapters.telegram.bot_api_server import BotApiServer


@pytest.fixture
async def channel(clock: ManualClock) -> AsyncIterator[TelegramChannel]:
    async with TelegramChannel(clock) as opened:
        yield opened  # type: ignore[misc]  # itself


@pytest.fixture
async def bot(channel: TelegramChannel) -> AsyncIterator[TelegramPublisher]:
    async with TelegramPublisher(TOKEN, "-1001234", base_url=channel.url, timeout_seconds=1) as opened:
        yield opened


@pytest.mark.parametrize(("username", "link"), [("townhall", "https://t.me/townhall/1"), ("", "https://t.me/c/1234/1")])
async def test_the_address_is_for_everybody_or_for_the_members(
    bot: TelegramPublisher, channel: TelegramChannel, username: str, link: str
) -> None:
    channel.username = username
    assert await bot.publish(REPLY, KEY) == link


async def test_what_is_too_long_is_not_sent(bot: TelegramPublisher, channel: TelegramChannel) -> None:
    with pytest.raises(PublishError, match="4098 字") as refused:
        await bot.publish(replace(REPLY, text="😀" * (LONGEST_UNITS // 2 + 1)), KEY)
    assert (refused.value.uncertain, channel.attempts) == (False, 0)


async def test_it_says_how_long_telegram_asks_to_wait(bot: TelegramPublisher, channel: TelegramChannel) -> None:
    channel.faults = [Fault.BUSY]
    with pytest.raises(PublishError, match="等 7 秒"):
        await bot.publish(REPLY, KEY)


async def test_a_wrong_token_is_a_refusal(channel: TelegramChannel) -> None:
    async with TelegramPublisher("another", "@townhall", base_url=channel.url) as stranger:
        with pytest.raises(PublishError) as refused:
            await stranger.publish(REPLY, KEY)
    assert not refused.value.uncertain


async def test_what_stands_in_a_channel_cannot_be_asked(bot: TelegramPublisher, clock: ManualClock) -> None:
    assert not bot.finds
    with pytest.raises(PublishError):
        await bot.find(REPLY.text, KEY, clock.now())


async def test_a_second_implementation_of_the_api_finds_nothing_wrong_with_the_request() -> None:
    async with BotApiServer() as server:
        server.chats[-1001234] = {"id": -1001234, "type": "channel", "title": "东桥发布", "username": "townhall"}
        async with TelegramPublisher(server.token, "-1001234", base_url=server.url) as publisher:
            link = await publisher.publish(replace(REPLY, text="我们看到了，正在核实 &lt;一&gt;。"), KEY)
        (message,) = server.shown(-1001234)
    assert link == f"https://t.me/townhall/{message['message_id']}"
    assert message["html"] == "我们看到了，正在核实 &lt;一&gt;。", "sent as it is, without markup"
    assert message["link_preview_options"] == {"is_disabled": True}
