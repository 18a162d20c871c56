"""Silent events sleep, and wake with the next post."""

from datetime import timedelta

from monitoring.dormancy import SILENCE, put_to_sleep
from monitoring.event import Event, EventState
from storage.engine import Database
from tests.generated_city import START
from tests.monitoring.test_corrections import COVER, see


async def test_an_event_sleeps_after_days_of_silence_and_wakes(database: Database) -> None:
    event = await see(database, "1", COVER)
    async with database.transaction() as session:
        assert await put_to_sleep(session, START + SILENCE) == 0
        assert await put_to_sleep(session, START + SILENCE + timedelta(minutes=1)) == 1
        assert await put_to_sleep(session, START + SILENCE + timedelta(minutes=2)) == 0
        assert (await session.get_one(Event, event.id)).state is EventState.DORMANT
    again = await see(database, "2", COVER + "还是没装。", minutes=60 * 24 * 4)
    assert (again.id, again.state) == (event.id, EventState.OPEN)
