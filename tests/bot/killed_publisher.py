"""A process that publishes one approved reply and is killed by SIGKILL at a named step; see test_publishing_kills.

As a program: `python -m tests.bot.killed_publisher DATABASE INSTANCE NOW STEP`. At `sending` and `accepted` the instance kills it.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import bot.commands.publishing
import bot.publishing_work
from adapters.publishing.mastodon import MastodonPublisher
from casework import publishing
from storage.clock import ManualClock
from tests.adapters.publishing.platforms import TOKEN
from tests.bot.publishing_room import CHANNEL, house_over, order


def die(*_: object, **__: object) -> Any:
    """As the out-of-memory killer does it."""
    os.kill(os.getpid(), signal.SIGKILL)


def dying_after(work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The same work, and death before anything else is done."""

    async def done(*args: Any, **kwargs: Any) -> Any:
        await work(*args, **kwargs)
        die()

    return done


async def main(path: Path, instance: str, now: datetime, step: str) -> None:
    """Publish; it is not expected to end."""
    clock = ManualClock(now)
    async with MastodonPublisher(instance, TOKEN, clock=clock) as publisher, house_over(path, clock, {CHANNEL: publisher}) as house:
        if step == "stored":
            bot.commands.publishing.carry_out = die  # type: ignore[assignment]
        if step == "answered":
            publisher.publish = dying_after(publisher.publish)  # type: ignore[method-assign]
        if step == "finishing":
            publishing.finish = dying_after(publishing.finish)  # type: ignore[assignment]
        await bot.commands.publishing.publish(await order(house))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3]), sys.argv[4]))
