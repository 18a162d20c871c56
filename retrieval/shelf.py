"""What is on the shelf: the rows of the knowledge base as searching needs them, in memory."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge_base.clause import Clause
from knowledge_base.past_case import PastCase, Pool
from knowledge_base.region import Region
from knowledge_base.structure import PREAMBLE
from retrieval.evidence import CaseHit, ClauseHit
from retrieval.lexical import Entry


@dataclass(frozen=True)
class ShelvedClause:
    """An approved clause, whatever its validity. `subject` is its document."""

    subject: int
    hit: ClauseHit
    region: Region

    def applies(self, region: Region, day: date) -> bool:
        """Whether it may be offered at a place on a day."""
        return self.region.covers(region) and self.hit.in_force_on(day)

    def entry(self) -> Entry:
        return Entry(self.hit.clause_id, self.subject, f"{self.hit.short_title} {self.hit.text}", place_name(self.region))


@dataclass(frozen=True)
class ShelvedCase:
    """A past case that may be used."""

    subject: int
    hit: CaseHit

    @property
    def log_length(self) -> float:
        """Logarithm of how many characters it has."""
        return math.log(1 + len(self.hit.question) + len(self.hit.reply))

    def entry(self) -> Entry:
        return Entry(self.subject, self.subject, f"{self.hit.question}\n{self.hit.reply}")


def place_name(region: Region) -> str:
    """A region as the index knows it."""
    return f"{region.province or ''}/{region.city or ''}"


def places_covering(region: Region) -> set[str]:
    """The regions, as the index knows them, whose rules may apply at a place."""
    choices = {Region(province, city) for province in (None, region.province) for city in (None, region.city)}
    return {place_name(choice) for choice in choices if choice.covers(region)}


async def load_clauses(session: AsyncSession, documents: Collection[int] | None = None) -> list[ShelvedClause]:
    """The approved clauses of some documents, or of all. A preamble is no clause to cite."""
    columns = (
        Clause.document_id, Clause.key, Clause.id, Clause.title, Clause.article, Clause.text, Clause.text_hash, Clause.version_date,
        Clause.effective_on, Clause.ended_on, Clause.province, Clause.city,
    )  # fmt: skip
    query: Any = select(*columns).where(col(Clause.usable), Clause.article != PREAMBLE)  # type: ignore[call-overload]
    if documents is not None:
        query = query.where(col(Clause.document_id).in_(documents))
    return [_shelved_clause(row) for row in (await session.exec(query)).all()]


async def load_cases(session: AsyncSession, cases: Collection[int] | None = None) -> list[ShelvedCase]:
    """The usable past cases among some, or all of them."""
    query = select(PastCase).where(col(PastCase.usable))
    if cases is not None:
        query = query.where(col(PastCase.id).in_(cases))
    return [_shelved_case(case) for case in (await session.exec(query)).all()]


def _shelved_clause(row: Any) -> ShelvedClause:
    hit = ClauseHit(
        key=row.key, clause_id=row.id, title=row.title, article=row.article, text=row.text, text_hash=row.text_hash,
        version_date=row.version_date, effective_on=row.effective_on, score=0.0, ended_on=row.ended_on,
    )  # fmt: skip
    return ShelvedClause(row.document_id, hit, Region(row.province, row.city))


def _shelved_case(case: PastCase) -> ShelvedCase:
    hit = CaseHit(case.key, case.question, case.reply, case.line, case.strategy, case.replied_on, 0.0, case.region)
    return ShelvedCase(case.id or 0, hit)


@dataclass(frozen=True)
class Shelf:
    """All clauses and past cases by row, and the rows by key. A value: a change makes a new shelf, searches keep theirs."""

    clauses: Mapping[int, ShelvedClause] = field(default_factory=dict)
    cases: Mapping[int, ShelvedCase] = field(default_factory=dict)
    keys: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, Sequence[int]] = field(default_factory=dict)
    places: frozenset[str] = frozenset()

    @classmethod
    def of(cls, clauses: Iterable[ShelvedClause], cases: Iterable[ShelvedCase]) -> "Shelf":
        held = {clause.hit.clause_id: clause for clause in clauses}
        titles = defaultdict(list)
        for row, clause in held.items():
            titles[clause.hit.title].append(row)
        return cls(
            held,
            {case.subject: case for case in cases},
            {clause.hit.key: row for row, clause in held.items()},
            titles,
            frozenset(place_name(clause.region) for clause in held.values()),
        )

    def replaced(self, documents: Collection[int], cases: Collection[int], now: "Shelf") -> "Shelf":
        """The shelf after some documents and past cases were taken out and what is `now` there of them was put in."""
        kept = [clause for clause in self.clauses.values() if clause.subject not in documents]
        kept_cases = [case for case in self.cases.values() if case.subject not in cases]
        return Shelf.of([*kept, *now.clauses.values()], [*kept_cases, *now.cases.values()])

    def entries(self) -> dict[Pool, list[Entry]]:
        """What the indexes hold of it."""
        return {
            Pool.CLAUSES: [clause.entry() for clause in self.clauses.values()],
            Pool.CASES: [case.entry() for case in self.cases.values()],
        }
