"""All that was seen so far, as rows: the `EventIndex` and `DuplicateIndex` of the running program. Every look-up is bounded.

Rows are read as plain columns, past the session: what others changed in it must be flushed before.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Executable, String, TextClause, bindparam, cast, select, text, type_coerce, update
from sqlmodel import SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.assignment import HOLDERS_PER_KEY, keys_of
from monitoring.duplicates import HOLDERS_PER_BAND, Text, most_shared, text_of
from monitoring.event_voice import EventKey, EventVoice
from monitoring.item import Item
from monitoring.item_band import ItemBand
from monitoring.matter import Matter
from monitoring.voices import Voice
from monitoring.wording import Wording
from storage import rows
from storage.columns import moment_of

REMEMBERED = 8_192
"""So many texts and voices are kept ready for comparing; those of events that are spoken of now come back with every post."""
KEYS_PER_QUERY = 480
"""So many keys are asked for in one statement; it takes about a millisecond."""

_VOICES = select(
    col(EventVoice.event_id), type_coerce(col(EventVoice.wording), String), type_coerce(col(EventVoice.posted_at), String),
    cast(col(EventVoice.districts), String), col(EventVoice.place), col(EventVoice.line), col(EventVoice.is_alarming),
    type_coerce(col(EventVoice.matter), String),
).where(col(EventVoice.event_id).in_(bindparam("events", expanding=True))).order_by(col(EventVoice.item_id))  # fmt: skip
"""As they are stored: most of them are known by that already."""
_VOICE = ("item_id", "event_id", "posted_at", "districts", "place", "line", "is_alarming", "wording", "matter")
_VOICES_OF_ITEMS = select(col(EventVoice.item_id), col(EventVoice.wording)).where(
    col(EventVoice.item_id).in_(bindparam("items", expanding=True))
)
_TEXTS = select(
    col(Item.id), col(Item.title), col(Item.text), col(Item.district), col(Item.place), col(Item.event_id), col(Item.duplicate_of)
).where(col(Item.id).in_(bindparam("items", expanding=True)))


class Stored(NamedTuple):
    """An item that another may repeat: its text, its event, and what it repeats itself."""

    text: Text
    event_id: int | None
    duplicate_of: int | None


class Archive:
    """The archive as one transaction sees it. What is remembered is seen at once and written by `write`, all together."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._events_of_keys = _Holders(session, EventKey, "key", "event_id", HOLDERS_PER_KEY)
        self._items_of_bands = _Holders(session, ItemBand, "band", "item_id", HOLDERS_PER_BAND)
        self._items: dict[int, Stored] = {}
        self._voices: dict[int, list[Voice]] = {}
        self._spoken: dict[int, list[Voice]] = defaultdict(list)
        self._unwritten: list[tuple[Any, ...]] = []

    async def expect(self, bands: Sequence[Sequence[int]], keys: Sequence[Sequence[int]]) -> None:
        """Read beforehand, in few statements, who holds these, and the texts that posts with these bands will be compared with.

        Args:
            bands, keys: those of each post.
        """
        await self._items_of_bands.fetch(chain.from_iterable(bands))
        await self._events_of_keys.fetch(chain.from_iterable(keys))
        await self.texts(sorted({item for own in bands for item in most_shared(self._items_of_bands.stored(own))}))

    async def holders(self, keys: Sequence[int]) -> Iterable[tuple[int, int]]:
        return await self._events_of_keys.newest(keys)

    async def voices(self, events: Sequence[int]) -> Mapping[int, Sequence[Voice]]:
        if missing := [event for event in events if event not in self._voices]:
            self._voices.update((event, []) for event in missing)
            for event, *stored in await _read(self._session, _VOICES, events=missing):
                self._voices[event].append(_voice(*stored))
        return {event: [*self._voices[event], *self._spoken[event]] for event in events}

    def begin(self, event: int) -> None:
        """Nobody has spoken for this event before."""
        self._voices[event] = []

    async def remember(self, event: int, item: int, voice: Voice, keys: Sequence[int]) -> None:
        self._spoken[event].append(voice)
        self._unwritten.append((
            item, event, voice.posted_at, sorted(voice.districts), voice.place, voice.line, voice.is_alarming, voice.wording.pack(),
            voice.matter.pack(),
        ))  # fmt: skip
        self._events_of_keys.add(keys, event)

    async def hand_over(self, items: Sequence[int], event: int) -> int:
        """Let those of these posts that speak for their event speak for another one. Returns how many do.

        The former event's keys stay: a stale key costs a look-up and finds nothing.
        """
        voices = await _read(self._session, _VOICES_OF_ITEMS, items=items)
        for item, wording in voices:
            await _write(self._session, update(EventVoice).where(col(EventVoice.item_id) == item).values(event_id=event))
            self._events_of_keys.add(keys_of(Wording.unpack(wording)), event)
        return len(voices)

    async def band_holders(self, bands: Sequence[int]) -> Iterable[int]:
        return [item for _, item in await self._items_of_bands.newest(bands)]

    async def texts(self, items: Sequence[int]) -> Mapping[int, Text]:
        missing = [item for item in items if item not in self._items]
        for start in range(0, len(missing), KEYS_PER_QUERY):
            part = missing[start : start + KEYS_PER_QUERY]
            for item, title, words, district, place, event, original in await _read(self._session, _TEXTS, items=part):
                self._items[item] = Stored(_text(title, words, district=district, place=place), event, original)
        return {item: self._items[item].text for item in items if item in self._items}

    def stored(self, item: int) -> Stored:
        """One of the items whose texts were asked for."""
        return self._items[item]

    def remember_bands(self, item: int, stored: Stored, bands: Iterable[int]) -> None:
        """Let later duplicates of an item be found by these bands."""
        self._items[item] = stored
        self._items_of_bands.add(bands, item)

    async def write(self) -> None:
        """Write what was remembered, after the items and events themselves. The archive is not used any more afterwards."""
        await rows.insert(self._session, EventVoice, _VOICE, self._unwritten)
        await self._events_of_keys.write()
        await self._items_of_bands.write()


class _Holders:
    """Which events hold a key, or which items a band: as stored, and as this transaction adds to it."""

    def __init__(self, session: AsyncSession, table: type[SQLModel], key: str, holder: str, limit: int) -> None:
        self._session, self._table, self._key, self._holder, self._limit = session, table, key, holder, limit
        self._name = str(table.__tablename__)
        self._stored: dict[int, list[int]] = {}
        self._added: dict[int, set[int]] = {}

    async def fetch(self, keys: Iterable[int]) -> None:
        """Read the newest holders of those keys that were not asked for yet."""
        missing = list(dict.fromkeys(key for key in keys if key not in self._stored))
        self._stored.update((key, []) for key in missing)
        dialect = self._session.get_bind().dialect.name
        statement = _newest_of_each(dialect, self._name, self._key, self._holder, self._limit)
        for start in range(0, len(missing), KEYS_PER_QUERY):
            part = missing[start : start + KEYS_PER_QUERY]
            for key, holders in await _read(self._session, statement, keys=json.dumps(part)):
                if holders:
                    self._stored[key] = sorted(map(int, str(holders).split(",")), reverse=True)

    async def newest(self, keys: Sequence[int]) -> list[tuple[int, int]]:
        """Pairs of key and holder: for each key its newest holders."""
        await self.fetch(keys)
        return [(key, holder) for key in keys for holder in self._newest(key)]

    def stored(self, keys: Iterable[int]) -> Iterator[int]:
        """The holders of keys that were fetched, one for each key."""
        return chain.from_iterable(self._stored[key] for key in keys)

    def add(self, keys: Iterable[int], holder: int) -> None:
        """One more holder of each of these keys."""
        for key in keys:
            self._added.setdefault(key, set()).add(holder)

    async def write(self) -> None:
        """Write what was added, in the order of the table."""
        if self._added:
            pairs = [(key, holder) for key in sorted(self._added) for holder in sorted(self._added[key])]
            await rows.insert(self._session, self._table, (self._key, self._holder), pairs, where_missing=True)

    def _newest(self, key: int) -> list[int]:
        stored, added = self._stored[key], self._added.get(key)
        return sorted(added.union(stored), reverse=True)[: self._limit] if added else stored


async def _read(session: AsyncSession, statement: Executable, **values: Any) -> Sequence[tuple[Any, ...]]:
    return (await (await session.connection()).execute(statement, values)).all()


async def _write(session: AsyncSession, statement: Executable) -> None:
    await (await session.connection()).execute(statement)


@lru_cache(REMEMBERED)
def _voice(wording: bytes, posted_at: Any, districts: str, place: str | None, line: str, is_alarming: bool, matter: bytes | None) -> Voice:
    named = frozenset(json.loads(districts))
    return Voice(Wording.unpack(wording), moment_of(posted_at), named, place, line, is_alarming, Matter.unpack(matter))


_text = lru_cache(REMEMBERED)(text_of)


_ASKED = {
    "sqlite": "SELECT value AS asked FROM json_each(:keys)",
    "postgresql": "SELECT CAST(value AS bigint) AS asked FROM jsonb_array_elements_text(CAST(:keys AS jsonb))",
}
_JOINED = {"sqlite": "group_concat({holder})", "postgresql": "string_agg(CAST({holder} AS text), ',')"}


@cache
def _newest_of_each(dialect: str, table: str, key: str, holder: str, limit: int) -> TextClause:
    """One statement for all keys: the newest holders of each, so that a key that thousands hold costs no more than a rare one."""
    newest = f"SELECT {holder} FROM {table} WHERE {key} = asked ORDER BY {holder} DESC LIMIT {limit}"  # noqa: S608  # own names
    joined = _JOINED[dialect].format(holder=holder)
    return text(f"SELECT asked, (SELECT {joined} FROM ({newest}) AS newest) FROM ({_ASKED[dialect]}) AS keys")  # noqa: S608  # own names
