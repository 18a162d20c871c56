"""The staff's room, with everybody in it."""

import pytest

from storage.clock import ManualClock
from storage.engine import Database
from tests.casework.room import Room, make_desk, seat


@pytest.fixture
async def room(database: Database, clock: ManualClock) -> Room:
    async with database.transaction() as session:
        await seat(session)
    return Room(database, clock, make_desk())
