"""`wensheng run`: all loops of one department, until told to stop."""

import asyncio
import contextlib
import fcntl
import logging
import signal
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import typer

from adapters.sources.opening import SourceReaders
from adapters.sources.webhook import Intake, Sender
from bot.adviser import Adviser
from bot.bootstrap import build_chats, open_house, worker_name
from bot.commands.dispatcher import Dispatcher
from bot.courier import Courier
from bot.faults import StartError
from bot.house import House
from bot.library_socket import serve_library
from bot.library_work import follow_library
from bot.loops import Loop, run_together
from bot.publishing_work import keep_looking
from bot.rehearser import Rehearser
from bot.second_pen import SecondPen
from bot.settings import load_settings
from bot.source_keeper import SourceKeeper
from bot.timekeeper import Timekeeper
from bot.watcher import Watcher
from casework import publishing
from casework.chat import CommandHandler, StaffChat
from monitoring.source import Tier
from prompts import say
from retrieval.library import DenseState

log = logging.getLogger("wensheng.service")

LOCK_FILE = "run.lock"


async def serve(settings_path: Path) -> int:
    """Watch, alert and answer until SIGINT or SIGTERM. Returns the exit code: 0 after an ordered stop, 1 when a loop failed.

    Raises:
        StartError: another process of this department is running already, or something needed is missing.
    """
    settings = load_settings(settings_path)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    async with open_house(settings, wait=False) as house:
        with _alone(settings.data_dir / LOCK_FILE):
            return await keep_going(house, build_chats(house), "cli.ready")


async def keep_going(house: House, chats: Mapping[str, StaffChat], greeting: str, extra: Mapping[str, Loop] | None = None) -> int:
    """Connect the chats, run every loop, and stop in order when told to.

    Args:
        greeting: key of the sentence that is printed once everything stands.
        extra: further loops, for the demonstration.
    """
    stop = asyncio.Event()
    async with house.database.transaction() as session:
        await publishing.recover(session, house.clock.now(), house.desk)
    async with contextlib.AsyncExitStack() as connected:
        for chat in chats.values():
            await connected.enter_async_context(chat)
        readers = await connected.enter_async_context(SourceReaders())
        if house.library.status.dense is not DenseState.ELSEWHERE:
            await connected.enter_async_context(serve_library(house.library, house.settings.data_dir))
        loops = build_loops(house, chats, readers) | dict(extra or {})
        with _stopping_on_signals(stop):
            typer.echo(say(greeting, url=_room_address(house, chats)))
            failure = await run_together(loops, stop)
    typer.echo(say("cli.stopped"))
    if failure:
        raise failure
    return 0


def build_loops(house: House, chats: Mapping[str, StaffChat], readers: SourceReaders) -> dict[str, Loop]:
    """Watcher, source keeper, courier, timekeeper, the library's follower, the vendors' door, and one loop for each chat."""
    polling = house.settings.polling
    intervals = {Tier(name): interval for name, interval in polling.intervals.items()}
    watcher = Watcher(house.database, house.clock, house.desk, readers.open, house.stirred, intervals=intervals, at_once=polling.at_once)
    keeper = SourceKeeper(house.database, house.clock, house.desk, house.stirred, intervals=intervals)
    courier = Courier(house.database, house.clock, chats, worker_name())
    timekeeper = Timekeeper(house.database, house.clock, house.desk, house.anchor, house.stirred)
    handler = Dispatcher(house, chats).handle
    loops: dict[str, Loop] = {
        "watcher": watcher.run,
        "sources": keeper.run,
        "courier": partial(courier.run, stirred=house.stirred),
        "timekeeper": timekeeper.run,
        "publishing": partial(keep_looking, house),
        "library": partial(follow_library, house),
    }
    if house.model_writer:
        loops["second_pen"] = SecondPen(house, house.model_writer).run
    if house.advisor:
        loops["adviser"] = Adviser(house.database, house.clock, house.desk, house.advisor, house.stirred).run
    if house.rehearser:
        loops["rehearser"] = Rehearser(house.database, house.clock, house.desk, house.rehearser, house.stirred).run
    if senders := _senders(house):
        door = house.settings.intake
        intake = Intake(senders, watcher.take_pushed, house.database, house.clock, readers.reading, host=door.host, port=door.port)
        loops["intake"] = partial(_keep_door, intake)
    return loops | {f"chat.{name}": partial(_listen, chat, handler) for name, chat in chats.items()}


def _senders(house: House) -> dict[str, Sender]:
    """The vendors who may push. Raises SourceError where a secret is missing."""
    pushed = [source for source in house.settings.sources if source.kind == "webhook"]
    return {source.name: Sender.of(source.name, source.options) for source in pushed}


async def _keep_door(intake: Intake, stop: asyncio.Event) -> None:
    async with intake:
        log.info("intake_open url=%s", intake.url)
        await intake.serve(stop)


def _room_address(house: House, chats: Mapping[str, StaffChat]) -> str:
    """Where the web staff room is open: it may have taken a free port."""
    room = chats.get("staff_room")
    return house.settings.web.public_url or str(getattr(room, "url", house.public_url))


async def _listen(chat: StaffChat, handler: CommandHandler, stop: asyncio.Event) -> None:
    listening = asyncio.create_task(chat.incoming(handler))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((listening, stopping), return_when=asyncio.FIRST_COMPLETED)
    for task in (listening, stopping):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening


@contextlib.contextmanager
def _stopping_on_signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock of the one process that runs this department on this machine."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError(say("cli.running_already", path=path)) from error
        yield
