"""The sample city at work: live in the web staff room, or one post's whole path as a transcript."""

import asyncio
import json
import tempfile
import webbrowser
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path

from sqlmodel import col, select

from adapters.sources.opening import SourceReaders
from bot.bootstrap import build_chats, open_house, read_library, worker_name
from bot.courier import Courier
from bot.house import House
from bot.library_work import import_into
from bot.loops import Loop, pause
from bot.service import keep_going
from bot.settings import Settings, SourceSettings, load_settings
from bot.timekeeper import Timekeeper
from bot.watcher import Watcher
from casework import closing, handling
from casework.case import Case, CaseState
from casework.chat import StaffChat
from casework.staff import Role, members_with
from prompts import say
from storage.clock import CHINA, PacedClock

SAMPLE_CITY = Path(str(files("bot") / "sample_city"))
LIVE_FROM = timedelta(hours=18, minutes=41, seconds=40)
"""Time of the sample's last day at which the live part begins: the night market breaks out at 18:42."""
LIVE_PACE = 20.0
"""Demonstration seconds for each real one while posts come in; afterwards time runs as it does."""
HISTORY = timedelta(hours=31)
"""How much of the sample's days before is lived through first; enough for yesterday's figures, short enough to start at once."""
STEP_OF_HISTORY = timedelta(hours=3)
CLOSED_AFTER = timedelta(hours=20)
EVENING_ENDS = timedelta(hours=21, minutes=35)


@dataclass(frozen=True)
class Scene:
    """The sample city, moved so that its last day is today.

    Attributes:
        begins: the first post of the history.
        live: when the live part begins.
        ends: when the last post has come.
    """

    settings: Settings
    begins: datetime
    live: datetime
    ends: datetime


def stage(folder: Path, port: int, today: datetime, *, only_live: bool = False) -> Scene:
    """Lay out the sample city in a folder: one post file for each source, times moved by whole days.

    Args:
        port: of the web staff room.
        today: the day that the sample's last day becomes.
        only_live: leave out the days before the live part.
    """
    posts = [json.loads(line) for line in (SAMPLE_CITY / "posts.jsonl").read_text(encoding="utf-8").splitlines()]
    last_day = datetime.fromisoformat(posts[-1]["time"]).replace(hour=0, minute=0, second=0)
    midnight = today.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    by_source: dict[str, list[str]] = defaultdict(list)
    for post in posts:
        moment = datetime.fromisoformat(post["time"]) - last_day + midnight
        if moment < midnight + LIVE_FROM - (timedelta() if only_live else HISTORY):
            continue
        post["time"] = moment.isoformat()
        by_source[post["source"]].append(json.dumps(post, ensure_ascii=False))
    sources = tuple(_source(folder, name, lines) for name, lines in by_source.items())
    own = {"data_dir": folder, "sources": sources}
    settings = load_settings(SAMPLE_CITY / "wensheng.toml")
    settings = settings.model_copy(update={**own, "web": settings.web.model_copy(update={"port": port})})
    return Scene(settings, midnight + LIVE_FROM - HISTORY, midnight + LIVE_FROM, midnight + EVENING_ENDS)


def _source(folder: Path, name: str, lines: Sequence[str]) -> SourceSettings:
    path = folder / "posts" / f"{name}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return SourceSettings(name=name, kind="jsonl", address=str(path), tier="A", options={"replay": True})


async def live(port: int, *, open_browser: bool) -> int:
    """Open the sample city in the web staff room and let its last evening happen. Returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="wensheng-demo-") as folder:
        scene = stage(Path(folder), port, datetime.now(CHINA))
        clock = PacedClock(scene.begins)
        async with open_house(scene.settings, clock=clock, wait=False) as house:
            chats = build_chats(house, open_login=True)
            await furnish(house)
            await live_through_the_week(house, chats, clock, scene)
            extra: dict[str, Loop] = {"pace": partial(_set_the_pace, clock, scene.ends)}
            if open_browser:
                extra["browser"] = partial(_open_browser, house.public_url)
            return await keep_going(house, chats, "cli.demo_ready", extra)


async def furnish(house: House) -> None:
    """Bring the sample city's policies and past cases into the knowledge base."""
    for name in ("policies", "past_cases.jsonl"):
        await import_into(house, SAMPLE_CITY / name, approve=True)
    await read_library(house)


async def live_through_the_week(house: House, chats: Mapping[str, StaffChat], clock: PacedClock, scene: Scene) -> None:
    """The days before the live part, hour by hour: posts come in, cards go out, two colleagues claim and close what they can."""
    courier = Courier(house.database, clock, chats, worker_name())
    timekeeper = Timekeeper(house.database, clock, house.desk, house.anchor, house.stirred)
    async with SourceReaders() as readers:
        watcher = Watcher(house.database, clock, house.desk, readers.open, house.stirred, at_once=1)
        moment = scene.begins
        while moment < scene.live:
            moment = min(moment + STEP_OF_HISTORY, scene.live)
            clock.move_to(moment)
            if await watcher.poll_due():
                await _work_a_shift(house)
            await timekeeper.turn()
            while await courier.deliver_due():
                pass


async def _work_a_shift(house: House) -> None:
    now = house.clock.now()
    async with house.database.transaction() as session:
        colleagues = await members_with(session, Role.DRAFTER)
        for case in (await session.exec(select(Case).where(col(Case.state).in_((CaseState.OPEN, CaseState.CLAIMED))))).all():
            colleague = colleagues[case.event_id % len(colleagues)]
            if case.state is CaseState.OPEN and case.announced_level:
                await handling.claim(session, case, colleague, now, house.desk)
            elif case.claimed_at and now - case.claimed_at > CLOSED_AFTER:
                await closing.close(session, case, colleague, say("demo.outcome"), now, house.desk)


async def _open_browser(url: str, stop: asyncio.Event) -> None:
    await asyncio.to_thread(webbrowser.open, url)
    await stop.wait()


async def _set_the_pace(clock: PacedClock, ends: datetime, stop: asyncio.Event) -> None:
    """Let time run fast while the sample's posts come, and afterwards as it does."""
    clock.set_pace(LIVE_PACE)
    while not stop.is_set() and clock.now() < ends:
        await pause((ends - clock.now()).total_seconds() / LIVE_PACE + 0.1, stop)
    clock.set_pace(1.0)
    await stop.wait()
