"""The rehearsal of what waits for approval: by rules at once, by a model where one is configured, on the card and in the row."""

import asyncio

import pytest

from bot.rehearser import Rehearser
from casework.drafting.draft import ReplyVersion, VersionState
from casework.message import Card
from casework.rehearsal.attack import MODEL
from casework.rehearsal.model_reader import ModelReader
from casework.rehearsal.storing import attacks_of, is_due, rehearse_version
from storage import audit
from tests.casework.rehearsal.test_model_reader import ScriptedModel
from tests.casework.room import Room
from tests.casework.test_signing import Desk

SAID = {"reader": "citizen", "words": "正在现场核实", "question": "核实的人几点到的？", "why": "没有时间", "add": "写上到场时间"}


@pytest.fixture
async def desk(room: Room) -> Desk:
    return await Desk(room).version()


async def rehearse_by_rules(desk: Desk) -> ReplyVersion:
    async with desk.room.database.transaction() as session:
        version = await session.get_one(ReplyVersion, desk.version_id)
        assert is_due(version)
        await rehearse_version(session, await desk.room.case(session), version, desk.room.now, desk.room.desk)
        return version


async def stored(desk: Desk) -> ReplyVersion:
    async with desk.room.database.reading() as session:
        return await session.get_one(ReplyVersion, desk.version_id)


def rehearser(desk: Desk, model: ScriptedModel) -> Rehearser:
    return Rehearser(desk.room.database, desk.room.clock, desk.room.desk, ModelReader(model), asyncio.Event())


def rehearsal_rows(card: Card) -> str:
    return "\n".join(row.text for row in card.rows if row.label == "预演")


async def test_the_rules_attack_stands_in_the_row_and_on_the_card(desk: Desk) -> None:
    attacks = attacks_of(await rehearse_by_rules(desk))
    assert attacks
    assert attacks_of(await stored(desk)) == attacks
    await desk.submit()
    assert attacks[0].question in rehearsal_rows((await desk.cards())[-1])


async def test_a_model_reads_once_and_the_card_shows_what_it_saw(desk: Desk) -> None:
    await rehearse_by_rules(desk)
    await desk.submit()
    model = ScriptedModel([SAID])
    works = rehearser(desk, model)
    assert [await works.turn(), await works.turn()] == [1, 0]
    assert attacks_of(await stored(desk))[0].name == MODEL
    assert "核实的人几点到的？" in rehearsal_rows((await desk.cards())[-1])
    assert len(model.asked) == 1
    async with desk.room.database.reading() as session:
        assert (await audit.verify(session)).broken_at is None


async def test_a_version_that_was_decided_meanwhile_is_left_alone(desk: Desk) -> None:
    await rehearse_by_rules(desk)
    await desk.submit()
    works = rehearser(desk, ScriptedModel([SAID]))
    waiting = await works._waiting()
    async with desk.room.database.transaction() as session:
        version = await session.get_one(ReplyVersion, desk.version_id)
        version.state = VersionState.VOID
    ((read, matter),) = waiting
    await works._keep(read, await ModelReader(ScriptedModel([SAID])).read(read.text, matter))
    assert all(attack.name != MODEL for attack in attacks_of(await stored(desk)))
