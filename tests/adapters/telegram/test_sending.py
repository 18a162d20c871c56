"""Cards on their way to Telegram, and what becomes of them."""

from dataclasses import replace

import httpx
import pytest
from telegram.error import NetworkError, TimedOut

from adapters.chat.telegram import TelegramChat
from adapters.chat.telegram.faults import translate
from casework.chat import Response
from casework.errors import ChatError
from casework.message import Card, CardKind
from tests.adapters.staff_chat_contract import Listener, alert, listening
from tests.adapters.telegram.bot_api_server import BotApiServer, Refusal
from tests.adapters.until import until

ROOM = -100


@pytest.fixture(autouse=True)
def _room(server: BotApiServer) -> None:
    server.add_group(ROOM)


async def refused(chat: TelegramChat) -> ChatError:
    with pytest.raises(ChatError) as error:
        await chat.send(str(ROOM), alert(), "k1")
    return error.value


async def test_a_card_that_is_too_long_goes_out_cut(chat: TelegramChat, server: BotApiServer) -> None:
    await chat.send(str(ROOM), replace(alert(), body="长😀" * 3000), "k1")
    [shown] = server.texts(ROOM)
    assert "…（全文见网页值班室）" in shown
    assert shown.endswith("回复「认领 A12」也可以")


async def test_no_preview_is_fetched_of_a_link(chat: TelegramChat, server: BotApiServer) -> None:
    reference = await chat.send(str(ROOM), alert(), "k1")
    assert server.shown(ROOM)[0]["link_preview_options"] == {"is_disabled": True}
    await chat.edit(str(ROOM), reference, alert(count=31))
    assert server.shown(ROOM)[0]["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    ("description", "advice"),
    [
        ("bot was kicked from the supergroup chat", "重新拉进群"),
        ("bot is not a member of the supergroup chat", "重新拉进群"),
        ("bot was blocked by the user", "私聊"),
        ("something new", "something new"),
    ],
)
async def test_a_chat_that_the_bot_lost_needs_a_person(chat: TelegramChat, server: BotApiServer, description: str, advice: str) -> None:
    server.chats[ROOM]["left"] = description
    error = await refused(chat)
    assert error.permanent
    assert advice in str(error)


async def test_a_group_without_the_right_to_speak_needs_a_person(chat: TelegramChat, server: BotApiServer) -> None:
    server.faults["sendMessage"] = [Refusal(400, "Bad Request: not enough rights to send text messages to the chat")]
    error = await refused(chat)
    assert error.permanent
    assert "发言权限" in str(error)


async def test_telegrams_wish_to_wait_is_passed_on(chat: TelegramChat, server: BotApiServer) -> None:
    server.faults["sendMessage"] = [Refusal(429, "Too Many Requests: retry after 7", retry_after=7)]
    assert (await refused(chat)).retry_after_seconds == 7
    assert await chat.send(str(ROOM), alert(), "k1")


async def test_an_answer_to_a_person_waits_out_a_429(chat: TelegramChat, server: BotApiServer) -> None:
    server.faults["sendMessage"] = [Refusal(429, "Too Many Requests: retry after 1", retry_after=1)]
    async with listening(chat, Listener(Response(cards=(Card(CardKind.ANSWER, head="待办 2 件"),)))):
        await server.say(server.add_person(), ROOM, "待办")
        await until(lambda: server.texts(ROOM))


async def test_trouble_at_telegram_is_tried_again(chat: TelegramChat, server: BotApiServer) -> None:
    server.faults["sendMessage"] = [Refusal(502, "Bad Gateway")]
    error = await refused(chat)
    assert error.retry_after_seconds
    assert "Bad Gateway" in str(error)


async def test_a_line_cut_after_sending_leaves_it_open_whether_the_card_stands(chat: TelegramChat, server: BotApiServer) -> None:
    server.faults["sendMessage"] = [None]
    error = await refused(chat)
    assert error.uncertain
    assert error.retry_after_seconds is None


async def test_a_line_cut_while_editing_is_tried_again(chat: TelegramChat, server: BotApiServer) -> None:
    reference = await chat.send(str(ROOM), alert(), "k1")
    server.faults["editMessageText"] = [None]
    with pytest.raises(ChatError) as error:
        await chat.edit(str(ROOM), reference, alert(count=31))
    assert error.value.retry_after_seconds
    assert not error.value.uncertain


async def test_a_deleted_card_cannot_be_edited(chat: TelegramChat, server: BotApiServer) -> None:
    reference = await chat.send(str(ROOM), alert(), "k1")
    server.messages.clear()
    with pytest.raises(ChatError, match="已被删除") as error:
        await chat.edit(str(ROOM), reference, alert(count=31))
    assert error.value.permanent


async def test_a_group_that_moved_is_named_by_the_error(chat: TelegramChat, server: BotApiServer) -> None:
    server.add_group(-200)
    server.chats[ROOM]["moved_to"] = -200
    assert (await refused(chat)).moved_to == "-200"
    assert await chat.send("-200", alert(), "k1")


async def test_a_group_that_says_it_moves_is_not_written_to_again(chat: TelegramChat, server: BotApiServer) -> None:
    async with listening(chat, listener := Listener(Response(brief="在"))):
        await server.migrate(ROOM, -200)
        await server.say(server.add_person(), -200, "在吗")
        await until(lambda: listener.heard)
    sent = server.calls["sendMessage"]
    assert (await refused(chat)).moved_to == "-200"
    assert server.calls["sendMessage"] == sent


@pytest.mark.parametrize("cause", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("full")])
def test_what_was_never_sent_is_sent_again(cause: httpx.HTTPError) -> None:
    error = TimedOut() if isinstance(cause, httpx.TimeoutException) else NetworkError(str(cause))
    error.__cause__ = cause
    assert translate(error).retry_after_seconds


@pytest.mark.parametrize("cause", [httpx.ReadTimeout("slow"), httpx.WriteTimeout("slow"), httpx.ReadError("cut")])
def test_what_may_have_been_sent_is_uncertain(cause: httpx.HTTPError) -> None:
    error = TimedOut() if isinstance(cause, httpx.TimeoutException) else NetworkError(str(cause))
    error.__cause__ = cause
    assert translate(error).uncertain
