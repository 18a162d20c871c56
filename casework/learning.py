"""学到了什么: what became of the candidates that were offered, read from drafts, versions and publications whenever it is asked.

Nothing is stored beside them. Only texts that were approved and published teach which words people strike and add.
"""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from statistics import mean, median

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.difference import Change, Run, difference
from casework.drafting.draft import CandidateRow, Draft, FactSlot, ReplyVersion, VersionState
from casework.drafting.slots import SLOT, fill
from casework.publication import Publication, PublicationState

FEWEST_CASES = 2
"""A phrase is told of when it was struck or added in so many cases: one case proves nothing, and its facts are nobody's habit."""
MOST_READ = 1_000
"""Decided versions that are looked at, the newest: habits of years ago are no habits."""
SHORTEST_PHRASE, LONGEST_PHRASE = 4, 40
PHRASES_TOLD = 3
_CUT = re.compile(r"[，。；！？、：\n]+")
_ONLY_SLOTS = re.compile(rf"(?:{SLOT.pattern}|[，。；、\s])+")


class Fate(StrEnum):
    """What became of a candidate. `kept`: published as composed but for the facts. `passed_over`: another of its draft was published."""

    KEPT = "kept"
    EDITED = "edited"
    REJECTED = "rejected"
    PASSED_OVER = "passed_over"


@dataclass(frozen=True)
class Candidate:
    """One candidate whose draft has been decided, as people found it and as they let it go.

    Attributes:
        text: what was published; "" for one that was not.
        waited: from submission to the last signature.
    """

    case_number: str
    strategy: str
    channel: str
    frames: str
    fate: Fate
    composed: str = ""
    text: str = ""
    waited: timedelta | None = None

    @property
    def share(self) -> float:
        """The share of the wording that people changed, 0 to 1; what was put where a fact was missing is no change."""
        return share_of(self.composed, self.text)


@dataclass(frozen=True)
class Lesson:
    """What the candidates of one strategy, channel and version of the frames have taught.

    Attributes:
        used: how many were published.
        share: of the published ones, the mean share of the wording that was changed.
        waited: from submission to the last signature, the median.
        struck, added: phrases that people struck or added in several cases, the commonest first, with the number of cases.
    """

    strategy: str
    channel: str
    frames: str
    used: int
    kept: int
    edited: int
    rejected: int
    passed_over: int
    share: float
    waited: timedelta | None
    struck: tuple[tuple[str, int], ...]
    added: tuple[tuple[str, int], ...]


def share_of(composed: str, text: str) -> float:
    """Characters struck or added to all characters of both, where facts that were put into open slots do not count."""
    changed = sum(len(run.text) for run in _wording(difference(composed, text)) if run.change is not Change.KEPT)
    return changed / ((len(SLOT.sub("", composed)) + len(text)) or 1)


def lessons_from(candidates: Iterable[Candidate]) -> tuple[Lesson, ...]:
    """Put together what was decided, the most used first."""
    groups: dict[tuple[str, str, str], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[(candidate.strategy, candidate.channel, candidate.frames)].append(candidate)
    lessons = [_lesson(key, group) for key, group in groups.items()]
    return tuple(sorted(lessons, key=lambda one: (-one.used, -one.rejected, one.strategy, one.channel, one.frames)))


async def decided_candidates(session: AsyncSession, most: int = MOST_READ) -> list[Candidate]:
    """The candidates of drafts of which something was published, sent back or taken back.

    Args:
        most: so many decided versions are looked at, the newest.
    """
    versions = await _decisive_versions(session, most)
    published = {draft for (draft, _), version in versions.items() if version.state is VersionState.PUBLISHED}
    query = select(CandidateRow, Draft, Case.number).join(Draft, col(Draft.id) == CandidateRow.draft_id)
    query = query.join(Case, col(Case.id) == Draft.case_id).where(col(Draft.id).in_({draft for draft, _ in versions}))
    rows = (await session.exec(query.order_by(col(Draft.id), col(CandidateRow.ordinal)))).all()
    facts = await _facts(session, {draft.case_id for _, draft, _ in rows})
    return [
        _candidate(row, draft, number, version, facts.get(draft.case_id, {}))
        for row, draft, number in rows
        if (version := versions.get((draft.id, row.ordinal))) or draft.id in published
    ]


async def lessons(session: AsyncSession, most: int = MOST_READ) -> tuple[Lesson, ...]:
    """What the replies so far have taught."""
    return await asyncio.to_thread(lessons_from, await decided_candidates(session, most))


async def _decisive_versions(session: AsyncSession, most: int) -> dict[tuple[int | None, int], ReplyVersion]:
    """Of every candidate that people took up the version that was published, else the last that was sent back or taken back.

    What was corrected later teaches nothing, and a void text that somebody posted all the same was approved by nobody.
    """
    out = select(Publication.version_id).where(Publication.state == PublicationState.PUBLISHED, col(Publication.corrected_by).is_(None))
    published = select(ReplyVersion).where(ReplyVersion.state == VersionState.PUBLISHED, col(ReplyVersion.id).in_(out))
    rejected = select(ReplyVersion).where(col(ReplyVersion.state).in_((VersionState.RETURNED, VersionState.WITHDRAWN)))
    found = [
        version
        for query in (rejected, published)
        for version in reversed((await session.exec(query.order_by(col(ReplyVersion.id).desc()).limit(most))).all())
    ]
    return {(version.draft_id, version.candidate_ordinal): version for version in found}


async def _facts(session: AsyncSession, case_ids: Collection[int]) -> dict[int, dict[str, str]]:
    facts: dict[int, dict[str, str]] = defaultdict(dict)
    known = select(FactSlot.case_id, FactSlot.name, FactSlot.value).where(
        col(FactSlot.value).is_not(None), col(FactSlot.case_id).in_(case_ids)
    )
    for case_id, name, value in await session.exec(known):
        facts[case_id][name] = value or ""
    return facts


def _candidate(row: CandidateRow, draft: Draft, number: str, version: ReplyVersion | None, facts: dict[str, str]) -> Candidate:
    about = (number, row.strategy, row.channel, draft.frames_version)
    if version is None:
        return Candidate(*about, Fate.PASSED_OVER)
    if version.state is not VersionState.PUBLISHED:
        return Candidate(*about, Fate.REJECTED)
    composed = fill("".join(sentence["text"] for sentence in row.sentences), facts)
    fate = Fate.EDITED if share_of(composed, version.text) else Fate.KEPT
    waited = version.decided_at - version.submitted_at if version.decided_at and version.submitted_at else None
    return Candidate(*about, fate, composed, version.text, waited)


def _lesson(key: tuple[str, str, str], group: Sequence[Candidate]) -> Lesson:
    fates = Counter(candidate.fate for candidate in group)
    out = [candidate for candidate in group if candidate.fate in (Fate.KEPT, Fate.EDITED)]
    waits = [candidate.waited.total_seconds() for candidate in out if candidate.waited is not None]
    return Lesson(
        *key, used=len(out), kept=fates[Fate.KEPT], edited=fates[Fate.EDITED], rejected=fates[Fate.REJECTED],
        passed_over=fates[Fate.PASSED_OVER], share=mean(candidate.share for candidate in out) if out else 0.0,
        waited=timedelta(seconds=median(waits)) if waits else None,
        struck=_common((candidate.case_number, _phrases(candidate.composed) - _phrases(candidate.text)) for candidate in out),
        added=_common((candidate.case_number, _phrases(candidate.text) - _phrases(candidate.composed)) for candidate in out),
    )  # fmt: skip


def _common(found: Iterable[tuple[str, Collection[str]]]) -> tuple[tuple[str, int], ...]:
    cases: dict[str, set[str]] = defaultdict(set)
    for case_number, phrases in found:
        for phrase in phrases:
            cases[phrase].add(case_number)
    often = [(phrase, len(in_cases)) for phrase, in_cases in cases.items() if len(in_cases) >= FEWEST_CASES]
    return tuple(sorted(often, key=lambda one: (-one[1], one[0]))[:PHRASES_TOLD])


def _phrases(text: str) -> set[str]:
    """The parts between two stops; not those that hold an open fact."""
    parts = (part.strip() for part in _CUT.split(SLOT.sub("\n", text)))
    return {part for part in parts if SHORTEST_PHRASE <= len(part) <= LONGEST_PHRASE}


def _wording(runs: Sequence[Run]) -> Iterable[Run]:
    """Without the slots that were struck, and what was put in their place."""
    gone = False
    for run in runs:
        if run.change is Change.STRUCK and _ONLY_SLOTS.fullmatch(run.text):
            gone = True
        elif run.change is Change.ADDED and gone:
            gone = False
        else:
            gone = False
            yield run
