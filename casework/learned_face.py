"""学到了什么, as staff read it; and the one use that is made of it: two alternatives that are otherwise equal change places."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from casework.alert_card import span_phrase
from casework.drafting.candidate import Candidate, Written
from casework.learning import Lesson
from casework.message import Card, CardKind, Row
from prompts import say

FEWEST_USES = 5
"""Fewer decided candidates of a kind say nothing about the next one."""
CLEARLY = 0.2
"""By so much of the published or rejected one kind must have done better than the other."""
MOST_FOR_ORDER = 100
"""Decided versions that the order of alternatives may rest on."""
ROWS = 12


def learned_card(lessons: Sequence[Lesson]) -> Card:
    """One line for every strategy, channel and version of the frames, the most used first."""
    if not any(lesson.used or lesson.rejected for lesson in lessons):
        return Card(CardKind.ANSWER, say("learning.nothing"), hint=say("learning.hint"))
    told = [lesson for lesson in lessons if lesson.used or lesson.rejected]
    versions = Counter((lesson.strategy, lesson.channel) for lesson in told)
    rows = [Row(_label(lesson, versions), sentence(lesson)) for lesson in told[:ROWS]]
    used, edited = sum(lesson.used for lesson in told), sum(lesson.edited for lesson in told)
    return Card(CardKind.ANSWER, say("learning.head", used=used, edited=edited), rows=tuple(rows), hint=say("learning.hint"))


def sentence(lesson: Lesson) -> str:
    """用了 7 次，改 5 次，平均改动 34%，常删：“…”，常加：“…”."""
    parts = [say("learning.used", used=lesson.used, edited=lesson.edited, share=f"{lesson.share:.0%}")]
    if lesson.rejected:
        parts.append(say("learning.rejected", count=lesson.rejected))
    if lesson.passed_over:
        parts.append(say("learning.passed_over", count=lesson.passed_over))
    if lesson.waited is not None:
        parts.append(say("learning.waited", waited=span_phrase(lesson.waited)))
    for wording, phrases in (("learning.struck", lesson.struck), ("learning.added", lesson.added)):
        if phrases:
            parts.append(say(wording, phrases="".join(say("learning.phrase", phrase=phrase, count=count) for phrase, count in phrases)))
    return say("learning.joint").join(parts)


def by_experience(written: Written, lessons: Sequence[Lesson]) -> Written:
    """Let the second and the third candidate change places where experience clearly prefers the third; say so in the note.

    The recommended one stays first: it follows from the state of the matter, not from what was liked before.
    """
    if len(written.candidates) < 3:
        return written
    first, second, third, *others = written.candidates
    better, worse = success(third, lessons), success(second, lessons)
    if better is None or worse is None or better - worse < CLEARLY:
        return written
    note = say("learning.swapped", strategy=third.strategy.value, channel=third.channel.value, better=f"{better:.0%}", worse=f"{worse:.0%}")
    return replace(written, candidates=(first, third, second, *others), note="\n".join(part for part in (written.note, note) if part))


def success(candidate: Candidate, lessons: Sequence[Lesson]) -> float | None:
    """Of the wording of candidates of this kind, the share that went out as it was; None where too few were decided."""
    own = [one for one in lessons if (one.strategy, one.channel) == (candidate.strategy.value, candidate.channel.value)]
    decided = sum(one.used + one.rejected for one in own)
    return sum(one.used * (1 - one.share) for one in own) / decided if decided >= FEWEST_USES else None


def _label(lesson: Lesson, versions: Counter[tuple[str, str]]) -> str:
    label = say("learning.label", strategy=lesson.strategy, channel=lesson.channel)
    several = versions[(lesson.strategy, lesson.channel)] > 1
    return label + (say("learning.frames", frames=lesson.frames[:6]) if several else "")
