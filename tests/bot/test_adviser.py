"""A model's advice reaches the card: it may raise a level by one step, and whatever else it does changes nothing."""

import asyncio
from typing import Any

import pytest
from sqlmodel import select

from adapters.models.level_advisor import ModelAdvisor
from bot.adviser import Adviser
from casework.case import Case
from casework.delivery import Delivery
from casework.intake import receive
from casework.message import Card
from monitoring.advice import Advice
from monitoring.event import Event, LevelChange
from monitoring.post import RawPost
from monitoring.source import Source
from retrieval.errors import ModelUnavailable
from retrieval.model import Heard
from storage.clock import ManualClock
from storage.engine import Database
from tests.casework.room import Room, make_desk, seat

TEXT = "桥头市场门口的烧烤摊天天占道，昨晚火苗窜到二楼阳台。"


@pytest.fixture
async def room(database: Database, clock: ManualClock) -> Room:
    async with database.transaction() as session:
        await seat(session)
    return Room(database, clock, make_desk())


class ToldModel:
    """A language model that says what it is told to, and keeps what it was asked."""

    name, domestic = "样例模型", True

    def __init__(self, answer: dict[str, Any] | None) -> None:
        self.answer, self.asked = answer, list[str]()

    async def complete(self, system: str, user: str, schema: dict[str, Any], heard: Heard | None = None) -> dict[str, Any]:
        self.asked.append(user)
        if self.answer is None:
            raise ModelUnavailable("down")
        return self.answer


def advice(level: object = 2, quote: object = "昨晚火苗窜到二楼阳台", reason: object = "有火灾危险") -> dict[str, Any]:
    return {"level": level, "reason": reason, "quote": quote}


async def advised(room: Room, model: ToldModel) -> int:
    """Take one post in and let the adviser look at it. Returns how many events rose."""
    adviser = Adviser(room.database, room.clock, room.desk, ModelAdvisor(model), asyncio.Event())
    assert await adviser.turn() == 0, "what came in before is left alone"
    async with room.database.transaction() as session:
        source = (await session.exec(select(Source))).one()
        await receive(session, RawPost("1", TEXT, room.now), source, room.now, room.desk)
        await room.send_all(session)
    return await adviser.turn()


async def test_advice_raises_by_one_step_and_the_card_says_so(room: Room) -> None:
    model = ToldModel(advice())
    assert await advised(room, model) == 1
    assert TEXT in model.asked[0]
    async with room.database.reading() as session:
        event, case = (await session.exec(select(Event))).one(), (await session.exec(select(Case))).one()
        change = (await session.exec(select(LevelChange).order_by(LevelChange.id.desc()))).first()  # type: ignore[union-attr]
        cards = [Card.from_json(row.card).as_text() for row in (await session.exec(select(Delivery))).all()]
    assert change is not None
    assert (change.from_level - change.to_level, change.reasons) == (1, ["模型 样例模型 建议升级：有火灾危险（“昨晚火苗窜到二楼阳台”）"])
    assert case.announced_level == event.level == change.to_level
    assert any(case.number in card for card in cards)


@pytest.mark.parametrize(
    "answer",
    [None, advice(4), advice(2, "没有这句话"), advice("II"), advice(2, 7), advice(0), advice(-1)],
    ids=["down", "agrees or lowers", "invents", "words for a number", "no words", "zero", "below"],
)
async def test_whatever_else_a_model_says_changes_nothing(room: Room, answer: dict[str, Any] | None) -> None:
    assert await advised(room, ToldModel(answer)) == 0
    async with room.database.reading() as session:
        assert (await session.exec(select(Event))).one().level == 4


async def test_a_post_is_asked_about_once_and_stands_between_marks(room: Room) -> None:
    model = ToldModel(advice(4))
    adviser = Adviser(room.database, room.clock, room.desk, ModelAdvisor(model), asyncio.Event())
    await adviser.turn()
    async with room.database.transaction() as session:
        source = (await session.exec(select(Source))).one()
        await receive(session, RawPost("1", TEXT, room.now), source, room.now, room.desk)
    for _ in range(3):
        await adviser.turn()
    assert len(model.asked) == 1
    lines = model.asked[0].splitlines()
    assert lines[1] == lines[-1]
    assert lines[1].startswith("=== ")


async def test_the_reason_of_an_unavailable_model_is_no_advice() -> None:
    with pytest.raises(Exception, match="down"):
        await ModelAdvisor(ToldModel(None)).advise("", TEXT, 4)
    assert await ModelAdvisor(ToldModel(advice(3))).advise("", TEXT, 4) == Advice(3, "有火灾危险", "昨晚火苗窜到二楼阳台")
