"""All that was seen so far, as rows: the `EventIndex` and `DuplicateIndex` of the running program. Every look-up is bounded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import TextClause, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.assignment import HOLDERS_PER_KEY, keys_of
from monitoring.duplicates import HOLDERS_PER_BAND, Text, text_of
from monitoring.event_voice import EventVoice
from monitoring.item import Item
from monitoring.likeness import Voice
from monitoring.wording import Wording


class Archive:
    """The archive as one transaction sees it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def holders(self, keys: Sequence[int]) -> Iterable[tuple[int, int]]:
        rows = await self._newest("event_key", "key", "event_id", keys, HOLDERS_PER_KEY)
        return [(key, event) for key, event in rows]

    async def voices(self, events: Sequence[int]) -> Mapping[int, Sequence[Voice]]:
        found: dict[int, list[Voice]] = defaultdict(list)
        for row in await self._session.exec(select(EventVoice).where(col(EventVoice.event_id).in_(events))):
            wording = Wording.unpack(row.wording)
            found[row.event_id].append(Voice(wording, row.posted_at, frozenset(row.districts), row.place, row.line, row.is_alarming))
        return found

    async def remember(self, event: int, item: int, voice: Voice, keys: Sequence[int]) -> None:
        row = EventVoice(
            item_id=item, event_id=event, posted_at=voice.posted_at, districts=sorted(voice.districts), place=voice.place, line=voice.line,
            is_alarming=voice.is_alarming, wording=voice.wording.pack(),
        )  # fmt: skip
        self._session.add(row)
        await self._remember_keys(event, keys)

    async def hand_over(self, items: Sequence[int], event: int) -> int:
        """Let those of these posts that speak for their event speak for another one. Returns how many do.

        The former event's keys stay: a stale key costs a look-up and finds nothing.
        """
        voices = (await self._session.exec(select(EventVoice).where(col(EventVoice.item_id).in_(items)))).all()
        for voice in voices:
            voice.event_id = event
            await self._remember_keys(event, keys_of(Wording.unpack(voice.wording)))
        return len(voices)

    async def band_holders(self, bands: Sequence[int]) -> Iterable[int]:
        return [item for _, item in await self._newest("item_band", "band", "item_id", bands, HOLDERS_PER_BAND)]

    async def texts(self, items: Sequence[int]) -> Mapping[int, Text]:
        rows = await self._session.exec(select(Item).where(col(Item.id).in_(items)))
        return {row.id: text_of(row.title, row.text, district=row.district, place=row.place) for row in rows if row.id is not None}

    async def remember_bands(self, item: int, bands: Sequence[int]) -> None:
        """Let later duplicates of an item be found by these bands."""
        await self._insert("item_band", "band", "item_id", [(band, item) for band in set(bands)])

    async def _remember_keys(self, event: int, keys: Sequence[int]) -> None:
        await self._insert("event_key", "key", "event_id", [(key, event) for key in keys])

    async def _newest(self, table: str, key: str, holder: str, keys: Sequence[int], limit: int) -> Iterable[tuple[int, int]]:
        if not keys:
            return []
        result = await (await self._session.connection()).execute(
            _newest_of_each(table, key, holder, len(keys), limit), {f"k{place}": value for place, value in enumerate(keys)}
        )
        return [(row[0], row[1]) for row in result]

    async def _insert(self, table: str, key: str, holder: str, pairs: Sequence[tuple[int, int]]) -> None:
        if pairs:
            statement = text(f"INSERT INTO {table} ({key}, {holder}) VALUES (:key, :holder) ON CONFLICT DO NOTHING")  # noqa: S608  # own names
            await (await self._session.connection()).execute(statement, [{"key": first, "holder": second} for first, second in pairs])


def _newest_of_each(table: str, key: str, holder: str, count: int, limit: int) -> TextClause:
    """One statement for all keys: the newest holders of each, so that a key that thousands hold costs no more than a rare one."""
    parts = (
        f"SELECT * FROM (SELECT {key}, {holder} FROM {table} WHERE {key} = :k{place} ORDER BY {holder} DESC LIMIT {limit}) AS q{place}"  # noqa: S608
        for place in range(count)
    )
    return text(" UNION ALL ".join(parts))
