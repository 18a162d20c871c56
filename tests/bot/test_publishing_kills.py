"""Killed between any two steps of publishing: never two posts, never a silent loss.

First at every step of the program - a wait, an SQL statement, a commit - by an exception that nothing catches; then real processes by
SIGKILL.
"""

import asyncio
import os
import shutil
import signal
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.publishing.mastodon import MastodonPublisher
from bot.commands.publishing import publish
from casework import publishing
from casework.publication import PublicationState
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.publishing.notice_board import NoticeBoard, NoticeBoardPublisher
from tests.adapters.publishing.platforms import TOKEN, Fault, Mastodon
from tests.bot.publishing_room import CHANNEL, Doom, house_over, lay_out, order, restart, state_of, told
from tests.casework.replying import TEXT
from tests.casework.room import Room

ROOT = Path(__file__).parents[2]
MOST_STEPS = 2_000
STRIDE = int(os.environ.get("PUBLISHING_KILLS_STRIDE", "4"))
"""Every so many steps are tried, the two runs taking turns; 1 tries all in both."""


@pytest.fixture
async def approved_file(database: Database, database_url: str, clock: ManualClock) -> Path:
    """A database file with one approved reply; every life gets a copy."""
    await lay_out(database, clock)
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(database_url.removeprefix("sqlite+aiosqlite:///"))


async def one_life(file: Path, folder: Path, clock: ManualClock, step: int, *, finds: bool) -> tuple[bool, str]:
    """Publish, die at a step, start again, let a person do what the bot asks for. Returns whether it lived, and how it stood after."""
    path = folder / f"{step}.sqlite3"
    shutil.copyfile(file, path)
    clock = ManualClock(clock.now())
    async with NoticeBoard(clock) as board:
        publisher = NoticeBoardPublisher(board)
        publisher.finds = finds
        async with house_over(path, clock, {CHANNEL: publisher}) as house:
            lived = await Doom(step).befall(house, publish(await order(house)))
        async with house_over(path, clock, {CHANNEL: publisher}) as house:
            await restart(house)
            stood = await state_of(house)
            _nothing_is_silent(stood, board, await told(house), finds=finds)
            await _person_acts(house, stood, board)
            assert await state_of(house) is PublicationState.PUBLISHED
        assert len(board.posted) == 1, f"killed at step {step}: {board.texts}"
    return lived, str(stood)


def _nothing_is_silent(stood: PublicationState | None, board: NoticeBoard, said: str, *, finds: bool) -> None:
    if board.posted:
        assert stood in (PublicationState.PUBLISHED, PublicationState.UNCERTAIN), "it is out, and nobody would know"
    if finds:
        assert stood is not PublicationState.UNCERTAIN, "the platform was asked"
    if stood is PublicationState.UNCERTAIN:
        assert "请去看一眼" in said
    if stood is PublicationState.FAILED:
        assert "没有发布成功" in said


async def _person_acts(house: object, stood: PublicationState | None, board: NoticeBoard) -> None:
    """Press 发布 where nothing is out; where it is not known, look at the board and say what hangs there."""
    from bot.house import House

    assert isinstance(house, House)
    if stood is PublicationState.PUBLISHED:
        return
    if stood is PublicationState.UNCERTAIN and board.posted:
        room = Room(house.database, house.clock, house.desk)  # type: ignore[arg-type]  # a ManualClock
        async with house.database.transaction() as session:
            person, case = await room.person(session, "林一"), await room.case(session)
            await publishing.record_link(session, case, board.posted[0].link, person, room.now, house.desk)
        return
    again = await order(house, "已查看" if stood is PublicationState.UNCERTAIN else "")
    await publish(replace(again, now=house.clock.now()))


@pytest.mark.parametrize("finds", [True, False], ids=["platform can be asked", "only a person can look"])
async def test_killed_at_any_step(approved_file: Path, tmp_path: Path, clock: ManualClock, *, finds: bool) -> None:
    folder = tmp_path / "lives"
    folder.mkdir()
    ends: Counter[str] = Counter()
    for step in range(1 + STRIDE // 2 * finds, MOST_STEPS, STRIDE):
        lived, stood = await one_life(approved_file, folder, clock, step, finds=finds)
        ends[stood] += 1
        if lived:
            break
    else:
        raise AssertionError("it never came to its end")
    assert {"None", "published"} <= set(ends), f"killed before and after: {ends}"
    assert finds or "uncertain" in ends, f"and in between: {ends}"
    print(f"{step} steps: {dict(ends)}")  # noqa: T201  # the table of docs/measurements.md, by -s


REAL_KILLS = {
    "stored": (0, "failed"),
    "sending": (0, "failed"),
    "accepted": (1, "published"),
    "answered": (1, "published"),
    "finishing": (1, "published"),
}
"""Where a process is killed: how many posts stand then, and how the publication stands after the next start."""


@pytest.mark.parametrize("step", REAL_KILLS)
async def test_a_real_process_killed(approved_file: Path, clock: ManualClock, step: str) -> None:
    posts, stands = REAL_KILLS[step]
    async with Mastodon(clock) as instance, MastodonPublisher(instance.url, TOKEN, clock=clock) as publisher:
        await _killed(instance, approved_file, clock, step)
        assert len(instance.posted) == posts
        async with house_over(approved_file, clock, {CHANNEL: publisher}) as house:
            assert await state_of(house) is PublicationState.PUBLISHING, "stored before anything is sent"
            await restart(house)
            assert await state_of(house) is PublicationState(stands)
            if not posts:
                await publish(await order(house))
            assert await state_of(house) is PublicationState.PUBLISHED
        assert instance.texts == [TEXT]


async def _killed(instance: Mastodon, file: Path, clock: ManualClock, step: str) -> None:
    """A process over the file publishes there, and is killed at the step."""
    arguments = ("-m", "tests.bot.killed_publisher", str(file), instance.url, clock.now().isoformat(), step)
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT)
    instance.witness = lambda seen: process.kill() if seen == step else None
    if step == "sending":
        instance.faults = [Fault.LOST]  # what was on its way is cut off with the process
    assert await asyncio.wait_for(process.wait(), 120) == -signal.SIGKILL
    instance.witness = lambda _: None
