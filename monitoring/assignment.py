"""Which event a post belongs to: found by the rare runs of characters that it shares with events, decided by likeness.

The work for one post is bounded: KEYS look-ups of at most HOLDERS_PER_KEY events each, then at most CANDIDATES events with at most
VOICES remembered posts each, however large the archive is.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np

from monitoring.likeness import Voice, likeness
from monitoring.rarity import rarity
from monitoring.wording import BREAK, Wording, read_wording

KEYS = 24
HOLDERS_PER_KEY = 12
CANDIDATES = 8
VOICES = 5
"""So many posts speak for an event; the first ones, and later only such as are worded differently."""
THRESHOLD = 0.5
"""From this likelihood on a post joins an event."""
SAME_WORDING = 0.98
"""A post so like one that is remembered adds nothing to remember."""

_HEAD_WORTH = 1.6
_NO_DISTRICT = "小社辖地片校园景厂院库老市城灾特专禁郊山牧矿林营务发宅业民活住商学教新共置属游"
"""Before 区 these make a common noun (小区, 社区, 景区)."""
_DISTRICT = re.compile(rf"(?:[A-Za-z]\d+|[\u4e00-\u9fff]{{2}})(?<![{_NO_DISTRICT}])[区县]")


class EventIndex(Protocol):
    """What the assignment needs to know of the events so far; over rows or in memory."""

    async def holders(self, keys: Sequence[int]) -> Iterable[tuple[int, int]]:
        """Pairs of key and event id: for each key its newest HOLDERS_PER_KEY events."""
        ...

    async def voices(self, events: Sequence[int]) -> Mapping[int, Sequence[Voice]]:
        """The remembered posts of each of these events."""
        ...

    async def remember(self, event: int, item: int, voice: Voice, keys: Sequence[int]) -> None:
        """Let a post speak for an event and be found by these keys."""
        ...


@dataclass(frozen=True)
class Assignment:
    """Where a post belongs.

    Attributes:
        event: the event's id; None where the post begins a new one.
        likelihood: of the best event found, 0 to 1; 0 where none was found.
        worth_remembering: whether the post should speak for its event from now on.
    """

    event: int | None
    likelihood: float
    worth_remembering: bool


def voice_of(title: str, text: str, posted_at: datetime, district: str | None = None) -> Voice:
    """What the assignment needs to know of one post.

    Args:
        district: where the analysis knows it; otherwise the districts that the title names count.
    """
    named = {match.group() for match in _DISTRICT.finditer(title)}
    return Voice(read_wording(title, text), posted_at, frozenset(named | ({district} if district else set())))


def keys_of(wording: Wording) -> list[int]:
    """The rarest runs of characters, those of the head first: what the post is looked up by."""
    in_head = np.isin(wording.grams, wording.head[wording.head != BREAK])
    worth = rarity(wording.grams) * (1 + 0.5 * np.log(wording.counts)) * np.where(in_head, _HEAD_WORTH, 1.0)
    return [int(key) for key in wording.grams[np.argsort(-worth, kind="stable")[:KEYS]]]


async def assign(index: EventIndex, voice: Voice, keys: Sequence[int]) -> Assignment:
    """Find the event that the post most likely belongs to. Nothing is stored."""
    candidates = likeliest(await index.holders(keys))
    if not candidates:
        return Assignment(None, 0.0, worth_remembering=True)
    remembered = await index.voices(candidates)
    scores = {event: sorted((likeness(voice, other) for other in voices), reverse=True) for event, voices in remembered.items() if voices}
    best = max(scores, key=lambda event: _agreement(scores[event]), default=None)
    if best is None or _agreement(scores[best]) < THRESHOLD:
        return Assignment(None, _agreement(scores[best]) if best is not None else 0.0, worth_remembering=True)
    fresh = len(scores[best]) < VOICES and scores[best][0] < SAME_WORDING
    return Assignment(best, _agreement(scores[best]), worth_remembering=fresh)


def likeliest(holders: Iterable[tuple[int, int]]) -> list[int]:
    """The CANDIDATES events that share the rarest keys; a key that many events share counts less."""
    by_key: dict[int, list[int]] = defaultdict(list)
    for key, event in holders:
        by_key[key].append(event)
    worth: dict[int, float] = defaultdict(float)
    for events, rare in zip(by_key.values(), rarity(np.array(list(by_key), np.uint32)), strict=True):
        for event in events:
            worth[event] += float(rare) / (1 + len(events)) ** 0.5
    return sorted(worth, key=lambda event: (-worth[event], event))[:CANDIDATES]


def _agreement(scores: Sequence[float]) -> float:
    """The best likeness, tempered by that with the next two: one chance resemblance is not enough in a large event."""
    return (scores[0] + sum(scores[:3]) / len(scores[:3])) / 2
