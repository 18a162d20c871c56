"""What a document will be once it is stored: its clauses, when it holds, what it ends, and what a person should look at first."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge_base.document import ParsedDocument, comparable_name
from knowledge_base.errors import UnreadableDocument
from knowledge_base.region import Region, named_in_title
from knowledge_base.structure import ClauseSpan, article_number, split
from knowledge_base.validity import Repeal, effect_stated, effects_stated, end_stated, repeals
from prompts import say

MOST_CLAUSES, MOST_LINES = 20_000, 80_000
"""The Civil Code has 1,260 articles."""
MOST_TITLE_CHARACTERS = 300
_REPEALS_IN_TITLE = re.compile(r"废止.*《")


@dataclass(frozen=True)
class Prepared:
    """A document that can be taken in.

    Attributes:
        ends: the documents, or articles of documents, that it ends; names as `comparable_name` gives them.
        warnings: sentences for whoever approves it.
    """

    parsed: ParsedDocument
    region: Region
    spans: tuple[ClauseSpan, ...]
    effective_on: date | None
    repealed_on: date | None
    ends: tuple[Repeal, ...]
    warnings: tuple[str, ...]


def prepare(parsed: ParsedDocument) -> Prepared:
    """Split a document and read its validity. Takes some 0.1 ms a clause: call it in a thread.

    Raises:
        UnreadableDocument: there is no title or no text to cite in it, or far too much.
    """
    name = parsed.file_name or parsed.title[:MOST_TITLE_CHARACTERS] or say("library.a_file")
    if parsed.body.count("\n") > MOST_LINES:
        raise UnreadableDocument(say("library.many_clauses", name=name, most=MOST_CLAUSES))
    spans = split(parsed.body)
    if not parsed.title.strip() or not spans:
        raise UnreadableDocument(say("library.no_title_or_text", name=name))
    if len(parsed.title) > MOST_TITLE_CHARACTERS:
        raise UnreadableDocument(say("library.long_title", name=name, most=MOST_TITLE_CHARACTERS))
    if len(spans) > MOST_CLAUSES:
        raise UnreadableDocument(say("library.many_clauses", name=name, most=MOST_CLAUSES))
    effective = parsed.effective_on or effect_stated(parsed.body, parsed.version_date)
    ends = _ends(parsed)
    return Prepared(
        parsed=parsed, region=named_in_title(parsed.title, Region(parsed.province, parsed.city)), spans=spans, effective_on=effective,
        repealed_on=parsed.repealed_on or end_stated(parsed.body, effective), ends=tuple(one for one in ends if not one.below),
        warnings=(*parsed.warnings, *_doubts(parsed, spans, effective, ends)),
    )  # fmt: skip


def _ends(parsed: ParsedDocument) -> tuple[Repeal, ...]:
    """What the file, the text and the title (关于废止《…》的决定) name, the document itself left out."""
    named = [*map(Repeal, parsed.replaces), *repeals(parsed.body)]
    if _REPEALS_IN_TITLE.search(parsed.title):
        named += repeals("废止" + parsed.title[parsed.title.index("《") :])
    own = comparable_name(parsed.title)
    found = {name: repeal for repeal in named if (name := comparable_name(repeal.name)) not in (own, "")}
    return tuple(replace(repeal, name=name) for name, repeal in sorted(found.items()))


def _doubts(parsed: ParsedDocument, spans: Sequence[ClauseSpan], effective: date | None, ends: Sequence[Repeal]) -> Iterator[str]:
    stated = sorted(set(effects_stated(parsed.body, parsed.version_date)))
    if effective is None and stated and parsed.version_date and stated[-1] < parsed.version_date:
        yield say("library.warn_effect_before", effect=stated[-1], version=parsed.version_date)
    elif effective is None:
        yield say("library.warn_no_effect")
    if len(stated) > 1:
        yield say("library.warn_several_effects", dates="、".join(map(str, stated[:5])))
    if parsed.version_date is None:
        yield say("library.warn_no_version_date")
    for repeal in ends:
        if repeal.articles:
            sentence = "library.warn_below_repealed" if repeal.below else "library.warn_parts_repealed"
            yield say(sentence, title=repeal.name, articles="、".join(repeal.articles[:20]))
    yield from _gaps(spans)
    if spans[0].article == "第1段":
        yield say("library.warn_paragraphs")


def _gaps(spans: Sequence[ClauseSpan]) -> Iterator[str]:
    """The first place where the numbers of the articles do not follow each other."""
    numbered = [(span.article, number[0]) for span in spans if (number := article_number(span.article))]
    for (before, first), (after, second) in itertools.pairwise(numbered):
        if second not in (first, first + 1):
            yield say("library.warn_gap", before=before, after=after)
            return
