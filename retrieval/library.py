"""The searchable knowledge base: what drafting and conversation ask."""

import asyncio
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Self

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge_base.citing import Citations, cited_since
from knowledge_base.past_case import KnowledgeChange, Pool
from knowledge_base.region import NATIONAL, Region
from knowledge_base.structure import article_number
from prompts import say
from retrieval.answering import compose
from retrieval.bridging import bridges, rarely, relied_on, weigh
from retrieval.embedding import HashedEmbedder
from retrieval.evidence import Answer, CaseHit, ClauseHit
from retrieval.indexes import Entries, Indexes, Subjects
from retrieval.model import Embedder
from retrieval.reasons import Reasons
from retrieval.references import own_articles_named
from retrieval.shelf import Shelf, ShelvedCase, ShelvedClause, load_cases, load_clauses, places_covering
from retrieval.shortcut import matching_title, mentioned, same_article
from retrieval.standing import Standing, shipped
from retrieval.subject import pairs_of
from retrieval.terms import terms

SMALL_CHANGE_ENTRIES = 500
"""Up to so many entries the dense index follows within `refresh`; more follow in the background."""
FEWEST_CLAUSES = 300
CASE_SINGLE_CHARACTERS = 0.0
"""Past cases are searched by pairs of characters alone (docs/decisions/0003-lexical-index.md)."""
OPENING = 30
"""So many characters at the beginning of a message count twice: there it names its place and its matter, as a rule in a title."""
STANDING_WEIGHT = 0.1
"""What the standing of a document counts in a question whose words lead to no rules of the department's own; less so the more they do
(docs/models/embedding.md)."""
CASE_DENSE_WEIGHT = 1.0
"""What likeness counts among past cases: less than among clauses, for a message and its reply share names of places."""
LENGTH_WEIGHT = 0.135
"""What a case loses when it is e times as long: long replies share something with everything."""


class DenseState(StrEnum):
    """How the dense index stands."""

    READY = "ready"
    REBUILDING = "rebuilding"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class LibraryStatus:
    """What is on the shelf and how it is searched; `note` is a sentence for people, empty when all is well."""

    clauses: int
    cases: int
    dense: DenseState
    note: str


class Library:
    """Clauses and past cases, searched apart. The indexes are derived; the rows of `knowledge_base` are the truth.

    An async context manager. Searching blocks for some milliseconds: call it in a thread. It is safe during `refresh`.

    Args:
        folder: where the indexes are kept; None keeps them in memory. While another process owns the folder, this one
            searches lexically, in memory, and its status says so.
        embedder: None is the embedded one.
        standing: None is the shipped one.
    """

    def __init__(self, folder: Path | None = None, embedder: Embedder | None = None, standing: Standing | None = None) -> None:
        self.standing = self._counted = standing or shipped()
        self._cited = Citations()
        self._folder, self.embedder, self._shelf = folder, embedder or HashedEmbedder(), Shelf()
        self._indexes = Indexes(None, self.embedder)
        self._refreshing, self._filling = asyncio.Lock(), asyncio.Lock()
        self._background: set[asyncio.Task[None]] = set()
        self._shelved_to: int | None = None

    @classmethod
    def open(cls, folder: Path | None = None, embedder: Embedder | None = None) -> Self:
        """A library to be entered with `async with`."""
        return cls(folder, embedder)

    @classmethod
    def of(
        cls,
        clauses: Iterable[ShelvedClause],
        cases: Iterable[ShelvedCase],
        embedder: Embedder | None = None,
        standing: Standing | None = None,
        folder: Path | None = None,
    ) -> Self:
        """A library of what is handed in, without a database; its indexes in memory, or made anew in a folder."""
        library = cls(None, embedder, standing)
        library._indexes = Indexes(folder, library.embedder)
        library._shelf = Shelf.of(clauses, cases)
        unchanged = dict.fromkeys(Pool, ())
        library._indexes.follow_lexical(library._shelf.entries(), unchanged, 0)
        library._indexes.follow_dense(library._shelf.entries(), unchanged, 0)
        return library

    async def __aenter__(self) -> Self:
        if self._folder is not None:
            self._indexes = await asyncio.to_thread(Indexes, self._folder, self.embedder)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._indexes.stop()
        await self.wait_until_level()
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Give the folder of the indexes back."""
        self._indexes.close()

    @cached_property
    def _judging(self) -> HashedEmbedder:
        return self.embedder if isinstance(self.embedder, HashedEmbedder) else HashedEmbedder()

    @property
    def status(self) -> LibraryStatus:
        """What is on the shelf and how it is searched."""
        ready = all(index.dense_ready for index in self._indexes.pools.values())
        dense = DenseState.ELSEWHERE if self._indexes.elsewhere else DenseState.READY if ready else DenseState.REBUILDING
        percent = int(100 * self._indexes.filled[Pool.CLAUSES])
        note = "" if dense is DenseState.READY else say(f"knowledge.dense_{dense.value}", percent=percent)
        return LibraryStatus(len(self._shelf.clauses), len(self._shelf.cases), dense, note)

    def search_clauses(self, query: str, *, region: Region, on: date, limit: int = 10) -> list[ClauseHit]:
        """Clauses in force on a day that apply at a place, best first; a clause that is named comes before all."""
        covering = places_covering(region)
        places = None if self._shelf.places <= covering else covering  # narrowing costs time
        hits = self._search(query, lambda clause: clause.applies(region, on), limit, places)
        named = self.clauses_named(query, region=region, on=on)
        first = {hit.key for hit in named}
        return [*named, *(hit for hit in hits if hit.key not in first)][:limit]

    def search_elsewhere(self, query: str, *, region: Region, on: date, limit: int = 10) -> list[ClauseHit]:
        """Clauses in force on a day in other places only: how others do it, never a basis here."""
        places = self._shelf.places - places_covering(region)

        def offered(clause: ShelvedClause) -> bool:
            return not clause.region.covers(region) and clause.hit.in_force_on(on)

        return self._search(query, offered, limit, places) if places else []

    def search_ended(self, query: str, *, region: Region, on: date, limit: int = 10) -> list[ClauseHit]:
        """Clauses that applied at a place and no longer do on a day; only for those who ask for an old version."""
        return self._search(query, lambda clause: clause.region.covers(region) and clause.hit.ended_by(on), limit, places_covering(region))

    def _search(self, query: str, offered: Callable[[ShelvedClause], bool], limit: int, places: Collection[str] | None) -> list[ClauseHit]:
        """The best of the clauses that may be offered, each with why it was found."""
        shelf, found, standings = self._shelf, bridges(query), self.standing
        relied = relied_on(query, found)

        def keep(row: int) -> bool:
            return row in shelf.clauses and offered(shelf.clauses[row])

        def standing(row: int) -> float:
            return (1 - relied) * STANDING_WEIGHT * standings.of(shelf.clauses[row].hit.title) if relied < 1 else 0.0

        index = self._indexes.pools[Pool.CLAUSES]
        ranked = index.search(query, weigh(query, found, relied=relied), limit, keep=keep, places=places, standing=standing)
        reasons = Reasons(query, found)
        hits = (replace(shelf.clauses[row].hit, score=score) for row, score in ranked.items())
        return [replace(hit, why=reasons.why(hit.text)) for hit in hits]

    def search_cases(
        self, query: str, *, limit: int = 5, without: Collection[str] = (), region: Region | None = None
    ) -> list[CaseHit]:  # fmt: skip
        """Past cases alike, best first, except the keys in `without`; with a region those of other places come behind those of here."""
        shelf = self._shelf

        def offered(row: int) -> bool:
            return row in shelf.cases and shelf.cases[row].hit.key not in without

        def standing(row: int) -> float:
            return -LENGTH_WEIGHT * shelf.cases[row].log_length

        index = self._indexes.pools[Pool.CASES]
        weights = rarely(weigh(f"{query} {query[:OPENING]}", single_characters=CASE_SINGLE_CHARACTERS), index.lexical)
        ranked = index.search(query, weights, limit, keep=offered, standing=standing, dense_weight=CASE_DENSE_WEIGHT)
        reasons = Reasons(query, bridges(query))
        hits = [replace(shelf.cases[row].hit, score=score) for row, score in ranked.items()]
        told = [replace(hit, why=reasons.why(f"{hit.question}\n{hit.reply}")) for hit in hits]
        return told if region is None else sorted(told, key=lambda hit: bool(hit.other_place(region)))

    def clause(self, key: str) -> ClauseHit | None:
        """The clause of that key, whatever its validity; None when it is not (or no longer) in the knowledge base."""
        row = self._shelf.keys.get(key)
        return None if row is None else self._shelf.clauses[row].hit

    def clauses_named(self, query: str, *, region: Region, on: date) -> list[ClauseHit]:
        """The clauses in force that a query names by title and article (噪声法 第四十三条)."""
        mention = mentioned(query)
        if mention is None or article_number(mention.article) is None:
            return []
        title = matching_title(mention.title, self.titles_in_force(region=region, on=on))
        shelf, reason = self._shelf, say("knowledge.why_named")
        clauses = (shelf.clauses[row] for row in shelf.titles.get(title or "", ()))
        hits = (clause.hit for clause in clauses if clause.applies(region, on) and same_article(clause.hit.article, mention.article))
        return [replace(hit, score=1.0, why=reason) for hit in hits]

    def titles_in_force(self, *, region: Region, on: date) -> frozenset[str]:
        """Titles of the documents that hold at a place on a day."""
        clauses, titles = self._shelf.clauses, self._shelf.titles
        return frozenset(title for title, rows in titles.items() if any(clauses[row].applies(region, on) for row in rows))

    def region_of(self, hit: ClauseHit) -> Region:
        """Where a clause holds."""
        return self._shelf.clauses[hit.clause_id].region

    def is_local(self, hit: ClauseHit) -> bool:
        """Whether a clause holds in one province or city only."""
        clause = self._shelf.clauses.get(hit.clause_id)
        return clause is not None and clause.region != NATIONAL

    def rarity(self, word: str) -> float:
        """How rare a word is among the clauses, 0 (in all of them) to 1 (in none), by its rarest pair of characters.

        A few clauses say little about words: fewer than FEWEST_CLAUSES count as so many.
        """
        lexical = self._indexes.pools[Pool.CLAUSES].lexical
        found = min((lexical.frequency(term) for term in pairs_of(word) or terms(word)), default=0)
        clauses = max(lexical.count(), FEWEST_CLAUSES)
        return math.log((1 + clauses) / (1 + found)) / math.log(2 + clauses)

    def likeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """How alike each text is to a question, -1 to 1; by the embedded embedder whichever one searches, for answers are weighed by it."""
        judging = self._judging
        return [float(likeness) for likeness in judging.embed(texts) @ judging.embed_question(question)]

    def referred(self, hit: ClauseHit) -> str:
        """The words of the articles of its own document that a clause refers to (违反本条例第十一条)."""
        numbers = own_articles_named(hit.text)
        return "\n".join(clause.hit.text for clause in self._beside(hit) if numbers and article_number(clause.hit.article) in numbers)

    def referring(self, hit: ClauseHit) -> list[ClauseHit]:
        """The clauses of its own document that refer to a clause: its fine, as a rule."""
        number = article_number(hit.article)
        return [clause.hit for clause in self._beside(hit) if number in own_articles_named(clause.hit.text)]

    def beside(self, hit: ClauseHit) -> list[ClauseHit]:
        """All clauses of the version of a document that a clause is in."""
        return [clause.hit for clause in self._beside(hit)]

    def _beside(self, hit: ClauseHit) -> Iterator[ShelvedClause]:
        """The clauses of the same version of a document."""
        shelf, own = self._shelf, self._shelf.clauses.get(hit.clause_id)
        clauses = (shelf.clauses[row] for row in shelf.titles.get(hit.title, ()))
        return (clause for clause in clauses if own is not None and _same_version(clause, own))

    def answer(self, question: str, *, region: Region, on: date) -> Answer:
        """An answer word for word, or a refusal when the evidence is thin."""
        return compose(self, question, region=region, on=on)

    def search_by_words_alone(self) -> None:
        """Leave the dense index aside from now on, to see what it is worth."""
        for index in self._indexes.pools.values():
            index.dense_ready = False

    async def refresh(self, session: AsyncSession) -> int:
        """Follow the rows: apply every KnowledgeChange since the last call. Returns how many were applied.

        The lexical index is level on return; after many changes the dense one follows in the background. Where its embedder did
        not answer, the next call tries again.
        """
        async with self._refreshing:
            newly_cited = await cited_since(session, self._cited.last)
            since = self._shelved_to if self._shelved_to is not None else self._indexes.level.least
            changes = await _changes_since(session, since)
            if changes or self._shelved_to is None:
                await self._load(session, _subjects(changes))
                self._shelved_to = max((change.id or 0 for change in changes), default=since)
                await self._follow(changes, self._shelved_to)
            elif self._indexes.is_behind and not self._background:
                await self._follow((), since)
            if newly_cited.counts:
                self._experience(newly_cited)
            return len(changes)

    def _experience(self, newly: Citations) -> None:
        """Let what the department's published replies cited count."""
        self._cited += newly
        held = {title: len(self._shelf.titles.get(title, ())) for title in self._cited.counts}
        self.standing = self._counted.experienced(self._cited.counts, held, len(self._shelf.clauses))

    async def wait_until_level(self) -> None:
        """Return when the dense index has caught up, or was stopped."""
        await asyncio.gather(*self._background)

    async def _load(self, session: AsyncSession, changed: Subjects) -> None:
        if self._shelved_to is None:
            self._shelf = Shelf.of(await load_clauses(session), await load_cases(session))
            return
        documents, cases = changed[Pool.CLAUSES], changed[Pool.CASES]
        now = Shelf.of(await load_clauses(session, documents), await load_cases(session, cases))
        self._shelf = await asyncio.to_thread(self._shelf.replaced, documents, cases, now)

    async def _follow(self, changes: Sequence[KnowledgeChange], at: int) -> None:
        entries, level = await asyncio.to_thread(self._shelf.entries), self._indexes.level
        await asyncio.to_thread(self._indexes.follow_lexical, entries, _subjects(changes, level.lexical or 0), at)
        changed = _subjects(changes, level.dense_from or 0)
        task = asyncio.create_task(self._follow_dense(entries, changed, at))
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        fresh = self._indexes.level.dense is None
        if sum(entry.subject in changed[pool] or fresh for pool in Pool for entry in entries[pool]) <= SMALL_CHANGE_ENTRIES:
            await task

    async def _follow_dense(self, entries: Entries, changed: Subjects, at: int) -> None:
        async with self._filling:
            await asyncio.to_thread(self._indexes.follow_dense, entries, changed, at)


def _same_version(first: ShelvedClause, second: ShelvedClause) -> bool:
    one, other = first.hit, second.hit
    return (one.version_date, one.effective_on, one.ended_on, first.region) == (
        other.version_date, other.effective_on, other.ended_on, second.region,
    )  # fmt: skip


def _subjects(changes: Iterable[KnowledgeChange], after: int = 0) -> dict[Pool, set[int]]:
    """What the changes after one of them concern."""
    return {pool: {change.subject_id for change in changes if change.pool is pool and (change.id or 0) > after} for pool in Pool}


async def _changes_since(session: AsyncSession, number: int) -> list[KnowledgeChange]:
    query = select(KnowledgeChange).where(col(KnowledgeChange.id) > number).order_by(col(KnowledgeChange.id))
    return list((await session.exec(query)).all())
