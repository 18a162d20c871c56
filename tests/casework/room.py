"""A department of invented people, events of theirs, and short ways to act on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.delivery import Delivery, lease_due, mark_sent
from casework.desk import Alerting, Department, Desk
from casework.drafting.draft import CandidateRow, Draft, ReplyAuthor, ReplyVersion
from casework.drafting.versions import bound_hash, required_approvals
from casework.intake import Received, handle
from casework.message import Card
from casework.staff import Role, StaffAccount, StaffGroup, StaffMember
from monitoring.event import Event
from monitoring.item import Attitude, Item, Relevance
from monitoring.observe import Observation
from monitoring.source import Source, SourceKind
from monitoring.watch import build_watch
from storage.clock import ManualClock
from storage.engine import Database

PEOPLE = {
    "林一": ("值班员", [Role.DUTY, Role.DRAFTER], 0),
    "吴二": ("值班员", [Role.DUTY, Role.DRAFTER], 1),
    "郑三": ("带班领导", [Role.DUTY, Role.APPROVER], 2),
    "何四": ("科长", [Role.APPROVER], None),
    "许五": ("管理员", [Role.ADMIN], None),
}


async def seat(session: AsyncSession) -> None:
    """The people, their two chats and one source."""
    for name, (title, roles, order) in PEOPLE.items():
        member = StaffMember(name=name, title=title, roles=[role.value for role in roles], roster_order=order)
        session.add(member)
        await session.flush()
        session.add(StaffAccount(platform="room", user_id=name, staff_id=member.id or 0))
    session.add(StaffGroup(platform="room", chat="all", name="总群", fallback=True))
    session.add(StaffGroup(platform="room", chat="market", name="二组群", lines=["食品安全"]))
    session.add(Source(name="河湾论坛", kind=SourceKind.FEED))


def make_desk(**alerting: object) -> Desk:
    """The desk of the department; alerting as it comes, but for what is given."""
    watch = build_watch(names=("河湾城管",), gazetteer={"东岭区": ("桥头市场",)})
    return Desk(Department("河湾市城市管理局"), watch, Alerting(**alerting))  # type: ignore[arg-type]


@dataclass
class Room:
    """The database with its staff, and short ways to act on it."""

    database: Database
    clock: ManualClock
    desk: Desk

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def wait(self, **duration: float) -> datetime:
        self.clock.move_to(self.now + timedelta(**duration))
        return self.now

    async def person(self, session: AsyncSession, name: str) -> StaffMember:
        return (await session.exec(select(StaffMember).where(StaffMember.name == name))).one()

    async def case(self, session: AsyncSession, number: str = "A1") -> Case:
        return (await session.exec(select(Case).where(Case.number == number))).one()

    async def event(self, session: AsyncSession, case: Case) -> Event:
        return (await session.exec(select(Event).where(Event.id == case.event_id))).one()

    async def deliveries(self, session: AsyncSession, chat: str = "") -> list[Delivery]:
        """Everything put out so far, oldest first, for one chat or for all."""
        query = select(Delivery).order_by(col(Delivery.id))
        return [row for row in (await session.exec(query)).all() if chat in ("", row.chat)]

    async def texts(self, session: AsyncSession, chat: str = "all") -> list[str]:
        """What was put out for a chat, as a person would read it."""
        return [Card.from_json(row.card).as_text() for row in await self.deliveries(session, chat)]

    async def send_all(self, session: AsyncSession) -> int:
        """Let everything that is due arrive. Returns how many messages and edits that were."""
        count = 0
        while leased := await lease_due(session, "courier", self.now, 50, ("room",)):
            for row in leased:
                await mark_sent(session, row, row.reference or f"m{row.id}", self.now)
            count += len(leased)
        return count

    async def write(
        self, session: AsyncSession, case: Case, text: str, author: str = "林一", citations: Sequence[dict[str, Any]] = ()
    ) -> ReplyVersion:
        """A version of a reply in this person's hand, ready to be submitted."""
        event, writer = await self.event(session, case), await self.person(session, author)
        number = len((await session.exec(select(ReplyVersion).where(ReplyVersion.case_id == case.id))).all()) + 1
        draft = Draft(
            case_id=case.id or 0, number=number, event_revision=event.revision, writer="内置起草", frames_version="f",
            requested_by=writer.id or 0,
            created_at=self.now,
        )  # fmt: skip
        session.add(draft)
        await session.flush()
        sentences = [{"text": "我们看到了视频，正在核实。", "kind": "fact", "refs": []}]
        session.add(
            CandidateRow(
                draft_id=draft.id or 0,
                ordinal=1,
                strategy="先行告知",
                channel="微博评论",
                sentences=sentences,
                next_question="视频公布吗？",
            )
        )
        version = ReplyVersion(
            case_id=case.id or 0, number=number, draft_id=draft.id or 0, candidate_ordinal=1, strategy="先行告知", channel="微博评论",
            text=text, citations=list(citations),
            event_revision=event.revision, level=event.level, bound_hash=bound_hash(text, list(citations), event.revision),
            required_approvals=required_approvals(event.level), created_by=writer.id or 0, created_at=self.now,
        )  # fmt: skip
        session.add(version)
        await session.flush()
        session.add(ReplyAuthor(version_id=version.id or 0, staff_id=writer.id or 0))
        await session.flush()
        return version

    async def happen(self, session: AsyncSession, level: int = 2, **fields: object) -> Received:
        """A new event of this level, with one post, is told to the desk."""
        event = await new_event(session, self.now, level, **fields)
        item = (await session.exec(select(Item).where(Item.id == event.first_item_id))).one()
        return await handle(session, Observation(item, event, True, 0, level, needs_card_update=True), event, self.now, self.desk)

    async def develop(
        self, session: AsyncSession, case: Case, *, level: int | None = None, posts: int = 1, milestones: tuple[str, ...] = ()
    ) -> Received:
        """More posts of a case's event come in, and may raise its level."""
        event, before = await self.event(session, case), (await self.event(session, case)).level
        rose = level is not None and level != before
        event.level, event.item_count, event.last_posted_at = level or before, event.item_count + posts, self.now
        event.revision += rose
        item = (await session.exec(select(Item).where(Item.id == event.first_item_id))).one()
        seen = Observation(item, event, True, before, event.level, milestones, rose, needs_card_update=True)
        return await handle(session, seen, event, self.now, self.desk)


async def new_event(
    session: AsyncSession, now: datetime, level: int, *, intent: str = "投诉", due_at: datetime | None = None, **fields: object
) -> Event:
    source = (await session.exec(select(Source))).first()
    assert source is not None
    values = {
        "headline": "桥头市场：网传队员掀翻摊位", "line": "市容秩序", "place": "桥头市场", "district": "东岭区", "level": level,
        "points": 7,
        "factors": [{"name": "officer_violence", "value": 1.0, "points": 3, "reason": "涉执法行为 +3", "span": "掀翻"}],
        "first_posted_at": now - timedelta(minutes=12), "last_posted_at": now, "item_count": 1, "negative_count": 1,
        "source_names": ["河湾论坛"],
    }  # fmt: skip
    event = Event(**{**values, **fields})
    session.add(event)
    await session.flush()
    item = Item(
        source_id=source.id or 0, source_key=f"p{event.id}", text="秤都摔了，鸡蛋全滚到路中间，谁来管一管。",
        posted_at=event.first_posted_at,
        observed_at=now, relevance=Relevance.YES, line=event.line, intent=intent, attitude=Attitude.NEGATIVE, event_id=event.id,
        level=level, due_at=due_at,
    )  # fmt: skip
    session.add(item)
    await session.flush()
    event.first_item_id = item.id
    return event
