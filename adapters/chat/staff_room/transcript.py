"""What was said in the rooms: writing messages and reading them in order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.chat.staff_room.room import RoomMessage
from casework.message import Card, CardKind

BOT = "闻声"
"""Author of what the bot says, and the name by which people call it."""


@dataclass(frozen=True)
class Standing:
    """One message as it stands now: where it is (`root`), and its newest face."""

    root: RoomMessage
    latest: RoomMessage


async def say(session: AsyncSession, chat: str, author: str, line: str, *, at: datetime, key: str | None = None) -> RoomMessage | None:
    """Store what a person typed. None when `key` was stored before: the same line again, nothing is written."""
    if key is not None and await _by_key(session, key):
        return None
    return await _store(session, RoomMessage(chat=chat, key=key, at=at, author=author, text=line))


async def post(session: AsyncSession, chat: str, card: Card, *, at: datetime, key: str | None = None) -> RoomMessage:
    """Store a card of the bot. The same key again gives the row that stands already."""
    if key is not None and (known := await _by_key(session, key)):
        return known
    return await _store(session, RoomMessage(chat=chat, key=key, at=at, author=BOT, card=card.to_json(), rings=_rings(card)))


async def replace(session: AsyncSession, chat: str, root: int, card: Card, *, at: datetime) -> RoomMessage | None:
    """Give a card a new face; nothing is written when it shows just that.

    Returns:
        The message's newest face, or None when no such message stands in the chat.
    """
    message = await session.get(RoomMessage, root)
    if message is None or message.chat != chat or message.card is None or message.replaces is not None:
        return None
    latest = (await _latest_faces(session, [root])).get(root, message)
    if latest.face == card:
        return latest
    return await _store(session, RoomMessage(chat=chat, replaces=root, at=at, author=BOT, card=card.to_json()))


async def since(session: AsyncSession, chats: Collection[str], after: int, *, limit: int) -> Sequence[RoomMessage]:
    """What changed in the chats after a row's id, in order."""
    query = select(RoomMessage).where(col(RoomMessage.chat).in_(chats), col(RoomMessage.id) > after)
    return (await session.exec(query.order_by(col(RoomMessage.id)).limit(limit))).all()


async def standings(session: AsyncSession, rows: Sequence[RoomMessage]) -> list[Standing]:
    """Each row as the face of its message, in the same order."""
    missing = {row.root for row in rows} - {row.number for row in rows}
    roots = {root.number: root for root in (await session.exec(select(RoomMessage).where(col(RoomMessage.id).in_(missing)))).all()}
    roots |= {row.number: row for row in rows if row.replaces is None}
    return [Standing(roots[row.root], row) for row in rows]


async def last_messages(session: AsyncSession, chat: str, *, limit: int, before: int | None = None) -> list[Standing]:
    """The newest messages of a chat as they stand, oldest first; with `before` those that came before that id."""
    query = select(RoomMessage).where(RoomMessage.chat == chat, col(RoomMessage.replaces).is_(None))
    if before is not None:
        query = query.where(col(RoomMessage.id) < before)
    roots = (await session.exec(query.order_by(col(RoomMessage.id).desc()).limit(limit))).all()
    faces = await _latest_faces(session, [root.number for root in roots])
    return [Standing(root, faces.get(root.number, root)) for root in reversed(roots)]


async def last_id(session: AsyncSession) -> int:
    """The id of the newest row of all rooms; 0 when nothing was said yet."""
    return (await session.exec(select(func.max(RoomMessage.id)))).one() or 0


async def _latest_faces(session: AsyncSession, roots: Collection[int]) -> dict[int, RoomMessage]:
    newest = select(func.max(RoomMessage.id)).where(col(RoomMessage.replaces).in_(roots)).group_by(col(RoomMessage.replaces))
    faces = (await session.exec(select(RoomMessage).where(col(RoomMessage.id).in_(newest)))).all()
    return {face.root: face for face in faces}


async def _by_key(session: AsyncSession, key: str) -> RoomMessage | None:
    return (await session.exec(select(RoomMessage).where(RoomMessage.key == key))).first()


async def _store(session: AsyncSession, message: RoomMessage) -> RoomMessage:
    session.add(message)
    await session.flush()
    return message


def _rings(card: Card) -> bool:
    """An alert rings, and so does a card that calls somebody by name."""
    return card.kind is CardKind.ALERT or bool(card.mentions)
