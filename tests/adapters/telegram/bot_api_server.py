"""A Bot API server on loopback. Any client in any language can talk to it; a second implementation of the API watches it.

Every request is checked by aiogram's models of the methods, every update and every reply by its models of the types, so that neither this
server nor the adapter's library is its own judge. Limits and texts of errors follow https://core.telegram.org/bots/api (read 2025-11).
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from typing import Any

from aiogram import methods, types
from aiohttp import web
from pydantic import ValidationError

Json = dict[str, Any]

MAX_UNITS = 4096
MAX_CALLBACK_BYTES = 64
MAX_ANSWER_CHARACTERS = 200
TAGS = {"b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"}
WHEN = 1_760_000_000
"""The date of all messages; nothing here depends on time."""


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.body = {"ok": False, "error_code": code, "description": description, **({"parameters": parameters} if parameters else {})}
        self.code = code


class Markup(HTMLParser):
    """Reads Telegram's HTML as strictly as Telegram does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise Refusal(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)
        self.tags.append(" ".join([tag, *(name for name, value in attrs if value is None)]))
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refusal(400, f'Bad Request: can\'t parse entities: Unmatched end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.text += data


def parse(html: str) -> Markup:
    """What a person sees of a message in HTML. Raises Refusal as Telegram would."""
    markup = Markup()
    markup.feed(html)
    markup.close()
    if markup.open:
        raise Refusal(400, f"Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"{markup.open[-1]}\"")
    if not markup.text.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    if len(markup.text.encode("utf-16-le")) // 2 > MAX_UNITS:
        raise Refusal(400, "Bad Request: message is too long")
    return markup


@dataclass
class BotApiServer:
    """The server, and what a test does with it: people who type and press, groups that are lost, requests that fail.

    Attributes:
        chats: by id; `left` is the description with which Telegram refuses once the bot is out, `moved_to` the id of the supergroup.
        messages: by chat and message id, as they stand now.
        answers: what was answered to each pressed button.
        calls: methods in the order of their requests.
        faults: by method, what becomes of its next requests: a Refusal, or None to cut the line after the request was read.
    """

    token: str = "1000:TEST"
    chats: dict[int, Json] = field(default_factory=dict)
    messages: dict[tuple[int, int], Json] = field(default_factory=dict)
    answers: dict[str, Json] = field(default_factory=dict)
    commands: list[Json] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[Refusal | None]] = field(default_factory=dict)
    webhook: bool = False
    port: int = 0
    me: Json = field(default_factory=lambda: {"id": 1000, "is_bot": True, "first_name": "闻声", "username": "wensheng_bot"})
    _updates: list[Json] = field(default_factory=list)
    _ids: "count[int]" = field(default_factory=lambda: count(1))
    _waiting_presses: set[str] = field(default_factory=set)
    _stirred: asyncio.Condition = field(default_factory=asyncio.Condition)
    _poller: object = None
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> "BotApiServer":
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; again on the same port after a stop."""
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Be out of reach. What has not been fetched stays."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # What people do

    def add_group(self, chat: int = -100, title: str = "值班总群", **extra: Any) -> int:
        self.chats[chat] = {"id": chat, "type": "supergroup", "title": title, **extra}
        return chat

    def add_person(self, user: int = 77, name: str = "李雯") -> Json:
        self.chats[user] = {"id": user, "type": "private", "first_name": name}
        return {"id": user, "is_bot": False, "first_name": name}

    async def say(self, person: Json, chat: int, text: str, **extra: Any) -> Json:
        """A person writes; entities are set as Telegram sets them."""
        message = self._new_message(chat, person, {"text": text, "entities": _entities(text), **extra})
        await self._push("message", message)
        return message

    async def press(self, person: Json, chat: int, label: str, *, expired: bool = False) -> str:
        """A person presses a button of the newest message that has it. Returns the query's id."""
        message, data = next((m, data) for m in reversed(self.shown(chat)) if (data := _data_of(m, label)))
        press = str(next(self._ids))
        if not expired:
            self._waiting_presses.add(press)
        await self._push("callback_query", {"id": press, "from": person, "chat_instance": "1", "message": message, "data": data})
        return press

    async def migrate(self, chat: int, new: int) -> None:
        """The group becomes a supergroup, which the service message tells."""
        self.add_group(new, self.chats[chat]["title"])
        self.chats[chat]["moved_to"] = new
        await self._push("message", self._new_message(chat, self.add_person(), {"migrate_to_chat_id": new}))

    def shown(self, chat: int) -> list[Json]:
        """The bot's messages as they stand, oldest first."""
        return [m for (where, _), m in sorted(self.messages.items()) if where == chat and m["from"] == self.me]

    def texts(self, chat: int) -> list[str]:
        """What a person reads of them."""
        return [m["text"] for m in self.shown(chat)]

    def waiting_updates(self) -> int:
        """How many updates nobody has acknowledged."""
        return len(self._updates)

    # Requests

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if request.match_info["token"] != self.token:
                raise Refusal(401, "Unauthorized")
            parameters = _checked(method, dict(await request.post()))
            self.calls[method] += 1
            self._fail_as_told(method, request)
            result = await getattr(self, f"_{_snake(method)}")(parameters)
        except Refusal as refusal:
            return web.json_response(refusal.body, status=refusal.code)
        if method in ("sendMessage", "editMessageText"):
            types.Message.model_validate(result)
        return web.json_response({"ok": True, "result": result})

    def _fail_as_told(self, method: str, request: web.Request) -> None:
        for name in (method, "*"):
            if self.faults.get(name):
                fault = self.faults[name].pop(0)
                if fault:
                    raise fault
                assert request.transport
                request.transport.abort()

    async def _get_me(self, _: Json) -> Json:
        return self.me

    async def _set_my_commands(self, parameters: Json) -> bool:
        self.commands = parameters["commands"]
        return True

    async def _delete_webhook(self, _: Json) -> bool:
        self.webhook = False
        return True

    async def _get_updates(self, parameters: Json) -> list[Json]:
        if self.webhook:
            raise Refusal(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        mine = self._poller = object()
        offset, wanted = int(parameters.get("offset", 0)), parameters.get("allowed_updates", [])
        self._updates = [u for u in self._updates if u["update_id"] >= offset and (not wanted or set(wanted) & set(u))]
        async with self._stirred:
            self._stirred.notify_all()
            await _within(int(parameters.get("timeout", 0)), self._stirred, lambda: bool(self._updates) or self._poller is not mine)
        if self._poller is not mine:
            raise Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
        return self._updates[: int(parameters.get("limit", 100))]

    async def _send_message(self, parameters: Json) -> Json:
        return self._new_message(self._writable(parameters), self.me, _content(parameters))

    async def _edit_message_text(self, parameters: Json) -> Json:
        message = self.messages.get((self._writable(parameters), int(parameters["message_id"])))
        if not message:
            raise Refusal(400, "Bad Request: message to edit not found")
        new = _content(parameters)
        if new == {key: message.get(key) for key in new}:
            raise Refusal(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same")
        message.update(new)
        return message

    async def _answer_callback_query(self, parameters: Json) -> bool:
        press = parameters["callback_query_id"]
        if press not in self._waiting_presses:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(parameters.get("text", "")) > MAX_ANSWER_CHARACTERS:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        self._waiting_presses.remove(press)
        self.answers[press] = parameters
        return True

    def _writable(self, parameters: Json) -> int:
        chat = self.chats.get(int(parameters["chat_id"]))
        if not chat:
            raise Refusal(400, "Bad Request: chat not found")
        if "left" in chat:
            raise Refusal(403, f"Forbidden: {chat['left']}")
        if "moved_to" in chat:
            raise Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat["moved_to"])
        return int(chat["id"])

    def _new_message(self, chat: int, author: Json, content: Json) -> Json:
        number = next(self._ids)
        visible = {key: value for key, value in self.chats[chat].items() if key not in ("left", "moved_to")}
        message = {"message_id": number, "date": WHEN, "chat": visible, "from": author, **content}
        self.messages[chat, number] = message
        return message

    async def _push(self, kind: str, content: Json) -> None:
        update = {"update_id": next(self._ids), kind: content}
        types.Update.model_validate(update)
        self._updates.append(update)
        async with self._stirred:
            self._stirred.notify_all()


async def _within(seconds: float, condition: asyncio.Condition, holds: Callable[[], bool]) -> None:
    try:
        async with asyncio.timeout(seconds):
            await condition.wait_for(holds)
    except TimeoutError:
        return


def _checked(method: str, posted: dict[str, Any]) -> Json:
    model = getattr(methods, method[0].upper() + method[1:], None)
    if model is None:
        raise Refusal(404, "Not Found")
    parameters = {name: json.loads(value) if value[:1] in "[{" else value for name, value in posted.items()}
    try:
        model.model_validate(parameters)
    except ValidationError as error:
        raise Refusal(400, f"Bad Request: {error.errors()[0]['loc']} {error.errors()[0]['msg']}") from error
    if unknown := set(parameters) - set(model.model_fields):
        raise Refusal(400, f"Bad Request: unknown parameters {unknown}")
    return parameters


def _content(parameters: Json) -> Json:
    """The text, keyboard and place of a message, as the request gives them."""
    markup = parse(parameters["text"])
    buttons = [button for line in parameters.get("reply_markup", {}).get("inline_keyboard", []) for button in line]
    if any(not 1 <= len(button["callback_data"].encode()) <= MAX_CALLBACK_BYTES for button in buttons):
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    content = {"text": markup.text, "html": parameters["text"], "reply_markup": parameters.get("reply_markup", {"inline_keyboard": []})}
    content["link_preview_options"] = parameters.get("link_preview_options")
    if "message_thread_id" in parameters:
        content |= {"message_thread_id": int(parameters["message_thread_id"]), "is_topic_message": True}
    if "reply_parameters" in parameters:
        content["replies_to"] = parameters["reply_parameters"]["message_id"]
    return content


def _data_of(message: Json, label: str) -> str | None:
    buttons = [button for line in message["reply_markup"]["inline_keyboard"] for button in line]
    return next((button["callback_data"] for button in buttons if button["text"] == label), None)


def _entities(text: str) -> list[Json]:
    found = [("bot_command", m) for m in re.finditer(r"(?<!\S)/[A-Za-z0-9_]+(@\w+)?", text)]
    found += [("mention", m) for m in re.finditer(r"(?<!\S)@[A-Za-z0-9_]+", text)]
    return [{"type": kind, "offset": _units(text[: m.start()]), "length": _units(m[0])} for kind, m in found]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda m: "_" + m[1].lower(), name)
