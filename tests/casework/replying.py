"""Short ways to a reply that everybody needed has approved, and to one that is out."""

from datetime import datetime, timedelta

from sqlmodel import select

from casework import publishing
from casework.approval import ApprovedReply
from casework.case import Case
from casework.drafting.draft import ReplyVersion
from casework.handling import claim
from casework.signing import approve, approved_reply, submit
from monitoring.item import Attitude, Item, Relevance
from tests.casework.room import Room

TEXT = "我们看到了视频，正在现场核实。今晚 22:00 前在这里公布结果。"
LINK = "https://weibo.example/1"


async def holds(version: ReplyVersion) -> str | None:
    return None


async def approved(room: Room, text: str = TEXT, level: int = 2, number: str = "A1") -> ApprovedReply:
    """A claimed case with a version that all have approved."""
    async with room.database.transaction() as session:
        found = (await session.exec(select(Case).where(Case.number == number))).first()
        if found is None:
            found = (await room.happen(session, level)).case
            assert found is not None
            await claim(session, found, await room.person(session, "林一"), room.now, room.desk)
        version = await room.write(session, found, text)
        await submit(session, version, await room.person(session, "林一"), room.now, (), room.desk)
        for name in ("郑三", "何四"):
            await approve(session, version, await room.person(session, name), room.now, room.desk, holds)
        await room.send_all(session)
        return await approved_reply(session, version, room.now, holds)


async def publish(room: Room, text: str = TEXT, level: int = 2, link: str = LINK) -> Case:
    """A case whose reply is out, by hand."""
    reply = await approved(room, text, level)
    async with room.database.transaction() as session:
        person = await room.person(session, "林一")
        await publishing.offer(session, reply, person, room.now, room.desk)
        case = await room.case(session, reply.case_number)
        await publishing.record_link(session, case, link, person, room.now, room.desk)
        return case


async def posts(
    room: Room,
    case: Case,
    count: int,
    start: datetime,
    minutes_apart: float = 1,
    *,
    negative: int | None = None,
    asks: tuple[str, ...] = (),
    authors: int | None = None,
) -> None:
    """Posts of a case's event, as they stand once they were read.

    Args:
        negative: how many of them, the first ones, blame the department; all where nothing is said.
        asks: what each of them asks.
        authors: how many different people wrote them.
    """
    async with room.database.transaction() as session:
        source = (await session.exec(select(Item.source_id))).first()
        for number in range(count):
            at = start + timedelta(minutes=number * minutes_apart)
            attitude = Attitude.NEGATIVE if negative is None or number < negative else Attitude.NEUTRAL
            session.add(Item(
                source_id=source or 0, source_key=f"{at.isoformat()}:{number}:{asks}", text="还是没有说法。", posted_at=at, observed_at=at,
                relevance=Relevance.YES, line="市容秩序", intent="投诉", attitude=attitude, event_id=case.event_id, asks=list(asks),
                author_hash=f"author-{number % (authors or count)}",
            ))  # fmt: skip
        event = await room.event(session, case)
        event.item_count, event.last_posted_at = event.item_count + count, max(event.last_posted_at, at)
