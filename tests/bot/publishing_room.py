"""The parts of the house that publishing needs, over a database that holds one reply which all have approved."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import event
from sqlmodel import select

from bot.commands.grammar import Command, Verb
from bot.commands.order import Order
from bot.house import House
from bot.publishing_work import look_for_uncertain
from casework import publishing
from casework.case import Case
from casework.chat import Incoming
from casework.publication import Publication, PublicationState, ReplyPublisher
from casework.publishing import offer  # noqa: F401  # so that no import falls into a measured step
from storage.clock import ManualClock
from storage.engine import Database, sqlite_url
from tests.casework.replying import approved
from tests.casework.room import Room, make_desk, seat

CHANNEL = "微博评论"


class Killed(BaseException):
    """The process is gone: nothing catches this."""


async def lay_out(database: Database, clock: ManualClock) -> None:
    """Staff, a claimed case, and its reply, approved by two."""
    async with database.transaction() as session:
        await seat(session)
    await approved(Room(database, clock, make_desk()))


@asynccontextmanager
async def house_over(path: Path, clock: ManualClock, publishers: Mapping[str, ReplyPublisher]) -> AsyncIterator[House]:
    """A process that runs over the database file."""
    async with Database(sqlite_url(path)) as database:
        anything = cast(Any, None)
        yield House(
            settings=anything, database=database, clock=clock, desk=make_desk(), library=anything, writer=anything, anchor=path,
            publishers=publishers,
        )  # fmt: skip


async def order(house: House, rest: str = "") -> Order:
    """发布 A1, by 林一."""
    async with house.database.reading() as session:
        room = Room(house.database, cast(ManualClock, house.clock), house.desk)
        case, staff = await room.case(session), await room.person(session, "林一")
    command = Command(Verb.PUBLISH, "A1", rest=rest)
    return Order(command, staff, Incoming("room", "all", "林一", text="发布 A1"), house.clock.now(), house, case)


async def restart(house: House) -> None:
    """What a new process does first, and what its loop does until nothing more is to be found out."""
    async with house.database.transaction() as session:
        await publishing.recover(session, house.clock.now(), house.desk)
    for _ in range(3):
        cast(ManualClock, house.clock).move_to(house.clock.now() + timedelta(minutes=3))
        await look_for_uncertain(house)


async def state_of(house: House) -> PublicationState | None:
    """How the one publication stands; None before it is stored."""
    async with house.database.reading() as session:
        row = (await session.exec(select(Publication))).first()
    return row.state if row else None


async def told(house: House) -> str:
    """Everything that the staff were told."""
    async with house.database.reading() as session:
        return "\n".join(await Room(house.database, cast(ManualClock, house.clock), house.desk).texts(session))


async def the_case(house: House) -> Case:
    """The one case."""
    async with house.database.reading() as session:
        return (await session.exec(select(Case))).one()


class Doom:
    """Lets the process die at its `step`-th step, counted from 1: a wait, an SQL statement, a commit."""

    def __init__(self, step: int) -> None:
        self.passed, self._last = 0, step

    def tick(self, *_: object) -> None:
        """One more step. Raises Killed at the last one."""
        self.passed += 1
        if self.passed == self._last:
            raise Killed

    async def befall(self, house: House, work: Any) -> bool:
        """Run a coroutine of the house until it dies. Returns whether it lived to its end."""
        engine = house.database.engine.sync_engine
        for what in ("before_cursor_execute", "commit"):
            event.listen(engine, what, self.tick)
        try:
            await _Mortal(work, self)
        except Killed:
            return False
        finally:
            for what in ("before_cursor_execute", "commit"):
                event.remove(engine, what, self.tick)
        return True


class _Mortal:
    """Passes on what a coroutine waits for, and lets its doom look at each of the waits."""

    def __init__(self, work: Any, doom: Doom) -> None:
        self._work, self._doom = work, doom

    def __await__(self) -> Any:
        inner, move, value = self._work.__await__(), "send", None
        while True:
            try:
                waited_for = getattr(inner, move)(value)
            except StopIteration as end:
                return end.value
            try:
                self._doom.tick()
                move, value = "send", (yield waited_for)
            except BaseException as thrown:  # noqa: BLE001  # Killed, or what the loop throws in: the coroutine's all the same
                if isinstance(thrown, Killed) and asyncio.isfuture(waited_for):
                    waited_for.cancel()
                move, value = "throw", thrown
