"""引用: every clause that a text names must exist, hold today, hold here, and be quoted word for word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from casework.checks.finding import Finding, found
from knowledge_base.clause import Clause
from knowledge_base.region import Region
from language.numerals import to_int

NATIONAL_PREFIX = "中华人民共和国"
LEAST_ALIKE = 0.6
"""A quotation that shares so much with a sentence of the clause was meant to be it."""

_ARTICLE = r"第[零〇一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十]+)?"
_LAW = r"(?:法|条例|办法|规定|细则|规范|决定|规则|准则)"
_NAME = r"(?:[^《》]|《[^《》]{2,40}》){2,60}"
"""A title may hold another: 实施《…法》办法."""
_MENTION = re.compile(
    rf"(?:《(?P<title>{_NAME})》(?:[（(][^）)]{{1,20}}[）)])?|(?P<same>同法|该法|本法|该条例|该办法|该规定)|(?P<bare>[\u4e00-\u9fff]{{2,30}}?{_LAW}))"
    rf"?\s?(?P<article>{_ARTICLE})(?P<paragraph>第[一二三四五六七八九十]+款)?"
)
_TITLE_ALONE = re.compile(
    rf"《(?P<title>{_NAME})》(?:[（(][^）)]{{1,20}}[）)])?(?:的?(?:明确|有关|相关)?(?:规定|要求|明确|指出))?[:：，,]?“"
)
_BEFORE_BARE = re.compile(r".*(?:根据|依据|按照|依照|违反|适用|参照|遵照|对照|[按依照据和及与、，。；：,;:（(])")
_NO_TITLE = re.compile(rf"^(?:[上前]述|本|该|此|这[一部个]*|有关|相关|[违合依执方做想看非]|具体)?{_LAW}$|^有关|^相关")
_QUOTE_AFTER = re.compile(r"(?:第[一二三四五六七八九十]+[款项])*[^“”。；\n]{0,12}“")
_ITEM = re.compile(r"^\s*[（(][一二三四五六七八九十]+[)）]")
_INNER = str.maketrans("〈〉", "《》")
_SPLIT = re.compile(r"…+|\.{3,}")


@dataclass(frozen=True)
class Mention:
    """A clause that a text names, and what it quotes of it (empty: only named). `article` is empty where only the law is named.

    Attributes:
        paragraph: the number of the 款 that is named; 0 for none.
        quoted_at: where the quotation begins.
    """

    title: str
    article: str
    quote: str
    start: int
    end: int
    paragraph: int = 0
    quoted_at: int = -1

    @property
    def name(self) -> str:
        return f"《{self.title}》{self.article}"


def mentions(text: str) -> tuple[Mention, ...]:
    """The clauses that a text names. An article without a title belongs to the title before it; without any it is no mention.

    A law that is quoted without its article is a mention as well.
    """
    return tuple(sorted([*_mentions(text), *_without_article(text)], key=lambda mention: mention.start))


def check_citations(text: str, clauses: Sequence[Clause], region: Region, on: date) -> list[Finding]:
    """Look at every clause that the text names.

    Args:
        clauses: the rows with these titles, whatever their validity.
        region: where the department is.
        on: the day for which validity is asked.
    """
    return [finding for mention in mentions(text) if (finding := _fault(mention, text, clauses, region, on))]


def meant(mention: Mention, clauses: Sequence[Clause]) -> list[Clause]:
    """The rows that a mention may mean, in all versions."""
    title = one_way(mention.title.removeprefix(NATIONAL_PREFIX))
    return [clause for clause in clauses if one_way(clause.short_title) == title and mention.article in ("", clause.article)]


def one_way(title: str) -> str:
    """A title with the title within it marked in one way: 实施〈…法〉办法 is 实施《…法》办法."""
    return title.translate(_INNER)


def holds(clause: Clause, region: Region, on: date) -> bool:
    """Whether a clause may be quoted there and then."""
    return clause.in_force_on(on) and clause.region.covers(region)


def _fault(mention: Mention, text: str, clauses: Sequence[Clause], region: Region, on: date) -> Finding | None:
    named, at = text[mention.start : mention.end], mention.start
    known = meant(mention, clauses)
    if not known or not any(_has_paragraph(clause, mention.paragraph) for clause in known):
        return found("clause_unknown", named, start=at, replacement=_right_article(mention, named, clauses, region, on), name=mention.name)
    in_force = [clause for clause in known if clause.in_force_on(on)]
    if not in_force:
        return found("clause_not_in_force", named, start=at, name=mention.name)
    here = [clause for clause in in_force if clause.region.covers(region)]
    if not here:
        return found("clause_elsewhere", named, start=at, name=mention.name)
    if mention.quote and not any(_stands_in(mention.quote, clause.text) for clause in here):
        right = _right_article(mention, named, clauses, region, on)
        if right:
            return found("clause_unknown", named, start=at, replacement=right, name=mention.name)
        meant_words = max((_alike(mention.quote, clause.text) for clause in here), key=lambda words: words[0])
        exact = meant_words[1] if meant_words[0] >= LEAST_ALIKE else None
        return found("quote_altered", mention.quote, start=mention.quoted_at, replacement=exact, name=mention.name)
    return None


def _stands_in(quote: str, clause: str) -> bool:
    """Whether a quotation stands word for word in a clause; what stands on both sides of …… in the same order."""
    whole, place = _bare(clause), 0
    for part in _SPLIT.split(_bare(quote).rstrip("。；，")):
        place = whole.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True


def _bare(text: str) -> str:
    """Quotation marks of one kind, no white space: both change when a text is quoted."""
    return re.sub(r"\s+", "", text).translate(str.maketrans("‘’「」『』", "“”“”“”"))


def _has_paragraph(clause: Clause, paragraph: int) -> bool:
    lines = [line for line in clause.text.split("\n") if line.strip() and not _ITEM.match(line)]
    return paragraph <= max(1, len(lines))


def _right_article(mention: Mention, named: str, clauses: Sequence[Clause], region: Region, on: date) -> str | None:
    """The mention with the number of the article in which its quotation stands; None where that cannot be told."""
    if not mention.quote or not mention.article:
        return None
    law = [clause for clause in clauses if one_way(clause.short_title) == one_way(mention.title) and holds(clause, region, on)]
    articles = {clause.article for clause in law if _stands_in(mention.quote, clause.text)} - {mention.article}
    return named.replace(mention.article, articles.pop()) if len(articles) == 1 else None


def _alike(quote: str, clause: str) -> tuple[float, str]:
    """The words of a clause that are most like a quotation: how much they share, and the words."""
    matcher = SequenceMatcher(None, clause, quote, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size > 1]
    if not blocks:
        return 0.0, ""
    start = max(0, blocks[0].a - blocks[0].b)
    words = clause[start : blocks[-1].a + blocks[-1].size + len(quote) - blocks[-1].b - blocks[-1].size]
    return SequenceMatcher(None, words, quote, autojunk=False).ratio(), words


def _mentions(text: str) -> Iterator[Mention]:
    title = ""
    for match in _MENTION.finditer(text):
        bare = _BEFORE_BARE.sub("", match["bare"] or "")
        bare = "" if _NO_TITLE.search(bare) else bare
        title = match["title"] or bare or title
        start = match.end("bare") - len(bare) if match["bare"] else match.start()
        if title and _is_outside(text, match.start("article")):
            opening = _QUOTE_AFTER.match(text, match.end())
            quote = _quoted(text, opening.end()) if opening else ""
            paragraph = to_int(match["paragraph"][1:-1]) if match["paragraph"] else 0
            yield Mention(
                title.removeprefix(NATIONAL_PREFIX), match["article"], quote, start, match.end(), int(paragraph),
                opening.end() if opening else -1,
            )  # fmt: skip


def _without_article(text: str) -> Iterator[Mention]:
    for match in _TITLE_ALONE.finditer(text):
        title, quote = match["title"].removeprefix(NATIONAL_PREFIX), _quoted(text, match.end())
        if re.search(f"{_LAW}$", title):
            yield Mention(title, "", quote, match.start(), match.start() + len(match["title"]) + 2, 0, match.end())


def _is_outside(text: str, start: int) -> bool:
    """Whether an article is named outside a quotation: inside, it is the clause's own reference."""
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
