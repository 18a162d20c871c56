"""A 12345 ticket's own time limit becomes the clock of its case, without a word in the settings."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import select

from adapters.sources.opening import SourceReaders
from bot.watcher import Watcher
from casework.deadline import TICKET_OWN, Deadline, DeadlineKind
from monitoring.item import Item
from monitoring.polling import sync_sources
from storage.clock import CHINA, ManualClock
from storage.engine import Database
from tests.casework.room import make_desk

HEAD = "工单编号,诉求内容,受理时间,办理时限,联系人,联系电话,状态\n"
TICKET = "GD-1,桥头市场城管队员掀翻摊位打伤摊主，张大力说电话13800138000打不通。,{arrived},3个工作日,张大力,13800138000,{state}\n"


async def test_a_ticket_from_the_file_to_the_clock(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    path = tmp_path / "工单.csv"
    arrived = f"{clock.now() - timedelta(hours=2):%Y-%m-%d %H:%M}"
    async with database.transaction() as session:
        await sync_sources(session, [{"name": "12345", "kind": "table", "address": str(path)}], clock.now())
    async with SourceReaders() as readers:
        watcher = Watcher(database, clock, make_desk(), readers.open, asyncio.Event())
        for state in ("办理中", "已办结"):
            path.write_text(HEAD + TICKET.format(arrived=arrived, state=state), encoding="gb18030")
            await watcher.poll_due()
            clock.move_to(clock.now() + timedelta(minutes=30))
    async with database.reading() as session:
        (item,) = (await session.exec(select(Item))).all()
        (ticket,) = (await session.exec(select(Deadline).where(Deadline.kind == DeadlineKind.TICKET))).all()
    assert (ticket.due_at, ticket.source) == (datetime(2026, 3, 11, 18, tzinfo=CHINA), TICKET_OWN)
    assert "张大力" not in item.text
    assert "13800138000" not in item.text
