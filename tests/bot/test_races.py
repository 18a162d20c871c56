"""Two hundred at once, over two programs on one database: each is counted once, and who came too late is told who was first, and when."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.bootstrap import open_house
from bot.commands.dispatcher import Dispatcher
from bot.house import House
from casework import button
from casework.approval import Approval, signatures_of
from casework.case import CaseState
from casework.chat import Incoming
from casework.drafting.draft import ReplyVersion, VersionState
from casework.handling import claim
from casework.message import Button, Card, CardKind
from casework.signing import submit
from storage import audit
from storage.clock import ManualClock
from tests.adapters.recording_chat import RecordingChat
from tests.bot.department import START, settings
from tests.casework.room import Room

pytestmark = pytest.mark.both_databases
CROWD = 200
APPROVERS = tuple(f"签发{number}" for number in range(1, 11))
DUTY = tuple(f"值班{number}" for number in range(1, CROWD + 1))
ROLES = {
    "林一": ["duty", "drafter"], "吴二": ["duty", "drafter"], "许五": ["admin"],
    **{name: ["approver"] for name in APPROVERS}, **{name: ["duty"] for name in DUTY},
}  # fmt: skip
GROUPS = [{"platform": "telegram", "chat": "g", "name": "值班群", "fallback": True}]


class Programs:
    """Two programs that run on one database, each with its own listener."""

    def __init__(self, houses: list[House], clock: ManualClock) -> None:
        self.room = Room(houses[0].database, clock, houses[0].desk)
        self.listeners = [Dispatcher(house, {"telegram": RecordingChat()}) for house in houses]

    async def at_once(self, *orders: tuple[str, str]) -> Counter[str]:
        """Everybody (name, what is typed or the token that is pressed) at one moment; returns how often each answer was given."""

        async def one(number: int, name: str, said: str) -> str:
            text, token = (said, "") if " " in said else ("", said)
            response = await self.listeners[number % 2].handle(Incoming("telegram", "g", name, text=text, token=token))
            assert response is not None
            return response.brief or "\n".join(card.head for card in response.cards)

        return Counter(await asyncio.gather(*(one(number, *order) for number, order in enumerate(orders))))

    async def open_case(self, level: int = 2) -> None:
        async with self.room.database.transaction() as session:
            await self.room.happen(session, level)

    async def submit(self, level: int = 2) -> None:
        """Case A1, claimed and written by 林一, waiting for its signatures."""
        await self.open_case(level)
        async with self.room.database.transaction() as session:
            case, person = await self.room.case(session), await self.room.person(session, "林一")
            await claim(session, case, person, self.room.now, self.room.desk)
            version = await self.room.write(session, case, "我们看到了视频，正在现场核实。")
            await submit(session, version, person, self.room.now, (), self.room.desk)

    async def button(self, command: str) -> str:
        """The token of a button on a card in the chat."""
        async with self.room.database.transaction() as session:
            card = Card(CardKind.NOTICE, "卡", buttons=((Button(command, command),),))
            issued = await button.issue(session, card, "telegram", "g", (await self.room.case(session)).id, self.room.now)
        return issued.buttons[0][0].token

    async def noted(self, action: str) -> int:
        """How often the audit chain holds this."""
        async with self.room.database.reading() as session:
            return len((await session.exec(select(audit.AuditEntry.number).where(audit.AuditEntry.action == action))).all())

    async def state(self) -> tuple[VersionState, list[str]]:
        """The version's state and the signatures that stand."""
        async with self.room.database.reading() as session:
            version = (await session.exec(select(ReplyVersion))).one()
            return version.state, [signature.label for signature in await signatures_of(session, version)]

    async def chain_holds(self) -> bool:
        async with self.room.database.reading() as session:
            return (await audit.verify(session)).broken_at is None


@pytest.fixture
async def programs(database_url: str, tmp_path: Path) -> AsyncIterator[Programs]:
    accounts = {name: {"telegram": name} for name in ROLES}
    people = [{"name": name, "roles": held, "accounts": accounts[name]} for name, held in ROLES.items()]
    about = settings(tmp_path, GROUPS, accounts, database_url=database_url, staff=people, duty_roster=("林一",))
    clock = ManualClock(START)
    async with contextlib.AsyncExitStack() as opened:
        yield Programs([await opened.enter_async_context(open_house(about, index=False, clock=clock)) for _ in range(2)], clock)


@pytest.mark.parametrize("by_button", [False, True])
async def test_of_two_hundred_who_claim_one_has_it(programs: Programs, by_button: bool) -> None:
    await programs.open_case()
    said = await programs.button("认领 A1") if by_button else "认领 A1"
    answers = await programs.at_once(*((name, said) for name in DUTY))
    async with programs.room.database.reading() as session:
        case = await programs.room.case(session)
        winner = (await session.get_one(type(await programs.room.person(session, "林一")), case.owner_id)).name
    assert case.state is CaseState.CLAIMED
    assert answers == {
        f"A1 由{winner}认领。": 1,
        f"A1 已由{winner}在 19:00 认领。要接手请发「接手 A1」，{winner}会收到通知。": CROWD - 1,
    }
    assert await programs.noted("case.claimed") == 1
    assert await programs.chain_holds()


@pytest.mark.parametrize("by_button", [False, True])
async def test_of_two_hundred_signatures_by_ten_people_two_count(programs: Programs, by_button: bool) -> None:
    await programs.submit()
    said = await programs.button("签发 A1 1") if by_button else "签发 A1 1"
    answers = await programs.at_once(*((APPROVERS[number % 10], said) for number in range(CROWD)))
    state, signed = await programs.state()
    assert (state, len(set(signed)), len(signed)) == (VersionState.APPROVED, 2, 2)
    kinds = Counter({"first": 0, "second": 0, "too late": 0, "twice": 0})
    for answer, count in answers.items():
        if "还需 1 人签发" in answer:
            kinds["first"] += count
        elif answer.startswith("A1 第 1 版签发完成"):
            kinds["second"] += count
        elif answer == f"A1 第 1 版已由{signed[0]} 19:00、{signed[1]} 19:00签发完成，可以发布。":
            kinds["too late"] += count
        elif answer == "A1 第 1 版你已在 19:00 签发过，一人只算一次。":
            kinds["twice"] += count
    assert kinds == {"first": 1, "second": 1, "too late": 160, "twice": 38}, answers
    assert (await programs.noted("version.approved"), await programs.noted("version.released")) == (2, 1)
    assert await programs.chain_holds()


async def test_of_two_hundred_double_clicks_of_one_person_one_counts(programs: Programs) -> None:
    await programs.submit()
    token = await programs.button("签发 A1 1")
    answers = await programs.at_once(*((APPROVERS[0], token),) * CROWD)
    assert await programs.state() == (VersionState.SUBMITTED, [APPROVERS[0]])
    assert answers["A1 第 1 版你已在 19:00 签发过，一人只算一次。"] == CROWD - 1
    assert await programs.noted("version.approved") == 1


async def test_a_deputy_and_who_is_deputised_press_at_once_and_one_counts(programs: Programs) -> None:
    await programs.submit()
    await programs.at_once((APPROVERS[0], "委托 吴二 3天"))
    await programs.at_once(("许五", "确认委托 1"))
    answers = await programs.at_once(*((name, "签发 A1 1") for name in ("吴二", APPROVERS[0]) * (CROWD // 2)))
    state, signed = await programs.state()
    assert (state, len(signed)) == (VersionState.SUBMITTED, 1)
    assert sum(count for answer, count in answers.items() if "还需 1 人签发" in answer) == 1
    assert sum(count for answer, count in answers.items() if "一人只算一次" in answer or "本人已经签过" in answer) == CROWD - 1


async def test_signing_and_taking_back_at_once_end_in_one_of_the_two(programs: Programs) -> None:
    await programs.submit()
    orders = [(APPROVERS[number % 10], "签发 A1 1") if number % 2 else ("林一", "撤回 A1 1") for number in range(CROWD)]
    answers = await programs.at_once(*orders)
    state, signed = await programs.state()
    assert (state, signed) == (VersionState.WITHDRAWN, [])
    assert sum(count for answer, count in answers.items() if "要改再发请「改稿」后重新送签" in answer) == 1
    async with programs.room.database.reading() as session:
        approvals = (await session.exec(select(Approval).where(col(Approval.voided_at).is_(None)))).all()
    assert approvals == []


async def test_a_button_that_only_one_may_use_names_who_used_it(programs: Programs) -> None:
    await programs.open_case(level=3)
    token = await programs.button("误报 A1 与我们无关")
    answers = await programs.at_once(*((name, token) for name in DUTY))
    done = "A1 已按“与我们无关”撤卡并记为标注。等级再上升时会重新提醒。"
    assert answers.pop(done) == 1
    ((told, count),) = answers.items()
    assert (told.split("已在")[0] in DUTY, told.split("已在")[1], count) == (True, f" 今日 19:00 按过：{done}", CROWD - 1)
    assert await programs.noted("case.dismissed") == 1
