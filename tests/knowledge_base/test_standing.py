"""Approving, repealing, rolling back, deleting, reviewing: each takes effect at once, is audited, and is told to the indexes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge_base.clause import Clause
from knowledge_base.document import DocumentState, ParsedDocument, PolicyDocument
from knowledge_base.errors import KnowledgeError
from knowledge_base.importing import Outcome, import_document
from knowledge_base.past_case import KnowledgeChange
from knowledge_base.region import Region
from knowledge_base.standing import approve_document, delete_document, repeal_document, roll_back, withdraw_document
from knowledge_base.versions import clauses_of, previous_version
from retrieval.library import Library
from storage import audit
from storage.clock import ManualClock
from storage.engine import Database

TODAY = date(2026, 3, 6)
HERE = Region("江屿", "云川")


def _version(year: int, fine: str, begins: date) -> ParsedDocument:
    text = f"第一条 养犬应当登记。\n第二条 罚款{fine}元。\n第三条 本条例自{begins.year}年{begins.month}月{begins.day}日起施行。"
    return ParsedDocument("云川市养犬条例", text, version_date=date(year, 2, 1), province="江屿")


V2010, V2020, V2023 = (_version(year, fine, date(year, 5, 1)) for year, fine in ((2010, "五十"), (2020, "二百"), (2023, "五百")))
COMING = _version(2026, "一千", date(2026, 9, 1))


async def _import(session: AsyncSession, clock: ManualClock, *versions: ParsedDocument) -> list[int]:
    return [(await import_document(session, one, actor="周明", now=clock.now(), approve=True)).document_id for one in versions]


async def _fines(session: AsyncSession, day: date) -> set[str]:
    session.expire_all()
    return {clause.text for clause in (await session.exec(select(Clause))).all() if clause.in_force_on(day) and clause.article == "第二条"}


@pytest.mark.both_databases
async def test_rolling_back_takes_out_whatever_came_after(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        first, second, third, coming = await _import(session, clock, V2010, V2020, V2023, COMING)
        withdrawn = await roll_back(session, first, actor="周明", now=clock.now())
        assert [document.id for document in withdrawn] == [second, third]
        assert await _fines(session, TODAY) == {"罚款五十元。"}
        assert await _fines(session, date(2026, 9, 1)) == {"罚款一千元。"}, "what is still to come stays"
        states = dict((await session.exec(select(PolicyDocument.id, PolicyDocument.state))).all())
    assert [states[number] for number in (first, second, third, coming)] == [
        DocumentState.APPROVED, DocumentState.WITHDRAWN, DocumentState.WITHDRAWN, DocumentState.APPROVED,
    ]  # fmt: skip


async def test_a_withdrawn_version_can_be_rolled_back_to(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        older, newer = await _import(session, clock, V2010, V2020)
        await withdraw_document(session, older, actor="周明", now=clock.now())
        await roll_back(session, older, actor="周明", now=clock.now())
        assert await _fines(session, TODAY) == {"罚款五十元。"}
        await approve_document(session, newer, actor="周明", now=clock.now())
        assert await _fines(session, TODAY) == {"罚款二百元。"}, "and forward again"


@pytest.mark.both_databases
async def test_a_repeal_has_a_day_and_can_be_taken_back(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        (number,) = await _import(session, clock, V2020)
        await repeal_document(session, number, on=TODAY, reason="云政发〔2026〕3号", actor="周明", now=clock.now())
        assert await _fines(session, TODAY - timedelta(days=1)) == {"罚款二百元。"}
        assert await _fines(session, TODAY) == set()
        with pytest.raises(KnowledgeError, match="失效"):
            await roll_back(session, number, actor="周明", now=clock.now())
        await repeal_document(session, number, on=None, reason="", actor="周明", now=clock.now())
        assert await _fines(session, TODAY) == {"罚款二百元。"}


async def test_an_end_that_the_text_states_outlives_a_repeal_that_is_taken_back(database: Database, clock: ManualClock) -> None:
    parsed = ParsedDocument("云川市临时通告", "第一条 禁放。\n第二条 本通告自2020年1月1日起施行，有效期3年。", province="江屿")
    async with database.transaction() as session:
        (number,) = await _import(session, clock, parsed)
        await repeal_document(session, number, on=date(2021, 1, 1), reason="", actor="周明", now=clock.now())
        document = await repeal_document(session, number, on=None, reason="", actor="周明", now=clock.now())
    assert document.repealed_on == date(2023, 1, 1)


@pytest.mark.both_databases
async def test_deleting_leaves_a_name_and_nothing_else(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        older, newer = await _import(session, clock, V2010, V2020)
        assert await delete_document(session, newer, actor="周明", now=clock.now()) == 3
        assert await _fines(session, TODAY) == {"罚款五十元。"}, "the version before holds again"
        document = (await session.exec(select(PolicyDocument).where(PolicyDocument.id == newer))).one()
        assert (document.title, document.body, document.state) == ("云川市养犬条例", "", DocumentState.DELETED)
        assert (await session.exec(select(Clause.id).where(Clause.document_id == newer))).all() == []
        for verb in (approve_document, withdraw_document):
            with pytest.raises(KnowledgeError, match=str(newer)):
                await verb(session, newer, actor="周明", now=clock.now())
        again = await import_document(session, V2020, actor="周明", now=clock.now(), approve=True)
    assert again.outcome is Outcome.ADDED
    assert again.document_id not in (older, newer), "its number is given to no other"


async def test_what_is_deleted_is_found_no_more(database: Database, clock: ManualClock) -> None:
    async with Library.open() as library:
        async with database.transaction() as session:
            (number,) = await _import(session, clock, V2020)
            await library.refresh(session)
            assert library.search_clauses("养犬罚款", region=HERE, on=TODAY)
            await delete_document(session, number, actor="周明", now=clock.now())
            await library.refresh(session)
        assert library.search_clauses("养犬罚款", region=HERE, on=TODAY) == []


async def test_a_search_on_a_day_gives_the_version_of_that_day(database: Database, clock: ManualClock) -> None:
    async with Library.open() as library:
        async with database.transaction() as session:
            await _import(session, clock, V2010, V2020, V2023)
            await library.refresh(session)
        for day, fine in ((date(2015, 1, 1), "五十"), (date(2021, 1, 1), "二百"), (TODAY, "五百")):
            texts = [hit.text for hit in library.search_clauses("罚款多少元", region=HERE, on=day)]
            assert f"罚款{fine}元。" in texts
            assert sum(text.startswith("罚款") for text in texts) == 1
        assert library.search_clauses("罚款多少元", region=HERE, on=date(2009, 1, 1)) == []


@pytest.mark.both_databases
async def test_only_the_articles_that_are_named_end(database: Database, clock: ManualClock) -> None:
    text = "第一条 罚款由综合执法部门执行。\n第二条 本决定自2024年1月1日起施行。《云川市养犬条例》第二条同时废止。"
    ending = ParsedDocument("云川市执法决定", text, version_date=date(2023, 12, 1), province="江屿")
    async with database.transaction() as session:
        for order in ([V2020, ending], [replace(ending, title="云川市另一决定")]):
            numbers = await _import(session, clock, *order)
        assert await _fines(session, date(2023, 12, 31)) == {"罚款二百元。"}
        session.expire_all()
        clauses = (await session.exec(select(Clause).where(Clause.title == V2020.title))).all()
        held = {clause.article for clause in clauses if clause.in_force_on(TODAY)}
        assert held == {"第一条", "第三条"}
        await withdraw_document(session, numbers[-1], actor="周明", now=clock.now())
        assert "罚款二百元。" not in await _fines(session, TODAY), "the first decision still stands"


async def test_the_version_before(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        first, second, _ = await _import(session, clock, V2010, V2020, V2023)
        document = await session.get(PolicyDocument, second)
        assert document is not None
        before = await previous_version(session, document)
        assert before is not None
        assert before.id == first
        assert await previous_version(session, before) is None
        assert [clause.article for clause in await clauses_of(session, first)] == ["第一条", "第二条", "第三条"]


@pytest.mark.both_databases
async def test_every_step_is_audited_and_told_to_the_indexes(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        (number,) = await _import(session, clock, V2020)
        await repeal_document(session, number, on=TODAY, reason="云政发〔2026〕3号", actor="周明", now=clock.now())
        await delete_document(session, number, actor="陈静", now=clock.now())
    async with database.reading() as session:
        entries = (await session.exec(select(audit.AuditEntry).order_by(col(audit.AuditEntry.number)))).all()
        changes = (await session.exec(select(KnowledgeChange))).all()
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("document.imported", "周明"), ("document.approved", "周明"), ("document.repealed", "周明"),
        ("document.withdrawn", "陈静"), ("document.deleted", "陈静"),
    ]  # fmt: skip
    assert entries[2].details["reason"] == "云政发〔2026〕3号"
    assert [change.subject_id for change in changes] == [number] * 4
