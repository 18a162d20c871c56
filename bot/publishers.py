"""Wires the publishers that the settings name, one for each kind, to the channels that they serve."""

import contextlib
from collections.abc import AsyncIterator, Mapping

from pydantic import SecretStr

from bot.faults import StartError
from bot.settings import Settings
from casework.publication import ReplyPublisher
from prompts import say
from storage.clock import Clock


@contextlib.asynccontextmanager
async def open_publishers(settings: Settings, clock: Clock) -> AsyncIterator[Mapping[str, ReplyPublisher]]:
    """Channel -> its publisher; closed on leaving.

    Raises:
        StartError: a channel names a publisher that is not set up, or whose secret is missing.
    """
    makers = {"webhook": _webhook, "telegram": _telegram, "mastodon": _mastodon}
    wanted = settings.publishing.publishers
    async with contextlib.AsyncExitStack() as opened:
        made = {kind: await opened.enter_async_context(makers[kind](settings, clock)) for kind in dict.fromkeys(wanted.values())}
        yield {channel: made[kind] for channel, kind in wanted.items()}


def _webhook(settings: Settings, clock: Clock) -> contextlib.AbstractAsyncContextManager[ReplyPublisher]:
    from adapters.publishing.webhook import WebhookPublisher

    about = settings.publishing
    secret = _given(about.webhook_url, about.secret, "webhook_url", "WENSHENG_PUBLISHING__SECRET")
    del clock  # the receiving side compares the signed time with its own clock
    return WebhookPublisher(about.webhook_url, secret.encode(), producer=settings.department.name)


def _telegram(settings: Settings, clock: Clock) -> contextlib.AbstractAsyncContextManager[ReplyPublisher]:
    from adapters.publishing.telegram import API_URL, TelegramPublisher

    about = settings.publishing.telegram
    del clock
    token = _given(about.channel, about.token, "telegram.channel", "WENSHENG_PUBLISHING__TELEGRAM__TOKEN")
    return TelegramPublisher(token, about.channel, base_url=about.api_url or API_URL)


def _mastodon(settings: Settings, clock: Clock) -> contextlib.AbstractAsyncContextManager[ReplyPublisher]:
    from adapters.publishing.mastodon import MastodonPublisher

    about = settings.publishing.mastodon
    token = _given(about.instance, about.token, "mastodon.instance", "WENSHENG_PUBLISHING__MASTODON__TOKEN")
    return MastodonPublisher(about.instance, token, about.visibility, clock)


def _given(address: str, secret: SecretStr | None, field: str, variable: str) -> str:
    """The secret. Raises StartError where it or the address is missing."""
    if not address or secret is None:
        raise StartError(say("publishing.not_set_up", field=field, variable=variable))
    return secret.get_secret_value()
