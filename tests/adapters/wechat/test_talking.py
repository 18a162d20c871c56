"""Alerts out and commands in, through a real gateway that is sometimes slow, dead or logged out."""

import asyncio
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters.chat.wechat import WeChatChat
from casework.chat import Incoming, Response
from casework.errors import ChatError
from casework.message import Button, Card, CardKind
from tests.adapters.staff_chat_contract import Listener, alert, eventually, listening
from tests.adapters.until import until
from tests.adapters.wechat.conftest import BRISK, connected
from tests.adapters.wechat.gateway_process import Gateway

pytestmark = pytest.mark.wechat

ROOM = "值班总群"
ANSWER = Response(cards=(Card(CardKind.ANSWER, head="A12 已由你认领"),))


async def heard_from(gateway: Gateway, chat: WeChatChat, *says: dict[str, object], of_these: int | None = None) -> list[Incoming]:
    """What the handler is given when people say these things and somebody else something more. `of_these`: how many are to be heard."""
    wanted = len(says) if of_these is None else of_these
    async with listening(chat, listener := Listener(ANSWER)):
        for message in says:
            await gateway.say(**message)  # type: ignore[arg-type]
        for _ in range(2):
            before = len(listener.heard)
            await gateway.say("完", who="周明")
            await until(lambda before=before: len(listener.heard) > before)  # type: ignore[misc]
        await until(lambda: len(listener.heard) == wanted + 2)
    return [heard for heard in listener.heard if heard.text != "完"]


async def refused(chat: WeChatChat, card: Card | None = None) -> ChatError:
    with pytest.raises(ChatError) as error:
        await chat.send(ROOM, card or alert(), "k1")
    return error.value


def test_it_says_what_it_cannot_do() -> None:
    can = WeChatChat.capabilities
    assert (can.approvals, can.buttons, can.edits, can.domestic) == (False, False, False, True)


async def test_an_alert_goes_out_with_the_commands_for_its_buttons_and_a_claim_comes_in(chat: WeChatChat, gateway: Gateway) -> None:
    await chat.send(ROOM, alert(buttons=((Button("认领", "认领 A12", token="t"), Button("拟稿", "拟稿 A12")),)), "k1")
    [message] = await gateway.sent()
    assert message["to"] == ROOM
    assert message["text"].endswith("回复「认领 A12」「拟稿 A12」")
    [heard] = await heard_from(gateway, chat, {"text": "认领 A12", "room": ROOM})
    assert (heard.chat, heard.user, heard.text, heard.private, heard.mentioned) == (ROOM, "李雯", "认领 A12", False, False)


async def test_a_private_question_is_answered_in_private(chat: WeChatChat, gateway: Gateway) -> None:
    [heard] = await heard_from(gateway, chat, {"text": "待办", "room": None})
    assert (heard.chat, heard.user, heard.private) == ("李雯", "李雯", True)
    assert "李雯" in [message["to"] for message in await gateway.sent()]


async def test_a_nickname_makes_nobody_a_member_of_staff(chat: WeChatChat, gateway: Gateway) -> None:
    assert await heard_from(gateway, chat, {"text": "误报 A12", "who": "stranger"}, of_these=0) == []


async def test_a_mention_is_told_and_left_out_of_the_text(chat: WeChatChat, gateway: Gateway) -> None:
    heard = await heard_from(
        gateway,
        chat,
        {"text": "@闻声\u2005A12 怎么样了", "mentions_bot": True},
        {"text": "@值班小助手\u2005待办", "mentions_bot": True},
        {"text": "@闻声 摘要"},
        {"text": "@闻声"},
    )
    assert {(h.text, h.mentioned) for h in heard} == {("A12 怎么样了", True), ("待办", True), ("摘要", True), ("帮助", True)}


async def test_only_text_is_heard(chat: WeChatChat, gateway: Gateway) -> None:
    image = 6  # of wechaty-puppet's types.Message
    assert await heard_from(gateway, chat, {"text": "认领 A12", "type": image}, of_these=0) == []


async def test_people_who_are_called_are_mentioned(chat: WeChatChat, gateway: Gateway) -> None:
    await chat.send(ROOM, replace(alert(), mentions=("周明", "不在群里的人")), "k1")
    [message] = await gateway.sent()
    assert message["text"].startswith("@老周\u2005")
    assert message["mentions"] == ["周明"]


async def test_a_text_to_copy_is_a_message_of_its_own(chat: WeChatChat, gateway: Gateway) -> None:
    await chat.send(ROOM, replace(alert(), copy_text="我们看到了。"), "k1")
    assert (await gateway.texts())[1:] == ["我们看到了。"]


async def test_half_a_card_is_never_sent_again_by_itself(chat: WeChatChat, gateway: Gateway) -> None:
    await gateway.control("fail", reason="busy", after=1)
    error = await refused(chat, replace(alert(), copy_text="我们看到了。"))
    assert error.uncertain
    assert len(await gateway.texts()) == 1


async def test_messages_keep_their_distance(gateway: Gateway) -> None:
    async with WeChatChat(gateway.token, gateway.endpoint, timing=replace(BRISK, between=3600.0)) as chat:
        await connected(chat)
        await chat.send(ROOM, alert("第一件"), "k1")
        second = asyncio.create_task(chat.send(ROOM, alert("第二件"), "k2"))
        for _ in range(5):
            await chat._addresses.room(ROOM)  # as many questions to the gateway as the second card needs, and more
        assert len(await gateway.texts()) == 1
        second.cancel()


async def test_two_groups_of_one_name_are_told_apart_by_nobody(chat: WeChatChat, gateway: Gateway) -> None:
    await gateway.control("add-room", topic=ROOM)
    error = await refused(chat)
    assert error.permanent
    assert "改名" in str(error)
    async with listening(chat, listener := Listener(ANSWER)):
        await gateway.say("签发 A12", room=ROOM)
        await gateway.say("在吗", room=None)
        await until(lambda: listener.heard)
    assert [heard.text for heard in listener.heard] == ["在吗"]


@pytest.mark.parametrize(("reason", "permanent"), [("room not found", True), ("the moon is full", False), ("puppet not logged in", False)])
async def test_the_gateways_words_decide_whether_to_try_again(chat: WeChatChat, gateway: Gateway, reason: str, permanent: bool) -> None:
    await gateway.control("fail", reason=reason, after=0)
    error = await refused(chat)
    assert (error.permanent, error.retry_after_seconds is None) == (permanent, permanent)


async def test_a_gateway_that_was_killed_is_found_again(chat: WeChatChat, gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with listening(chat, listener := Listener(ANSWER)):
        gateway.kill()
        await until(lambda: not chat._link.gateway.login_user_id)
        assert (await refused(chat)).retry_after_seconds
        await asyncio.to_thread(gateway.start)
        await connected(chat)
        assert await chat.send(ROOM, alert(), "k1")
        await gateway.say("认领 A12")
        await until(lambda: listener.heard)
        await eventually(gateway.texts, lambda texts: texts[-1] == "A12 已由你认领")
    assert (listener.heard[0].chat, listener.heard[0].user) == (ROOM, "李雯")
    assert "logged_in" in caplog.text[caplog.text.index("link_lost") :]


async def test_a_gateway_that_is_late_is_waited_for(gateway: Gateway) -> None:
    gateway.kill()
    async with WeChatChat(gateway.token, gateway.endpoint, timing=BRISK) as chat:
        assert (await refused(chat)).retry_after_seconds
        await asyncio.to_thread(gateway.start)
        await connected(chat)
        assert await chat.send(ROOM, alert(), "k1")


@pytest.fixture
def frozen(gateway: Gateway) -> Iterator[Gateway]:
    yield gateway
    gateway.thaw()


async def test_a_hung_gateway_leaves_it_open_whether_the_card_stands(frozen: Gateway) -> None:
    impatient = replace(BRISK, call=1.0, ping=3600.0)
    async with WeChatChat(frozen.token, frozen.endpoint, timing=impatient) as chat:
        await connected(chat)
        frozen.freeze()
        with pytest.raises(ChatError) as error:
            await chat._put_out("room", ["一句"], {})
        assert error.value.uncertain


async def test_a_hung_gateway_is_noticed_and_the_line_made_anew(frozen: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    async with WeChatChat(frozen.token, frozen.endpoint, timing=replace(BRISK, call=1.0)) as chat:
        await connected(chat)
        frozen.freeze()
        await until(lambda: "link_lost" in caplog.text)
        assert (await refused(chat)).retry_after_seconds
        frozen.thaw()
        await connected(chat)
        assert await chat.send(ROOM, alert(), "k1")


async def test_while_nobody_is_logged_in_cards_wait(chat: WeChatChat, gateway: Gateway) -> None:
    await gateway.control("logout")
    await until(lambda: not chat._link.gateway.login_user_id)
    error = await refused(chat)
    assert error.retry_after_seconds
    assert "扫码" in str(error)
    await gateway.control("login")
    await connected(chat)
    assert await chat.send(ROOM, alert(), "k1")


async def test_a_bad_token_ends_listening_and_sending_with_one_clear_sentence(gateway: Gateway) -> None:
    async with WeChatChat("insecure_wrong", gateway.endpoint, timing=BRISK) as chat:
        with pytest.raises(ChatError, match="WENSHENG_WECHAT__TOKEN") as error:
            await chat.incoming(Listener())
        assert error.value.permanent
        assert (await refused(chat)).permanent


async def test_the_line_can_be_encrypted() -> None:
    gateway = Gateway(tls=True)
    await asyncio.to_thread(gateway.start)
    try:
        async with WeChatChat(gateway.token, gateway.endpoint, tls=True, timing=BRISK) as chat:
            await connected(chat)
            assert await chat.send(ROOM, alert(), "k1")
    finally:
        gateway.kill()


async def test_what_was_begun_is_answered_before_listening_ends(chat: WeChatChat, gateway: Gateway) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def handler(_: Incoming) -> Response:
        begun.set()
        await go_on.wait()
        return ANSWER

    listener = asyncio.create_task(chat.incoming(handler))
    await gateway.say("认领 A12")
    await begun.wait()
    listener.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await listener
    assert await gateway.texts() == ["A12 已由你认领"]


async def test_no_log_line_holds_the_token_or_what_people_say(gateway: Gateway, chat: WeChatChat, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await heard_from(gateway, chat, {"text": "张三住在北门"})
        await refused_elsewhere(chat)
    assert "heard room=" in caplog.text
    assert gateway.token not in caplog.text
    assert "北门" not in caplog.text


async def refused_elsewhere(chat: WeChatChat) -> None:
    with pytest.raises(ChatError, match="没有叫「别的群」的群"):
        await chat.send("别的群", alert(), "k1")


async def test_without_wechaty_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "adapters.chat.wechat.addresses", None)
    with pytest.raises(ChatError, match="requirements/wechat") as error:
        await WeChatChat("token", "127.0.0.1:1").__aenter__()
    assert error.value.permanent


@pytest.mark.parametrize("endpoint", ["gateway", "127.0.0.1:", "http://127.0.0.1"])
def test_an_endpoint_without_a_port_is_refused_at_once(endpoint: str) -> None:
    with pytest.raises(ChatError, match="主机:端口"):
        WeChatChat("token", endpoint)
