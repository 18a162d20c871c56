"""Every publisher against its platform on loopback, and the fake against itself."""

from collections.abc import AsyncIterator

import pytest

from adapters.publishing.mastodon import MastodonPublisher
from adapters.publishing.telegram import TelegramPublisher
from adapters.publishing.webhook import WebhookPublisher
from storage.clock import ManualClock
from tests.adapters.publishing.notice_board import NoticeBoard, NoticeBoardPublisher
from tests.adapters.publishing.platforms import SECRET, TOKEN, Mastodon, Site, TelegramChannel
from tests.adapters.publishing.reply_publisher_contract import FindingContract, ReplyPublisherContract

PATIENCE_SECONDS = 0.4


class TestNoticeBoard(FindingContract):
    """The fake."""

    @pytest.fixture
    async def platform(self, clock: ManualClock) -> AsyncIterator[NoticeBoard]:
        async with NoticeBoard(clock) as board:
            yield board

    @pytest.fixture
    def publisher(self, platform: NoticeBoard) -> NoticeBoardPublisher:
        return NoticeBoardPublisher(platform)


class TestWebhook(FindingContract):
    """A signed webhook."""

    @pytest.fixture
    async def platform(self, clock: ManualClock) -> AsyncIterator[Site]:
        async with Site(clock) as site:
            yield site  # type: ignore[misc]  # itself

    @pytest.fixture
    async def publisher(self, platform: Site, clock: ManualClock) -> AsyncIterator[WebhookPublisher]:
        async with WebhookPublisher(f"{platform.url}/replies", SECRET, clock, PATIENCE_SECONDS) as webhook:
            yield webhook


class TestMastodon(FindingContract):
    """A Mastodon account."""

    @pytest.fixture
    async def platform(self, clock: ManualClock) -> AsyncIterator[Mastodon]:
        async with Mastodon(clock) as instance:
            yield instance  # type: ignore[misc]  # itself

    @pytest.fixture
    async def publisher(self, platform: Mastodon, clock: ManualClock) -> AsyncIterator[MastodonPublisher]:
        async with MastodonPublisher(platform.url, TOKEN, clock=clock, timeout_seconds=PATIENCE_SECONDS) as account:
            yield account


class TestTelegramChannel(ReplyPublisherContract):
    """A Telegram channel."""

    @pytest.fixture
    async def platform(self, clock: ManualClock) -> AsyncIterator[TelegramChannel]:
        async with TelegramChannel(clock) as channel:
            yield channel  # type: ignore[misc]  # itself

    @pytest.fixture
    async def publisher(self, platform: TelegramChannel) -> AsyncIterator[TelegramPublisher]:
        async with TelegramPublisher(TOKEN, "@townhall", base_url=platform.url, timeout_seconds=PATIENCE_SECONDS) as channel:
            yield channel
