"""Waiting for something to come about, without a fixed time."""

from collections.abc import Callable
from typing import TypeVar

from tests.adapters.staff_chat_contract import eventually

T = TypeVar("T")


async def until(look: Callable[[], T], wanted: Callable[[T], object] = bool) -> T:
    """Look again until what is seen is as wanted. Returns it; fails when patience ends."""

    async def looking() -> T:
        return look()

    return await eventually(looking, lambda seen: bool(wanted(seen)))
