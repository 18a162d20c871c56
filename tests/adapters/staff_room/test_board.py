"""The board of sources says how each fares, and lets an admin decide a proposed tier."""

import random
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect
from sqlmodel import select

from adapters.chat.staff_room.chat import StaffRoom
from casework.chat import Incoming, Response
from casework.staff import Role, StaffMember
from monitoring.polling import record_failure, record_success, sync_sources
from monitoring.source import Ailment, Source, Tier
from monitoring.source_hour import SourceHour, hour_of
from monitoring.tier_proposal import TierProposal
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.staff_chat_contract import listening
from tests.chromium import launched

SOURCES = {
    "城市论坛-城事版": "feed", "微博-关键词“城管”": "feed", "12345 工单": "table", "某数据公司推送": "webhook", "论坛备用 RSS": "feed",
    "领导留言板": "page",
}  # fmt: skip


@pytest.fixture
async def sources(database: Database, clock: ManualClock, staff: dict[str, int]) -> None:
    now, rng = clock.now(), random.Random(4)
    definitions = [
        {"name": name, "kind": kind, "address": f"https://{number}.example", "options": {"fallback": "论坛备用 RSS"} if number == 0 else {}}
        for number, (name, kind) in enumerate(SOURCES.items())
    ]
    async with database.transaction() as session:
        await sync_sources(session, definitions, now)
        for source in (await session.exec(select(Source))).all():
            if source.name != "领导留言板":
                await record_success(session, source, now - timedelta(minutes=rng.randrange(1, 9)))
            for back in range(0, 14 * 24, 5):
                posts = rng.randrange(12)
                session.add(SourceHour(source_id=source.id or 0, hour=hour_of(now) - back, posts=posts, ours=posts // 3))
            source.last_post_at = now - timedelta(minutes=12)
        forum = (await session.exec(select(Source).where(Source.name == "城市论坛-城事版"))).one()
        forum.ailment, forum.ill_since = Ailment.SILENT, now
        forum.ailment_note = "3 小时没有新帖，按平时这段时间该有 42 条；页面结构可能变了，也可能对方停了服务。请打开看一看。"
        weibo = (await session.exec(select(Source).where(Source.name == "微博-关键词“城管”"))).one()
        await record_failure(session, weibo, "127.0.0.1 返回 503。", now)
        session.add(
            TierProposal(source_id=weibo.id or 0, from_tier=Tier.B, to_tier=Tier.A, reason="28 天里平均每天 28 条", proposed_at=now)
        )
        (await session.exec(select(StaffMember).where(StaffMember.name == "陈静"))).one().roles = [Role.ADMIN.value]


async def test_the_ailing_come_first_with_what_to_do(page: httpx.AsyncClient, sources: None) -> None:
    html = (await page.get("/as/liwen/sources")).text
    places = [html.index(f"<h3>{name}") for name in ("城市论坛-城事版", "微博-关键词", "领导留言板", "12345 工单", "论坛备用 RSS")]
    assert places == sorted(places)
    for words in ("3 小时没有新帖", "正在顶替", "127.0.0.1 返回 503。", "等对方推送", "还没有抓取过", "建议 B → A"):
        assert words in html
    assert html.count("<svg") == len(SOURCES)


async def test_only_an_admin_is_offered_to_decide(page: httpx.AsyncClient, sources: None) -> None:
    offered = {account: 'data-act="采纳 1"' in (await page.get(f"/as/{account}/sources")).text for account in ("liwen", "chenjing")}
    assert offered == {"liwen": False, "chenjing": True}


async def test_without_sources_it_says_where_to_begin(page: httpx.AsyncClient, staff: dict[str, int]) -> None:
    assert "wensheng sources presets" in (await page.get("/as/liwen/sources", headers={"x-part": "board"})).text


@pytest.mark.browser
async def test_on_a_phone(room: StaffRoom, sources: None, tmp_path: Path) -> None:
    heard: list[str] = []

    async def handler(incoming: Incoming) -> Response:
        heard.append(incoming.text)
        return Response(brief="已改为 A 级")

    async with listening(room, handler), launched() as browser:
        phone = await browser.new_page(viewport={"width": 390, "height": 844})
        await phone.goto(f"{room.url}as/chenjing/sources")
        await expect(phone.locator(".source.ill h3")).to_have_text("城市论坛-城事版")
        assert await phone.evaluate("document.documentElement.scrollWidth") <= 390
        await phone.screenshot(path=str(tmp_path / "board.png"), full_page=True)
        await phone.get_by_role("button", name="采纳", exact=True).click()
        await expect(phone.locator(".toast")).to_have_text("已改为 A 级")
    assert heard == ["采纳 1"]
