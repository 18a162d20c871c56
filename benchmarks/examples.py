"""Ten posts of the sample city with their drafts in full, as the embedded drafter writes them: docs/examples/01-….md to 10-….md.

python -m benchmarks.examples            writes the files anew
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.sources.json_lines import read_posts
from bot.bootstrap import open_house
from bot.demo import SAMPLE_CITY, furnish
from bot.evaluation.drafts import matter_of
from bot.evaluation.json_lines import read_rows
from bot.house import House
from bot.settings import load_settings
from casework.case import Case
from casework.check import check_reply, clauses_named
from casework.checks.finding import Finding, Severity
from casework.drafting.candidate import Candidate, Sentence, SentenceKind, Written
from casework.drafting.composer import compose
from casework.drafting.evidence import Evidence, find_evidence
from casework.drafting.explaining import unanswered
from casework.drafting.matter import Matter, gather
from casework.drafting.slots import fill
from casework.intake import receive
from language.numerals import from_int
from monitoring.item import Item
from monitoring.polling import sync_sources
from monitoring.post import RawPost
from monitoring.source import Source
from storage.clock import CHINA, ManualClock

FOLDER = Path(__file__).parents[1] / "docs" / "examples"
LEVELS = {0: "不预警", 1: "I 特别重大", 2: "II 重大", 3: "III 较大", 4: "IV 一般"}
KINDS = {
    SentenceKind.BOILERPLATE: "套语", SentenceKind.FACT: "事实", SentenceKind.CLAUSE: "条款", SentenceKind.CASE: "案例",
    SentenceKind.NEXT_STEP: "下一步", SentenceKind.SLOT: "待核实",
}  # fmt: skip
REFERENCES = {"post": "帖子", "publication": "上次的答复", "record": "我们的记录"}
DRAFTED_ON = datetime(2026, 3, 6, tzinfo=CHINA).date()
"""The sample's last day: the day on which validity is judged."""


@dataclass(frozen=True)
class Example:
    """One draft: of which post, and how long after it. `facts`: what had been verified by then."""

    name: str
    post: str
    after: timedelta
    facts: Mapping[str, str] = field(default_factory=dict)


EXAMPLES = (
    Example("barbecue-smoke", "lt0201", timedelta(minutes=20)),
    Example("night-market", "lt0162", timedelta(minutes=8)),
    Example("school-lunch", "lt0107", timedelta(minutes=40)),
    Example("swimming-cards", "lt0068", timedelta(minutes=30)),
    Example("night-market-rumour", "lt0024", timedelta(hours=1)),
    Example("cobbler", "lt0058", timedelta(hours=3)),
    Example("bus-27", "lt0009", timedelta(hours=2)),
    Example("manhole", "lt0033", timedelta(hours=3), {"核查结论": "属实，井盖归市政处管，昨天早上接报后没有补上，是我们处置不力"}),
    Example("walled-green", "lt0046", timedelta(hours=20)),
    Example("shared-bikes", "lt0047", timedelta(hours=2)),
)


def main() -> None:
    """Write the files."""
    for name, text in asyncio.run(pages()).items():
        (FOLDER / name).write_text(text, encoding="utf-8")


async def pages() -> dict[str, str]:
    """The files by name."""
    found: dict[str, str] = {}
    async with _city() as (house, clock, posts):
        posted_at = {post.key: post.posted_at for _, post in posts}
        due = sorted((posted_at[each.post] + each.after, number) for number, each in enumerate(EXAMPLES, 1))
        for source, post in posts:
            while due and due[0][0] < post.posted_at:
                now, number = due.pop(0)
                example = EXAMPLES[number - 1]
                found[f"{number:02}-{example.name}.md"] = await _page(house, number, example, now)
            clock.move_to(post.posted_at)
            async with house.database.transaction() as session:
                await receive(session, post, source, clock.now(), house.desk)
    return dict(sorted(found.items()))


@asynccontextmanager
async def _city() -> AsyncIterator[tuple[House, ManualClock, list[tuple[Source, RawPost]]]]:
    """The sample city's house with its policies and past cases, and its posts in order, each with its source."""
    rows = {row["pid"]: row["source"] for row in read_rows(SAMPLE_CITY / "posts.jsonl")}
    posts = sorted(read_posts(SAMPLE_CITY / "posts.jsonl"), key=lambda post: post.posted_at)
    with tempfile.TemporaryDirectory(prefix="wensheng-examples-") as folder:
        settings = load_settings(SAMPLE_CITY / "wensheng.toml").model_copy(update={"data_dir": Path(folder), "sources": ()})
        clock = ManualClock(posts[0].posted_at)
        async with open_house(settings, clock=clock) as house:
            await furnish(house)
            async with house.database.transaction() as session:
                kinds = [{"name": name, "kind": "jsonl", "address": "", "tier": "A", "options": {}} for name in sorted(set(rows.values()))]
                await sync_sources(session, kinds, clock.now())
                sources = {source.name: source for source in (await session.exec(select(Source))).all()}
            yield house, clock, [(sources[rows[post.key]], post) for post in posts]


async def _page(house: House, number: int, example: Example, now: datetime) -> str:
    async with house.database.reading() as session:
        item = (await session.exec(select(Item).where(Item.source_key == example.post))).one()
        matter = replace(await _matter(session, item, house, now), facts=dict(example.facts))
        evidence = find_evidence(matter, house.library, house.desk, DRAFTED_ON)
        written = compose(matter, evidence)
        findings = [await _findings(session, candidate, matter, house, now) for candidate in written.candidates]
    drafts = [
        _candidate(ordinal, candidate, {**matter.given, **matter.facts}, found)
        for ordinal, (candidate, found) in enumerate(zip(written.candidates, findings, strict=True), 1)
    ]
    return "\n".join((_head(number, item, matter, written), *drafts, _evidence(evidence)))


async def _matter(session: AsyncSession, item: Item, house: House, now: datetime) -> Matter:
    """The case of the post's event; where no case was opened (level 0, or not ours) the post alone."""
    case = (await session.exec(select(Case).where(Case.event_id == item.event_id))).first() if item.event_id else None
    if case is not None:
        return await gather(session, case, now, house.desk)
    post = {"title": item.title, "text": item.text, "likes": item.likes, "reposts": item.reposts, "comments": item.comments}
    hours = (now - item.posted_at).total_seconds() / 3600
    return replace(matter_of(post, house.desk), hours=hours, department=house.desk.department.name)


async def _findings(session: AsyncSession, candidate: Candidate, matter: Matter, house: House, now: datetime) -> Sequence[Finding]:
    text = fill(candidate.text, {**matter.given, **matter.facts})
    clauses = await clauses_named(session, text)
    return check_reply(text, clauses=clauses, matter=matter, channel=candidate.channel, desk=house.desk, now=now)


def _head(number: int, item: Item, matter: Matter, written: Written) -> str:
    about = f"{matter.line} · {LEVELS[matter.level]} · {matter.place or '地点不明'} · {matter.intent} · 同一事件 {matter.voices} 帖"
    known = "；".join(f"{name}：{value}" for name, value in matter.facts.items())
    return "\n".join((
        f"# 例 {number}：{item.title or matter.headline}", "",
        "`python -m benchmarks.examples` 生成，不要手改；评读在 [reading.md](reading.md)。样例城市，人和地方都是虚构的。", "",
        f"> {_quoted(item)}", "",
        f"- {about}",
        f"- 诉求：{'、'.join(f'“{ask}”' for ask in matter.asks) or '没有'}",
        f"- 已核实：{known or '没有'}",
        f"- 先写的一稿：{written.candidates[0].reason}", "",
    ))  # fmt: skip


def _candidate(ordinal: int, candidate: Candidate, facts: Mapping[str, str], findings: Sequence[Finding]) -> str:
    text = fill(candidate.text, facts)
    left = [f"未答第{from_int(n)}问" for n in unanswered(candidate.next_question, text)]
    open_count = sum(finding.name == "open_slot" for finding in findings)
    told = [finding.message for finding in findings if finding.name != "open_slot" and finding.severity is not Severity.INFO]
    return "\n".join((
        f"## {'①②③④⑤⑥⑦⑧'[ordinal - 1]} {candidate.strategy} · {candidate.channel} · {len(text)} 字", "",
        f"- 理由：{candidate.reason}", f"- 风险：{candidate.risk}",
        f"- 市民可能追问：“{candidate.next_question}”{'　—— ' + '、'.join(left) if left else ''}",
        f"- 校验：{open_count} 处待核实{'；' + '；'.join(told) if told else '，别的没有问题'}", "",
        "```text", text, "```", "",
        f"出处：{'　'.join(_source(n, sentence) for n, sentence in enumerate(candidate.sentences, 1) if sentence.text.strip())}", "",
    ))  # fmt: skip


def _source(number: int, sentence: Sentence) -> str:
    refs = "、".join(REFERENCES.get(ref, ref.split("|")[0]) for ref in sentence.refs)
    return f"{number} {KINDS[sentence.kind]}{f'（{refs}）' if refs else ''}"


def _evidence(evidence: Evidence) -> str:
    clauses = [f"- {quote.clause.name}：“{quote.text}”" for quote in evidence.quotes]
    cases = [f"- 历史案例：{case.question.splitlines()[0][:40]}" for case in evidence.cases]
    return "\n".join(("## 找到的依据", "", *(clauses or ["- 没有找到可引用的现行条款"]), *cases, ""))


def _quoted(item: Item) -> str:
    whole = f"{item.title}\n{item.text}" if item.title else item.text
    return whole.strip().replace("\n", "  \n> ")


if __name__ == "__main__":
    main()
