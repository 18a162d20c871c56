"""The pages of a case show what its rows say, to whom it concerns, and tell when it changes."""

import asyncio
import contextlib
import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import httpx
import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

import prompts
from adapters.chat.staff_room.chat import StaffRoom
from casework.approval import Approval
from casework.case import Case, CaseState
from casework.chat import Incoming, Response
from casework.deadline import Deadline, DeadlineState
from casework.delegation import Delegation
from casework.drafting.draft import FactSlot, ReplyVersion, VersionState
from casework.message import Card, CardKind
from casework.staff import StaffAccount, StaffMember
from knowledge_base.clause import Clause
from storage import audit
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.staff_room.conftest import listen, paged
from tests.casework.sample_case import CLAUSE_KEY, HOSTILE, OFFICIALESE, PLACE_SLOT, QUOTE, SampleCase, stored, write_version

DRAFT = "/cases/A12/draft"


async def test_a_sentence_opens_the_clause_with_its_quote(page: httpx.AsyncClient, sample: SampleCase) -> None:
    html = (await page.get(f"/as/liwen{DRAFT}")).text
    reference = re.search(r'<sup><a data-sheet href="([^"]+clauses[^"]+)"', html)
    assert reference is not None
    clause = (await page.get(unescape(reference[1]), headers={"x-part": "sheet"})).text
    assert f"<mark class='quote'>{QUOTE}</mark>" in clause
    assert "现行有效" in clause
    assert "摊位不得占用盲道" in clause
    assert "<html" not in clause


async def test_a_clause_s_validity_is_judged_today(
    database: Database, page: httpx.AsyncClient, sample: SampleCase, clock: ManualClock
) -> None:
    address = f"/as/liwen/clauses?key={quote(CLAUSE_KEY)}"
    assert "现行有效" in (await page.get(address)).text
    async with database.transaction() as session:
        (await session.exec(select(Clause).where(Clause.key == CLAUSE_KEY))).one().ended_on = (clock.now() + timedelta(days=1)).date()
    assert "现行有效" in (await page.get(address)).text
    clock.move_to(clock.now() + timedelta(days=1))
    html = (await page.get(address)).text
    assert "现行有效" not in html
    assert "2026-03-07 起失效" in html


async def test_open_facts_are_marked_and_have_their_form(page: httpx.AsyncClient, sample: SampleCase) -> None:
    html = (await page.get(f"/as/liwen{DRAFT}")).text
    assert f'<mark class="slot" data-slot="{PLACE_SLOT}">【待核实：{PLACE_SLOT}】</mark>' in html
    assert re.findall(r'data-fill="补充 A12 (\d+)"', html) == ["1", "2"]


async def test_only_those_who_may_sign_are_offered_to(
    database: Database, page: httpx.AsyncClient, sample: SampleCase, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        version = await write_version(session, sample, "我们看到了视频。", clock.now())
        await _sign(session, version, [sample.staff["周明"]])
    pages = {account: (await page.get(f"/as/{account}{DRAFT}")).text for account in ("liwen", "zhouming", "chenjing")}
    offered = {account: 'data-act="签发 A12 1"' in html for account, html in pages.items()}
    assert offered == {"liwen": False, "zhouming": False, "chenjing": True}
    assert "需由他人签发" in pages["liwen"]
    assert "你已签发" in pages["zhouming"]
    assert "待签发 1/2" in pages["chenjing"]
    assert OFFICIALESE.message in pages["chenjing"]


async def test_what_the_checks_say_stands_beside_the_text(page: httpx.AsyncClient, sample: SampleCase) -> None:
    html = (await page.get(f"/as/liwen{DRAFT}")).text
    assert f"还没核实：【待核实：{PLACE_SLOT}】" in html


async def test_a_text_is_checked_while_it_is_written(page: httpx.AsyncClient, sample: SampleCase) -> None:
    answers = [
        (await page.post("/as/liwen/cases/A12/check", json={"candidate": "1", "text": text})).text
        for text in ("我们高度重视，电话 13800138000。", "字" * 141)
    ]
    assert 'class="block"' in answers[0]
    assert "个人信息" in answers[0]
    assert "141" in answers[1]
    assert (await page.post("/as/liwen/cases/A12/check", json={"candidate": "9", "text": "在"})).status_code == 404


@pytest.mark.parametrize("path", ["/cases/Z99", "/cases/Z99/draft", "/cases/Z99/events", "/clauses?key=无", "/past-cases/无"])
async def test_what_is_not_there_is_not_found(page: httpx.AsyncClient, sample: SampleCase, path: str) -> None:
    answer = await page.get(f"/as/liwen{path}")
    assert answer.status_code == 404
    assert "没有这一页" in answer.text


async def test_a_past_case_is_shown_as_no_basis(page: httpx.AsyncClient, sample: SampleCase) -> None:
    html = (await page.get("/as/liwen/past-cases/P-7")).text
    assert "我们道歉。" in html
    assert "不是依据" in html


async def test_the_case_page_lists_posts_clocks_and_course(page: httpx.AsyncClient, sample: SampleCase) -> None:
    html = (await page.get("/as/liwen/cases/A12")).text
    for words in ("北门夜市：网传队员掀翻摊位", "首次权威回应", "剩 5 小时 0 分", "另有 1 条近似", "视频 +1", "认领"):
        assert words in html


async def test_an_open_page_is_told_when_the_case_looks_different(
    database: Database, live: httpx.AsyncClient, sample: SampleCase, clock: ManualClock
) -> None:
    async with asyncio.timeout(10), contextlib.aclosing(listen(live, "/as/liwen/cases/A12/events")) as stream:
        _, _, before = await anext(stream)
        async with database.transaction() as session:
            (await session.get_one(FactSlot, 1)).value = "中队七点到场"
            await audit.append(session, "李雯", "fact.filled", "case:A12", at=clock.now())
        _, _, after = await anext(stream)
    assert before != after


async def test_an_approved_text_can_be_copied_and_its_link_pasted(
    database: Database, page: httpx.AsyncClient, sample: SampleCase, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        version = await write_version(session, sample, "我们看到了视频。", clock.now())
        await _sign(session, version, [sample.staff["周明"], sample.staff["陈静"]])
        version.state, version.expires_at = VersionState.APPROVED, clock.now() + timedelta(hours=12)
    html = (await page.get(f"/as/liwen{DRAFT}")).text
    assert 'data-command="已发 A12"' in html
    assert "<pre>我们看到了视频。</pre>" in html


@pytest.mark.parametrize("state", list(VersionState))
async def test_a_version_is_shown_in_every_state(
    database: Database, page: httpx.AsyncClient, sample: SampleCase, clock: ManualClock, state: VersionState
) -> None:
    async with database.transaction() as session:
        version = await write_version(session, sample, "我们看到了视频。", clock.now(), state=VersionState.SUBMITTED)
        await _sign(session, version, [sample.staff["周明"], sample.staff["陈静"]])
        version.expires_at = clock.now() + timedelta(hours=12)
        version.state, version.decision_note = state, "理由在此"
    for account in ("liwen", "chenjing"):
        html = (await page.get(f"/as/{account}{DRAFT}")).raise_for_status().text
        assert prompts.words("staff_room.version_states")[state.value] in html
        assert "理由在此" in html


async def test_a_filled_fact_tells_who_verified_it_and_who_wrote_it_down(
    database: Database, page: httpx.AsyncClient, sample: SampleCase, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        slot = await session.get_one(FactSlot, 1)
        slot.value, slot.verified_how, slot.verified_by, slot.filled_by, slot.filled_at = (
            "七点到场",
            "电话",
            "周队",
            sample.staff["李雯"],
            clock.now(),
        )
    html = (await page.get(f"/as/liwen{DRAFT}")).text
    assert "电话，周队 核实 · 李雯 18:42 填" in html
    assert f'<mark class="fact" data-slot="{PLACE_SLOT}">七点到场</mark>' in html


@pytest.mark.parametrize("state", list(CaseState))
async def test_a_case_is_shown_in_every_state(database: Database, page: httpx.AsyncClient, sample: SampleCase, state: CaseState) -> None:
    async with database.transaction() as session:
        case = await session.get_one(Case, sample.case_id)
        case.state, case.outcome = state, "已道歉"
        for row, clock_state in zip((await session.exec(select(Deadline))).all(), (DeadlineState.MISSED, DeadlineState.MET), strict=True):
            row.state = clock_state
    for path in ("/cases/A12", DRAFT, "/desk"):
        assert (await page.get(f"/as/liwen{path}")).status_code == 200
    html = (await page.get("/as/liwen/cases/A12")).text
    assert "已道歉" in html
    assert ('data-command="办结 A12"' in html) == (state is CaseState.REPLIED)


async def _sign(session: AsyncSession, version: ReplyVersion, approvers: list[int]) -> None:
    for approver in approvers:
        await stored(
            session, Approval(version_id=version.id or 0, approver_id=approver, bound_hash=version.bound_hash, at=version.created_at)
        )


async def test_a_deputy_is_offered_to_sign_and_told_for_whom(
    database: Database, page: httpx.AsyncClient, sample: SampleCase, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        version = await write_version(session, sample, "我们看到了视频。", clock.now())
        helper = StaffMember(name="吴二", roles=["duty"])
        await stored(session, helper)
        await stored(session, StaffAccount(platform="staff_room", user_id="wuer", staff_id=helper.id or 0))
        mandate = Delegation(
            principal_id=sample.staff["陈静"], deputy_id=helper.id or 0, starts_at=clock.now(), ends_at=clock.now() + timedelta(days=1),
            named_by=sample.staff["陈静"], named_at=clock.now(),
        )  # fmt: skip
        await stored(session, mandate)
        mandate.confirmed_by, mandate.confirmed_at = sample.staff["周明"], clock.now()
    html = (await page.get(f"/as/wuer{DRAFT}")).text
    assert 'data-act="签发 A12 1"' in html
    assert "你受委托可代 陈静 签发" in html
    assert "退回 A12 1" not in html
    async with database.transaction() as session:
        approval = Approval(
            version_id=version.id or 0, approver_id=helper.id or 0, bound_hash=version.bound_hash, delegation_id=mandate.id, at=clock.now()
        )
        session.add(approval)
    html = (await page.get(f"/as/chenjing{DRAFT}")).text
    assert "吴二（代 陈静）" in html
    assert "已有人代你签发" in html
    assert 'data-act="签发 A12 1"' not in html


async def test_a_text_is_taken_back_by_its_author_and_by_approvers(
    database: Database, page: httpx.AsyncClient, sample: SampleCase, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        await stored(session, StaffMember(name="吴二", roles=["duty"]))
        await stored(session, StaffAccount(platform="staff_room", user_id="wuer", staff_id=max(sample.staff.values()) + 1))
        await write_version(session, sample, "我们看到了视频。", clock.now())
    shown = {
        account: 'data-command="撤回 A12 1"' in (await page.get(f"/as/{account}{DRAFT}")).text for account in ("liwen", "zhouming", "wuer")
    }
    assert shown == {"liwen": True, "zhouming": True, "wuer": False}


async def test_what_was_changed_is_struck_and_bold(
    database: Database, page: httpx.AsyncClient, sample: SampleCase, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        await write_version(session, sample, "我们都看到了视频。", clock.now())
    html = (await page.get(f"/as/zhouming{DRAFT}")).text
    assert "<ins>都</ins>" in html
    assert re.search(r"<del>[^<]*【待核实：谁何时到场】[^<]*</del>", html)


async def test_the_file_is_downloaded_by_those_who_may_have_it(
    database: Database, room: StaffRoom, sample: SampleCase, clock: ManualClock
) -> None:
    asked: list[str] = []

    async def handler(incoming: Incoming) -> Response:
        asked.append(f"{incoming.user} {incoming.text}")
        refusal = Card(CardKind.REFUSAL, "没有权限：取卷宗")
        return Response("", (refusal,)) if incoming.user == "chenjing" else Response("", (Card(CardKind.ANSWER, "卷宗"),))

    async with paged(room, handler) as page:
        taken = await page.get("/as/liwen/cases/A12/dossier")
        told = await page.get("/as/liwen/cases/A12/dossier?format=json")
        refused = await page.get("/as/chenjing/cases/A12/dossier")
        casefile = {account: "导出卷宗" in (await page.get(f"/as/{account}/cases/A12")).text for account in ("liwen", "chenjing")}
    assert taken.headers["content-disposition"] == 'attachment; filename="A12.html"'
    assert "A12 卷宗：北门夜市" in taken.text
    assert HOSTILE not in taken.text
    assert told.json()["number"] == "A12"
    assert (refused.status_code, "没有权限：取卷宗" in refused.text) == (403, True)
    assert asked == ["liwen 卷宗 A12", "liwen 卷宗 A12", "chenjing 卷宗 A12"]
    assert casefile == {"liwen": True, "chenjing": False}
