"""Deleting a document end to end: at once nothing finds, answers or cites it, and replies on their way out that rest on it end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.timekeeper import Timekeeper
from casework.case import CaseStep
from casework.drafting.draft import ReplyVersion, VersionState
from casework.handling import claim
from casework.signing import submit
from knowledge_base.clause import Clause
from knowledge_base.document import ParsedDocument
from knowledge_base.importing import import_document
from knowledge_base.standing import delete_document, repeal_document, roll_back
from retrieval.library import Library
from tests.casework.room import Room

RULE = "夜市收摊不得迟于二十二时。"
LAW = ParsedDocument("夜市管理法", f"第一条 摊位应当整洁。\n第二条 {RULE}\n第三条 自2020年1月1日起施行。", version_date=date(2019, 12, 1))
NEWER = replace(LAW, body=LAW.body.replace("二十二时", "二十三时").replace("2020年", "2024年"), version_date=date(2023, 12, 1))
QUESTION = "夜市收摊不得迟于几时？"


@pytest.fixture
def timekeeper(room: Room, tmp_path: Path) -> Timekeeper:
    return Timekeeper(room.database, room.clock, room.desk, tmp_path / "anchor", asyncio.Event())


async def _take_in(room: Room, parsed: ParsedDocument) -> int:
    async with room.database.transaction() as session:
        return (await import_document(session, parsed, actor="许五", now=room.now, approve=True)).document_id


async def _submit(room: Room, text: str = RULE) -> None:
    """A reply that cites the rule waits for signatures."""
    async with room.database.transaction() as session:
        clause = (await session.exec(select(Clause).where(Clause.text == text))).one()
        cited = {
            "kind": "clause", "key": clause.key, "quote": text, "text_hash": clause.text_hash,
            "name": f"《{clause.title}》{clause.article}",
        }  # fmt: skip
        case = (await room.happen(session, 2)).case
        assert case is not None
        author = await room.person(session, "林一")
        await claim(session, case, author, room.now, room.desk)
        version = await room.write(session, case, f"按规定，{text}", citations=[cited])
        await submit(session, version, author, room.now, (), room.desk)


async def _state(room: Room) -> VersionState:
    async with room.database.reading() as session:
        return (await session.exec(select(ReplyVersion.state))).one()


async def test_a_deleted_document_is_gone_from_searches_answers_and_replies(room: Room, timekeeper: Timekeeper) -> None:
    number = await _take_in(room, LAW)
    await _submit(room)
    here, today = room.desk.department.region, room.now.date()
    async with Library.open() as library:
        async with room.database.reading() as session:
            await library.refresh(session)
        assert not library.answer(QUESTION, region=here, on=today).refused
        await timekeeper.turn()
        assert await _state(room) is VersionState.SUBMITTED, "as long as the rule holds the reply stands"
        async with room.database.transaction() as session:
            await delete_document(session, number, actor="许五", now=room.now)
        assert await timekeeper.turn() >= 1
        async with room.database.reading() as session:
            await library.refresh(session)
        assert library.answer(QUESTION, region=here, on=today).refused
        assert library.search_clauses("夜市收摊", region=here, on=today) == []
        assert library.clause("夜市管理法|2019-12-01|第二条") is None
    assert await _state(room) is VersionState.VOID
    async with room.database.reading() as session:
        assert (await session.exec(select(Clause))).all() == []
        told = (await session.exec(select(CaseStep.text))).all()
        assert any("引用的《夜市管理法》第二条已变动或失效" in text and "重新送签" in text for text in await room.texts(session))
    assert any("引用的《夜市管理法》第二条已变动或失效" in text for text in told)


async def _repealed(room: Room, older: int) -> None:
    async with room.database.transaction() as session:
        await repeal_document(session, older, on=room.now.date(), reason="河政发〔2026〕1号", actor="许五", now=room.now)


async def _superseded(room: Room, older: int) -> None:
    await _take_in(room, NEWER)


async def _repealed_tomorrow(room: Room, older: int) -> None:
    async with room.database.transaction() as session:
        tomorrow = room.now.date() + timedelta(days=1)
        await repeal_document(session, older, on=tomorrow, reason="河政发〔2026〕1号", actor="许五", now=room.now)


@pytest.mark.parametrize(("change", "hours"), [(_repealed, 0), (_superseded, 0), (_repealed_tomorrow, 24)])
async def test_whatever_ends_a_rule_ends_the_reply_on_its_day(
    room: Room, timekeeper: Timekeeper, change: Callable[[Room, int], Awaitable[None]], hours: int
) -> None:
    number = await _take_in(room, LAW)
    await _submit(room)
    await change(room, number)
    await timekeeper.turn()
    if hours:
        assert await _state(room) is VersionState.SUBMITTED
        room.wait(hours=hours)
        await timekeeper.turn()
    assert await _state(room) is VersionState.VOID


async def test_rolling_back_ends_what_cites_the_newer_version_and_lets_the_older_be_cited(room: Room, timekeeper: Timekeeper) -> None:
    older = await _take_in(room, LAW)
    await _take_in(room, NEWER)
    await _submit(room, RULE.replace("二十二时", "二十三时"))
    async with room.database.transaction() as session:
        await roll_back(session, older, actor="许五", now=room.now)
    await timekeeper.turn()
    assert await _state(room) is VersionState.VOID
    async with Library.open() as library:
        async with room.database.reading() as session:
            await library.refresh(session)
        answer = library.answer(QUESTION, region=room.desk.department.region, on=room.now.date())
    assert [quote.text for quote in answer.quotes] == [RULE]
