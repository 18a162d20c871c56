"""What people do in Telegram, from their tap to the answer."""

import asyncio
import logging

import httpx
import pytest

from adapters.chat.telegram import TelegramChat
from adapters.chat.telegram.chat import Timing, bot_name
from casework.chat import Incoming, Response
from casework.errors import ChatError
from casework.message import Button, Card, CardKind
from tests.adapters.staff_chat_contract import Listener, alert, listening
from tests.adapters.telegram.bot_api_server import BotApiServer, Json, Refusal
from tests.adapters.telegram.conftest import BRISK
from tests.adapters.until import until

ROOM = -100
CLAIM = ((Button("认领", "认领 A12", token="token-1"),),)


def answer(title: str = "已收到") -> Response:
    return Response(cards=(Card(CardKind.ANSWER, head="答复", title=title),))


@pytest.fixture
def person(server: BotApiServer) -> Json:
    server.add_group(ROOM)
    return server.add_person()


async def heard_from(server: BotApiServer, chat: TelegramChat, person: Json, *says: dict[str, object]) -> list[Incoming]:
    """What the handler is given when a person sends these messages and then one word more."""
    listener = Listener(answer())
    async with listening(chat, listener):
        for message in says:
            await server.say(person, **{"chat": ROOM, **message})  # type: ignore[arg-type]
        await server.say(person, ROOM, "完")
        await until(lambda: listener.heard, lambda heard: bool(heard) and heard[-1].text == "完")
    return listener.heard[:-1]


@pytest.mark.parametrize(
    ("typed", "text", "mentioned"),
    [
        ("@wensheng_bot A12 怎么样了", "A12 怎么样了", True),
        ("😀 @Wensheng_Bot 上周多少条", "😀   上周多少条", True),
        ("/cases", "待办", True),
        ("/cases@wensheng_bot", "待办", True),
        ("/start", "帮助", True),
        ("@wensheng_bot", "帮助", True),
        ("认领 A12", "认领 A12", False),
        ("问过 @someone_else 了", "问过 @someone_else 了", False),
    ],
)
async def test_only_what_was_typed_counts_without_the_address(
    chat: TelegramChat, server: BotApiServer, person: Json, typed: str, text: str, mentioned: bool
) -> None:
    [heard] = await heard_from(server, chat, person, {"text": typed})
    assert (heard.text, heard.mentioned, heard.private) == (text, mentioned, False)


async def test_a_reply_to_a_card_addresses_the_bot_and_never_repeats_the_card(
    chat: TelegramChat, server: BotApiServer, person: Json
) -> None:
    await chat.send(str(ROOM), alert(), "k1")
    card = server.shown(ROOM)[0]
    [heard] = await heard_from(server, chat, person, {"text": "认领 A12", "reply_to_message": card})
    assert (heard.text, heard.mentioned) == ("认领 A12", True)


async def test_commands_for_another_bot_and_voices_without_a_name_are_not_heard(
    chat: TelegramChat, server: BotApiServer, person: Json
) -> None:
    other_bot = {"id": 5, "is_bot": True, "first_name": "别的机器人"}
    anonymous = {"sender_chat": {"id": ROOM, "type": "supergroup", "title": "值班总群"}}
    async with listening(chat, listener := Listener(answer())):
        await server.say(person, ROOM, "/cases@another_bot")
        await server.say(other_bot, ROOM, "签发 A12")
        await server.say(person, ROOM, "签发 A12", **anonymous)
        await server.say(person, ROOM, "完")
        await until(lambda: listener.heard)
    assert [heard.text for heard in listener.heard] == ["完"]


async def test_a_post_forwarded_in_private_is_content_and_in_a_group_it_is_nothing(
    chat: TelegramChat, server: BotApiServer, person: Json
) -> None:
    channel = {"type": "channel", "date": 1, "chat": {"id": -7, "type": "channel", "title": "澜汀论坛"}, "message_id": 3}
    stranger = {"type": "user", "date": 1, "sender_user": {"id": 9, "is_bot": False, "first_name": "张三"}}
    heard = await heard_from(
        server,
        chat,
        person,
        {"chat": 77, "text": "/claim 签发 A12 北门夜市秤被摔", "forward_origin": channel},
        {"chat": 77, "text": "又有人占道", "forward_origin": stranger},
        {"text": "认领 A12", "forward_origin": channel},
    )
    assert [(h.text, h.forwarded_post, h.forwarded_from, h.private) for h in heard] == [
        ("", "/claim 签发 A12 北门夜市秤被摔", "澜汀论坛", True),
        ("", "又有人占道", "", True),
    ]


async def test_an_answer_hangs_on_the_question_in_its_topic(chat: TelegramChat, server: BotApiServer, person: Json) -> None:
    async with listening(chat, Listener(answer())):
        question = await server.say(person, ROOM, "问一句", message_thread_id=5, is_topic_message=True)
        await until(lambda: server.texts(ROOM))
    reply = server.shown(ROOM)[0]
    assert (reply["replies_to"], reply["message_thread_id"]) == (question["message_id"], 5)


async def test_a_brief_answer_to_a_typed_line_is_shown_as_a_message(chat: TelegramChat, server: BotApiServer, person: Json) -> None:
    async with listening(chat, Listener(Response(brief="A12 由你认领"))):
        await server.say(person, ROOM, "认领 A12")
        await until(lambda: server.texts(ROOM), lambda texts: texts == ["A12 由你认领"])


async def test_a_strangers_press_gets_no_word_but_stops_waiting(chat: TelegramChat, server: BotApiServer, person: Json) -> None:
    async with listening(chat, Listener(None)):
        await chat.send(str(ROOM), alert(buttons=CLAIM), "k1")
        press = await server.press(person, ROOM, "认领")
        await until(lambda: server.answers)
    assert "text" not in server.answers[press]
    assert len(server.shown(ROOM)) == 1


async def test_a_long_pop_up_is_cut_and_waits_for_a_tap(chat: TelegramChat, server: BotApiServer, person: Json) -> None:
    async with listening(chat, Listener(Response(brief="长" * 300))):
        await chat.send(str(ROOM), alert(buttons=CLAIM), "k1")
        press = await server.press(person, ROOM, "认领")
        await until(lambda: server.answers)
    assert server.answers[press]["text"] == "长" * 200
    assert server.answers[press]["show_alert"] == "true"


async def test_a_press_that_takes_long_is_answered_in_time_and_its_result_follows(server: BotApiServer, person: Json) -> None:
    drafted = asyncio.Event()

    async def slow(_: Incoming) -> Response:
        await drafted.wait()
        return Response(brief="3 个候选稿已出")

    impatient = Timing(poll=1, answer_within=0.01)
    async with TelegramChat(server.token, base_url=server.url, timing=impatient) as chat, listening(chat, slow):
        await chat.send(str(ROOM), alert(buttons=CLAIM), "k1")
        press = await server.press(person, ROOM, "认领")
        await until(lambda: server.answers)
        assert server.answers[press]["text"] == "正在处理…"
        drafted.set()
        await until(lambda: server.texts(ROOM), lambda texts: texts[-1] == "3 个候选稿已出")


async def test_a_press_from_before_an_outage_is_answered_in_the_chat(chat: TelegramChat, server: BotApiServer, person: Json) -> None:
    await chat.send(str(ROOM), alert(buttons=CLAIM), "k1")
    await server.press(person, ROOM, "认领", expired=True)
    async with listening(chat, Listener(Response(brief="A12 由你认领"))):
        await until(lambda: server.texts(ROOM), lambda texts: texts[-1] == "A12 由你认领")
    assert not server.answers


async def test_the_word_of_a_late_answer_stands_before_its_cards(server: BotApiServer, person: Json) -> None:
    drafted = asyncio.Event()

    async def slow(_: Incoming) -> Response:
        await drafted.wait()
        return Response("3 个候选稿已出", answer().cards)

    async with TelegramChat(server.token, base_url=server.url, timing=Timing(poll=1, answer_within=0.01)) as chat, listening(chat, slow):
        await chat.send(str(ROOM), alert(buttons=CLAIM), "k1")
        await server.press(person, ROOM, "认领")
        await until(lambda: server.answers)
        drafted.set()
        await until(lambda: server.texts(ROOM)[1:], lambda texts: texts == ["3 个候选稿已出", "答复\n已收到"])


async def test_one_person_is_served_in_order_while_others_do_not_wait(chat: TelegramChat, server: BotApiServer, person: Json) -> None:
    other, drafted, done = server.add_person(88, "王磊"), asyncio.Event(), list[str]()

    async def handler(incoming: Incoming) -> Response:
        if incoming.text == "拟稿 A12":
            await drafted.wait()
        done.append(incoming.text)
        return answer()

    async with listening(chat, handler):
        for who, text in ((person, "拟稿 A12"), (person, "送签 A12"), (other, "待办")):
            await server.say(who, ROOM, text)
        await until(lambda: done)
        assert done == ["待办"]
        drafted.set()
        await until(lambda: done, lambda texts: len(texts) == 3)
    assert done == ["待办", "拟稿 A12", "送签 A12"]


async def test_a_fault_in_one_answer_leaves_the_next_alone(
    chat: TelegramChat, server: BotApiServer, person: Json, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(incoming: Incoming) -> Response:
        if incoming.text == "坏":
            raise RuntimeError("defect")
        return answer()

    async with listening(chat, handler):
        await server.say(person, ROOM, "坏")
        await server.say(person, ROOM, "好")
        await until(lambda: server.texts(ROOM))
    assert "turn_failed" in caplog.text


async def test_the_menu_is_set_once_and_an_old_webhook_is_removed(chat: TelegramChat, server: BotApiServer, person: Json) -> None:
    server.webhook = True
    await heard_from(server, chat, person)
    await heard_from(server, chat, person)
    assert [command["description"] for command in server.commands] == ["帮助", "待办", "摘要", "信源"]
    assert (server.calls["setMyCommands"], server.calls["deleteWebhook"]) == (1, 1)


async def test_listening_begins_when_the_api_comes_up(server: BotApiServer, person: Json) -> None:
    await server.stop()
    async with TelegramChat(server.token, base_url=server.url, timing=BRISK) as chat, listening(chat, listener := Listener(answer())):
        with pytest.raises(ChatError) as error:
            await chat.send(str(ROOM), alert(), "k1")
        assert error.value.retry_after_seconds
        await server.start()
        await server.say(person, ROOM, "在吗")
        await until(lambda: server.texts(ROOM))
    assert listener.heard[0].text == "在吗"


async def test_listening_survives_trouble_at_telegram_and_says_so_once(
    chat: TelegramChat, server: BotApiServer, person: Json, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults["getUpdates"] = [
        Refusal(502, "Bad Gateway"),
        Refusal(502, "Bad Gateway"),
        None,
        Refusal(429, "Too Many Requests", retry_after=1),
    ]
    assert [h.text for h in await heard_from(server, chat, person, {"text": "在吗"})] == ["在吗"]
    assert caplog.text.count("Bad Gateway") == 1


async def test_a_bad_token_ends_listening_and_sending_with_one_clear_sentence(server: BotApiServer) -> None:
    async with TelegramChat("1000:WRONG", base_url=server.url, timing=BRISK) as chat:
        for attempt in (chat.incoming(Listener()), chat.send(str(ROOM), alert(), "k1")):
            with pytest.raises(ChatError, match="WENSHENG_TELEGRAM__TOKEN") as error:
                await attempt
            assert error.value.permanent


async def test_the_bots_name_can_be_asked_before_anything_runs(server: BotApiServer) -> None:
    assert await bot_name(f" {server.token}\n", server.url) == "wensheng_bot"
    with pytest.raises(ChatError, match="WENSHENG_TELEGRAM__TOKEN"):
        await bot_name("1000:WRONG", server.url)


async def test_a_second_listener_is_named_and_outlived(
    chat: TelegramChat, server: BotApiServer, person: Json, caplog: pytest.LogCaptureFixture
) -> None:
    async with listening(chat, Listener(answer())), httpx.AsyncClient() as other:
        await until(lambda: server.calls["getUpdates"])
        await other.post(f"{server.url}/bot{server.token}/getUpdates")
        await server.say(person, ROOM, "在吗")
        await until(lambda: server.texts(ROOM))
    assert "另一个程序在用同一个机器人令牌" in caplog.text


async def test_what_was_begun_is_answered_before_listening_ends_and_comes_no_more(
    server: BotApiServer, chat: TelegramChat, person: Json
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def handler(_: Incoming) -> Response:
        begun.set()
        await go_on.wait()
        return answer("办好了")

    listener = asyncio.create_task(chat.incoming(handler))
    await server.say(person, ROOM, "拟稿 A12")
    await begun.wait()
    listener.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await listener
    assert "办好了" in server.texts(ROOM)[0]
    assert server.waiting_updates() == 0


async def test_no_log_line_holds_the_token_or_what_people_say(
    server: BotApiServer, chat: TelegramChat, person: Json, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        server.faults["getUpdates"] = [Refusal(500, "Internal Server Error")]
        await heard_from(server, chat, person, {"text": "张三住在北门"})
        server.chats[ROOM]["left"] = "bot was kicked from the supergroup chat"
        with pytest.raises(ChatError):
            await chat.send(str(ROOM), alert(), "k1")
    assert "heard chat=-100 user=77" in caplog.text
    assert server.token not in caplog.text
    assert "北门" not in caplog.text
