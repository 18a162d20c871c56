"""A published reply's citations are noted; those of a reply that was voided are not."""

import pytest
from sqlmodel import select

from casework import publishing
from casework.case import Case
from casework.drafting.draft import ReplyVersion, VersionState
from casework.handling import claim
from casework.signing import approve, approved_reply, submit
from knowledge_base.citing import cited_since
from knowledge_base.document import ParsedDocument
from knowledge_base.importing import import_document
from tests.casework.room import Room

LAW = ParsedDocument("河湾市夜市办法", "第一条 摊位应当整洁。\n第二条 收摊不迟于二十二时。")
CITED = {
    "kind": "clause",
    "key": "河湾市夜市办法|unknown|第二条",
    "quote": "收摊不迟于二十二时。",
    "name": "《河湾市夜市办法》第二条",
    "text_hash": "h",
}


async def holds(version: ReplyVersion) -> str | None:
    return None


@pytest.mark.parametrize("voided", [False, True])
async def test_what_a_published_reply_cites_is_noted(room: Room, voided: bool) -> None:
    async with room.database.transaction() as session:
        await import_document(session, LAW, actor="许五", now=room.now, approve=True)
        case = (await room.happen(session, 2)).case
        assert case is not None
        author = await room.person(session, "林一")
        await claim(session, case, author, room.now, room.desk)
        version = await room.write(session, case, "收摊不迟于二十二时。", citations=[CITED])
        await submit(session, version, author, room.now, (), room.desk)
        for name in ("郑三", "何四"):
            await approve(session, version, await room.person(session, name), room.now, room.desk, holds)
        await room.send_all(session)
        reply = await approved_reply(session, version, room.now, holds)
        await publishing.offer(session, reply, author, room.now, room.desk)
        version.state = VersionState.VOID if voided else version.state
    async with room.database.transaction() as session:
        author = await room.person(session, "林一")
        case = (await session.exec(select(Case))).one()
        await publishing.record_link(session, case, "https://weibo.example/1", author, room.now, room.desk)
        assert (await cited_since(session)).counts == ({} if voided else {"河湾市夜市办法": 1})
