"""Documents that nobody looked at for a year: told once, until somebody looks."""

from datetime import timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.delivery import Delivery
from casework.library_notice import ROWS, ask_for_reviews
from casework.message import Card
from knowledge_base.document import ParsedDocument
from knowledge_base.importing import import_document
from knowledge_base.standing import due_for_review, repeal_document, review_document
from tests.casework.room import Room

YEAR = timedelta(days=366)


async def _import(room: Room, session: AsyncSession, title: str) -> int:
    parsed = ParsedDocument(title, "第一条 甲。\n第二条 自2020年1月1日起施行。")
    return (await import_document(session, parsed, actor="许五", now=room.now, approve=True)).document_id


async def _cards(session: AsyncSession) -> list[Card]:
    query = select(Delivery).where(col(Delivery.key).startswith("library-review:")).order_by(col(Delivery.id))
    return [Card.from_json(delivery.card) for delivery in (await session.exec(query)).all()]


async def test_a_document_is_asked_for_once_a_year_after_a_person_looked(room: Room) -> None:
    async with room.database.transaction() as session:
        number = await _import(room, session, "河湾市夜市办法")
        repealed = await _import(room, session, "河湾市旧办法")
        await repeal_document(session, repealed, on=room.now.date(), reason="", actor="许五", now=room.now)
        assert await ask_for_reviews(session, room.now, room.desk) == 0
        room.clock.move_to(room.now + YEAR)
        assert [await ask_for_reviews(session, room.now, room.desk) for _ in range(2)] == [1, 0]
        (card,) = await _cards(session)
        assert [row.label for row in card.rows] == ["《河湾市夜市办法》"]
        assert card.mentions == ("许五",)
        await review_document(session, number, actor="许五", now=room.now)
        assert await due_for_review(session, room.now) == []
        room.clock.move_to(room.now + YEAR)
        assert await ask_for_reviews(session, room.now, room.desk) == 1
        assert len(await _cards(session)) == 2


async def test_many_documents_are_one_message(room: Room) -> None:
    async with room.database.transaction() as session:
        for number in range(ROWS + 3):
            await _import(room, session, f"河湾市第{number}号办法")
        room.clock.move_to(room.now + YEAR)
        assert await ask_for_reviews(session, room.now, room.desk) == ROWS + 3
        (card,) = await _cards(session)
    assert len(card.rows) == ROWS + 1
    assert "3" in card.rows[-1].label
