"""What a model wrote, sentence by sentence against the evidence: what nobody verified becomes an open slot, what is false or unfit goes."""

import re
from dataclasses import replace

from casework.checks.citations import Mention, mentions
from casework.checks.names import organisations, places, strangers
from casework.checks.span import Span
from casework.checks.statements import unfounded
from casework.drafting.candidate import Candidate, Sentence, SentenceKind
from casework.drafting.evidence import MOST_CLAUSES, Evidence
from casework.drafting.fitness import ATTRIBUTED, is_unfit
from casework.drafting.matter import Matter
from casework.drafting.passages import sign_passage
from casework.drafting.slots import SLOT, open_slots, slot
from casework.drafting.strategy import Channel
from prompts import say
from retrieval.evidence import ClauseHit

PROMPT = "draft"
"""The prompt that the model is given."""
LONGEST_SLOT = 40
"""A missing fact has a name, not a story."""
LEAST_KEPT = 0.6
"""A candidate that loses more of its sentences than this leaves is dropped."""

CLAIMS = re.compile(
    r"已经?(?!收到|看到)|属实|不属实|查明|查实了|完成了|经核实|经查|经调查"
    r"|(?:今|明|后)(?:天|日|晚|早)(?:上)?|[本这下]周[一二三四五六日天]?|(?:本|这个?|下个?)?月底|\d{1,2}[:：]\d{2}"
)
"""Something was done or found, or is due on a day."""


def verified(candidate: Candidate, matter: Matter, evidence: Evidence) -> Candidate | None:
    """The candidate as it may be shown, or None when too little of it holds or it does not fit its channel."""
    kept = verified_sentences(candidate, matter, evidence)
    if not kept or len(kept) < LEAST_KEPT * len(candidate.sentences):
        return None
    shown = replace(candidate, sentences=(*kept, *_signature(candidate, kept, matter)))
    cited = {ref for sentence in kept if sentence.kind is SentenceKind.CLAUSE for ref in sentence.refs}
    return shown if len(shown.text) <= candidate.channel.longest and len(cited) <= MOST_CLAUSES else None


def verified_sentences(candidate: Candidate, matter: Matter, evidence: Evidence) -> list[Sentence]:
    """The sentences that hold, those with unverified facts as open slots."""
    clauses = {(quote.clause.short_title, quote.clause.article): quote.clause for quote in evidence.quotes}
    return [fixed for sentence in candidate.sentences if (fixed := _verified(sentence, matter, clauses))]


def _verified(sentence: Sentence, matter: Matter, clauses: dict[tuple[str, str], ClauseHit]) -> Sentence | None:
    text = SLOT.sub(lambda found: slot(found[1]), sentence.text)
    named = mentions(text)
    if not all(_holds(mention, clauses) for mention in named) or is_unfit(text, matter, PROMPT):
        return None
    cited = [clauses[mention.title, mention.article] for mention in named]
    known = "\n".join([*(f"{clause.name} {clause.text}" for clause in cited), *matter.facts.values(), *matter.previous, matter.department])
    around = f"{known}\n{matter.told}\n{matter.place or ''}\n{matter.headline}"
    if strangers(text, known) or organisations(text, around) or places(text, around):
        return None
    text = _with_slots(text, unfounded(text, known, matter.told))
    text = _unclaimed(text, matter)
    if any(len(name) > LONGEST_SLOT for name in open_slots(text)):
        return None
    return _labelled(replace(sentence, text=text), tuple(clause.key for clause in cited))


def _holds(mention: Mention, clauses: dict[tuple[str, str], ClauseHit]) -> bool:
    clause = clauses.get((mention.title, mention.article))
    return clause is not None and mention.quote.rstrip("。；，") in clause.text


def _with_slots(text: str, statements: tuple[Span, ...]) -> str:
    """The text with an open slot for every statement that has no ground; the name of the slot shows what stands around it."""
    for statement in reversed(statements):
        before = re.split(r"[。！？\n【】]", text[: statement.start])[-1][-8:]
        after = re.split(r"[。！？\n【】]", text[statement.end :])[0][:6]
        text = text[: statement.start] + slot(say("drafting.slot_for_statement", before=before, after=after)) + text[statement.end :]
    return text


def _unclaimed(text: str, matter: Matter) -> str:
    """A claim that something was done or found, or a day that nobody set, becomes a slot: the words stay, for a person to verify."""
    known = any(value in text for value in matter.facts.values())
    bare = SLOT.sub("", text)
    if known or ATTRIBUTED.search(bare) or mentions(bare) or not CLAIMS.search(bare):
        return text
    core = text.strip().rstrip("。！；")
    return text.replace(core, slot(SLOT.sub("……", core)))


def _labelled(sentence: Sentence, cited: tuple[str, ...]) -> Sentence | None:
    """The sentence under the kind that it really is; None when it claims a source that it does not name."""
    if cited:
        return replace(sentence, kind=SentenceKind.CLAUSE, refs=cited)
    if open_slots(sentence.text):
        return replace(sentence, kind=SentenceKind.SLOT, refs=())
    if sentence.kind is SentenceKind.CASE:
        return sentence if sentence.refs else None
    return replace(sentence, kind=SentenceKind.NEXT_STEP if sentence.kind is SentenceKind.SLOT else sentence.kind, refs=())


def _signature(candidate: Candidate, kept: list[Sentence], matter: Matter) -> list[Sentence]:
    if candidate.channel is Channel.COMMENT:
        return []
    sign = sign_passage(matter)
    signed = any(sign[0].text.split()[0] in sentence.text for sentence in kept)
    if signed:
        return []
    return [replace(sign[0], text=sign[0].text.lstrip("\n"))] if kept[-1].text.endswith("\n") else sign
