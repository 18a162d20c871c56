"""A post that a person forwards to the bot: its text is all that is known of it."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from adapters.sources.record import content_key
from monitoring.post import Batch, RawPost

LONGEST_CHARACTERS = 20_000


def forwarded_post(text: str, origin: str, now: datetime) -> RawPost:
    """The post that a forwarded text stands for. The same text from the same place is the same post, whoever forwards it.

    Args:
        origin: where it came from, as the chat tells it; may be empty.
    """
    body = text.strip()[:LONGEST_CHARACTERS]
    return RawPost(key=content_key(origin, body), text=body, posted_at=now, author=origin)


class ForwardedPosts:
    """The source of forwarded posts: they are pushed, so there is nothing to read."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def read(self, cursor: dict[str, Any], now: datetime) -> AsyncIterator[Batch]:
        nothing: tuple[Batch, ...] = ()
        for batch in nothing:
            yield batch
