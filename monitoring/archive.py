"""All that was seen so far, as rows: the `EventIndex` and `DuplicateIndex` of the running program. Every look-up is bounded.

Rows are read as plain columns, past the session: what was changed in it must be flushed before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, TextClause, bindparam, insert, select, text, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.assignment import HOLDERS_PER_KEY, keys_of
from monitoring.duplicates import HOLDERS_PER_BAND, Text, text_of
from monitoring.event_voice import EventVoice
from monitoring.item import Item
from monitoring.likeness import Voice
from monitoring.wording import Wording

REMEMBERED = 4_096
"""So many texts and wordings are kept ready for comparing; those of events that are spoken of now come back with every post."""

_VOICES = select(
    col(EventVoice.event_id), col(EventVoice.posted_at), col(EventVoice.districts), col(EventVoice.place), col(EventVoice.line),
    col(EventVoice.is_alarming), col(EventVoice.wording),
).where(col(EventVoice.event_id).in_(bindparam("events", expanding=True)))  # fmt: skip
_VOICES_OF_ITEMS = select(col(EventVoice.item_id), col(EventVoice.wording)).where(
    col(EventVoice.item_id).in_(bindparam("items", expanding=True))
)
_TEXTS = select(col(Item.id), col(Item.title), col(Item.text), col(Item.district), col(Item.place)).where(
    col(Item.id).in_(bindparam("items", expanding=True))
)

_wording = lru_cache(REMEMBERED)(Wording.unpack)
_text = lru_cache(REMEMBERED)(text_of)


class Archive:
    """The archive as one transaction sees it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def holders(self, keys: Sequence[int]) -> Iterable[tuple[int, int]]:
        rows = await self._newest("event_key", "key", "event_id", keys, HOLDERS_PER_KEY)
        return [(key, event) for key, event in rows]

    async def voices(self, events: Sequence[int]) -> Mapping[int, Sequence[Voice]]:
        found: dict[int, list[Voice]] = defaultdict(list)
        for event, posted_at, districts, place, line, is_alarming, wording in await self._read(_VOICES, events=events):
            found[event].append(Voice(_wording(wording), posted_at, frozenset(districts), place, line, is_alarming))
        return found

    async def remember(self, event: int, item: int, voice: Voice, keys: Sequence[int]) -> None:
        row = {
            "item_id": item, "event_id": event, "posted_at": voice.posted_at, "districts": sorted(voice.districts), "place": voice.place,
            "line": voice.line, "is_alarming": voice.is_alarming, "wording": voice.wording.pack(),
        }  # fmt: skip
        await self._write(insert(EventVoice), row)
        await self._remember_keys(event, keys)

    async def hand_over(self, items: Sequence[int], event: int) -> int:
        """Let those of these posts that speak for their event speak for another one. Returns how many do.

        The former event's keys stay: a stale key costs a look-up and finds nothing.
        """
        voices = await self._read(_VOICES_OF_ITEMS, items=items)
        for item, wording in voices:
            await self._write(update(EventVoice).where(col(EventVoice.item_id) == item).values(event_id=event))
            await self._remember_keys(event, keys_of(_wording(wording)))
        return len(voices)

    async def band_holders(self, bands: Sequence[int]) -> Iterable[int]:
        return [item for _, item in await self._newest("item_band", "band", "item_id", bands, HOLDERS_PER_BAND)]

    async def texts(self, items: Sequence[int]) -> Mapping[int, Text]:
        rows = await self._read(_TEXTS, items=items)
        return {item: _text(title, words, district=district, place=place) for item, title, words, district, place in rows}

    async def remember_bands(self, item: int, bands: Sequence[int]) -> None:
        """Let later duplicates of an item be found by these bands."""
        await self._insert("item_band", "band", "item_id", [(band, item) for band in set(bands)])

    async def _remember_keys(self, event: int, keys: Sequence[int]) -> None:
        await self._insert("event_key", "key", "event_id", [(key, event) for key in keys])

    async def _newest(self, table: str, key: str, holder: str, keys: Sequence[int], limit: int) -> Iterable[tuple[int, int]]:
        if not keys:
            return []
        statement = _newest_of_each(table, key, holder, len(keys), limit)
        return [(row[0], row[1]) for row in await self._read(statement, **{f"k{place}": value for place, value in enumerate(keys)})]

    async def _insert(self, table: str, key: str, holder: str, pairs: Sequence[tuple[int, int]]) -> None:
        if pairs:
            await self._write(_insert_pair(table, key, holder), [{"key": first, "holder": second} for first, second in pairs])

    async def _read(self, statement: Executable, **values: Any) -> Sequence[tuple[Any, ...]]:
        return (await (await self._session.connection()).execute(statement, values)).all()

    async def _write(self, statement: Executable, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> None:
        await (await self._session.connection()).execute(statement, rows)


@lru_cache
def _newest_of_each(table: str, key: str, holder: str, count: int, limit: int) -> TextClause:
    """One statement for all keys: the newest holders of each, so that a key that thousands hold costs no more than a rare one."""
    parts = (
        f"SELECT * FROM (SELECT {key}, {holder} FROM {table} WHERE {key} = :k{place} ORDER BY {holder} DESC LIMIT {limit}) AS q{place}"  # noqa: S608
        for place in range(count)
    )
    return text(" UNION ALL ".join(parts))


@lru_cache
def _insert_pair(table: str, key: str, holder: str) -> TextClause:
    return text(f"INSERT INTO {table} ({key}, {holder}) VALUES (:key, :holder) ON CONFLICT DO NOTHING")  # noqa: S608  # own names
