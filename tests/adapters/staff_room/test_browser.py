"""The room in a real browser: what a person with a phone sees and presses."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect
from sqlmodel import select

from adapters.chat.staff_room.chat import StaffRoom
from casework.case import Case
from casework.chat import Incoming, Response
from casework.drafting import revising
from casework.drafting.draft import FactSlot
from casework.drafting.reviser import Reviser
from casework.message import Button, Card, CardKind
from casework.staff import StaffMember
from storage import audit
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.staff_chat_contract import alert, listening
from tests.adapters.staff_room.conftest import make_room
from tests.casework.room import make_desk
from tests.casework.sample_case import PLACE_SLOT, QUOTE, SampleCase
from tests.chromium import launched

PHONE = ViewportSize(width=390, height=844)

pytestmark = pytest.mark.browser


class Desk:
    """A handler that claims, answers and fills facts, as casework would."""

    def __init__(self, room: StaffRoom, database: Database, clock: ManualClock) -> None:
        self.room, self._database, self._clock = room, database, clock
        self.card = ""

    async def alert(self) -> None:
        buttons = ((Button("认领", "认领 A12", token="claim"), Button("误报", "误报 A12", token="dismiss")),)
        self.card = await self.room.send("duty", alert(buttons=buttons), "k1")

    async def __call__(self, incoming: Incoming) -> Response | None:
        if incoming.token == "claim":
            await self.room.edit("duty", self.card, alert("北门夜市 · 李雯 18:55 已认领", count=31))
            return Response(brief="A12 由你认领")
        if incoming.token == "dismiss":
            return Response(cards=(Card(CardKind.REFUSAL, head="A12 已被认领，不能再报误报。"),))
        if incoming.text.startswith("补充 A12 1 "):
            return await self._fill(incoming.text)
        if incoming.text.startswith(("换语气 A12 1 ", "撤回修改 A12 1")):
            return await self._revise(incoming.text)
        if incoming.text.startswith(("拆分", "合并")):
            return Response(brief=f"收到：{incoming.text}")
        if incoming.text.startswith(("送签", "拟稿")):
            return Response(brief=f"送到 {incoming.chat}")
        if incoming.text.startswith("A12"):
            return Response(cards=(Card(CardKind.ANSWER, head="A12 由李雯处理中"),))
        return None

    async def _fill(self, text: str) -> Response:
        value, _, proof = text.removeprefix("补充 A12 1 ").partition(" 核实：")
        async with self._database.transaction() as session:
            slot = await session.get_one(FactSlot, 1)
            slot.value, (slot.verified_how, slot.verified_by) = value, proof.split("，")
            await audit.append(session, "李雯", "fact.filled", "case:A12", at=self._clock.now())
        return Response(brief="已填入")

    async def _revise(self, text: str) -> Response:
        now, department = self._clock.now(), make_desk()
        async with self._database.transaction() as session:
            case, staff = (await session.exec(select(Case))).one(), await session.get_one(StaffMember, 1)
            if text.startswith("撤回修改"):
                await revising.undo(session, case, 1, staff, now, department)
                return Response(brief="已退回")
            task = await revising.task_for(session, case, 1, text.removeprefix("换语气 A12 1 "), now, department)
            revised = await Reviser().revise(task)
            if revised.text == task.text:
                return Response(brief=revised.undone[0])
            await revising.store_revision(session, case, 1, task, revised, staff, now, department)
        return Response(brief=revised.done[0])


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
async def desk(database: Database, clock: ManualClock, sample: SampleCase) -> AsyncIterator[Desk]:
    room = make_room(database, clock)
    desk = Desk(room, database, clock)
    async with room, listening(room, desk):
        yield desk


async def _open(chromium: Browser, desk: Desk, account: str, path: str, viewport: ViewportSize = PHONE) -> Page:
    """A person's own browser; an error in a script of the page fails the test."""
    context = await chromium.new_context(viewport=viewport, locale="zh-CN")
    context.set_default_timeout(8_000)
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    page.on("console", lambda message: pytest.fail(message.text) if "Content Security Policy" in message.text else None)
    await page.goto(f"{desk.room.url}as/{account}{path}")
    return page


async def test_an_alert_is_claimed_on_one_phone_and_changes_in_place_on_the_other(chromium: Browser, desk: Desk) -> None:
    liwen, zhouming = await asyncio.gather(*(_open(chromium, desk, account, "/room/duty") for account in ("liwen", "zhouming")))
    await desk.alert()
    for page in (liwen, zhouming):
        await expect(page.locator(".card h3", has_text="网传队员掀翻摊位")).to_be_visible()
    await liwen.get_by_role("button", name="认领").click()
    await expect(liwen.get_by_text("A12 由你认领")).to_be_visible()
    for page in (liwen, zhouming):
        await expect(page.get_by_text("北门夜市 · 李雯 18:55 已认领")).to_be_visible()
        await expect(page.locator(".card")).to_have_count(1)
    await expect(zhouming.get_by_text("A12 由你认领")).to_have_count(0)


async def test_a_line_is_typed_answered_and_read_by_the_other(chromium: Browser, desk: Desk) -> None:
    liwen, zhouming = await asyncio.gather(*(_open(chromium, desk, account, "/room/duty") for account in ("liwen", "zhouming")))
    await liwen.get_by_label("发言").fill("A12 怎么样了")
    await liwen.get_by_label("发言").press("Enter")
    await expect(zhouming.locator(".message.person", has_text="A12 怎么样了")).to_be_visible()
    await expect(liwen.locator(".message.mine", has_text="A12 怎么样了")).to_be_visible()
    for page in (liwen, zhouming):
        await expect(page.get_by_text("A12 由李雯处理中")).to_be_visible()


async def test_a_refusal_is_shown_to_the_person_who_pressed(chromium: Browser, desk: Desk) -> None:
    page = await _open(chromium, desk, "liwen", "/room/duty")
    await desk.alert()
    await page.get_by_role("button", name="误报").click()
    await expect(page.locator(".toast.refusal")).to_have_text("A12 已被认领，不能再报误报。")


async def test_nothing_is_wider_than_a_phone(chromium: Browser, desk: Desk) -> None:
    await desk.alert()
    for path in ("/room/duty", "/cases/A12", "/cases/A12/draft"):
        page = await _open(chromium, desk, "liwen", path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        heights = await page.locator(".card .buttons button, .composer button, .page .buttons button").evaluate_all(
            "all => all.filter(b => b.offsetHeight).map(b => b.offsetHeight)"
        )
        assert min(heights) >= 44


async def test_a_fact_is_filled_and_stands_in_every_candidate_without_reload(chromium: Browser, desk: Desk) -> None:
    page = await _open(chromium, desk, "liwen", "/cases/A12/draft")
    await page.evaluate("window.stayed = true")
    await page.get_by_label("事实（照写进回复）").first.fill("中队七点到场")
    await page.get_by_label("怎么核实的").first.fill("现场电话")
    await page.get_by_role("button", name="填入").first.click()
    await expect(page.locator("#candidate-1 mark.fact", has_text="中队七点到场")).to_be_visible()
    await page.get_by_role("tab", name="事实说明").click()
    await expect(page.locator("#candidate-2 mark.fact", has_text="中队七点到场")).to_be_visible()
    await expect(page.locator(f'#candidate-2 mark.slot[data-slot="{PLACE_SLOT}"]')).to_have_count(0)
    assert await page.evaluate("window.stayed")


async def test_while_a_fact_is_open_the_way_on_leads_to_it(chromium: Browser, desk: Desk) -> None:
    page = await _open(chromium, desk, "liwen", "/cases/A12/draft")
    await expect(page.get_by_role("button", name="送签①")).to_have_count(0)
    await page.get_by_role("button", name="补充事实").first.click()
    await expect(page.locator(f'.fact-form[data-name="{PLACE_SLOT}"] input').first).to_be_focused()


async def test_what_is_done_on_a_page_belongs_to_the_group_one_came_from(chromium: Browser, desk: Desk) -> None:
    page = await _open(chromium, desk, "liwen", "/room/market")
    await page.goto(f"{desk.room.url}as/liwen/cases/A12/draft")
    await page.get_by_role("button", name="重新拟稿").click()
    await expect(page.locator(".toast")).to_have_text("送到 market")
    await page.get_by_label("回到群里").click()
    await expect(page.get_by_role("heading", name="市场监管二组")).to_be_visible()


async def test_posts_of_another_matter_are_picked_and_leave_by_their_numbers(chromium: Browser, desk: Desk) -> None:
    page = await _open(chromium, desk, "liwen", "/cases/A12")
    await expect(page.locator("svg.hours rect")).to_have_count(24)
    boxes = page.get_by_role("checkbox")
    await expect(boxes).to_have_count(0)
    await page.get_by_text("有几条不是这件事").click()
    await expect(boxes).to_have_count(2)
    await page.locator(".posts li", has_text="队员先说了三遍").get_by_role("checkbox").check()
    await page.get_by_role("button", name="拆分").click()
    await expect(page.locator(".toast").last).to_have_text("收到：拆分 A12 2")
    await page.get_by_label("并入").fill("A3")
    await page.get_by_role("button", name="并入").click()
    await expect(page.locator(".toast").last).to_have_text("收到：合并 A12 A3")


async def test_a_colleague_s_fact_arrives_and_takes_nothing_that_is_being_typed(chromium: Browser, desk: Desk) -> None:
    page = await _open(chromium, desk, "liwen", "/cases/A12/draft")
    await page.get_by_role("button", name="改稿").first.click()
    await page.locator("textarea[name=text-1]").fill("正在写的稿子")
    await desk(Incoming("staff_room", "duty", "zhouming", text="补充 A12 1 中队七点到场 核实：电话，周明"))
    await expect(page.locator(".fact-form.known")).to_have_count(1)
    await expect(page.locator("textarea[name=text-1]")).to_have_value("正在写的稿子")
    await expect(page.locator("textarea[name=text-1]")).to_be_visible()


async def test_a_check_is_mended_by_its_button(chromium: Browser, desk: Desk) -> None:
    page = await _open(chromium, desk, "liwen", "/cases/A12/draft")
    await page.locator("#candidate-1 [data-edit]").click()
    field = page.locator("textarea[name=text-1]")
    await field.fill("😀我们看到了。详情请看 https://example.com/a 。")
    await page.get_by_role("button", name="删掉“https://example.com/a”").click()
    await expect(field).to_have_value("😀我们看到了。详情请看  。")
    await expect(page.locator("#candidate-1 .live-checks")).not_to_contain_text("example.com")


async def test_a_clause_opens_over_the_draft_with_its_quote_marked(chromium: Browser, desk: Desk) -> None:
    page = await _open(chromium, desk, "liwen", "/cases/A12/draft")
    await page.get_by_role("tab", name="事实说明").click()
    await page.locator("#candidate-2 sup a").click()
    await expect(page.locator("dialog mark.quote")).to_have_text(QUOTE)
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog mark.quote")).to_be_hidden()


async def test_an_edit_shows_its_changes_and_its_length(chromium: Browser, desk: Desk) -> None:
    page = await _open(chromium, desk, "liwen", "/cases/A12/draft")
    await page.get_by_role("button", name="改稿").first.click()
    field = page.locator("textarea[name=text-1]")
    await field.fill((await field.input_value()).replace("看到了", "已经看到"))
    await expect(page.locator("#candidate-1 .editing del").first).to_have_text("了")
    await expect(page.locator("#candidate-1 .editing ins").first).to_have_text("已经")
    await field.fill("长" * 141)
    await expect(page.locator("#candidate-1 .count.over")).to_contain_text("141 / 140 · 超出 1 字")


async def test_a_reply_is_reworded_by_a_wish_and_back_with_the_changes_in_sight(chromium: Browser, desk: Desk) -> None:
    page = await _open(chromium, desk, "liwen", "/cases/A12/draft")
    wish = page.locator("#candidate-1 .revising input")
    await expect(page.locator("#candidate-1").get_by_role("button", name="撤回修改")).to_have_count(0)
    await wish.fill("加上道歉")
    await page.locator("#candidate-1").get_by_role("button", name="改一版").click()
    await expect(page.locator("#candidate-1 > .diff ins")).to_contain_text("我们道歉")
    await expect(wish).to_have_value("")
    await wish.fill("写得像一首诗")
    await wish.press("Enter")
    await expect(page.get_by_text("没看懂")).to_be_visible()
    await page.locator("#candidate-1").get_by_role("button", name="撤回修改").click()
    await expect(page.locator("#candidate-1 .reply", has_text="我们道歉")).to_have_count(0)


async def test_a_lost_link_is_said_and_mends_itself(database: Database, clock: ManualClock, sample: SampleCase, chromium: Browser) -> None:
    room = make_room(database, clock)
    desk = Desk(room, database, clock)
    async with room, listening(room, desk):
        page = await _open(chromium, desk, "liwen", "/room/duty")
        await expect(page.locator("#lost")).to_be_hidden()
    await expect(page.locator("#lost")).to_be_visible()
    port = int(room.url.rstrip("/").rsplit(":", 1)[1])
    again = StaffRoom(
        database, host="127.0.0.1", port=port, groups=[("duty", "值班总群")], secret=b"", clock=clock, desk=make_desk(), open_login=True
    )
    async with again, listening(again, Desk(again, database, clock)):
        await again.send("duty", alert("断线时发生的事"), "k9")
        await expect(page.get_by_text("断线时发生的事")).to_be_visible(timeout=10_000)
        await expect(page.locator("#lost")).to_be_hidden()
        await page.context.close()


async def test_a_personal_link_lets_in_and_out(database: Database, clock: ManualClock, sample: SampleCase, chromium: Browser) -> None:
    room = make_room(database, clock, open_login=False)
    async with room, listening(room, Desk(room, database, clock)):
        page = await (await chromium.new_context(viewport=PHONE)).new_page()
        await page.goto(room.login_link(sample.staff["周明"]))
        await page.get_by_role("button", name="进入值班室").click()
        await expect(page.locator(".who .name")).to_have_text("周明")
        await expect(page.locator("#lost")).to_be_hidden()
        await page.locator(".who summary").click()
        await page.get_by_role("button", name="退出登录").click()
        await expect(page.get_by_text("只对本单位值班人员开放")).to_be_visible()
        await page.context.close()
