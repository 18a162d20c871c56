"""What the timekeeper asks every few seconds is found by an index and never by reading what is over."""

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.timekeeper import FLARES_EVERY, Timekeeper
from storage.clock import ManualClock
from storage.engine import Database
from tests.casework.room import make_desk, seat

SMALL = ("staff_group", "staff_member", "staff_account", "standing_mute", "source", "audit_entry")
"""Tables of people and sources, which never grow long, and the chain, of which the last row is read."""


async def test_no_turn_walks_through_a_table_that_grows(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    async with database.transaction() as session:
        await seat(session)
    keeper = Timekeeper(database, clock, make_desk(), tmp_path / "anchor", asyncio.Event())
    await keeper.turn()
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> None:
        asked.append((statement, parameters))

    clock.move_to(clock.now() + FLARES_EVERY)
    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    await keeper.turn()
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    walks = [
        plan for statement, parameters in asked if statement.startswith("SELECT") for plan in await _walks(database, statement, parameters)
    ]
    assert len(asked) > 8
    assert walks == []


async def _walks(database: Database, statement: str, parameters: Any) -> list[str]:
    async with database.reading() as session:
        plan = await (await session.connection()).exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        steps = [str(row.detail) for row in plan]
    walked = [f"{step}: {statement}" for step in steps if step.startswith("SCAN") and step.split()[1] not in SMALL]
    old = [f"{step}: {statement}" for step in steps if "follow_up" in step and "done_at" not in step]
    return walked + old
