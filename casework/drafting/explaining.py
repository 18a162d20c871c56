"""为什么是这一稿: one line of reason for every candidate, and what a citizen will ask once it is published."""

import re
from datetime import timedelta

from casework.checks.coverage import covers
from casework.drafting.frame import Frame
from casework.drafting.matter import Matter, Standing
from casework.drafting.slots import SLOT
from casework.drafting.strategy import Strategy
from casework.drafting.topic import Topic
from language.periods import duration_phrase
from prompts import frames, say, words

MOST_QUESTIONS = 2
NOTEWORTHY = timedelta(minutes=5)
"""From so long on the waiting is part of the reason."""
_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_PUT_OFF = re.compile(
    r"查清后|核实后|正在核实|才能定|才说得准|先说(?:查清|进展)|(?:要|在|再|先|去)(?:再|还)?(?:查|核对|看)|查了|请对方|原样转"
)
_ASKING = re.compile(r"怎么办|怎么样|怎么|什么时候|什么|多久|能不能|会不会|有没有|是不是|谁来|谁|哪里|哪|还会|还要|吗|呢|了|没有|，")


def reason_of(strategy: Strategy, frame: Frame, matter: Matter) -> str:
    """Why the candidate is proposed: the state of the matter and how long people have waited; what to mind where it does not fit."""
    standing = matter.standing
    state = words("drafting.states")[standing]
    waited = timedelta(hours=matter.hours)
    waiting = standing is not Standing.SETTLED and waited >= NOTEWORTHY
    since = say("drafting.since", hours=duration_phrase(waited)) if waiting else ""
    mind = "" if standing in frame.fits else say("drafting.mind", otherwise=frame.otherwise)
    return say("drafting.candidate_reason", strategy=strategy, state=state, since=since, mind=mind)


def next_question(frame: Frame, topic: Topic, matter: Matter) -> str:
    """One or two questions, none asked already: how the hurt are, then those of the matter, then those of the strategy."""
    telling = matter.telling
    hurt = frames("answers")["pieces"]["hurt_next"].format(affected=telling.affected[0]) if telling.hurt and telling.affected else ""
    by_topic = (topic.next if topic.words else "") + frame.next
    likely = [*questions(hurt), *questions(frames("answers")["next"].get(matter.standing, by_topic))]
    fresh: list[str] = []
    for question in likely:
        if not any(_same(question, other) for other in (*matter.asks, *fresh)):
            fresh.append(question)
    return "".join(fresh[:MOST_QUESTIONS])


def questions(text: str) -> tuple[str, ...]:
    """The single questions of a text."""
    return tuple(part + "？" for part in text.split("？") if part.strip())


def unanswered(question: str, text: str) -> tuple[int, ...]:
    """Which of the questions (from 1) no sentence of a text answers. To name a question, or to leave its fact open, is no answer."""
    said = [sentence for sentence in _SENTENCE.findall(text) if not SLOT.search(sentence) and not _PUT_OFF.search(sentence)]
    cores = [_core(part) for part in questions(question)]
    return tuple(number for number, core in enumerate(cores, 1) if not any(covers(sentence, core) for sentence in said))


def _same(question: str, ask: str) -> bool:
    """Whether a question wants to know what an ask wanted, the words of asking left out."""
    return covers(question, ask) or covers(_core(question), _core(ask))


def _core(question: str) -> str:
    return _ASKING.sub("", question).strip("？") or question
