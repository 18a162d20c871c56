"""What a person does on a page reaches the handler once, as text or token, and its answer reaches whom it concerns."""

import re
from datetime import timedelta

import httpx
import pytest

import prompts
from adapters.chat.staff_room.chat import StaffRoom
from bot.commands.grammar import parse
from casework.chat import Response
from casework.message import Card, CardKind
from storage.clock import ManualClock
from tests.adapters.staff_chat_contract import Listener, alert

REFUSAL = Card(CardKind.REFUSAL, head="没有权限：签发需要「签发人」角色。")


async def test_a_line_sent_twice_is_shown_and_answered_once(page: httpx.AsyncClient, listener: Listener) -> None:
    listener.response = Response(cards=(Card(CardKind.NOTICE, head="A12 由李雯处理"),))
    for _ in range(2):
        await page.post("/as/liwen/say", json={"chat": "duty", "text": "认领 A12", "id": "same"})
    html = (await page.get("/as/liwen/room/duty")).text
    assert (html.count('class="bubble">认领 A12<'), html.count("A12 由李雯处理")) == (1, 1)
    assert len({incoming.event_id for incoming in listener.heard}) == 1


async def test_two_people_may_use_the_same_id(page: httpx.AsyncClient, listener: Listener) -> None:
    for account in ("liwen", "zhouming"):
        await page.post(f"/as/{account}/say", json={"chat": "duty", "text": "在", "id": "same"})
    assert len({incoming.event_id for incoming in listener.heard}) == 2
    assert (await page.get("/as/liwen/room/duty")).text.count('class="bubble">在<') == 2


async def test_nothing_said_is_nothing_heard(page: httpx.AsyncClient, listener: Listener) -> None:
    for path in ("/say", "/forward"):
        assert (await page.post(f"/as/liwen{path}", json={"chat": "duty", "text": "  ", "post": ""})).status_code == 400
    assert listener.heard == []


@pytest.mark.parametrize(
    ("chat", "typed", "heard", "mentioned", "private"),
    [
        ("duty", "大家好", "大家好", False, False),
        ("duty", "@闻声 上周多少条", "上周多少条", True, False),
        ("private:liwen", "上周多少条", "上周多少条", True, True),
    ],
)
async def test_the_bot_is_addressed_by_name_or_alone(
    page: httpx.AsyncClient, listener: Listener, chat: str, typed: str, heard: str, mentioned: bool, private: bool
) -> None:
    await page.post("/as/liwen/say", json={"chat": chat, "text": typed})
    (incoming,) = listener.heard
    assert (incoming.text, incoming.mentioned, incoming.private, incoming.chat) == (heard, mentioned, private, chat)


async def test_a_forwarded_post_is_content_and_no_command(page: httpx.AsyncClient, listener: Listener) -> None:
    await page.post("/as/liwen/forward", json={"chat": "duty", "post": "签发 A12 1", "origin": "某论坛"})
    (incoming,) = listener.heard
    assert (incoming.text, incoming.forwarded_post, incoming.forwarded_from) == ("", "签发 A12 1", "某论坛")
    assert "签发 A12 1" in (await page.get("/as/zhouming/room/duty")).text


async def test_a_refused_press_is_told_to_the_person_alone(page: httpx.AsyncClient, listener: Listener) -> None:
    listener.response = Response(cards=(REFUSAL,))
    answer = await page.post("/as/liwen/press", json={"chat": "duty", "token": "t"})
    assert answer.json() == {"brief": "", "refusal": REFUSAL.head}
    assert REFUSAL.head not in (await page.get("/as/zhouming/room/duty")).text


async def test_a_refused_line_is_answered_where_it_was_said(page: httpx.AsyncClient, listener: Listener) -> None:
    listener.response = Response(cards=(REFUSAL,))
    await page.post("/as/liwen/say", json={"chat": "duty", "text": "签发 A12 1"})
    assert REFUSAL.head in (await page.get("/as/zhouming/room/duty")).text


async def test_a_page_s_command_keeps_its_line_breaks_and_is_not_shown(page: httpx.AsyncClient, listener: Listener) -> None:
    listener.response = Response(brief="已存为第 2 版", cards=(Card(CardKind.NOTICE, head="A12 有了第 2 版"),))
    answer = await page.post("/as/liwen/act", json={"text": "改稿 A12 1\n第一行\n第二行"})
    (incoming,) = listener.heard
    assert (incoming.text, incoming.chat, incoming.mentioned) == ("改稿 A12 1\n第一行\n第二行", "duty", True)
    assert answer.json()["brief"] == "已存为第 2 版"
    html = (await page.get("/as/zhouming/room/duty")).text
    assert "A12 有了第 2 版" in html
    assert "第二行" not in html


async def test_one_s_own_lines_stand_apart(page: httpx.AsyncClient) -> None:
    await page.post("/as/liwen/say", json={"chat": "duty", "text": "收到"})
    assert re.search(r'class="message mine"[^>]*>.*?收到', (await page.get("/as/liwen/room/duty")).text, re.DOTALL)
    assert re.search(r'class="message person"[^>]*>.*?收到', (await page.get("/as/zhouming/room/duty")).text, re.DOTALL)


async def test_older_messages_come_page_by_page(room: StaffRoom, page: httpx.AsyncClient, clock: ManualClock) -> None:
    for number in range(120):
        await room.send("duty", alert(f"第{number}件"), f"k{number}")
        clock.move_to(clock.now() + timedelta(minutes=1))
    shown = re.findall(r'id="m(\d+)"', (await page.get("/as/liwen/room/duty")).text)
    older = re.findall(r'id="m(\d+)"', (await page.get(f"/as/liwen/room/duty/older?before={shown[0]}")).text)
    assert [int(number) for number in older + shown] == list(range(1, 121))
    assert (await page.get("/as/liwen/room/duty/older?before=1")).text == ""


async def test_everybody_on_the_staff_can_be_chosen_in_a_demonstration(page: httpx.AsyncClient) -> None:
    html = (await page.get("/as/liwen/room/duty")).text
    assert "你现在是：<b>李雯</b>（值班员 起草人）" in html
    assert 'href="/as/zhouming/room/duty"' in html
    assert (await page.get("/")).headers["location"] == "/as/liwen/"


async def test_an_edited_card_tells_when(room: StaffRoom, page: httpx.AsyncClient, clock: ManualClock) -> None:
    reference = await room.send("duty", alert(), "k1")
    clock.move_to(clock.now() + timedelta(minutes=13))
    await room.edit("duty", reference, alert(count=31))
    assert "18:55 更新" in (await page.get("/as/liwen/room/duty")).text


async def test_a_card_can_go_to_a_private_chat(room: StaffRoom, page: httpx.AsyncClient) -> None:
    await room.send("private:zhouming", alert("只给周明"), "k1")
    assert "只给周明" in (await page.get("/as/zhouming/room/private:zhouming")).text


def test_what_the_page_suggests_is_understood() -> None:
    for suggestion in prompts.words("pages.suggestions"):
        assert parse(suggestion.replace("{case}", "A12")) is not None, suggestion


def test_what_the_pages_forms_send_is_understood() -> None:
    fields = {"case": "A12", "candidate": 2, "version": 2, "slot": 2, "promise": 2}
    for verb, template in prompts.words("pages.commands").items():
        command = parse(template.format(**fields) + "\n理由")
        assert command is not None, verb
        assert (command.number, command.ordinal) == ("A12", 2 if len(template.split()) == 3 else None)
