"""What is the webhook's own: what it signs and tells, and how the receiving side may be asked."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.publishing.webhook import WebhookPublisher, body_of
from casework.errors import PublishError
from storage.clock import ManualClock
from tests.adapters.publishing.platforms import SECRET, Site
from tests.adapters.publishing.reply_publisher_contract import KEY, REPLY, TEXT


@pytest.fixture
async def site(clock: ManualClock) -> AsyncIterator[Site]:
    async with Site(clock) as opened:
        yield opened  # type: ignore[misc]  # itself


def publisher(site: Site, clock: ManualClock, secret: bytes = SECRET) -> WebhookPublisher:
    return WebhookPublisher(f"{site.url}/replies", secret, clock, 2.0, producer="东桥市城市管理局")


async def test_what_is_sent_names_no_approver(site: Site, clock: ManualClock) -> None:
    async with publisher(site, clock) as webhook:
        await webhook.publish(REPLY, KEY)
    assert set(site.bodies[0]) == {"case", "version", "channel", "text", "hash"}
    assert "郑三" not in str(site.bodies)


async def test_what_a_model_wrote_carries_the_metadata_of_generated_content(site: Site, clock: ManualClock) -> None:
    async with publisher(site, clock) as webhook:
        await webhook.publish(replace(REPLY, ai_written=True), KEY)
    assert site.bodies[0]["AIGC"] == {"Label": "1", "ContentProducer": "东桥市城市管理局", "ProduceID": "A12-3"}
    assert b"AIGC" not in body_of(REPLY)


async def test_the_same_key_again_is_the_same_publication(site: Site, clock: ManualClock) -> None:
    async with publisher(site, clock) as webhook:
        assert await webhook.publish(REPLY, KEY) == await webhook.publish(REPLY, KEY)
    assert (len(site.posted), len(site.nonces)) == (1, 2)


async def test_another_secret_is_refused_and_nothing_is_out_or_told(site: Site, clock: ManualClock) -> None:
    async with publisher(site, clock, secret=b"another") as webhook:
        with pytest.raises(PublishError) as refused:
            await webhook.publish(REPLY, KEY)
        with pytest.raises(PublishError):
            await webhook.find(TEXT, KEY, clock.now())
    assert (refused.value.uncertain, site.texts) == (False, [])


@pytest.mark.parametrize("answer", [(200, '{"link": ""}'), (200, '{"link": "javascript:alert(1)"}'), (404, '{"link": null}'), (204, "")])
async def test_only_a_plain_no_is_an_absence(site: Site, clock: ManualClock, answer: tuple[int, str]) -> None:
    site.look_fault = answer
    async with publisher(site, clock) as webhook:
        with pytest.raises(PublishError):
            await webhook.find(TEXT, KEY, clock.now())
        site.look_fault = (200, '{"link": null}')
        assert await webhook.find(TEXT, KEY, clock.now()) is None
