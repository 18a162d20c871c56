"""Sentences that give themselves away: apologies without a measure, deeds without a doer, soft words, rules without relation."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from casework.checks.citations import mentions
from casework.checks.coverage import covers
from casework.checks.wording import check_wording
from casework.drafting.citizen_words import subject_of
from casework.drafting.topic import Topic, topic_of
from casework.rehearsal.attack import Attack
from casework.rehearsal.page import Line, Page, attack, lines_with, pattern
from language.periods import duration_phrase
from language.script import to_simplified
from prompts import say

LATE_HOURS = {1: 5, 2: 5}
"""By level, the hours after which a first word needs an excuse; for others `USUAL_LATE_HOURS` (deadlines of first response)."""
USUAL_LATE_HOURS = 48
NOT_WRONGED = ("咨询", "建议", "表扬", "中性资讯")
"""Intents of posts that nobody has to be sorry for."""
SHORTEST_REPEATED = 10
LONGEST_SUBJECT = 16


def weak_lines(page: Page) -> Iterator[Attack]:
    """Every sentence that can be turned against its writer."""
    for find in (
        _apologies,
        _checking,
        _deeds,
        _later,
        _soft_words,
        _verdicts,
        _half_truths,
        _repetitions,
        _rules,
        _hand_ons,
        _empty_words,
        _whole,
    ):
        yield from find(page)


def _apologies(page: Page) -> Iterator[Attack]:
    if not page.says("measure"):
        yield from (attack("apology_alone", None, line) for line, _ in lines_with(page, "apology"))


def _checking(page: Page) -> Iterator[Attack]:
    if not page.says("acted"):
        yield from (attack("only_checking", found, line) for line, found in lines_with(page, "checking"))


def _deeds(page: Page) -> Iterator[Attack]:
    """What was done: by whom, and when."""
    for line, found in lines_with(page, "done"):
        if not pattern("who").search(line.own):
            yield attack("nobody_did_it", found, line)
        elif not pattern("when").search(line.own):
            yield attack("no_moment", found, line)


def _later(page: Page) -> Iterator[Attack]:
    for line, found in lines_with(page, "later"):
        if not pattern("when").search(line.own):
            yield attack("no_time", found, line)


def _soft_words(page: Page) -> Iterator[Attack]:
    yield from (attack("softened", found, line) for line, found in lines_with(page, "soft"))
    yield from (attack("nobody_named", found, line) for line, found in lines_with(page, "vague_people"))


def _verdicts(page: Page) -> Iterator[Attack]:
    for line, found in lines_with(page, "verdict"):
        around = "".join(near.own for near in page.lines if abs(page.lines.index(near) - page.lines.index(line)) <= 1)
        if not pattern("shown").search(around):
            yield attack("verdict_alone", found, line)
    if page.matter.blames_us and not page.says("outside"):
        yield from (attack("own_judge", found, line) for line, found in list(lines_with(page, "checking"))[:1])


def _half_truths(page: Page) -> Iterator[Attack]:
    yield from (attack("half_true", found, line) for line, found in lines_with(page, "half_true"))
    if page.matter.intent not in NOT_WRONGED and not page.says("apology"):
        yield from (attack("true_no_apology", found, line) for line, found in lines_with(page, "is_true"))


def _repetitions(page: Page) -> Iterator[Attack]:
    """The same sentence under two asks."""
    seen: set[str] = set()
    for line in page.lines:
        if line.text in seen and len(line.text) >= SHORTEST_REPEATED and not line.is_open:
            yield attack("same_answer", None, line)
        seen.add(line.text)


def _rules(page: Page) -> Iterator[Attack]:
    """Quoted clauses after which nothing says what they mean for the matter."""
    for line, following in pairwise([*page.lines, Line("", len(page.text))]):
        named = [mention for mention in mentions(line.text) if mention.quote]
        rest = line.text.rpartition("”")[2] + following.text
        if named and not pattern("bearing").search(rest):
            yield attack("rule_alone", None, line, title=named[0].title, subject=_subject(page))


def _hand_ons(page: Page) -> Iterator[Attack]:
    if not page.says("traced"):
        yield from (attack("handed_on", found, line) for line, found in lines_with(page, "handed"))


def _empty_words(page: Page) -> Iterator[Attack]:
    hits = {finding.span for finding in check_wording(page.text) if finding.name in ("officialese", "evasive", "overpromise")}
    for line in page.lines:
        found = next((found for hit in hits if (found := re.search(re.escape(hit), line.own))), None)
        if found and not line.is_open:
            yield attack("empty_words", found, line)


def _whole(page: Page) -> Iterator[Attack]:
    """What the reply as a whole leaves to be asked: why so late, where it was, and where to turn."""
    matter, is_open = page.matter, any(line.is_open for line in page.lines)
    if matter.hours > LATE_HOURS.get(matter.level, USUAL_LATE_HOURS) and not matter.previous and not page.says("why_late"):
        yield attack("late", None, page.lines[0] if page.lines else None, since=duration_phrase(timedelta(hours=matter.hours)))
    if matter.place and (place := to_simplified(matter.place)) not in page.text:
        yield attack("no_place", None, None, place=place)
    if not page.says("contact") and not is_open:
        yield attack("no_contact", None, None)
    elif not page.says("own_phone"):
        yield from (attack("switchboard", found, line, number=found[0]) for line, found in lines_with(page, "switchboard"))
    yield from _what_comes_next(page)


def _what_comes_next(page: Page) -> Iterator[Attack]:
    """The questions that such a matter always brings, unless the reply is ahead of them."""
    topic = _topic(page)
    if topic.next and not covers(page.text, topic.next):
        yield attack("next", None, None, next=topic.next.strip("“”"))
    if not (page.matter.blames_us or page.says("wider")):
        yield attack("one_only", None, None, where=page.matter.place or say("rehearsal.here"), topic=topic.name)


def _topic(page: Page) -> Topic:
    return topic_of(f"{page.matter.headline}\n{page.matter.told}", page.matter.line)


def _subject(page: Page) -> str:
    return subject_of(page.matter, _topic(page), LONGEST_SUBJECT)
