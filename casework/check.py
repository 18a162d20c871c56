"""校验: everything that is looked at before a reply may be submitted for approval."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.ai_label import lacks_label
from casework.alert_card import time_in_text
from casework.case import Case
from casework.checks.bearing import off_topic
from casework.checks.citations import NATIONAL_PREFIX, check_citations, holds, meant, mentions
from casework.checks.coverage import answers
from casework.checks.exposure import diversions, links, personal_data
from casework.checks.finding import Finding, Severity, found
from casework.checks.names import organisations, places, strangers
from casework.checks.plain import plain
from casework.checks.promises import past_promises, promises, vague_promises
from casework.checks.span import Span
from casework.checks.statements import unfounded
from casework.checks.wording import check_wording
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion
from casework.drafting.matter import Matter, gather
from casework.drafting.slots import SLOT
from casework.drafting.strategy import Channel
from knowledge_base.clause import Clause

MOST_CLAUSES = 3
OTHER_WAY = str.maketrans("《》〈〉", "〈〉《》")
"""A title within a title is marked in either way."""


def check_reply(text: str, *, clauses: Sequence[Clause], matter: Matter, channel: str, desk: Desk, now: datetime) -> tuple[Finding, ...]:
    """Look at a reply from all sides. Blocking findings come first, each kind in the order of the text.

    Args:
        clauses: the knowledge base's rows with the titles and articles that the text names, whatever their validity.
        matter: what is known: verified facts, posts, asks, earlier replies.
        channel: where the reply is to stand.
        now: the moment of checking; validity is judged on its day.
    """
    proof = _Proof(plain(text), clauses, matter, Channel(channel), desk, now)
    once = {(finding.name, finding.span or finding.message): finding for finding in reversed(list(proof.findings()))}
    decided = [_decided(finding.as_written(text), desk) for finding in once.values()]
    order = list(Severity)
    return tuple(sorted((f for f in decided if f), key=lambda finding: (order.index(finding.severity), finding.start)))


async def check_version(session: AsyncSession, case: Case, version: ReplyVersion, now: datetime, desk: Desk) -> tuple[Finding, ...]:
    """Check a stored version against the rows as they are now, and note the findings in it."""
    matter = await gather(session, case, now, desk)
    clauses = await clauses_named(session, version.text)
    findings = check_reply(version.text, clauses=clauses, matter=matter, channel=version.channel, desk=desk, now=now)
    if await lacks_label(session, version, desk.ai_label) and (finding := _decided(found("ai_label_missing", label=desk.ai_label), desk)):
        findings = (finding, *findings)
    version.checks = [finding.to_json() for finding in findings]
    session.add(version)
    return findings


async def clauses_named(session: AsyncSession, text: str) -> list[Clause]:
    """All rows, of every article, version and validity, of the laws that a text names."""
    named = {mention.title for mention in mentions(plain(text))}
    titles = named | {title.translate(OTHER_WAY) for title in named}
    if not titles:
        return []
    wanted = [*titles, *(NATIONAL_PREFIX + title for title in titles)]
    return list((await session.exec(select(Clause).where(col(Clause.title).in_(wanted)))).all())


def record_of(matter: Matter, desk: Desk) -> list[str]:
    """What the case record itself says: verified facts, earlier replies and cases, what they promised, the department's name."""
    promised = [promise.text for promise in (*matter.history.broken, *matter.promises)]
    earlier = [f"{case.number} {case.outcome}" for case in matter.history.earlier]
    counted = [f"{matter.history.count}件"] if matter.history.count else []
    names = [desk.department.name, desk.department.short_name]
    return [*matter.facts.values(), *matter.given.values(), *matter.previous, *promised, *earlier, *counted, *names]


@dataclass(frozen=True)
class _Proof:
    """A reply under examination, in plain writing."""

    text: str
    clauses: Sequence[Clause]
    matter: Matter
    channel: Channel
    desk: Desk
    now: datetime

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong or doubtful."""
        text, known = self.text, self.known
        yield from (found("open_slot", slot[0], start=slot.start()) for slot in SLOT.finditer(text))
        yield from check_citations(text, self.clauses, self.desk.department.region, self.now.date())
        yield from self._clauses()
        yield from _each("unfounded", unfounded(text, known, "\n".join((self.matter.told, *self.matter.asks)), self.now.date()))
        yield from _each("stranger", strangers(text, known, self.situation))
        yield from _each("organisation_unknown", organisations(text, f"{known}\n{self.situation}"))
        yield from _each("place_unknown", places(text, f"{known}\n{self.situation}"))
        yield from _each("personal_data", personal_data(text, [*self.matter.facts.values(), *self.matter.given.values()]), replacement="")
        yield from _each("link", links(text, self.desk.allowed_links), replacement="")
        yield from _each("diversion", diversions(text, (*self.desk.allowed_links, *self.desk.department.names)))
        yield from check_wording(text)
        yield from self._length()
        yield from (found("ask_missing", ask=ask) for ask in self.matter.asks if not answers(text, plain(ask)))
        yield from self._promises()

    @cached_property
    def valid(self) -> list[Clause]:
        """The rows of the clauses that the text names, as far as they hold here and today."""
        region, today = self.desk.department.region, self.now.date()
        return [clause for mention in mentions(self.text) for clause in meant(mention, self.clauses) if holds(clause, region, today)]

    @cached_property
    def known(self) -> str:
        """What may be stated: the clauses that the text names, verified facts, the case record."""
        return "\n".join(
            [*(f"《{clause.title}》{clause.article} {clause.text}" for clause in self.valid), *record_of(self.matter, self.desk)]
        )

    @property
    def situation(self) -> str:
        """Whom and what a reply may name because the matter is there: the citizens' words, the place, the department's region."""
        matter, department = self.matter, self.desk.department
        told = (matter.told, *matter.asks, matter.headline, matter.place)
        return "\n".join(part for part in (*told, department.region.province, department.region.city, *department.names) if part)

    def _clauses(self) -> Iterator[Finding]:
        count = len({clause.key for clause in self.valid if any(clause.article == mention.article for mention in mentions(self.text))})
        if count > MOST_CLAUSES:
            yield found("too_many_clauses", count=count)
        for mention in off_topic(self.text, self.valid, self.matter):
            yield found("clause_off_topic", self.text[mention.start : mention.end], start=mention.start, name=mention.name)

    def _promises(self) -> Iterator[Finding]:
        for kind, kept in (("promise", promises(self.text, self.now)), ("promise_past", past_promises(self.text, self.now))):
            for promise in kept:
                due = time_in_text(promise.due_at, self.now) if promise.due_at else ""
                yield found(kind, promise.text, start=promise.start, due=due)
        yield from _each("promise_vague", (Span(vague.text, vague.start) for vague in vague_promises(self.text)))

    def _length(self) -> Iterator[Finding]:
        length, channel = len(self.text), self.channel
        if length > channel.longest:
            kind = "comment_too_long" if channel is Channel.COMMENT else "too_long"
            yield found(kind, length=length, channel=channel.value, longest=channel.longest)
        elif length < channel.shortest:
            yield found("too_short", length=length, channel=channel.value, shortest=channel.shortest)


def _each(kind: str, spans: Iterable[Span], replacement: str | None = None) -> Iterator[Finding]:
    return (found(kind, span.text, start=span.start, replacement=replacement) for span in spans)


def _decided(finding: Finding, desk: Desk) -> Finding | None:
    """The finding as grave as the department decided; None where it does not want to see the kind."""
    severity = desk.checks.get(finding.name, finding.severity)
    return replace(finding, severity=severity) if severity else None
