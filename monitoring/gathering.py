"""A post joins its event, or begins one."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from monitoring.analysis import Analysis
from monitoring.archive import Archive, Stored
from monitoring.assignment import assign, keys_of, voice_of
from monitoring.duplicates import Text, bands_of, find_original, text_of
from monitoring.event import Event, EventState
from monitoring.headline import gravity, headline
from monitoring.item import NEGATIVE_FROM, Item, Relevance, counts_as_negative
from monitoring.lines import OTHER
from monitoring.voices import Voice
from prompts import say
from storage.clock import to_china

MOST_SOURCES_NAMED = 50


@dataclass(frozen=True)
class Belonging:
    """What is known of a post's place among all others before it is stored.

    Attributes:
        event_id: the event it belongs to; None where it begins one or belongs to none.
        original_id: the item that it repeats.
        voice, keys: what it would speak for its event by; None where it need not.
        bands: what its own duplicates will be found by; empty for a duplicate.
    """

    event_id: int | None
    original_id: int | None
    voice: Voice | None
    keys: tuple[int, ...] = ()
    bands: tuple[int, ...] = ()


@dataclass(frozen=True)
class Clues:
    """What a post is looked up by among all others; read out of its own words, without the database.

    Attributes:
        bands: empty for a text that says too little.
    """

    text: Text
    bands: tuple[int, ...]
    voice: Voice
    keys: tuple[int, ...]


def clues_of(title: str, text: str, posted_at: datetime, analysis: Analysis) -> Clues:
    """The clues of a post that has been read."""
    letters = text_of(title, text, district=analysis.district, place=analysis.place)
    known = voice_of(title, text, posted_at, district=analysis.district, place=analysis.place, line=analysis.line)
    voice = replace(known, is_alarming=analysis.level > 0)
    return Clues(letters, tuple(bands_of(letters, voice.wording)), voice, tuple(keys_of(voice.wording)))


async def find(archive: Archive, item: Item, clues: Clues) -> Belonging:
    """Look a post up among all others: first as a repetition, then, if it is the department's, by its matter."""
    original = await _original(archive, clues)
    if original is not None and (original.event_id is not None or not makes_events(item)):
        return Belonging(original.event_id, original.item_id, None)
    if not makes_events(item):
        return Belonging(await _by_context(archive, item, clues), None, None, bands=clues.bands)
    assignment = await assign(archive, clues.voice, clues.keys)
    return Belonging(assignment.event, None, clues.voice if assignment.worth_remembering else None, clues.keys, clues.bands)


def voice_of_item(item: Item) -> Voice:
    """What an item would speak for an event by."""
    known = voice_of(item.title, item.text, item.posted_at, district=item.district, place=item.place, line=item.line)
    return replace(known, is_alarming=item.level > 0)


def makes_events(item: Item) -> bool:
    """Whether a post may begin or join an event by its own words: it is the department's, or grave."""
    return item.relevance.is_ours or item.level > 0


async def remember(archive: Archive, item: Item, clues: Clues, belonging: Belonging) -> None:
    """Make an item findable for those to come."""
    assert item.id is not None
    if belonging.bands:
        archive.remember_bands(item.id, Stored(clues.text, item.event_id, item.duplicate_of), belonging.bands)
    if item.event_id is not None and belonging.voice is not None:
        await archive.remember(item.event_id, item.id, belonging.voice, belonging.keys)


def begin(item: Item) -> Event:
    """The event that a post begins, not yet stored and still without its first post's counts."""
    return Event(
        headline=headline(item.place, item.title, item.text), line=item.line, place=item.place, district=item.district,
        first_posted_at=item.posted_at, last_posted_at=item.posted_at, factors=[], doubts=[], source_names=[],
    )  # fmt: skip


def count_in(event: Event, item: Item, source_name: str) -> None:
    """Count a post that has joined."""
    event.item_count += 1
    event.negative_count += counts_as_negative(item.attitude, item.negativity)
    event.likes += item.likes or 0
    event.reposts += item.reposts or 0
    event.distinct_count += item.duplicate_of is None
    event.unanswered_returns += event.item_count > 1 and to_china(item.posted_at).date() > to_china(event.last_posted_at).date()
    event.first_posted_at = min(event.first_posted_at, item.posted_at)
    event.last_posted_at = max(event.last_posted_at, item.posted_at)
    event.state = EventState.OPEN
    if source_name not in event.source_names and len(event.source_names) < MOST_SOURCES_NAMED:
        event.source_names = [*event.source_names, source_name]


def retell(event: Event, item: Item) -> None:
    """Let the post that has raised an event's level tell what it is about, where it tells of something graver than the headline does."""
    told = headline(event.place or item.place, item.title, item.text)
    if item.level == event.level and gravity(told) > gravity(event.headline):
        event.headline = told


def learn_place_and_line(event: Event, item: Item) -> bool:
    """Fill in what the event did not know yet; True where place or line changed."""
    before = event.place, event.line
    if event.place is None and item.place is not None:
        event.place, event.district = item.place, item.district or event.district
        event.headline = headline(item.place, item.title, item.text)
    if event.line == OTHER and item.line != OTHER:
        event.line = item.line
    return (event.place, event.line) != before


async def _by_context(archive: Archive, item: Item, clues: Clues) -> int | None:
    """The event of a post that only the context makes ours: ill-tempered, and it names what several people complained of shortly before.

    Such a post becomes the department's in part, and says why. It never speaks for its event, so that it draws no others to it.
    """
    if item.negativity < NEGATIVE_FROM:
        return None
    assignment = await assign(archive, clues.voice, clues.keys)
    if assignment.event is None or not assignment.is_in_burst:
        return None
    item.relevance = Relevance.PARTLY
    item.line = (await archive.voices([assignment.event]))[assignment.event][0].line
    item.reasons = [say("monitoring.reason_context"), *item.reasons]
    return assignment.event


class _Original(NamedTuple):
    event_id: int | None
    item_id: int


async def _original(archive: Archive, clues: Clues) -> _Original | None:
    """What a text repeats: not a repetition itself, but what that one repeats."""
    if (found := await find_original(archive, clues.text, clues.bands)) is None:
        return None
    stored = archive.stored(found)
    return _Original(stored.event_id, stored.duplicate_of or found)
