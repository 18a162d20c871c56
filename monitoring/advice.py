"""A model's advice on how grave a post is. It may raise a level by one step, never lower it, and its silence changes nothing."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring import levelling
from monitoring.errors import MonitoringError
from monitoring.event import Event
from monitoring.grading import Grade, graver
from monitoring.item import Item
from monitoring.machine_talk import speaks_to_machine
from prompts import say

LONGEST_SECONDS = 10.0
"""So long an advisor is waited for; the rules' level stands meanwhile."""
STEP = 1
"""A post can be written so as to make a model cry out; one step is what that may bring about."""

SHORTEST_QUOTE = 4
_LEVELS = re.compile(r"等级|级别|定级|[一二三四1-4]级|\bI{1,3}\b|\bIV\b|特别重大|重大|预警|level", re.IGNORECASE)
_WORDS = re.compile(r"[\u4e00-\u9fff，、；：（）“”·0-9+ ]{1,40}")


class AdvisorUnavailable(MonitoringError):
    """An advisor does not answer, or not what was asked. The rules' level stands; nobody has to act."""


@dataclass(frozen=True)
class Advice:
    """What an advisor says of one post.

    Attributes:
        level: 1 (I) to 4 (IV).
        reason: one short sentence for staff.
        quote: the post's own words that show it, exactly as they stand there.
    """

    level: int
    reason: str
    quote: str


class LevelAdvisor(Protocol):
    """A model that reads one post and says how grave it is by the unit's standard. It has no tools and sees masked text only."""

    name: str

    async def advise(self, title: str, text: str, level: int) -> Advice | None:
        """The advice on a post that the rules have given `level` (1-4); None where it agrees.

        Raises:
            AdvisorUnavailable: down, slow, or talking rubbish.
        """
        ...


async def consult(advisor: LevelAdvisor, item: Item, *, seconds: float = LONGEST_SECONDS) -> Advice | None:
    """Ask about one post, outside any transaction.

    Returns:
        Advice that may be followed: graver than the rules by no more than a step, on words that the post really says; else None.
        What a post orders of a machine must not choose the advice: a post that does so openly is not asked about, and the words that
        the advice rests on are shown to the advisor once more, alone; they have to convince it without the rest of the post.
    """
    if not item.level or speaks_to_machine(f"{item.title}\n{item.text}"):
        return None
    try:
        async with asyncio.timeout(seconds):
            advice = await advisor.advise(item.title, item.text, item.level)
            if advice is None or not _rests_on_words(advice, item, item.level):
                return None
            alone = await advisor.advise("", advice.quote, item.level)
    except (AdvisorUnavailable, TimeoutError):
        return None
    if alone is None or not 1 <= alone.level < item.level:
        return None
    return Advice(max(advice.level, alone.level, item.level - STEP), _plain(advice.reason), advice.quote)


def _rests_on_words(advice: Advice, item: Item, level: int) -> bool:
    """Whether advice is graver than the rules, on words that the post says, and that tell of a matter and not of levels."""
    quote = advice.quote.strip()
    said = len(quote) >= SHORTEST_QUOTE and advice.quote in f"{item.title}\n{item.text}"
    return 1 <= advice.level < level and bool(advice.reason.strip()) and said and not _LEVELS.search(quote)


def _plain(reason: str) -> str:
    """The reason as far as it may stand on a card: one short line of words."""
    return reason.strip() if _WORDS.fullmatch(reason.strip()) and not speaks_to_machine(reason) else say("monitoring.reason_unfit")


async def heed(session: AsyncSession, event: Event, item: Item, advisor: LevelAdvisor, advice: Advice, now: datetime) -> bool:
    """Raise a post and its event to the level advised, with the reason on record.

    Returns:
        Whether the event rose; not where a person has overruled that level, or another post has raised it before.
    """
    reason = say("monitoring.reason_advisor", name=advisor.name, reason=advice.reason, quote=advice.quote)
    if graver(item.level, advice.level) != item.level:
        item.level, item.reasons = advice.level, [*item.reasons, reason]
        levelling.take_in_factors(event, item)
    if not levelling.may_raise(event, advice.level):
        return False
    await levelling.raise_level(session, event, item, Grade(advice.level, event.points, (reason,)), now)
    event.revision += 1
    await session.flush()
    return True
