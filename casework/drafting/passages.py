"""Passages that a reply frame may call for: the citizen's words, a clause, past steps, what we said last, the signature."""

import re
from collections.abc import Collection, Mapping

from casework.checks.coverage import covers
from casework.drafting.answers import POST, clause_sentences
from casework.drafting.candidate import Sentence, SentenceKind, sentences_of
from casework.drafting.citizen_words import SUBJECT_LENGTH, subject_of
from casework.drafting.evidence import Evidence
from casework.drafting.frame import Manner
from casework.drafting.matter import RUMOUR, Matter, Standing
from casework.drafting.slots import slot
from casework.drafting.telling import Claim, ClaimKind
from casework.drafting.topic import Topic, topic_of
from casework.promise import PromiseState
from monitoring.headline import gravity
from prompts import frames

ACCUSING = 2
"""From this gravity on (`monitoring.headline.gravity`), words accuse somebody or tell of a harm."""
WITHOUT_TOPIC = (Standing.RUMOUR, Standing.PRAISE)
"""Where a message is in doubt or somebody is praised, the matter's topic says nothing."""
GRAVE = (1, 2)
"""At these levels the public reads a matter called by its business line: what exactly happened is not known yet."""
LEAST_STEPS, MOST_STEPS = 2, 4
LEAST_CASES = 2
STEP_SHARE = 0.4
"""A step counts as the usual way when so many of the past replies report it."""
RECORD = "record"
"""Reference of a sentence that rests on earlier cases of ours."""
PUBLICATION = "publication"
"""Reference of a sentence that repeats what this case's last reply said."""

_PHRASE = re.compile(r"[^。！？\n“”]{4,80}")
_LINK = re.compile(r"^(?:其次|首先|另外|还有|而且|并且|但是?|所以|因为|结果|可是?|不过|其中)[，,]?(?=.{6})")
_ASKING = re.compile(r"什么|怎么|为何|谁|哪[里个天家]|[吗呢]$|有没有|能不能|没有$")
_DRAGGING = re.compile(r"没|未|不|还|仍|一直|至今|拖|无人|迟迟")
_PROMISING = re.compile(r"前.{0,6}(?:公布|答复|通报|告诉|完成|说)|下次|回访")


def frame_fields(matter: Matter, topic: Topic, *, subject_length: int = SUBJECT_LENGTH, public: bool, to_many: bool) -> dict[str, str]:
    """The values that a frame's sentences may name in braces: what the matter is called, the topic's own words, and every slot.

    Args:
        subject_length: the most characters of what the matter is called.
        public: the reply stands where all can read it.
        to_many: speak to the public and not to the one who wrote.
    """
    subject = subject_of(matter, topic, subject_length)
    about = _wording("this") if matter.standing in WITHOUT_TOPIC else topic.name
    slots = {name: slot(wording.format(topic=about)) for name, wording in frames("slots")["names"].items()}
    address, telling = frames("answers")["address"], matter.telling
    hurt = address["with"].format(you=address["one"], affected=telling.affected[0]) if telling.hurt and telling.affected else address["one"]
    return {
        **slots,
        "subject": subject, "topic": topic.name, "checks": topic.checks, "steps": topic.steps, "keep": topic.keep,
        "saw": _saw(matter, topic, subject, public=public, to_many=to_many),
        "you": address["many" if to_many else "one"],
        "who": address["asker" if to_many else "one"],
        "teller": address["asker" if to_many else "several" if matter.voices > 1 else "one"],
        "sorry": address["sorry"] if to_many else hurt,
        "owner": topic.owner or slots["owner"],
    }  # fmt: skip


def _saw(matter: Matter, topic: Topic, subject: str, *, public: bool, to_many: bool) -> str:
    """How the reply calls the matter. To the public it repeats nothing that accuses, and no single voice of many; a rumour it must name."""
    wordings = frames("answers")
    of_several = matter.voices > 1 and matter.intent != RUMOUR
    if of_several or (public and gravity(subject) >= ACCUSING):
        called = matter.line if matter.level in GRAVE and topic.line == matter.line else topic.name
        neutral = wordings["neutral"]["video" if matter.has_video else "matter"].format(place=matter.place or "", topic=called)
        return str(neutral if to_many else neutral.replace(wordings["address"]["asker"], wordings["address"]["one"]))
    saw = wordings["saw_many" if to_many else "saw"]
    return str(saw.get(matter.intent, saw["投诉"]).format(subject=subject))


def clause_passage(evidence: Evidence, so_far: str) -> list[Sentence]:
    """The clause that bears on the whole matter, unless the reply quotes one already."""
    if evidence.general is None or any(quote.text in so_far for quote in evidence.quotes):
        return []
    return [*clause_sentences(evidence.general, "clause_alone"), Sentence("\n", SentenceKind.BOILERPLATE)]


def ruling_passage(matter: Matter, evidence: Evidence, fields: Mapping[str, str], *, quoting: bool, listing: bool) -> list[Sentence]:
    """What the rules say, right at the beginning: the clause that bears on the first ask with one, or on the matter.

    Args:
        quoting: whether there is room for a clause.
        listing: whether the asks are answered one by one below; else an open slot stands for the answer where no clause does.
    """
    quote = next((evidence.by_ask[ask] for ask in matter.asks if ask in evidence.by_ask), evidence.general)
    if quote is None or not quoting:
        wording = "ruling_list" if listing and matter.asks else "ruling_open"
        return list(sentences_of(_wording(wording).format(saw=fields["saw"], answer=fields["answer"]), SentenceKind.FACT, (POST,)))
    return clause_sentences(quote, "ruling", saw=fields["saw"])


def cases_passage(evidence: Evidence, topic: Topic) -> list[Sentence]:
    """The steps that past replies to the same kind of matter report, in the order of work: none of their wording, none of their facts."""
    alike = [case for case in evidence.cases if topic_of(case.question, topic.line).name == topic.name]
    told = {row["name"]: sum(any(word in case.reply for word in row["words"]) for case in alike) for row in frames("answers")["step"]}
    usual = sorted((name for name, count in told.items() if count >= max(1.0, STEP_SHARE * len(alike))), key=lambda name: -told[name])
    steps = [name for name in told if name in usual[:MOST_STEPS]]
    if len(alike) < LEAST_CASES or len(steps) < LEAST_STEPS:
        return []
    return [Sentence(_wording("cases").format(steps="、".join(steps)), SentenceKind.CASE, tuple(case.key for case in alike))]


def told_passage(matter: Matter, manner: Manner, kinds: Collection[ClaimKind], teller: str, so_far: str, *, public: bool) -> list[Sentence]:
    """Concrete things that the citizens wrote, quoted, each with what we do about it, the gravest first; in public nothing that accuses.

    Args:
        kinds: of claims that may be taken up.
        teller: how the reply calls those who wrote.
        so_far: what the reply says before; it is not repeated.
    """
    by_kind = {ClaimKind(row["kind"]): row[manner] for row in frames("answers")["told"] if manner in row}
    claims = [claim for kind in by_kind if kind in kinds for claim in matter.telling.claims_of(kind) if _is_grievance(claim)]
    fit = [claim for claim in claims if not covers(so_far, claim.text) and not (public and gravity(claim.text) >= ACCUSING)]
    first = [next(claim for claim in fit if claim.kind is kind) for kind in dict.fromkeys(claim.kind for claim in fit)]
    return [_about(claim, by_kind[claim.kind], teller) for claim in first]


def _is_grievance(claim: Claim) -> bool:
    """Whether a claim is worth taking up: it asks nothing, and how long something lasts counts only where it drags on."""
    drags = claim.kind is not ClaimKind.LASTING or _DRAGGING.search(claim.text)
    return bool(drags) and not _ASKING.search(claim.text)


def _about(claim: Claim, wording: str, teller: str) -> Sentence:
    told = _LINK.sub("", claim.text)
    gap = slot(_wording("told_gap").format(told=told))
    return sentences_of(wording.format(told=told, teller=teller, gap=gap), SentenceKind.FACT, (POST,))[0]


def history_passage(matter: Matter) -> list[Sentence]:
    """What our own records say of the same matter before: the gravest of what we owe, in one sentence."""
    history = matter.history
    if history.broken:
        text = _wording("earlier_broken").format(promise=_quotable(history.broken[0].text))
    elif history.unanswered:
        text = _wording("earlier_unanswered")
    elif matter.returns > 1:
        text = _wording("returns")
    else:
        text = _wording("earlier") if history.count else ""
    return [Sentence(text, SentenceKind.FACT, (RECORD,))] if text else []


def previous_passage(matter: Matter) -> list[Sentence]:
    """What this case's last reply promised, word for word, and whether it was kept; its first phrase where it promised nothing."""
    if matter.promises:
        last = next((promise for promise in matter.promises if promise.failed), matter.promises[-1])
        wording = "previous_broken" if last.failed else "previous_kept" if last.state is PromiseState.KEPT else "previous"
        return [Sentence(_wording(wording).format(promise=_quotable(last.text)), SentenceKind.FACT, (PUBLICATION,))]
    phrases = _PHRASE.findall(matter.previous[-1]) if matter.previous else []
    if not phrases:
        return []
    promise = next((phrase for phrase in phrases if _PROMISING.search(phrase)), phrases[0])
    return [Sentence(_wording("previous").format(promise=promise), SentenceKind.FACT, (PUBLICATION,))]


def _quotable(promise: str) -> str:
    """A promise as it can stand in quotation marks."""
    return promise.strip(" 。；\n").replace("“", "‘").replace("”", "’")


def sign_passage(matter: Matter) -> list[Sentence]:
    """Who answers, and when."""
    names = frames("slots")["names"]
    text = f"\n{matter.department or slot(names['signature'])}\n{slot(names['date'])}"
    return [Sentence(text, SentenceKind.SLOT)]


def _wording(name: str) -> str:
    return str(frames("answers")["pieces"][name])
