"""From a public post to a published reply and back into the knowledge base, in headless Chromium, by two pairs of hands."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlmodel import col, select

from bot.bootstrap import build_chats
from bot.house import House
from casework.case import Case
from casework.drafting.draft import FactSlot
from casework.promise_ledger import numbered
from casework.publication import Publication, PublicationState
from knowledge_base.past_case import PastCase
from storage import audit
from tests.bot.department import OUTRAGE, START, opened, post, running, settings
from tests.chromium import launched

GROUPS = [{"platform": "staff_room", "chat": "duty", "name": "值班群", "fallback": True}]
ACCOUNTS = {"李雯": {"staff_room": "liwen"}, "周明": {"staff_room": "zhouming"}, "陈静": {"staff_room": "chenjing"}}
PATIENCE_MS = 15_000

pytestmark = pytest.mark.browser


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched() as chromium:
        yield chromium


class Person:
    """One member of staff with a phone."""

    def __init__(self, page: Page, root: str, account: str) -> None:
        self.page, self._root = page, f"{root}as/{account}/"

    async def opens(self, path: str = "") -> None:
        await self.page.goto(self._root + path)

    async def says(self, text: str) -> None:
        await self.page.get_by_role("textbox").fill(text)
        await self.page.keyboard.press("Enter")

    async def sees(self, text: str) -> None:
        await expect(self.page.get_by_text(text).last).to_be_visible(timeout=PATIENCE_MS)


async def _person(browser: Browser, root: str, account: str) -> Person:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    person = Person(page, root, account)
    await person.opens()
    return person


async def _fill_every_fact(house: House, person: Person) -> None:
    async with house.database.reading() as session:
        slots = (await session.exec(select(FactSlot).order_by(col(FactSlot.ordinal)))).all()
    assert slots
    for slot in slots:
        await person.says(f"补充 A1 {slot.ordinal} 带班负责人已到场 核实：现场电话，周队")
        await person.sees(f"A1 已补：{slot.name}")


async def _keep_promises(house: House, person: Person) -> None:
    async with house.database.reading() as session:
        standing = [number for number, promise in await numbered(session, (await session.exec(select(Case))).one()) if promise.is_open]
    for number in standing:
        await person.says(f"兑现 A1 {number} 结果已在评论区公布")
        await person.sees(f"A1 第 {number} 项承诺")


async def test_alert_to_publication(browser: Browser, tmp_path: Path) -> None:
    async with opened(settings(tmp_path, GROUPS, ACCOUNTS, web={"port": 0}), tmp_path) as house:
        chats = build_chats(house, open_login=True)
        async with running(house, chats):
            root = chats["staff_room"].url  # type: ignore[attr-defined]
            liwen, zhouming, chenjing = [await _person(browser, root, account) for account in ("liwen", "zhouming", "chenjing")]
            post(tmp_path, *OUTRAGE, at=START)

            await liwen.sees("I 特别重大 · A1")
            await liwen.page.get_by_role("button", name="认领").last.click()
            await zhouming.sees("已认领")

            await liwen.page.get_by_role("button", name="拟稿").last.click()
            await liwen.sees("A1 拟稿")
            await liwen.says("送签 A1 1")
            await liwen.sees("处待核实")
            await _fill_every_fact(house, liwen)
            await liwen.says("送签 A1 1")
            await zhouming.sees("A1 第 1 版送签")

            await liwen.says("签发 A1 1")
            await liwen.sees("需由他人签发")
            await zhouming.page.get_by_role("button", name="签发").last.click()
            await zhouming.sees("还需 1 人签发")
            await liwen.says("发布 A1")
            await liwen.sees("还没有已签发的稿子")
            await chenjing.page.get_by_role("button", name="签发").last.click()
            await liwen.sees("已签发（周明 ")

            await liwen.says("已发 A1 https://weibo.com/1")
            await liwen.sees("已登记")
            await _keep_promises(house, liwen)
            await liwen.says("办结 A1 完整录像已公布，队员停职")
            await liwen.sees("已办结")

        async with house.database.reading() as session:
            publication = (await session.exec(select(Publication))).one()
            learnt = (await session.exec(select(PastCase).where(PastCase.case_number == "A1"))).one()
            report = await audit.verify(session)
    assert (publication.state, publication.link) == (PublicationState.PUBLISHED, "https://weibo.com/1")
    assert "柳岸夜市" in learnt.question
    assert report.broken_at is None
