"""A reply that cites a clause which then changes may not go out: superseded, repealed whole or in part, rolled back, withdrawn, deleted."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.drafting.draft import ReplyVersion
from casework.standing_citations import why_citations_fail
from knowledge_base.clause import Clause
from knowledge_base.document import ParsedDocument
from knowledge_base.importing import import_document
from knowledge_base.region import Region
from knowledge_base.standing import delete_document, repeal_document, roll_back, withdraw_document
from storage.clock import ManualClock
from storage.engine import Database

HERE = Region("江屿", "云川")


def _version(text: str, adopted: date, begins: date) -> ParsedDocument:
    body = f"第一条 {text}\n第二条 自{begins.year}年{begins.month}月{begins.day}日起施行。"
    return ParsedDocument("云川市夜市办法", body, version_date=adopted, province="江屿")


OLD = _version("摊位应当登记。", date(2019, 12, 1), date(2020, 1, 1))
NEW = _version("摊位应当备案。", date(2023, 12, 1), date(2024, 1, 1))
NEWER = _version("摊位不必备案。", date(2025, 12, 1), date(2026, 1, 1))
PARTS = ParsedDocument(
    "云川市市容条例",
    "第一条 市容应当整洁。\n第二条 本条例自2026年2月1日起施行。《云川市夜市办法》第一条同时废止。",
    version_date=date(2026, 1, 1),
    province="江屿",
)
Change = Callable[[AsyncSession, dict[str, int], datetime], Awaitable[object]]


async def _import(session: AsyncSession, parsed: ParsedDocument, now: datetime) -> int:
    return (await import_document(session, parsed, actor="周明", now=now, approve=True)).document_id


async def _superseded(session: AsyncSession, ids: dict[str, int], now: datetime) -> None:
    await _import(session, NEWER, now)


async def _partly_repealed(session: AsyncSession, ids: dict[str, int], now: datetime) -> None:
    await _import(session, PARTS, now)


async def _repealed(session: AsyncSession, ids: dict[str, int], now: datetime) -> None:
    await repeal_document(session, ids["new"], on=now.date(), reason="云政发〔2026〕1号", actor="周明", now=now)


async def _rolled_back(session: AsyncSession, ids: dict[str, int], now: datetime) -> None:
    await roll_back(session, ids["old"], actor="周明", now=now)


async def _withdrawn(session: AsyncSession, ids: dict[str, int], now: datetime) -> None:
    await withdraw_document(session, ids["new"], actor="周明", now=now)


async def _deleted(session: AsyncSession, ids: dict[str, int], now: datetime) -> None:
    await delete_document(session, ids["new"], actor="周明", now=now)


async def _nothing(session: AsyncSession, ids: dict[str, int], now: datetime) -> None:
    await repeal_document(session, ids["new"], on=now.date() + timedelta(days=1), reason="", actor="周明", now=now)


async def _lifted(session: AsyncSession, ids: dict[str, int], now: datetime) -> None:
    await _repealed(session, ids, now)
    await repeal_document(session, ids["new"], on=None, reason="", actor="周明", now=now)


async def _parts_back(session: AsyncSession, ids: dict[str, int], now: datetime) -> None:
    await withdraw_document(session, await _import(session, PARTS, now), actor="周明", now=now)


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        (_superseded, False),
        (_partly_repealed, False),
        (_repealed, False),
        (_rolled_back, False),
        (_withdrawn, False),
        (_deleted, False),
        (_nothing, True),
        (_lifted, True),
        (_parts_back, True),
    ],
)
async def test_a_reply_falls_with_the_clause_that_it_cites(database: Database, clock: ManualClock, change: Change, holds: bool) -> None:
    now = clock.now()
    async with database.transaction() as session:
        ids = {"old": await _import(session, OLD, now), "new": await _import(session, NEW, now)}
        version = await _citing(session, ids["new"], now)
        assert await why_citations_fail(session, version, on=now.date(), region=HERE) is None
        await change(session, ids, now)
        session.expire_all()
        reason = await why_citations_fail(session, version, on=now.date(), region=HERE)
    assert (reason is None) is holds


async def _citing(session: AsyncSession, document: int, now: datetime) -> ReplyVersion:
    """A version, not stored, that cites the first article of a document."""
    query = select(Clause).where(Clause.document_id == document, Clause.article == "第一条")
    clause = (await session.exec(query)).one()
    citation = {"kind": "clause", "key": clause.key, "name": "第一条", "quote": clause.text, "text_hash": clause.text_hash}
    return ReplyVersion(
        case_id=1, number=1, candidate_ordinal=1, strategy="", channel="", text="", event_revision=1, level=3, bound_hash="",
        required_approvals=1, created_by=1, created_at=now, citations=[citation],
    )  # fmt: skip
