"""Passages that a reply frame may call for: the citizen's words, a clause, past steps, what we said last, the signature."""

import re
from collections.abc import Mapping

from casework.drafting.answers import POST, clause_sentences
from casework.drafting.candidate import Sentence, SentenceKind, sentences_of
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
LEAST_CASES = 2
STEP_SHARE = 0.4
"""A step counts as the usual way when so many of the past replies report it."""
PUBLICATION = "publication"
"""Reference of a sentence that repeats what this case's last reply said."""

_PHRASE = re.compile(r"[^。！？\n“”]{4,80}")
_PROMISING = re.compile(r"前.{0,6}(?:公布|答复|通报|告诉|完成|说)|下次|回访")


def frame_fields(matter: Matter, topic: Topic, *, subject_length: int = SUBJECT_LENGTH, public: bool, to_many: bool) -> dict[str, str]:
    """The values that a frame's sentences may name in braces: what the matter is called, the topic's own words, and every slot.

    Args:
        subject_length: the most characters of what the matter is called.
        public: the reply stands where all can read it.
        to_many: speak to the public and not to the one who wrote.
    """
    subject = subject_of(matter, topic, subject_length)
    slots = {name: slot(wording.format(topic=topic.name)) for name, wording in frames("slots")["names"].items()}
    address = frames("answers")["address"]
    return {
        **slots,
        "subject": subject, "topic": topic.name, "checks": topic.checks, "steps": topic.steps, "keep": topic.keep,
        "saw": _saw(matter, topic, subject, public=public, to_many=to_many),
        "you": address["many" if to_many else "one"],
        "who": address["asker" if to_many else "one"],
        "sorry": address["sorry" if to_many else "one"],
        "owner": topic.owner or slots["owner"],
    }  # fmt: skip


def _saw(matter: Matter, topic: Topic, subject: str, *, public: bool, to_many: bool) -> str:
    """How the reply calls the matter. To the public it repeats nothing that accuses, and no single voice of many."""
    wordings = frames("answers")
    if public and (matter.voices > 1 or gravity(subject) >= ACCUSING):
        neutral = wordings["neutral"]["video" if matter.has_video else "matter"].format(place=matter.place or "", topic=topic.name)
        return str(neutral if to_many else neutral.replace(wordings["address"]["asker"], wordings["address"]["one"]))
    saw = wordings["saw_many" if to_many else "saw"]
    return str(saw.get(matter.intent, saw["投诉"]).format(subject=subject))


def clause_passage(evidence: Evidence, so_far: str) -> list[Sentence]:
    """The clause that bears on the whole matter, unless it is quoted already."""
    if evidence.general is None or evidence.general.clause.name in so_far:
        return []
    return [*clause_sentences(evidence.general, "clause_alone"), Sentence("\n", SentenceKind.BOILERPLATE)]


def ruling_passage(evidence: Evidence, asks: tuple[str, ...], fields: Mapping[str, str], *, quoting: bool) -> list[Sentence]:
    """What the rules say, right at the beginning: the clause that bears on the first ask with one; an open slot where there is none."""
    quote = next((evidence.by_ask[ask] for ask in asks if ask in evidence.by_ask), evidence.general)
    if quote is None or not quoting:
        return list(sentences_of(_wording("ruling_open").format(saw=fields["saw"], answer=fields["answer"]), SentenceKind.FACT))
    return clause_sentences(quote, "ruling", saw=fields["saw"])


def cases_passage(evidence: Evidence, topic: Topic) -> list[Sentence]:
    """The steps that past replies to the same kind of matter report, in the order of work: none of their wording, none of their facts."""
    alike = [case for case in evidence.cases if topic_of(case.question, topic.line).name == topic.name]
    told = {row["name"]: sum(any(word in case.reply for word in row["words"]) for case in alike) for row in frames("answers")["step"]}
    steps = [name for name, count in told.items() if count >= max(1.0, STEP_SHARE * len(alike))]
    if len(alike) < LEAST_CASES or len(steps) < LEAST_STEPS:
        return []
    return [Sentence(_wording("cases").format(steps="、".join(steps)), SentenceKind.CASE, tuple(case.key for case in alike))]


def told_passage(matter: Matter, subject: str, *, public: bool, to_many: bool, most: int = 2) -> list[Sentence]:
    """A few concrete things that the citizen wrote, quoted, each with what we do about it; in public nothing that accuses."""
    points = tuple(point for point in told_points(matter, subject, most) if not (public and gravity(point) >= ACCUSING))
    wordings = {row["kind"]: row["many" if to_many else "one"] for row in frames("answers")["told"]}
    return [Sentence(wordings["when"].format(told=point), SentenceKind.FACT, (POST,)) for point in points]


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
    return str(frames("answers")["pieces"][name])
