"""What was said last, by person and chat."""

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")

REMEMBERED = 500
"""Conversations whose last question is kept for follow-ups; the oldest is dropped."""

Speaker = tuple[str, str, str]
"""Platform, chat and person."""


class Memory(Generic[T]):
    """The last of something that each speaker said; lost with the process, for it only makes asking shorter."""

    def __init__(self) -> None:
        self._last: OrderedDict[Speaker, T] = OrderedDict()

    def __contains__(self, speaker: Speaker) -> bool:
        return speaker in self._last

    def get(self, speaker: Speaker) -> T | None:
        """What the speaker said last, if it is remembered."""
        return self._last.get(speaker)

    def remember(self, speaker: Speaker, said: T) -> None:
        """Keep it, and forget whoever was silent the longest."""
        self._last[speaker] = said
        self._last.move_to_end(speaker)
        while len(self._last) > REMEMBERED:
            self._last.popitem(last=False)

    def forget(self, speaker: Speaker) -> None:
        """Keep nothing of the speaker."""
        self._last.pop(speaker, None)
