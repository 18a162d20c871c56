"""The database itself refuses, whatever the code above it does."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, update
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.approval import Approval
from casework.drafting.draft import ReplyAuthor, ReplyVersion, VersionState
from casework.publication import Publication, PublicationState
from tests.casework.room import Room

pytestmark = pytest.mark.both_databases
TEXT = "我们看到了视频，正在现场核实。"


async def submitted(room: Room, session: AsyncSession, level: int = 2) -> ReplyVersion:
    received = await room.happen(session, level)
    assert received.case is not None
    version = await room.write(session, received.case, TEXT)
    version.state = VersionState.SUBMITTED
    await session.flush()
    return version


async def sign(room: Room, session: AsyncSession, version: ReplyVersion, name: str, bound_hash: str | None = None) -> Approval:
    person = await room.person(session, name)
    approval = Approval(version_id=version.id or 0, approver_id=person.id or 0, bound_hash=bound_hash or version.bound_hash, at=room.now)
    session.add(approval)
    await session.flush()
    return approval


async def publish(room: Room, session: AsyncSession, version: ReplyVersion) -> None:
    person = await room.person(session, "林一")
    digest = hashlib.sha256(version.text.encode()).hexdigest()
    row = Publication(
        case_id=version.case_id, version_id=version.id or 0, publisher="hand", text_hash=digest, state=PublicationState.OFFERED,
        requested_by=person.id or 0, requested_at=room.now,
    )  # fmt: skip
    session.add(row)
    await session.flush()


def twin_of(version: ReplyVersion, **other: object) -> ReplyVersion:
    return ReplyVersion(**{**version.model_dump(exclude={"id"}), "number": version.number + 1, "state": VersionState.EDITING, **other})


async def run(session: AsyncSession, statement: object) -> None:
    await (await session.connection()).execute(statement)  # type: ignore[call-overload]


async def test_an_author_cannot_approve(room: Room) -> None:
    async with room.database.transaction() as session:
        version = await submitted(room, session)
        approver = await room.person(session, "郑三")
        session.add(ReplyAuthor(version_id=version.id or 0, staff_id=approver.id or 0))
        await session.flush()
        with pytest.raises(IntegrityError, match="approval_by_author"):
            await sign(room, session, version, "郑三")
        await session.rollback()


async def test_an_approver_cannot_become_an_author(room: Room) -> None:
    async with room.database.transaction() as session:
        version = await submitted(room, session)
        approval = await sign(room, session, version, "郑三")
        session.add(ReplyAuthor(version_id=version.id or 0, staff_id=approval.approver_id))
        with pytest.raises(IntegrityError, match="author_after_approval"):
            await session.flush()
        await session.rollback()


async def test_nobody_approves_the_same_version_twice(room: Room) -> None:
    async with room.database.transaction() as session:
        version = await submitted(room, session)
        await sign(room, session, version, "郑三")
        with pytest.raises(IntegrityError, match=r"(?i)unique"):
            await sign(room, session, version, "郑三")
        await session.rollback()


async def test_an_approval_is_of_the_very_text_and_of_a_submitted_one(room: Room) -> None:
    async with room.database.transaction() as session:
        version = await submitted(room, session)
        with pytest.raises(IntegrityError, match="approval_of_other_text"):
            await sign(room, session, version, "郑三", bound_hash="0" * 64)
        await session.rollback()
    async with room.database.transaction() as session:
        version = await submitted(room, session)
        version.state = VersionState.EDITING
        await session.flush()
        with pytest.raises(IntegrityError, match="approval_of_other_text"):
            await sign(room, session, version, "郑三")
        await session.rollback()


async def test_a_grave_version_cannot_ask_for_one_approval_only(room: Room) -> None:
    async with room.database.transaction() as session:
        version = await submitted(room, session)
        session.add(twin_of(version, required_approvals=1))
        with pytest.raises(IntegrityError, match="two_approvals_for_serious"):
            await session.flush()
        await session.rollback()


@pytest.mark.parametrize("state", [VersionState.APPROVED, VersionState.PUBLISHED])
async def test_one_approval_does_not_release_at_level_two(room: Room, state: VersionState) -> None:
    async with room.database.transaction() as session:
        await sign(room, session, await submitted(room, session), "郑三")
        with pytest.raises(IntegrityError, match="version_without_approvals"):
            await run(session, update(ReplyVersion).values(state=state, expires_at=room.now))
        await session.rollback()


async def test_one_approval_does_not_publish_at_level_two(room: Room) -> None:
    async with room.database.transaction() as session:
        version = await submitted(room, session)
        await sign(room, session, version, "郑三")
        with pytest.raises(IntegrityError, match="published_without_approval"):
            await publish(room, session, version)
        await session.rollback()


async def test_two_approvals_do_and_a_void_one_does_not_count(room: Room) -> None:
    async with room.database.transaction() as session:
        version = await submitted(room, session)
        await sign(room, session, version, "郑三")
        second = await sign(room, session, version, "何四")
        second.voided_at = room.now
        await session.flush()
        with pytest.raises(IntegrityError, match="published_without_approval"):
            await publish(room, session, version)
        await session.rollback()
    async with room.database.transaction() as session:
        version = await submitted(room, session)
        for name in ("郑三", "何四"):
            await sign(room, session, version, name)
        version.state, version.expires_at = VersionState.APPROVED, room.now + timedelta(hours=12)
        await publish(room, session, version)


@pytest.mark.parametrize(
    ("guard", "change"),
    [
        ("version_altered", update(ReplyVersion).values(text="改过的字")),
        ("version_altered", update(ReplyVersion).values(bound_hash="0" * 64)),
        ("version_altered", update(ReplyVersion).values(citations=[{"key": "x"}])),
        ("version_altered", update(ReplyVersion).values(required_approvals=3)),
        ("version_altered", update(ReplyVersion).values(event_revision=7)),
        ("approval_altered", update(Approval).values(approver_id=5)),
        ("approval_altered", update(Approval).values(bound_hash="0" * 64)),
        ("approval_removed", delete(Approval)),
        ("author_altered", update(ReplyAuthor).values(staff_id=5)),
        ("author_removed", delete(ReplyAuthor)),
    ],
)
async def test_what_was_written_for_an_approval_stays_as_it_was(room: Room, guard: str, change: object) -> None:
    async with room.database.transaction() as session:
        await sign(room, session, await submitted(room, session), "郑三")
        with pytest.raises(IntegrityError, match=guard):
            await run(session, change)
        await session.rollback()


async def test_a_void_approval_does_not_come_back(room: Room) -> None:
    async with room.database.transaction() as session:
        approval = await sign(room, session, await submitted(room, session), "郑三")
        approval.voided_at = room.now
        await session.flush()
        with pytest.raises(IntegrityError, match="approval_altered"):
            await run(session, update(Approval).values(voided_at=None))
        await session.rollback()


async def test_no_version_is_born_beyond_editing(room: Room) -> None:
    async with room.database.transaction() as session:
        version = await submitted(room, session)
        session.add(twin_of(version, state=VersionState.APPROVED))
        with pytest.raises(IntegrityError, match="version_born_approved"):
            await session.flush()
        await session.rollback()


async def test_a_publication_stays_of_the_text_it_was_made_for(room: Room) -> None:
    async with room.database.transaction() as session:
        version = await submitted(room, session, level=3)
        await sign(room, session, version, "郑三")
        await publish(room, session, version)
        with pytest.raises(IntegrityError, match="publication_altered"):
            await run(session, update(Publication).values(text_hash="0" * 64))
        await session.rollback()


@pytest.mark.parametrize(
    "values",
    [
        {"state": PublicationState.UNCERTAIN},
        {"link": "https://elsewhere.example/1"},
        {"published_at": None, "state": PublicationState.FAILED},
    ],
)
async def test_what_is_out_is_not_taken_back(room: Room, values: dict[str, object]) -> None:
    async with room.database.transaction() as session:
        version = await submitted(room, session, level=3)
        await sign(room, session, version, "郑三")
        await publish(room, session, version)
        await run(
            session, update(Publication).values(state=PublicationState.PUBLISHED, link="https://weibo.example/1", published_at=room.now)
        )
        await run(session, update(Publication).values(corrected_by=7))
        with pytest.raises(IntegrityError, match="publication_taken_back"):
            await run(session, update(Publication).values(**values))
        await session.rollback()


async def test_beside_a_text_in_doubt_no_other_goes_out(room: Room) -> None:
    async with room.database.transaction() as session:
        first = await submitted(room, session, level=3)
        await sign(room, session, first, "郑三")
        await publish(room, session, first)
        second = twin_of(first)
        session.add(second)
        await session.flush()
        second.state = VersionState.SUBMITTED
        await session.flush()
        await sign(room, session, second, "郑三")
        await publish(room, session, second)
        await run(session, update(Publication).where(col(Publication.version_id) == first.id).values(state=PublicationState.UNCERTAIN))
        with pytest.raises(IntegrityError, match="publishing_beside_doubt"):
            await run(
                session, update(Publication).where(col(Publication.version_id) == second.id).values(state=PublicationState.PUBLISHING)
            )
        await session.rollback()
