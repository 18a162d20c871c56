"""AI 标识: what a model wrote says so and cannot be submitted without; what was composed says nothing of the kind."""

from dataclasses import replace

import pytest
from sqlmodel import select

from casework import ai_label
from casework.check import check_version
from casework.copy_pack import copy_card
from casework.drafting.candidate import Candidate, Sentence, SentenceKind, Written
from casework.drafting.draft import Draft, ReplyVersion
from casework.drafting.revision import Revision
from casework.drafting.strategy import Channel, Strategy
from casework.publishing import begin
from tests.casework.replying import TEXT, approved
from tests.casework.room import Room

LABEL = "（本文由人工智能辅助生成，经人工核实）"
CANDIDATE = Candidate(Strategy.FACTS, Channel.COMMENT, (Sentence("我们看到了。", SentenceKind.FACT),))


async def version_of(room: Room, text: str, writer: str) -> ReplyVersion:
    """A version whose draft is by this writer."""
    async with room.database.transaction() as session:
        case = (await room.happen(session)).case
        assert case is not None
        version = await room.write(session, case, text)
        (await session.exec(select(Draft))).one().writer = writer
        return version


async def blocking(room: Room, version: ReplyVersion) -> list[str]:
    desk = replace(room.desk, ai_label=LABEL)
    async with room.database.transaction() as session:
        stored = await session.get_one(ReplyVersion, version.id)
        findings = await check_version(session, await room.case(session), stored, room.now, desk)
    return [finding.name for finding in findings if finding.blocking]


@pytest.mark.parametrize(("writer", "label", "ends"), [("some-model", LABEL, LABEL), ("内置起草", LABEL, "。"), ("some-model", "", "。")])
def test_only_a_models_candidates_end_with_the_notice(writer: str, label: str, ends: str) -> None:
    written = ai_label.labelled(Written((CANDIDATE, CANDIDATE), (), "", writer=writer), label)
    assert all(candidate.text.endswith(ends) for candidate in written.candidates)
    assert len(written.candidates[0].text) == len(CANDIDATE.text) + (len(LABEL) if ends == LABEL else 0), "it counts in the length"


async def test_a_models_text_without_its_notice_is_not_submitted(room: Room) -> None:
    version = await version_of(room, "我们看到了。", "some-model")
    assert "ai_label_missing" in await blocking(room, version)


async def test_with_its_notice_or_by_the_house_itself_it_passes(room: Room) -> None:
    assert "ai_label_missing" not in await blocking(room, await version_of(room, "我们看到了。" + LABEL, "some-model"))


async def test_a_composed_text_that_a_model_reworded_is_a_models_text(room: Room) -> None:
    version = await version_of(room, "我们看到了。", "内置起草")
    assert "ai_label_missing" not in await blocking(room, version)
    async with room.database.transaction() as session:
        session.add(Revision(version_id=version.id or 0, comment="软一点", model="some-model", at=room.now))
    assert "ai_label_missing" in await blocking(room, version)


async def test_the_publisher_and_the_person_are_told(room: Room) -> None:
    reply = await approved(room, TEXT + LABEL)
    desk = replace(room.desk, ai_label=LABEL)
    async with room.database.transaction() as session:
        (await session.exec(select(Draft))).one().writer = "some-model"
        card = await copy_card(session, await room.case(session), reply, desk)
        errand = await begin(session, reply, "webhook", await room.person(session, "林一"), room.now)
    assert "AI 标识" in {row.label for row in card.rows}
    assert errand.reply.ai_written
    assert ai_label.metadata(errand.reply, "某局")["AIGC"]["ContentProducer"] == "某局"
    assert ai_label.metadata(reply, "某局") == {}
