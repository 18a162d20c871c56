"""Clean drafts to plant faults in: composed as the product composes, every open fact filled with one that counts as verified."""

import hashlib
import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.evaluation.clauses import region_of, shelved_clauses
from bot.evaluation.drafts import matter_of
from bot.evaluation.json_lines import read_rows
from casework.checks.citations import mentions
from casework.desk import Department, Desk
from casework.drafting.composer import compose
from casework.drafting.evidence import find_evidence
from casework.drafting.matter import Matter
from casework.drafting.slots import fill, open_slots
from casework.drafting.strategy import Channel
from knowledge_base.clause import Clause
from knowledge_base.document import ParsedDocument
from knowledge_base.extracting import extract
from knowledge_base.preparing import prepare
from knowledge_base.reading_documents import read_one
from knowledge_base.region import Region
from monitoring.watch import build_watch
from retrieval.evidence import ClauseHit
from retrieval.library import Library
from retrieval.shelf import ShelvedClause
from storage.clock import CHINA
from tests.generated_city import generate_city

SAMPLE = Path(__file__).parents[2] / "bot" / "sample_city"
NOW = datetime(2026, 4, 15, 16, 0, tzinfo=CHINA)
"""A Wednesday."""
ELSEWHERE = ("砚溪", "霁陵")
"""Another province and its city, whose rules are the sample city's under another name."""

KINDS_OF_FACTS = {
    "phones": ("电话",), "visits": ("谁何时", "去查的人", "经过"), "found": ("检查结果", "查到", "证据", "真实情况", "错在"),
    "results": ("措施", "结果", "整改", "进展", "哪一步", "如何"), "times": ("时间", "日期", "何时", "什么时候", "期限"),
}  # fmt: skip
"""Words in the name of a slot -> which facts fit."""
INVENTED = tomllib.loads(Path(__file__).with_name("invented.toml").read_text(encoding="utf-8"))
"""Names, and wordings of facts."""


@dataclass(frozen=True)
class Clean:
    """A reply without fault: `clauses` of the laws that it names, and the whole `law` to plant from."""

    text: str
    matter: Matter
    channel: str
    desk: Desk
    clauses: tuple[Clause, ...]
    law: tuple[Clause, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether it kept the length of its channel when the facts came in."""
        return len(self.text) <= Channel(self.channel).longest


@dataclass(frozen=True)
class Place:
    """A department with its posts and its laws. `rows` holds every clause, also those that do not hold there and today."""

    desk: Desk
    posts: Sequence[Mapping[str, Any]]
    library: Library
    rows: Mapping[str, Sequence[Clause]]
    on: date

    @cached_property
    def law(self) -> tuple[Clause, ...]:
        """Every clause."""
        return tuple(clause for rows in self.rows.values() for clause in rows)


def own_places() -> list[Place]:
    """The sample city and generated cities, each with the sample city's policies under its own name."""
    places = [_place("江屿省", "澜汀市", list(read_rows(SAMPLE / "posts.jsonl")))]
    for seed in (11, 12, 13, 14):
        city = generate_city(seed)
        posts = [{"pid": f"{seed}-{each.post.key}", "text": each.post.text} for each in city.posts if each.label]
        places.append(_place(city.province, city.city, posts))
    return places


def place_of_files(corpus: Path, posts: Path) -> list[Place]:
    """Departments by the regions of the posts of a file, with the clauses of a corpus file."""
    rows: dict[str, list[Clause]] = defaultdict(list)
    for number, row in enumerate(read_rows(corpus), 1):
        rows[str(row["title"]).removeprefix("中华人民共和国")].append(_corpus_clause(number, row))
    library, by_region = Library.of(shelved_clauses(corpus), []), defaultdict(list)
    for post in read_rows(posts):
        by_region[region_of(post)].append(post)
    return [Place(_desk(region, ""), found, library, rows, NOW.date()) for region, found in by_region.items()]


def clean_drafts(places: Sequence[Place], seed: int) -> Iterator[Clean]:
    """The candidates of every post of the places that is the department's, in an order of chance, facts put in."""
    chance = random.Random(seed)  # noqa: S311  # the same order each time
    posts = [(place, post) for place in places for post in place.posts]
    chance.shuffle(posts)
    for place, post in posts:
        matter = matter_of(dict(post), place.desk)
        if matter.ours:
            yield from _filled(place, replace(matter, department=place.desk.department.name), str(post["pid"]))


def _filled(place: Place, matter: Matter, key: str) -> Iterator[Clean]:
    evidence = find_evidence(matter, place.library, place.desk, place.on)
    for candidate in compose(matter, evidence).candidates:
        facts = {name: _fact(name, f"{key}{name}", place.desk) for name in open_slots(candidate.text)}
        text = fill(candidate.text, facts)
        yield Clean(text, replace(matter, facts=facts), candidate.channel.value, place.desk, clauses_for(place, text), place.law)


def clauses_for(place: Place, text: str) -> tuple[Clause, ...]:
    """The rows of the laws that a text names, as `casework.check.clauses_named` reads them."""
    return tuple(clause for title in {mention.title for mention in mentions(text)} for clause in place.rows.get(title, ()))


def _fact(name: str, key: str, desk: Desk) -> str:
    """A fact that fits the name of a slot; the same for the same slot of the same post."""
    chance = random.Random(hashlib.sha256(key.encode()).digest())  # noqa: S311  # the same facts each time
    if "落款单位" in name:
        return desk.department.name
    if "答复日期" in name:
        return f"{NOW.year}年{NOW.month}月{NOW.day}日"
    if "核查结论" in name:
        return chance.choice(("属实", "部分属实", "基本属实"))
    kind = next((kind for kind, words in KINDS_OF_FACTS.items() if any(word in name for word in words)), "plain")
    city = desk.department.region.city or ""
    return str(chance.choice(INVENTED["facts"][kind])).format(
        m=NOW.month, d=chance.randint(9, 14), late=chance.randint(17, 28), h=chance.randint(8, 19), h2=20,
        mm=chance.choice((10, 20, 35, 40)),
        k=chance.randint(2, 4), k2=chance.randint(5, 8), big=chance.randint(56, 68), four=f"{chance.randrange(10_000):04}",
        team=f"{city}城管{chance.choice('一二三')}中队",
    )  # fmt: skip


def _place(province: str, city: str, posts: Sequence[Mapping[str, Any]]) -> Place:
    desk = _desk(Region(province, city), f"{city}城市管理局")
    documents = [read_one(path.name, path.read_bytes(), extract) for path in sorted((SAMPLE / "policies").glob("*.md"))]
    older = [_older(document) for document in documents]
    rows = [*_clauses(documents, province, city, 0), *_clauses(documents, *ELSEWHERE, 10_000), *_clauses(older, province, city, 20_000)]
    by_title: dict[str, list[Clause]] = defaultdict(list)
    for row in rows:
        by_title[row.short_title].append(row)
    return Place(desk, posts, Library.of([_shelved(row) for row in rows], []), by_title, NOW.date())


def _older(document: ParsedDocument) -> ParsedDocument:
    """A forerunner of a document under a title of its own, repealed."""
    title = re.sub(r"(办法|条例|规定|规范|制度|细则)$", r"暂行\1", document.title)
    return replace(document, title=title, version_date=date(2015, 3, 1), effective_on=date(2015, 5, 1), repealed_on=date(2022, 1, 1))


def _desk(region: Region, name: str) -> Desk:
    return Desk(Department(name, region=region), build_watch(province=region.province, city=region.city))


def _clauses(documents: Sequence[ParsedDocument], province: str, city: str, first: int) -> Iterator[Clause]:
    """The documents as those of another city: its name stands for the sample city's in titles and texts."""
    number = first
    for document in documents:
        prepared, short = prepare(document), city.removesuffix("市")
        for span in prepared.spans:
            number += 1
            text = document.body[span.start : span.end].replace("澜汀", short)
            title = document.title.replace("澜汀", short)
            yield Clause(
                key=f"{title}|{document.version_date}|{span.article}", document_id=number, id=number, ordinal=number, article=span.article,
                text=text, start_offset=0, end_offset=len(text), text_hash=hashlib.sha256(text.encode()).hexdigest(), title=title,
                province=province, city=city, version_date=document.version_date, effective_on=prepared.effective_on,
                ended_on=prepared.repealed_on, usable=True,
            )  # fmt: skip


def _shelved(row: Clause) -> ShelvedClause:
    hit = ClauseHit(
        row.key,
        row.id or 0,
        row.title,
        row.article,
        row.text,
        row.text_hash,
        row.version_date,
        row.effective_on,
        0.0,
        ended_on=row.ended_on,
    )
    return ShelvedClause(row.document_id, hit, row.region)


def _corpus_clause(number: int, row: Mapping[str, Any]) -> Clause:
    return Clause(
        key=str(row["id"]), document_id=number, ordinal=number, article=row.get("article") or "", text=row["text"], start_offset=0,
        end_offset=len(row["text"]), text_hash="", title=row["title"], province=row.get("province"), city=row.get("city"),
        usable=row.get("in_force", True), ended_on=None if row.get("in_force", True) else NOW.date() - timedelta(days=1),
    )  # fmt: skip
