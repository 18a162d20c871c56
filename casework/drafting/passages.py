"""Passages that a reply frame may call for: the citizen's words, a clause, past steps, what we said last, the signature."""

import re
from collections.abc import Collection

from casework.drafting.answers import POST, clause_sentences
from casework.drafting.candidate import Sentence, SentenceKind
from casework.drafting.citizen_words import SUBJECT_LENGTH, subject_of, told_points
from casework.drafting.evidence import Evidence
from casework.drafting.matter import Matter
from casework.drafting.slots import slot
from casework.drafting.topic import Topic, topic_of
from monitoring.headline import gravity
from prompts import frames

ACCUSING = 2
"""From this gravity on (`monitoring.headline.gravity`), words accuse somebody or tell of a harm."""
LEAST_STEPS = 2
PUBLICATION = "publication"
"""Reference of a sentence that repeats what this case's last reply said."""

_PHRASE = re.compile(r"[^。！？\n“”]{4,80}")
_PROMISING = re.compile(r"前.{0,6}(?:公布|答复|通报|告诉|完成|说)|下次|回访")


def frame_fields(matter: Matter, topic: Topic, *, subject_length: int = SUBJECT_LENGTH, to_many: bool = False) -> dict[str, str]:
    """The values that a frame's sentences may name in braces: what the matter is called, the topic's own words, and every slot.

    Args:
        subject_length: the most characters of what the matter is called.
        to_many: speak to the public and not to the one who wrote.
    """
    subject = subject_of(matter, topic, subject_length)
    slots = {name: slot(wording.format(topic=topic.name)) for name, wording in frames("slots")["names"].items()}
    own = {"subject": subject, "topic": topic.name, "checks": topic.checks, "steps": topic.steps, "keep": topic.keep}
    return {
        **slots,
        **own,
        "saw": _saw(matter, topic, subject, to_many),
        "you": frames("asks")["address"]["many" if to_many else "one"],
        "owner": topic.owner or slots["owner"],
    }


def _saw(matter: Matter, topic: Topic, subject: str, to_many: bool) -> str:
    """How the reply calls the matter. To the public it repeats nothing that accuses, and no single voice of many."""
    wordings = frames("asks")
    if to_many and (matter.voices > 1 or gravity(subject) >= ACCUSING):
        return str(wordings["neutral"]["video" if matter.has_video else "matter"].format(place=matter.place or "", topic=topic.name))
    saw = wordings["saw_many" if to_many else "saw"]
    return str(saw.get(matter.intent, saw["投诉"]).format(subject=subject))


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


def told_passage(matter: Matter, subject: str, *, to_many: bool = False) -> list[Sentence]:
    """One or two concrete things that the citizen wrote, quoted; to the public nothing that accuses."""
    points = tuple(point for point in told_points(matter, subject) if not (to_many and gravity(point) >= ACCUSING))
    if not points:
        return []
    wording = ("public_" if to_many or matter.is_news else "") + ("told_two" if len(points) > 1 else "told")
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
