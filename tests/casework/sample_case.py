"""One case as rows, A12 at an invented night market: posts, clocks, a draft of two candidates, a clause and a past case."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case, CaseState, CaseStep
from casework.checks.finding import Finding, Severity
from casework.deadline import Deadline, DeadlineKind, DeadlineState
from casework.drafting.draft import CandidateRow, Draft, FactSlot, ReplyAuthor, ReplyVersion, VersionState
from casework.drafting.versions import bound_hash
from casework.staff import StaffAccount, StaffMember
from knowledge_base.clause import Clause
from knowledge_base.document import DocumentState, PolicyDocument
from knowledge_base.past_case import PastCase
from monitoring.event import Event
from monitoring.item import Attitude, Item, Relevance
from monitoring.source import Source, SourceKind

CLAUSE_KEY = "城镇夜市管理办法|2024-05-01|第十二条"
QUOTE = "执法人员应当出示证件，说明理由。"
PLACE_SLOT = "谁何时到场"
TIME_SLOT = "公布时间"
OFFICIALESE = Finding("officialese", Severity.WARN, "高度重视", "“高度重视”是套话", "换成谁在什么时候做什么。")
HOSTILE = "<img src=x onerror=alert(1)>秤都摔了"
STAFF = {
    "李雯": ("值班员", ["duty", "drafter"], "liwen"),
    "周明": ("带班领导", ["duty", "approver"], "zhouming"),
    "陈静": ("科长", ["approver"], "chenjing"),
}


async def stored(session: AsyncSession, row: Any) -> int:
    """Write a row and return its id."""
    session.add(row)
    await session.flush()
    return int(row.id)


@dataclass(frozen=True)
class SampleCase:
    """Ids of what was written."""

    case_id: int
    event_id: int
    draft_id: int
    staff: dict[str, int]


async def seat_staff(session: AsyncSession) -> dict[str, int]:
    """The three people of the sample, with accounts of the web staff room. Returns their ids by name."""
    ids: dict[str, int] = {}
    for name, (title, roles, account) in STAFF.items():
        ids[name] = await stored(session, StaffMember(name=name, title=title, roles=roles))
        await stored(session, StaffAccount(platform="staff_room", user_id=account, staff_id=ids[name]))
    return ids


async def write_case(session: AsyncSession, staff: dict[str, int], now: datetime) -> SampleCase:
    """Case A12, claimed by 李雯, drafted once."""
    event = await _event(session, now)
    case = await stored(
        session, Case(number="A12", event_id=event, state=CaseState.CLAIMED, opened_at=now, owner_id=staff["李雯"], claimed_at=now)
    )
    clocks = [(DeadlineKind.FIRST_RESPONSE, 300, DeadlineState.RUNNING), (DeadlineKind.ACKNOWLEDGE, 15, DeadlineState.MET)]
    for kind, minutes, state in clocks:
        session.add(
            Deadline(case_id=case, kind=kind, started_at=now, due_at=now + timedelta(minutes=minutes), source="本单位", state=state)
        )
    session.add(CaseStep(case_id=case, at=now, actor="李雯", text="认领"))
    await _knowledge(session, now)
    draft = await _draft(session, case, staff["李雯"], now)
    return SampleCase(case, event, draft, staff)


async def write_version(
    session: AsyncSession, sample: SampleCase, text: str, now: datetime, *, state: VersionState = VersionState.SUBMITTED, number: int = 1
) -> ReplyVersion:
    """A version of candidate 1 by 李雯, at level II."""
    version = ReplyVersion(
        case_id=sample.case_id, number=number, draft_id=sample.draft_id, candidate_ordinal=1, strategy="先行告知", channel="微博评论",
        text=text, event_revision=1, level=2, checks=[OFFICIALESE.to_json()], bound_hash=bound_hash(text, [], 1), required_approvals=2,
        created_by=sample.staff["李雯"], created_at=now, submitted_at=now,
    )  # fmt: skip
    version_id = await stored(session, version)
    session.add(ReplyAuthor(version_id=version_id, staff_id=sample.staff["李雯"]))
    version.state = state  # the database lets no version be born beyond `editing`
    await session.flush()
    return version


async def _event(session: AsyncSession, now: datetime) -> int:
    source = await stored(session, Source(name="样例论坛", kind=SourceKind.FEED))
    factors = [{"name": "video", "value": 1, "points": 1, "reason": "视频 +1", "span": ""}]
    event = Event(
        headline="北门夜市：网传队员掀翻摊位", line="市容秩序", place="北门夜市", level=2, points=6, factors=factors,
        item_count=3, negative_count=2, first_posted_at=now, last_posted_at=now,
    )  # fmt: skip
    event_id, first = await stored(session, event), None
    for number, text in enumerate((HOSTILE, "队员先说了三遍", "秤都摔了！")):
        post = Item(
            source_id=source, source_key=str(number), text=text, posted_at=now + timedelta(minutes=number), observed_at=now,
            line="市容秩序", relevance=Relevance.YES, intent="投诉", attitude=Attitude.NEGATIVE, event_id=event_id,
            duplicate_of=first if number == 2 else None,
        )  # fmt: skip
        post_id = await stored(session, post)
        first = first or post_id
    return event_id


async def _knowledge(session: AsyncSession, now: datetime) -> None:
    document = PolicyDocument(
        work="城镇夜市管理办法", title="城镇夜市管理办法", state=DocumentState.APPROVED, body="略", content_hash="sample", imported_at=now,
        version_date=date(2024, 5, 1), effective_on=date(2024, 6, 1), authority="样例市人民政府",
    )  # fmt: skip
    document_id = await stored(session, document)
    articles = {
        11: ("第十一条", "摊位不得占用盲道。"),
        12: ("第十二条", f"检查时，{QUOTE}不得损坏财物。"),
        13: ("第十三条", "垃圾应当日清。"),
    }
    for ordinal, (article, text) in articles.items():
        clause = Clause(
            key=f"城镇夜市管理办法|2024-05-01|{article}", document_id=document_id, ordinal=ordinal, article=article, text=text,
            start_offset=0, end_offset=1, text_hash="t", title=document.title, version_date=document.version_date,
            effective_on=document.effective_on, usable=True,
        )  # fmt: skip
        session.add(clause)
    session.add(PastCase(key="P-7", question="夜市货架被推倒", reply="我们道歉。", line="市容秩序", added_at=now))


async def _draft(session: AsyncSession, case_id: int, staff_id: int, now: datetime) -> int:
    evidence = [
        {"kind": "clause", "key": CLAUSE_KEY, "name": "《城镇夜市管理办法》第十二条", "quote": QUOTE, "text_hash": "t", "note": ""},
        {"kind": "case", "key": "P-7", "name": "夜市货架被推倒", "quote": "", "text_hash": "", "note": "市容秩序"},
    ]
    draft = Draft(
        case_id=case_id,
        number=1,
        event_revision=1,
        writer="内置起草",
        frames_version="f",
        evidence=evidence,
        requested_by=staff_id,
        created_at=now,
    )
    draft_id = await stored(session, draft)
    early = [("我们看到了视频。", "fact", []), (f"【待核实：{PLACE_SLOT}】。", "slot", ["P-7"])]
    facts = [(f"【待核实：{PLACE_SLOT}】，【待核实：{TIME_SLOT}】公布。", "slot", []), (f"办法规定：“{QUOTE}”", "clause", [CLAUSE_KEY])]
    for ordinal, (strategy, channel, sentences) in enumerate((("先行告知", "微博评论", early), ("事实说明", "情况通报", facts)), 1):
        rows = [{"text": text, "kind": kind, "refs": refs} for text, kind, refs in sentences]
        session.add(CandidateRow(draft_id=draft_id, ordinal=ordinal, strategy=strategy, channel=channel, sentences=rows))
    session.add_all(FactSlot(case_id=case_id, ordinal=ordinal, name=name) for ordinal, name in enumerate((PLACE_SLOT, TIME_SLOT), 1))
    await session.flush()
    return draft_id
