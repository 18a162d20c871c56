"""What is Mastodon's own: its limits, its idempotency key, what its timelines show and do not show."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.publishing.mastodon import MOST_PAGES, SETTLING, STATUSES_PER_PAGE, MastodonPublisher, length_of
from casework.errors import PublishError
from storage.clock import ManualClock
from tests.adapters.publishing.platforms import TOKEN, Fault, Mastodon
from tests.adapters.publishing.reply_publisher_contract import KEY, LONG_ENOUGH, REPLY, TEXT


@pytest.fixture
async def instance(clock: ManualClock) -> AsyncIterator[Mastodon]:
    async with Mastodon(clock) as opened:
        yield opened  # type: ignore[misc]  # itself


@pytest.fixture
async def account(instance: Mastodon, clock: ManualClock) -> AsyncIterator[MastodonPublisher]:
    async with MastodonPublisher(instance.url, TOKEN, "unlisted", clock, timeout_seconds=2) as opened:
        yield opened


async def test_a_status_is_chinese_and_as_visible_as_the_settings_say(account: MastodonPublisher, instance: Mastodon) -> None:
    await account.publish(REPLY, KEY)
    assert instance.statuses == [{"status": TEXT, "visibility": "unlisted", "language": "zh"}]
    assert instance.posted[0].key == KEY


async def test_the_same_key_again_is_the_same_status(account: MastodonPublisher, instance: Mastodon) -> None:
    assert await account.publish(REPLY, KEY) == await account.publish(REPLY, KEY)
    assert len(instance.posted) == 1


async def test_what_is_too_long_for_the_instance_is_not_sent(account: MastodonPublisher, instance: Mastodon) -> None:
    instance.longest = len(TEXT) - 1
    with pytest.raises(PublishError, match=f"{len(TEXT)} 字，超过 127.0.0.1 的 {len(TEXT) - 1} 字上限") as refused:
        await account.publish(REPLY, KEY)
    assert (refused.value.uncertain, instance.statuses) == (False, [])


async def test_without_knowing_the_limit_nothing_is_sent(account: MastodonPublisher, instance: Mastodon) -> None:
    instance.look_fault = (503, "")
    with pytest.raises(PublishError, match="问不到") as refused:
        await account.publish(REPLY, KEY)
    assert (refused.value.uncertain, instance.statuses) == (False, [])


async def test_a_wrong_token_is_a_refusal(instance: Mastodon) -> None:
    async with MastodonPublisher(instance.url, "another") as stranger:
        with pytest.raises(PublishError, match="access token is invalid") as refused:
            await stranger.publish(REPLY, KEY)
    assert not refused.value.uncertain


async def test_absence_is_not_believed_before_timelines_have_settled(
    account: MastodonPublisher, instance: Mastodon, clock: ManualClock
) -> None:
    since = clock.now()
    clock.move_to(since + SETTLING - timedelta(seconds=1))
    with pytest.raises(PublishError, match="可能还没显示"):
        await account.find(TEXT, KEY, since)
    clock.move_to(since + SETTLING)
    assert await account.find(TEXT, KEY, since) is None


async def test_the_same_words_from_long_before_are_not_this_attempt(
    account: MastodonPublisher, instance: Mastodon, clock: ManualClock
) -> None:
    instance.post(TEXT, at=clock.now() - timedelta(hours=2))
    since = clock.now()
    clock.move_to(since + LONG_ENOUGH)
    assert await account.find(TEXT, KEY, since) is None


async def test_it_is_found_behind_many_newer_ones(account: MastodonPublisher, instance: Mastodon, clock: ManualClock) -> None:
    since = clock.now()
    wanted = instance.post(TEXT)
    for number in range(2 * STATUSES_PER_PAGE):
        instance.post(f"另一条 {number}")
    assert await account.find(TEXT, KEY, since) == wanted.link
    for number in range((MOST_PAGES - 2) * STATUSES_PER_PAGE):
        instance.post(f"又一条 {number}")
    with pytest.raises(PublishError, match="没有翻到头"):
        await account.find(TEXT, KEY, since)


async def test_a_text_that_the_instance_rewrites_is_not_looked_for(account: MastodonPublisher, clock: ManualClock) -> None:
    with pytest.raises(PublishError, match="@"):
        await account.find("请找 @东桥城管", KEY, clock.now() - LONG_ENOUGH)


async def test_a_status_without_an_address_is_uncertain(account: MastodonPublisher, instance: Mastodon) -> None:
    instance.faults = [Fault.NO_LINK]
    with pytest.raises(PublishError, match="没有告知网址") as failed:
        await account.publish(replace(REPLY, text="短"), KEY)
    assert failed.value.uncertain


@given(st.text(max_size=60), st.text(alphabet="abcdefgh/.", min_size=1, max_size=80))
def test_each_address_counts_as_the_instance_counts_it(words: str, path: str) -> None:
    words = words.replace("http", "")
    assert length_of(words) == len(words)
    assert length_of(f"{words} https://a.example/{path}") == len(words) + 1 + 23
