"""What a reply is about: everything that the drafter may know of one case, read once and then fixed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.desk import Desk
from casework.drafting.asking import NEWS_INTENTS, Heard, asks_of_many, asks_of_posts
from casework.drafting.draft import FactSlot, ReplyVersion
from casework.drafting.history import EarlierPromise, History, promises_of, read_history
from casework.drafting.telling import Telling, read_telling
from casework.drafting.topic import CONDUCT
from casework.publication import Publication, PublicationState
from knowledge_base.region import NATIONAL, Region
from language.periods import written_day
from monitoring.event import Event
from monitoring.item import Item
from monitoring.lines import OTHER
from monitoring.machine_talk import speaks_to_machine, without_machine_talk
from prompts import frames

RUMOUR = "谣言或不实"
_SPREADING = re.compile(r"^\s*(?:(?:帮?转发?[：:]|【转】)\s*)?(?:最新消息|紧急通知|转给)|互相转告|赶紧转|速转|请扩散|扩散给")
"""How a message that is passed on begins or ends; who only passes a message on complains of nothing and proposes nothing."""
MOST_READ = 200
MOST_POSTS = 6


class Standing(StrEnum):
    """Where the matter stands; it decides which strategies are proposed.

    Unverified: `urgent` (I, II), `pressing` (III) or `ordinary`. The others follow from verified facts, line, intent or an earlier reply.
    """

    URGENT = "urgent"
    PRESSING = "pressing"
    ORDINARY = "ordinary"
    VERIFIED = "verified"
    AT_FAULT = "at_fault"
    RUMOUR = "rumour"
    NOT_OURS = "not_ours"
    QUESTION = "question"
    ANSWERED = "answered"
    SETTLED = "settled"
    PRAISE = "praise"
    NEWS = "news"


@dataclass(frozen=True)
class Post:
    """One post of the event, personal data masked. Untrusted."""

    title: str
    text: str

    @property
    def whole(self) -> str:
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True)
class Matter:
    """One case as the drafter sees it.

    Attributes:
        headline: the event's, one line.
        posts: the decisive post first, then distinct others.
        asks: the distinct questions and requests over all posts.
        facts: verified facts, slot name to value.
        voices: posts of the event, copies included.
        has_video: whether a video is spoken of.
        hours: since the first post.
        previous: what was published in this case before, oldest first; `promises` what it promised.
        history: earlier cases of the same kind at the same place.
        returns: on how many later days the event was posted again before it was answered.
        given: facts that need no asking, slot name to value: what the department's settings state, and the day.
    """

    case_number: str
    headline: str
    line: str
    level: int
    place: str | None
    intent: str
    event_revision: int
    posts: tuple[Post, ...]
    asks: tuple[str, ...]
    facts: dict[str, str] = field(default_factory=dict)
    ours: bool = True
    voices: int = 1
    has_video: bool = False
    hours: float = 0.0
    previous: tuple[str, ...] = ()
    promises: tuple[EarlierPromise, ...] = ()
    history: History = field(default_factory=History)
    returns: int = 0
    region: Region = NATIONAL
    department: str = ""
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """All that the citizens wrote."""
        return "\n".join(post.whole for post in self.posts)

    @cached_property
    def telling(self) -> Telling:
        """How the citizens tell it: claims, times, mood, who suffers. Unverified."""
        return read_telling([post.whole for post in self.posts])

    @property
    def blames_us(self) -> bool:
        """Whether the matter is the conduct of the department's own people."""
        return self.line == CONDUCT

    @property
    def is_news(self) -> bool:
        """Whether people talk about the matter rather than to us."""
        return self.intent in NEWS_INTENTS

    @property
    def standing(self) -> Standing:
        """Where the matter stands: verified facts first, then what was published, then line, intent and level."""
        return _standing_by_facts(self) or _standing_by_nature(self)


def _standing_by_facts(matter: Matter) -> Standing | None:
    slots = frames("slots")
    names = slots["names"]
    if names["outcome"] in matter.facts:
        return Standing.SETTLED
    finding = matter.facts.get(names["finding"], "")
    for standing, words in slots["findings"].items():
        if any(word in finding for word in words):
            return Standing(standing)
    if matter.previous:
        return Standing.ANSWERED
    return Standing.VERIFIED if finding else None


def _standing_by_nature(matter: Matter) -> Standing:
    if not matter.ours:
        return Standing.NOT_OURS
    if matter.intent == RUMOUR:
        return Standing.RUMOUR
    if matter.level in (1, 2):
        return Standing.URGENT
    if matter.intent == "表扬":
        return Standing.PRAISE
    if matter.intent == "咨询" and not matter.telling.hurt:
        return Standing.QUESTION
    if matter.intent == "中性资讯":
        return Standing.NEWS
    return Standing.PRESSING if matter.level == 3 else Standing.ORDINARY


def heard_intent(intent: str, line: str, text: str) -> str:
    """The intent of a post as a reply must take it: a message that is only passed on is hearsay, unless it accuses our own people.

    Args:
        intent: as the analysis read it.
    """
    return RUMOUR if line != CONDUCT and _SPREADING.search(text) else intent


async def gather(session: AsyncSession, case: Case, now: datetime, desk: Desk) -> Matter:
    """Read everything that a reply to this case may rest on. Changes nothing."""
    event = await session.get_one(Event, case.event_id)
    items = await _items(session, event)
    decisive = items[0] if items else None
    intent = heard_intent(decisive.intent, decisive.line, Post(decisive.title, decisive.text).whole) if decisive else ""
    posts = tuple(post for item in items[:MOST_POSTS] if (post := heard_post(item.title, item.text)).whole.strip())
    return Matter(
        case_number=case.number, headline=without_machine_talk(event.headline) or event.line,
        line=event.line, level=event.level, place=event.place, intent=intent, event_revision=event.revision,
        posts=posts, asks=_asks(items, event, intent), voices=event.item_count,
        has_video=any(factor["name"] == "video" for factor in event.factors),
        facts=await verified_facts(session, case), ours=event.line != OTHER and (decisive is None or decisive.relevance.is_ours),
        hours=(now - event.first_posted_at).total_seconds() / 3600, previous=await _published(session, case),
        promises=(await promises_of(session, [case.id or 0], now)).get(case.id or 0, ()),
        history=await read_history(session, case, event, now), returns=event.unanswered_returns,
        region=desk.department.region, department=desk.department.name, given=_given(desk, now),
    )  # fmt: skip


def _asks(items: Sequence[Item], event: Event, intent: str) -> tuple[str, ...]:
    """What many ask, where many speak; else what the posts ask in their own words."""
    heard = [
        Heard(heard_post(item.title, item.text).whole, tuple(ask for ask in item.asks if not speaks_to_machine(ask))) for item in items
    ]
    shared = asks_of_many([post.text for post in heard], intent)
    return shared or asks_of_posts(heard[:MOST_POSTS], event.line, intent, event.place)


def heard_post(title: str, text: str) -> Post:
    """A post as people are to hear it: without what in it is meant for machines."""
    return Post(without_machine_talk(title), without_machine_talk(text))


def _given(desk: Desk, now: datetime) -> dict[str, str]:
    """Facts that need no asking: what the department states in its settings, and the day."""
    stated = {"phone": desk.department.duty_phone, "date": written_day(now)}
    names = frames("slots")["names"]
    return {names[name]: value for name, value in stated.items() if value}


async def verified_facts(session: AsyncSession, case: Case) -> dict[str, str]:
    """Name and value of every filled fact slot of the case."""
    filled = select(FactSlot).where(FactSlot.case_id == case.id, col(FactSlot.value).is_not(None))
    slots = await session.exec(filled.order_by(col(FactSlot.ordinal)))
    return {slot.name: slot.value for slot in slots if slot.value is not None}


async def _items(session: AsyncSession, event: Event) -> list[Item]:
    """The event's own posts without near-duplicates: the gravest first, then by time."""
    own = select(Item).where(Item.event_id == event.id, col(Item.duplicate_of).is_(None))
    items = list((await session.exec(own.order_by(col(Item.posted_at), col(Item.id)).limit(MOST_READ))).all())
    return sorted(items, key=lambda item: (item.level or 9, item.posted_at))


async def _published(session: AsyncSession, case: Case) -> tuple[str, ...]:
    query = (
        select(ReplyVersion.text)
        .join(Publication, col(Publication.version_id) == col(ReplyVersion.id))
        .where(Publication.case_id == case.id, Publication.state == PublicationState.PUBLISHED)
        .order_by(col(Publication.id))
    )
    return tuple((await session.exec(query)).all())
