"""Passages that a reply frame may call for: the citizen's words, a clause, past steps, what we said last, the signature."""

import re
from collections.abc import Collection

from casework.drafting.answers import POST, clause_sentences
from casework.drafting.candidate import Sentence, SentenceKind
from casework.drafting.citizen_words import subject_of, told_points
from casework.drafting.evidence import Evidence
from casework.drafting.matter import Matter
from casework.drafting.slots import slot
from casework.drafting.topic import Topic, topic_of
from prompts import frames

COMMENT_SUBJECT_LENGTH = 22
LEAST_STEPS = 2
PUBLICATION = "publication"
"""Reference of a sentence that repeats what this case's last reply said."""

_PHRASE = re.compile(r"[^。！？\n“”]{4,80}")
_PROMISING = re.compile(r"前.{0,6}(?:公布|答复|通报|告诉|完成|说)|下次|回访")


def frame_fields(matter: Matter, topic: Topic, *, brief: bool = False) -> dict[str, str]:
    """The values that a frame's sentences may name in braces: what the matter is called, the topic's own words, and every slot."""
    subject = subject_of(matter, topic, COMMENT_SUBJECT_LENGTH) if brief else subject_of(matter, topic)
    saw = frames("asks")["saw"]
    slots = {name: slot(wording.format(topic=topic.name)) for name, wording in frames("slots")["names"].items()}
    own = {"subject": subject, "topic": topic.name, "checks": topic.checks, "steps": topic.steps, "keep": topic.keep}
    return {**slots, **own, "saw": saw.get(matter.intent, saw["投诉"]).format(subject=subject), "owner": topic.owner or slots["owner"]}


def clause_passage(evidence: Evidence, quoted: Collection[str]) -> list[Sentence]:
    """The clause that bears on the whole matter, unless it is quoted already."""
    if evidence.general is None or evidence.general.clause.key in quoted:
        return []
    return [*clause_sentences(evidence.general, "clause_alone"), Sentence("\n", SentenceKind.BOILERPLATE)]


def cases_passage(evidence: Evidence, topic: Topic) -> list[Sentence]:
    """The steps that past replies to the same kind of matter report, in the order of work. None of their wording, none of their facts."""
    alike = [case for case in evidence.cases if topic_of(case.question, topic.line).name == topic.name]
    steps = [row["name"] for row in frames("asks")["step"] if any(word in case.reply for word in row["words"] for case in alike)]
    if len(steps) < LEAST_STEPS:
        return []
    return [Sentence(_wording("cases").format(steps="、".join(steps)), SentenceKind.CASE, tuple(case.key for case in alike))]


def told_passage(matter: Matter, subject: str) -> list[Sentence]:
    """One or two concrete things that the citizen wrote, quoted."""
    points = told_points(matter, subject)
    if not points:
        return []
    wording = ("news_" if matter.is_news else "") + ("told_two" if len(points) > 1 else "told")
    return [Sentence(_wording(wording).format(first=points[0], second=points[-1]), SentenceKind.FACT, (POST,))]


def previous_passage(matter: Matter) -> list[Sentence]:
    """What this case's last reply promised, word for word; its first phrase where it promised nothing."""
    phrases = _PHRASE.findall(matter.previous[-1]) if matter.previous else []
    if not phrases:
        return []
    promise = next((phrase for phrase in phrases if _PROMISING.search(phrase)), phrases[0])
    return [Sentence(_wording("previous").format(promise=promise), SentenceKind.FACT, (PUBLICATION,))]


def sign_passage(matter: Matter) -> list[Sentence]:
    """Who answers, and when."""
    names = frames("slots")["names"]
    text = f"\n{matter.department or slot(names['signature'])}\n{slot(names['date'])}"
    return [Sentence(text, SentenceKind.SLOT)]


def _wording(name: str) -> str:
    return str(frames("asks")["pieces"][name])
