"""引用: every clause that a text names must exist, hold today, hold here, and be quoted word for word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casework.checks.finding import Finding, Severity, found
from knowledge_base.clause import Clause
from knowledge_base.region import Region

_MENTION = re.compile(
    r"(?:《(?P<title>[^《》]{2,60})》(?:（[^）]{1,20}）)?|同法|该法|该条例)?(?P<article>第[零〇一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十]+)?)"
)
_QUOTE_AFTER = re.compile(r"(?:第[一二三四五六七八九十]+[款项])*[^“”。；\n]{0,12}“")
NATIONAL_PREFIX = "中华人民共和国"


@dataclass(frozen=True)
class Mention:
    """A clause that a text names, and what it quotes of it (empty: only named)."""

    title: str
    article: str
    quote: str
    start: int
    end: int

    @property
    def name(self) -> str:
        return f"《{self.title}》{self.article}"


def mentions(text: str) -> tuple[Mention, ...]:
    """The clauses that a text names. An article without a title belongs to the title before it; without any it is no mention."""
    return tuple(_mentions(text))


def check_citations(text: str, clauses: Sequence[Clause], region: Region, on: date) -> list[Finding]:
    """Look at every clause that the text names.

    Args:
        clauses: the rows with these titles and articles, whatever their validity.
        region: where the department is.
        on: the day for which validity is asked.
    """
    return [finding for mention in mentions(text) if (finding := _fault(mention, clauses, region, on))]


def meant(mention: Mention, clauses: Sequence[Clause]) -> list[Clause]:
    """The rows that a mention may mean, in all versions."""
    title = mention.title.removeprefix(NATIONAL_PREFIX)
    return [clause for clause in clauses if clause.short_title == title and clause.article == mention.article]


def holds(clause: Clause, region: Region, on: date) -> bool:
    """Whether a clause may be quoted there and then."""
    return clause.in_force_on(on) and clause.region.covers(region)


def _fault(mention: Mention, clauses: Sequence[Clause], region: Region, on: date) -> Finding | None:
    known = meant(mention, clauses)
    if not known:
        return found("clause_unknown", Severity.BLOCK, mention.name)
    in_force = [clause for clause in known if clause.in_force_on(on)]
    if not in_force:
        return found("clause_not_in_force", Severity.BLOCK, mention.name)
    here = [clause for clause in in_force if clause.region.covers(region)]
    if not here:
        return found("clause_elsewhere", Severity.BLOCK, mention.name)
    if mention.quote and not any(mention.quote.rstrip("。；，") in clause.text for clause in here):
        return found("quote_altered", Severity.BLOCK, mention.quote, name=mention.name)
    return None


def _mentions(text: str) -> Iterator[Mention]:
    title = ""
    for match in _MENTION.finditer(text):
        title = match["title"] or title
        if title and (match["title"] or match[0] != match["article"] or _is_bare(text, match.start())):
            opening = _QUOTE_AFTER.match(text, match.end())
            quote = _quoted(text, opening.end()) if opening else ""
            yield Mention(title.removeprefix(NATIONAL_PREFIX), match["article"], quote, match.start(), match.end())


def _is_bare(text: str, start: int) -> bool:
    """Whether an article without a title stands outside a quotation: inside, it is the clause's own reference."""
    before = text[:start]
    return before.count("“") <= before.count("”")


def _quoted(text: str, start: int) -> str:
    """The quotation that begins at `start`, its inner quotations included."""
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] == "“") - (text[place] == "”")
        if depth == 0:
            return text[start:place]
    return text[start:]
