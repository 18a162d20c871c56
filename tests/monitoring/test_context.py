"""A post that only the context makes ours joins what several people complained of shortly before; others do not."""

import pytest

from monitoring.item import Item, Relevance
from monitoring.observe import Observation
from prompts import say
from storage.engine import Database
from tests.generated_city import generate_city
from tests.monitoring.observing import observe_one, watch_over
from tests.monitoring.test_observe import post

CITY = generate_city(5)
WATCH = watch_over(CITY)
PLACES = next(iter(CITY.gazetteer.values()))
COMPLAINTS = (
    "{place}的井盖缺失好几天没人补，老人孩子走这里很不安全，请市政部门处理。",
    "{place}的窨井盖不见了，刚才有人骑车摔倒，太危险了，投诉多次没人管。",
    "举报{place}井盖丢了，露着一个大洞，请尽快来装上。",
)
ANGRY = "{place}那边真是气死人了，第二天了还是这副鬼样子，太让人愤怒太失望了！"


async def see(database: Database, key: str, text: str, minutes: float) -> Observation:
    return await observe_one(database, post(key, text, minutes=minutes), WATCH)


async def complained(database: Database) -> int:
    seen = [await see(database, f"c{number}", text.format(place=PLACES[0]), number * 5) for number, text in enumerate(COMPLAINTS)]
    (event,) = {observation.event.id for observation in seen if observation.event}
    assert event is not None
    return event


async def test_an_angry_word_about_the_place_of_the_hour_joins(database: Database) -> None:
    event = await complained(database)
    joined = await see(database, "a", ANGRY.format(place=PLACES[0]), 40)
    assert joined.event is not None
    assert joined.event.id == event
    assert joined.item.relevance is Relevance.PARTLY
    assert joined.item.line == joined.event.line
    assert joined.item.reasons[0] == say("monitoring.reason_context")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [(ANGRY.format(place=PLACES[1]), 40), (f"{PLACES[0]}的晚霞真好看，开心地拍了一张。", 40), (ANGRY.format(place=PLACES[0]), 60 * 30)],
    ids=["another place", "good-tempered", "long after"],
)
async def test_others_stay_out(database: Database, text: str, minutes: float) -> None:
    await complained(database)
    observation = await see(database, "b", text, minutes)
    assert observation.event is None
    assert not is_ours(observation.item)


def is_ours(item: Item) -> bool:
    return item.relevance.is_ours
