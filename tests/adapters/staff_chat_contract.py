"""What every StaffChat keeps, whatever the platform. One test class; each adapter subclasses it and brings a `stage`.

    class TestTelegram(StaffChatContract):
        @pytest.fixture
        async def stage(self) -> AsyncIterator[Stage]: ...

What an adapter's `capabilities` deny is not asked of it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import pytest

from casework.chat import CommandHandler, Incoming, Response, StaffChat
from casework.errors import ChatError
from casework.message import Button, Card, CardKind, Row

PATIENCE_SECONDS = 10.0

T = TypeVar("T")


class Stage(Protocol):
    """The far side of one chat platform, as a person with a phone sees it.

    Attributes:
        room: a chat that the bot is in.
        foreign_room: a chat that the bot is not in.
        user: the platform's id of the person who acts in `room`.
    """

    room: str
    foreign_room: str
    user: str

    @property
    def chat(self) -> StaffChat:
        """The adapter under test, entered."""
        ...

    async def visible(self) -> list[str]:
        """The texts that stand in `room` now, oldest first, edits applied."""
        ...

    async def type(self, text: str) -> None:
        """The person types a line into `room`, addressed to the bot where the platform needs that."""
        ...

    async def press(self, label: str) -> None:
        """The person presses the button of that label on the newest message that has it."""
        ...

    async def briefs(self) -> list[str]:
        """The pop-up lines that the person has got, oldest first."""
        ...

    async def disturb(self) -> bool:
        """Make the platform unable to take messages for now. False where that cannot happen to it."""
        ...


@dataclass
class Listener:
    """A handler that remembers, and answers with what it was given."""

    response: Response | None = None
    heard: list[Incoming] = field(default_factory=list)

    async def __call__(self, incoming: Incoming) -> Response | None:
        self.heard.append(incoming)
        return self.response


def alert(title: str = "北门夜市：网传队员掀翻摊位", *, count: int = 17, buttons: tuple[tuple[Button, ...], ...] = ()) -> Card:
    """A card as the alerting would put it out."""
    return Card(
        CardKind.ALERT, head="🟠 II 重大 · A12 · 市容秩序", title=title, level=2, case_number="A12", buttons=buttons,
        rows=(Row("地点", "青禾区北门夜市"), Row("现在", f"{count} 条 · 负面 15/17")), hint="回复「认领 A12」也可以",
    )  # fmt: skip


@contextlib.asynccontextmanager
async def listening(chat: StaffChat, handler: CommandHandler) -> AsyncIterator[None]:
    """The adapter listens while the block runs, and stops cleanly after it."""
    task = asyncio.create_task(chat.incoming(handler))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, PATIENCE_SECONDS)


async def eventually(look: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
    """Look again until what is seen is as wanted; the last look, when patience ends, fails the test."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while not wanted(seen := await look()):
        assert asyncio.get_running_loop().time() < deadline, f"still: {seen!r}"
        await asyncio.sleep(0.02)
    return seen


class StaffChatContract:
    """Subclass it and define the fixture `stage`."""

    async def test_a_sent_card_stands_in_the_chat_with_all_its_words(self, stage: Stage) -> None:
        reference = await stage.chat.send(stage.room, alert(), "k1")
        shown = await eventually(stage.visible, lambda texts: len(texts) == 1)
        assert reference
        for words in ("II 重大 · A12", "网传队员掀翻摊位", "青禾区北门夜市", "17 条", "认领 A12"):
            assert words in shown[0]

    async def test_two_keys_are_two_messages_in_order(self, stage: Stage) -> None:
        first = await stage.chat.send(stage.room, alert("第一件"), "k1")
        second = await stage.chat.send(stage.room, alert("第二件"), "k2")
        shown = await eventually(stage.visible, lambda texts: len(texts) == 2)
        assert first != second
        assert "第一件" in shown[0]
        assert "第二件" in shown[1]

    async def test_the_same_key_shows_one_message(self, stage: Stage) -> None:
        if not stage.chat.capabilities.deduplicates:
            pytest.skip("the platform has no idempotency key")
        first = await stage.chat.send(stage.room, alert(), "k1")
        assert await stage.chat.send(stage.room, alert(), "k1") == first
        assert len(await stage.visible()) == 1

    async def test_an_edit_replaces_the_card_in_place(self, stage: Stage) -> None:
        self._needs_edits(stage)
        reference = await stage.chat.send(stage.room, alert(count=17), "k1")
        await stage.chat.send(stage.room, alert("另一件"), "k2")
        await stage.chat.edit(stage.room, reference, alert(count=31))
        shown = await eventually(stage.visible, lambda texts: len(texts) == 2 and "31 条" in texts[0])
        assert "17 条" not in shown[0]
        assert "另一件" in shown[1]

    async def test_an_unchanged_edit_is_no_error(self, stage: Stage) -> None:
        self._needs_edits(stage)
        reference = await stage.chat.send(stage.room, alert(), "k1")
        await stage.chat.edit(stage.room, reference, alert())
        await stage.chat.edit(stage.room, reference, alert())
        assert len(await stage.visible()) == 1

    async def test_what_is_typed_reaches_the_handler_and_its_cards_reach_the_chat(self, stage: Stage) -> None:
        listener = Listener(Response(cards=(Card(CardKind.ANSWER, head="答复", title="A12 由李雯处理中"),)))
        async with listening(stage.chat, listener):
            await stage.type("A12 怎么样了")
            await eventually(stage.visible, lambda texts: any("A12 由李雯处理中" in text for text in texts))
        heard = listener.heard[0]
        assert (heard.platform, heard.chat, heard.user, heard.text, heard.token) == (
            stage.chat.platform,
            stage.room,
            stage.user,
            "A12 怎么样了",
            "",
        )

    async def test_a_silent_handler_leaves_the_chat_as_it_is(self, stage: Stage) -> None:
        silent, spoken = Listener(), Listener(Response(cards=(Card(CardKind.NOTICE, head="收到"),)))

        async def handler(incoming: Incoming) -> Response | None:
            return await (spoken if "说话" in incoming.text else silent)(incoming)

        async with listening(stage.chat, handler):
            await stage.type("大家吃饭了吗")
            await stage.type("说话")
            shown = await eventually(stage.visible, lambda texts: any("收到" in text for text in texts))
        assert [incoming.text for incoming in silent.heard] == ["大家吃饭了吗"]
        assert sum("收到" in text for text in shown) == 1

    async def test_a_pressed_button_comes_as_its_token_and_is_answered(self, stage: Stage) -> None:
        if not stage.chat.capabilities.buttons:
            pytest.skip("the platform has no buttons")
        listener = Listener(Response(brief="A12 由你认领", cards=(Card(CardKind.NOTICE, head="A12 已由李雯认领"),)))
        buttons = ((Button("认领", "认领 A12", token="token-1"), Button("误报", "误报 A12", token="token-2")),)
        async with listening(stage.chat, listener):
            await stage.chat.send(stage.room, alert(buttons=buttons), "k1")
            await eventually(stage.visible, lambda texts: len(texts) == 1)
            await stage.press("认领")
            await eventually(stage.visible, lambda texts: any("A12 已由李雯认领" in text for text in texts))
            await eventually(stage.briefs, lambda briefs: briefs == ["A12 由你认领"])
        assert [(i.chat, i.user, i.token, i.text) for i in listener.heard] == [(stage.room, stage.user, "token-1", "")]

    async def test_a_chat_without_the_bot_is_refused_for_good(self, stage: Stage) -> None:
        with pytest.raises(ChatError) as refusal:
            await stage.chat.send(stage.foreign_room, alert(), "k1")
        assert refusal.value.permanent
        assert refusal.value.retry_after_seconds is None
        assert str(refusal.value)

    async def test_a_disturbed_platform_asks_to_wait(self, stage: Stage) -> None:
        if not await stage.disturb():
            pytest.skip("nothing lies between the adapter and its platform")
        with pytest.raises(ChatError) as error:
            await stage.chat.send(stage.room, alert(), "k1")
        assert error.value.uncertain or error.value.retry_after_seconds is not None
        assert not error.value.permanent

    async def test_listening_stops_when_asked(self, stage: Stage) -> None:
        task = asyncio.create_task(stage.chat.incoming(Listener()))
        await asyncio.sleep(0)
        task.cancel()
        _, pending = await asyncio.wait([task], timeout=PATIENCE_SECONDS)
        assert not pending

    @staticmethod
    def _needs_edits(stage: Stage) -> None:
        if not stage.chat.capabilities.edits:
            pytest.skip("a sent message cannot be replaced there")
