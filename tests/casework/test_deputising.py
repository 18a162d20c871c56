"""委托: a deputy signs for an approver who is away; nobody's word counts twice, an author's never."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select, update

from casework import deputising
from casework.approval import Approval, signatures_of
from casework.delegation import Delegation
from casework.drafting.draft import ReplyAuthor, ReplyVersion
from casework.errors import Refused
from casework.signing import Signed
from storage import audit
from tests.casework.room import Room
from tests.casework.test_signing import Desk


@pytest.fixture
async def desk(room: Room) -> Desk:
    desk = await Desk(room).version()
    await desk.submit()
    return desk


async def name(room: Room, principal: str, deputy: str, by: str = "", **duration: float) -> str:
    async with room.database.transaction() as session:
        people = [await room.person(session, one) for one in (principal, deputy, by or principal)]
        return await deputising.name_deputy(session, *people[:2], timedelta(**duration or {"days": 3}), people[2], room.now)


async def confirm(room: Room, by: str, number: int = 1) -> str:
    async with room.database.transaction() as session:
        return await deputising.confirm(session, number, await room.person(session, by), room.now)


async def end(room: Room, by: str, number: int = 1) -> str:
    async with room.database.transaction() as session:
        return await deputising.end(session, number, await room.person(session, by), room.now)


async def test_a_deputy_signs_for_an_approver_and_is_shown_so(desk: Desk) -> None:
    told = await name(desk.room, "何四", "吴二")
    assert told.endswith("可以找：许五、郑三。")
    assert await desk.refuses("吴二") == "没有权限：签发需要「签发人」角色，你是「值班员、起草人」。可以找：郑三、何四。"
    assert "吴二可代何四签发" in await confirm(desk.room, "许五")
    first = await desk.approve("郑三")
    assert first.sentence == "A1 第 1 版已签发，还需 1 人签发。可以找：何四、吴二（代 何四）。"
    assert (await desk.approve("吴二")).result is Signed.FULLY
    signed = {row.label: row for row in (await desk.cards())[-1].rows}["签发"]
    assert signed.text == "郑三 18:42、吴二（代 何四） 18:42（2/2），须在 明天 06:42 前发布"
    async with desk.room.database.transaction() as session:
        entries = (await session.exec(select(audit.AuditEntry).where(audit.AuditEntry.action == "version.approved"))).all()
    assert [(entry.actor, entry.details.get("for")) for entry in entries] == [("郑三", None), ("吴二", "何四")]


async def test_deputy_and_principal_are_one_person(desk: Desk) -> None:
    await name(desk.room, "何四", "吴二")
    await confirm(desk.room, "许五")
    await desk.approve("吴二")
    assert await desk.refuses("何四") == "A1 第 1 版已由吴二在 18:42 代你签发，一人只算一次。"
    assert await desk.refuses("吴二") == "A1 第 1 版你已在 18:42 签发过，一人只算一次。"


async def test_the_principal_first_and_the_deputy_s_word_is_used_up(desk: Desk) -> None:
    await name(desk.room, "何四", "吴二")
    await confirm(desk.room, "许五")
    await desk.approve("何四")
    assert await desk.refuses("吴二") == "A1 第 1 版你不能代何四签发：本人已经签过，或是这一版的起草人。"


async def test_a_deputy_with_two_principals_signs_once(desk: Desk) -> None:
    for principal in ("何四", "郑三"):
        await name(desk.room, principal, "吴二")
    for number in (1, 2):
        await confirm(desk.room, "许五", number)
    await desk.approve("吴二")
    assert "一人只算一次" in await desk.refuses("吴二")


async def test_an_author_is_no_deputy_and_an_author_s_word_cannot_be_lent(desk: Desk) -> None:
    await name(desk.room, "何四", "林一")
    await name(desk.room, "何四", "吴二")
    for number in (1, 2):
        await confirm(desk.room, "许五", number)
    assert await desk.refuses("林一") == "A1 第 1 版由你起草，需由他人签发。"
    async with desk.room.database.transaction() as session:
        principal = await desk.room.person(session, "何四")
        session.add(ReplyAuthor(version_id=desk.version_id, staff_id=principal.id or 0))
    assert "不能代何四签发" in await desk.refuses("吴二")


@pytest.mark.parametrize(
    ("by", "why"), [("何四", "都不能自己确认"), ("吴二", "没有权限：确认或撤销委托"), ("林一", "没有权限：确认或撤销委托")]
)
async def test_it_takes_two_and_neither_is_the_deputy(room: Room, by: str, why: str) -> None:
    await name(room, "何四", "吴二")
    with pytest.raises(Refused, match=why):
        await confirm(room, by)


async def test_an_admin_names_a_deputy_for_somebody_who_is_away_and_an_approver_confirms(desk: Desk) -> None:
    await name(desk.room, "何四", "吴二", by="许五")
    with pytest.raises(Refused, match="都不能自己确认。可以找：郑三、何四"):
        await confirm(desk.room, "许五")
    await confirm(desk.room, "郑三")
    assert (await desk.approve("吴二")).result is Signed.PARTLY


@pytest.mark.parametrize(
    ("principal", "deputy", "by", "duration", "why"),
    [
        ("何四", "何四", "", {}, "不能委托给自己"),
        ("何四", "郑三", "", {}, "本来就是签发人"),
        ("何四", "许五", "", {}, "许五不能代签"),
        ("林一", "吴二", "", {}, "林一不是签发人.*签发人：郑三、何四"),
        ("何四", "吴二", "郑三", {}, "没有权限：替别人委托代签"),
        ("何四", "吴二", "", {"days": 31}, "最长 30 天"),
        ("何四", "吴二", "", {"hours": 0}, "请写明委托多久"),
    ],
)
async def test_who_cannot_be_named(room: Room, principal: str, deputy: str, by: str, duration: dict[str, float], why: str) -> None:
    with pytest.raises(Refused, match=why):
        await name(room, principal, deputy, by, **duration)


async def test_the_same_mandate_stands_once(room: Room) -> None:
    await name(room, "何四", "吴二")
    with pytest.raises(Refused, match="同样的委托已有 1 号，至 3月9日 18:42"):
        await name(room, "何四", "吴二")


async def test_it_ends_with_its_time_and_when_somebody_ends_it(desk: Desk) -> None:
    await name(desk.room, "何四", "吴二", hours=2)
    await confirm(desk.room, "许五")
    desk.room.wait(hours=2)
    assert "没有权限：签发" in await desk.refuses("吴二")
    await name(desk.room, "何四", "吴二")
    await confirm(desk.room, "许五", 2)
    with pytest.raises(Refused, match="没有权限：确认或撤销委托"):
        await end(desk.room, "林一", 2)
    assert "此前代签的仍然算数" in await end(desk.room, "何四", 2)
    assert "没有权限：签发" in await desk.refuses("吴二")
    with pytest.raises(Refused, match="没有委托 2 号"):
        await end(desk.room, "何四", 2)


async def test_what_was_signed_before_the_end_stands(desk: Desk) -> None:
    await name(desk.room, "何四", "吴二")
    await confirm(desk.room, "许五")
    await desk.approve("吴二")
    await end(desk.room, "何四")
    assert (await desk.approve("郑三")).result is Signed.FULLY
    assert await desk.reply()


async def test_an_approver_who_lost_the_role_lends_nothing(desk: Desk) -> None:
    await name(desk.room, "何四", "吴二")
    await confirm(desk.room, "许五")
    async with desk.room.database.transaction() as session:
        (await desk.room.person(session, "何四")).roles = ["duty"]
    assert "没有权限：签发" in await desk.refuses("吴二")


async def test_the_chats_are_told_and_the_list_has_buttons(room: Room) -> None:
    await name(room, "何四", "吴二")
    async with room.database.transaction() as session:
        told = await room.texts(session)
        card = await deputising.mandates_card(session, room.now)
    assert told[-1].startswith("🖋 何四提出委托 1 号：何四不在时由吴二代签，至 3月9日 18:42。")
    assert card.rows[0].text == "吴二代何四签发，至 3月9日 18:42：待确认（何四提出）"
    assert [button.command for line in card.buttons for button in line] == ["确认委托 1", "撤销委托 1"]


class TestTheDatabaseRefuses:
    """Whatever the code above it does."""

    pytestmark = pytest.mark.both_databases

    async def mandate(self, desk: Desk) -> None:
        await name(desk.room, "何四", "吴二")
        await confirm(desk.room, "许五")

    async def sign(self, desk: Desk, who: str, mandate: int | None) -> None:
        async with desk.room.database.transaction() as session:
            version = await session.get_one(ReplyVersion, desk.version_id)
            person = await desk.room.person(session, who)
            session.add(
                Approval(
                    version_id=desk.version_id, approver_id=person.id or 0, bound_hash=version.bound_hash, delegation_id=mandate,
                    at=desk.room.now,
                )
            )  # fmt: skip

    async def author(self, desk: Desk, who: str) -> None:
        async with desk.room.database.transaction() as session:
            person = await desk.room.person(session, who)
            session.add(ReplyAuthor(version_id=desk.version_id, staff_id=person.id or 0))

    async def change(self, desk: Desk, **values: object) -> None:
        async with desk.room.database.transaction() as session:
            await (await session.connection()).execute(update(Delegation).values(**values))

    async def test_a_signature_without_role_or_mandate(self, desk: Desk) -> None:
        for mandate in (None, 1):
            with pytest.raises(IntegrityError, match="approval_without_authority"):
                await self.sign(desk, "吴二", mandate)

    async def test_a_mandate_that_nobody_confirmed(self, desk: Desk) -> None:
        await name(desk.room, "何四", "吴二")
        with pytest.raises(IntegrityError, match="approval_without_authority"):
            await self.sign(desk, "吴二", 1)

    async def test_a_mandate_of_somebody_else(self, desk: Desk) -> None:
        await self.mandate(desk)
        with pytest.raises(IntegrityError, match="approval_without_authority"):
            await self.sign(desk, "郑三", 1)

    async def test_a_mandate_whose_time_is_over(self, desk: Desk) -> None:
        await self.mandate(desk)
        desk.room.wait(days=3)
        with pytest.raises(IntegrityError, match="approval_without_authority"):
            await self.sign(desk, "吴二", 1)

    async def test_one_person_s_word_twice(self, desk: Desk) -> None:
        await self.mandate(desk)
        await self.sign(desk, "吴二", 1)
        with pytest.raises(IntegrityError, match="approval_counted_twice"):
            await self.sign(desk, "何四", None)

    async def test_one_person_s_word_twice_the_other_way_round(self, desk: Desk) -> None:
        await self.mandate(desk)
        await self.sign(desk, "何四", None)
        with pytest.raises(IntegrityError, match="approval_counted_twice"):
            await self.sign(desk, "吴二", 1)

    async def test_an_author_s_word(self, desk: Desk) -> None:
        await self.mandate(desk)
        await self.author(desk, "何四")
        with pytest.raises(IntegrityError, match="approval_for_author"):
            await self.sign(desk, "吴二", 1)

    async def test_a_principal_who_becomes_an_author(self, desk: Desk) -> None:
        await self.mandate(desk)
        await self.sign(desk, "吴二", 1)
        with pytest.raises(IntegrityError, match="author_after_deputy_signed"):
            await self.author(desk, "何四")

    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ({"deputy_id": 1}, "mandate_altered"),
            ({"principal_id": 3}, "mandate_altered"),
            ({"confirmed_at": None, "confirmed_by": None}, "mandate_altered"),
            ({"ends_at": "later"}, "mandate_altered"),
            ({"confirmed_by": 4}, "mandate_(takes_two|altered)"),
        ],
    )
    async def test_another_mandate_than_was_confirmed(self, desk: Desk, change: dict[str, object], guard: str) -> None:
        await self.mandate(desk)
        values = {key: desk.room.now + timedelta(days=9) if value == "later" else value for key, value in change.items()}
        with pytest.raises(IntegrityError, match=guard):
            await self.change(desk, **values)

    async def test_a_mandate_that_its_namer_confirms(self, desk: Desk) -> None:
        await name(desk.room, "何四", "吴二")
        with pytest.raises(IntegrityError, match="mandate_takes_two"):
            await self.change(desk, confirmed_by=4, confirmed_at=desk.room.now)


async def test_a_signature_names_both(desk: Desk) -> None:
    await name(desk.room, "何四", "吴二")
    await confirm(desk.room, "许五")
    await desk.approve("吴二")
    async with desk.room.database.reading() as session:
        (signature,) = await signatures_of(session, await session.get_one(ReplyVersion, desk.version_id))
    assert (signature.name, signature.principal, signature.people) == ("吴二", "何四", {"吴二", "何四"})
