"""Which event a post belongs to: found by the rare runs of characters that it shares with events, decided by likeness.

The work for one post is bounded: KEYS look-ups of at most HOLDERS_PER_KEY events each, then at most CANDIDATES events with at most
VOICES remembered posts each, however large the archive is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np

from monitoring.likeness import LikenessModel, Resemblance, compare
from monitoring.lines import OTHER
from monitoring.matter import districts_in, read_matter
from monitoring.rarity import rarity
from monitoring.voices import Voice, find
from monitoring.wording import BREAK, Wording, read_wording

KEYS = 24
HOLDERS_PER_KEY = 12
CANDIDATES = 8
VOICES = 6
"""So many posts speak for an event; the first ones, and later only such as are worded differently."""
THRESHOLD = 0.44
"""From this likelihood on a post joins an event."""
BURST_HOURS, BURST_VOICES, BURST_LIKELIHOOD, BURST_GAIN = 3.0, 2, 0.75, 0.1
SAME_WORDING = 0.85
"""A post so like one that is remembered adds nothing to remember."""

_HEAD_WORTH = 1.6


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
        is_in_burst: whether several people spoke of the same place or firm shortly before.
    """

    event: int | None
    likelihood: float
    worth_remembering: bool
    is_in_burst: bool = False


def voice_of(
    title: str, text: str, posted_at: datetime, *, district: str | None = None, place: str | None = None, line: str = OTHER
) -> Voice:
    """What the assignment needs to know of one post.

    Args:
        district: where the gazetteer knows it; the districts that the title names count besides.
        place: counts as known where the district is.
    """
    return Voice(
        read_wording(title, text),
        posted_at,
        districts_in(title) | ({district} if district else frozenset()),
        place if district else None,
        line,
        matter=read_matter(title, text),
    )


def keys_of(wording: Wording) -> list[int]:
    """The rarest runs of characters, those of the head first: what the post is looked up by."""
    in_head = np.zeros(len(wording.grams), bool)
    places, is_held = find(wording.head[wording.head != BREAK], wording.grams)
    in_head[places[is_held]] = True
    worth = rarity(wording.grams) * (1 + 0.5 * np.log(wording.counts)) * np.where(in_head, _HEAD_WORTH, 1.0)
    keys: list[int] = wording.grams[np.argsort(-worth, kind="stable")[:KEYS]].tolist()
    return keys


@dataclass(frozen=True)
class Standing:
    """How an event stands toward a post.

    Attributes:
        likelihood: 0 to 1, that the post belongs to it.
        lately: how many of its remembered posts named the same within BURST_HOURS.
    """

    likelihood: float
    lately: int

    @property
    def rank(self) -> float:
        """Between two events that the post may belong to, the one that is being spoken of goes first."""
        return self.likelihood + BURST_GAIN * self.lately


async def assign(index: EventIndex, voice: Voice, keys: Sequence[int], model: LikenessModel | None = None) -> Assignment:
    """Find the event that the post most likely belongs to. Nothing is stored.

    Args:
        model: another than the one that comes with the program.
    """
    remembered = await index.voices(candidates) if (candidates := likeliest(await index.holders(keys))) else {}
    compared = _compared(voice, remembered, model)
    standings = {event: standing(resemblances) for event, resemblances in compared.items()}
    best = max(standings, key=lambda event: (standings[event].rank, -event), default=None)
    if best is None or standings[best].likelihood < THRESHOLD:
        return Assignment(None, standings[best].likelihood if best is not None else 0.0, worth_remembering=True)
    is_echo = any(resemblance.cosine >= SAME_WORDING for resemblance in compared[best])
    worth_remembering = len(compared[best]) < VOICES and not is_echo
    return Assignment(best, standings[best].likelihood, worth_remembering, is_in_burst=standings[best].lately >= BURST_VOICES)


def _compared(voice: Voice, remembered: Mapping[int, Sequence[Voice]], model: LikenessModel | None) -> dict[int, list[Resemblance]]:
    """What a post has in common with the remembered posts of each event, all compared in one go."""
    resemblances = iter(compare(voice, *remembered.values(), model=model))
    return {event: [next(resemblances) for _ in voices] for event, voices in remembered.items() if voices}


def standing(resemblances: Sequence[Resemblance]) -> Standing:
    """How an event stands toward a post that was compared with its remembered posts.

    The best resemblance counts, tempered by the next two: a chance one is not enough in a large event. In a burst a shared name is enough:
    when several people spoke of one place or firm within hours, the next who does so speaks of the same, however differently.
    """
    scores = sorted((resemblance.likelihood for resemblance in resemblances), reverse=True)[:3]
    agreement = (scores[0] + sum(scores) / len(scores)) / 2
    lately = sum(resemblance.shares_name and resemblance.hours <= BURST_HOURS for resemblance in resemblances)
    return Standing(max(agreement, BURST_LIKELIHOOD) if lately >= BURST_VOICES else agreement, lately)


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
