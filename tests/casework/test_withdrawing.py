"""撤回: a text is taken back by who wrote or may sign it, at any time before it is out, and never silently when it may be out."""

import pytest
from sqlmodel import select

from casework.case import CaseStep
from casework.drafting.draft import ReplyVersion, VersionState
from casework.errors import Refused
from casework.message import CardKind
from casework.publication import Publication, PublicationState
from casework.withdrawing import withdraw
from tests.casework.room import Room
from tests.casework.test_signing import Desk


@pytest.fixture
async def desk(room: Room) -> Desk:
    return await Desk(room).version()


async def take_back(desk: Desk, name: str, reason: str = "") -> str:
    async with desk.room.database.transaction() as session:
        version = await session.get_one(ReplyVersion, desk.version_id)
        return await withdraw(session, version, await desk.room.person(session, name), reason, desk.room.now, desk.room.desk)


async def hand_out(desk: Desk, state: PublicationState) -> None:
    await desk.submit()
    await desk.approve("郑三")
    await desk.approve("何四")
    async with desk.room.database.transaction() as session:
        taker = await desk.room.person(session, "吴二")
        case = await desk.room.case(session)
        session.add(
            Publication(
                case_id=case.id or 0, version_id=desk.version_id, publisher="hand", text_hash="0" * 64, state=state,
                link="https://example.org/1" if state is PublicationState.PUBLISHED else "", requested_by=taker.id or 0,
                requested_at=desk.room.now,
            )
        )  # fmt: skip


@pytest.mark.parametrize("name", ["林一", "郑三"])
async def test_an_author_and_an_approver_take_a_text_back(desk: Desk, name: str) -> None:
    await desk.submit()
    await desk.approve("何四")
    assert "1 份签发随之作废" in await take_back(desk, name, "摊主已经和解")
    assert await desk.state() == (VersionState.WITHDRAWN, 0)
    assert await desk.refuses("郑三") == "A1 第 1 版已撤回。要发布请改稿或再送签，另存一版。"
    card = (await desk.cards())[-1]
    assert (card.head, card.buttons, card.rows[-1].text) == ("📝 A1 第 1 版 · 已撤回", (), f"{name}撤回：摊主已经和解")
    async with desk.room.database.transaction() as session:
        steps = [step.text for step in (await session.exec(select(CaseStep))).all()]
        told = [text for text in await desk.room.texts(session) if text.startswith("↩️")]
    assert "撤回第 1 版：摊主已经和解" in steps
    assert len(told) == 1


async def test_before_it_is_submitted_nobody_else_is_disturbed(desk: Desk) -> None:
    assert await take_back(desk, "林一") == "A1 第 1 版已撤回。要改再发请「改稿」后重新送签。"
    async with desk.room.database.transaction() as session:
        assert not any(text.startswith("↩️") for text in await desk.room.texts(session))


async def test_others_may_not(desk: Desk) -> None:
    await desk.submit()
    with pytest.raises(Refused, match="只有起草人和签发人可以撤回。可以找：林一、郑三、何四。"):
        await take_back(desk, "吴二")
    assert await desk.state() == (VersionState.SUBMITTED, 0)


async def test_an_approved_text_that_somebody_holds_is_taken_back_and_the_holder_is_named(desk: Desk) -> None:
    await hand_out(desk, PublicationState.OFFERED)
    assert "文本 18:42 已由吴二取走去发布：请先确认没有发出" in await take_back(desk, "林一")
    with pytest.raises(Refused, match="已撤回"):
        await desk.reply()


@pytest.mark.parametrize("state", [PublicationState.PUBLISHING, PublicationState.UNCERTAIN])
async def test_what_may_be_out_is_not_taken_back_silently(desk: Desk, state: PublicationState) -> None:
    await hand_out(desk, state)
    with pytest.raises(Refused, match="可能已经发出，不能悄悄撤回"):
        await take_back(desk, "郑三")
    assert await desk.state() == (VersionState.APPROVED, 2)


async def test_what_is_out_cannot_be_taken_back(desk: Desk) -> None:
    await hand_out(desk, PublicationState.PUBLISHED)
    with pytest.raises(Refused, match=r"已经发布（https://example.org/1），撤不回来"):
        await take_back(desk, "郑三")


@pytest.mark.parametrize("name", ["林一", "何四"])
async def test_nothing_is_taken_back_twice(desk: Desk, name: str) -> None:
    await take_back(desk, "林一")
    with pytest.raises(Refused, match="已撤回"):
        await take_back(desk, name)


async def test_the_card_asks_for_nothing_any_more(desk: Desk) -> None:
    await desk.submit()
    await take_back(desk, "林一")
    assert [card.buttons for card in await desk.cards() if card.kind is CardKind.APPROVAL][-1] == ()
