"""What was said stands in order, as last edited, each key once: against a plain list."""

import asyncio
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from adapters.chat.staff_room import transcript
from adapters.chat.staff_room.room import RoomMessage
from bot.tables import metadata
from casework.message import Card, CardKind
from storage.clock import CHINA
from storage.engine import Database, sqlite_url

CHATS = ("duty", "market")
AT = datetime(2026, 3, 6, 18, 42, tzinfo=CHINA)

words = st.text(max_size=3)
chats = st.sampled_from(CHATS)
acts = st.one_of(
    st.tuples(st.just("post"), chats, st.integers(0, 4), words),
    st.tuples(st.just("say"), chats, st.integers(5, 9), words),
    st.tuples(st.just("edit"), chats, st.integers(0, 6), words),
)
Act = tuple[str, str, int, str]


@dataclass
class Said:
    number: int
    chat: str
    words: str
    typed: bool


@dataclass
class Model:
    """The independent model: messages as they stand, and every row that was written as (number, chat)."""

    messages: list[Said] = field(default_factory=list)
    rows: list[tuple[int, str]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def apply(self, act: Act) -> None:
        kind, chat, number, text = act
        if kind == "edit":
            self._edit(chat, number, text)
        elif (key := f"{kind}{number}") not in self.keys:
            self.keys.add(key)
            self.messages.append(Said(self._write(chat), chat, text, kind == "say"))

    def _edit(self, chat: str, number: int, text: str) -> None:
        for said in self.messages:
            if (said.number, said.chat, said.typed) == (number, chat, False) and said.words != text:
                said.words = text
                self._write(chat)

    def _write(self, chat: str) -> int:
        self.rows.append((len(self.rows) + 1, chat))
        return len(self.rows)


@settings(max_examples=60, deadline=None)
@given(st.lists(acts, max_size=16), st.integers(0, 16))
def test_the_transcript_is_what_a_list_would_be(acts: list[Act], looked_at: int) -> None:
    asyncio.run(_compare(acts, looked_at))


async def _compare(acts: list[Act], looked_at: int) -> None:
    metadata()
    model = Model()
    with tempfile.TemporaryDirectory() as folder:
        async with Database(sqlite_url(Path(folder) / "room.sqlite3")) as database:
            async with database.engine.begin() as connection:
                await connection.run_sync(SQLModel.metadata.tables["room_message"].create)
            for act in acts:
                model.apply(act)
                await _apply(database, act)
            await _looks_alike(database, model, looked_at)


async def _apply(database: Database, act: Act) -> None:
    kind, chat, number, text = act
    card = Card(CardKind.NOTICE, head=text)
    async with database.transaction() as session:
        if kind == "edit":
            await transcript.replace(session, chat, number, card, at=AT)
        elif kind == "post":
            await transcript.post(session, chat, card, at=AT, key=f"post{number}")
        else:
            await transcript.say(session, chat, "李雯", text, at=AT, key=f"say{number}")


async def _looks_alike(database: Database, model: Model, looked_at: int) -> None:
    async with database.reading() as session:
        for chat in CHATS:
            expected = [(said.number, said.words) for said in model.messages if said.chat == chat]
            shown = await transcript.last_messages(session, chat, limit=50)
            assert [(standing.root.number, _words(standing.latest)) for standing in shown] == expected
            older = await transcript.last_messages(session, chat, limit=2, before=looked_at)
            assert [standing.root.number for standing in older] == [number for number, _ in expected if number < looked_at][-2:]
            missed = await transcript.since(session, [chat], looked_at, limit=50)
            assert [row.number for row in missed] == [number for number, where in model.rows if where == chat and number > looked_at]
        assert await transcript.last_id(session) == len(model.rows)


def _words(row: RoomMessage) -> str:
    return row.face.head if row.face else row.text
