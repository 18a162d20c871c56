"""Answering questions of staff: the words of at most three clauses as they stand, or a plain refusal."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from knowledge_base.region import NATIONAL, Region
from language.normalising import normalise
from prompts import say
from retrieval.beyond import beyond_rules
from retrieval.candidates import LOOKED_AT, Candidate, Searchable, candidates, read
from retrieval.definitions import Definition, answering_definition, definitions_in, word_asked_for
from retrieval.doubt import (
    OldVersion,
    asks_for_local_rule,
    asks_for_old_version,
    asks_for_other_place,
    leaves_to_places,
    names_place_beyond,
)
from retrieval.evidence import Answer, ClauseHit, Quote
from retrieval.others import others_matters
from retrieval.quoting import best_span
from retrieval.reasons import Reasons
from retrieval.shortcut import Mention, matching_title, mentioned
from retrieval.subject import telling_words
from retrieval.weighing import Asked, enough

MOST_CLAUSES = 3
NEAR_THE_BEST = 0.7
"""A further clause is added only with at least this share of the best one's likelihood …"""
NEAR_IF_NEEDED = 0.45
"""… or this share, if it gives the kind of answer that is asked for and the best one does not: the fine beside the duty."""
SIMILAR_CASES = 2
MOST_ELSEWHERE = 2
_SANCTION = "违反"
"""How clauses begin that name an offence and its fine: they come after the rule itself."""


def compose(library: Searchable, question: str, *, region: Region, on: date) -> Answer:
    """An answer word for word, or a refusal when the evidence is thin."""
    question = normalise(question).text
    asked = read(library, question)
    if (old := asks_for_old_version(question)) and (answer := _of_old_version(library, question, asked, old, region=region, on=on)):
        return answer
    if refusal := refused_by_form(library, question, region=region, on=on):
        return refusal
    found = candidates(library, question, asked, library.search_clauses, region=region, on=on)
    if asks_for_local_rule(question):
        found = [each for each in found if library.is_local(each.hit)]
    if meanings := _meanings(library, word_asked_for(question), region=region, on=on):
        return Answer(False, _lines(map(quote_line, meanings)), meanings)
    hits = library.clauses_named(question, region=region, on=on) or carrying(found)
    if hits:
        return _answered(library, _with_their_rule(library, hits, found, question, asked), question, asked, region)
    if others := others_matters(question):
        department = others[0].department
        return _refused(library, question, asked, "refused_others", region=region, on=on, shown_elsewhere=False, department=department)
    return _refused(library, question, asked, "refused", region=region, on=on)


def carrying(found: Sequence[Candidate]) -> list[ClauseHit]:
    """The clauses that carry an answer, those that give the kind of answer first; none where none is likely enough."""
    likely = [each for each in found if each.likelihood >= enough()]
    if not likely:
        return []
    answering_share = NEAR_THE_BEST if likely[0].gives_answer else NEAR_IF_NEEDED
    near = [each for each in likely if each.likelihood >= (answering_share if each.gives_answer else NEAR_THE_BEST) * likely[0].likelihood]
    return [each.hit for each in sorted(near, key=lambda each: not each.gives_answer)][:MOST_CLAUSES]


def refused_by_form(library: Searchable, question: str, *, region: Region, on: date) -> Answer | None:
    """The refusal of a question whose form or place says that no clause can answer it; None where one may."""
    asked = read(library, question)
    if beyond := beyond_rules(question):
        return _refused(library, question, asked, f"beyond_{beyond.value}", region=region, on=on, shown_elsewhere=False)
    if (mention := mentioned(question)) and (refusal := _refuse_unknown(library, question, asked, mention, region=region, on=on)):
        return refusal
    if place := names_place_beyond(question, region):
        name = place.city or place.province
        return _refused(library, question, asked, "refused_elsewhere", region=region, on=on, only=place, place=name)
    if asks_for_other_place(question) or (asks_for_local_rule(question) and region == NATIONAL):
        return _refused(library, question, asked, "refused", region=region, on=on)
    return None


def dated(hit: ClauseHit) -> str:
    """Which version a clause is of, as people read it."""
    if hit.effective_on:
        return say("knowledge.dated_effective", day=hit.effective_on.isoformat())
    return say("knowledge.dated_version", day=hit.version_date.isoformat()) if hit.version_date else say("knowledge.dated_unknown")


def quote_line(quote: Quote) -> str:
    """One quote as people read it: title, version, article and the words."""
    hit = quote.clause
    words = "".join(line.strip() for line in quote.text.splitlines())
    return say("knowledge.answer_line", title=hit.short_title, article=hit.article, dated=dated(hit), quote=words)


def _answered(library: Searchable, hits: Sequence[ClauseHit], question: str, asked: Asked, region: Region) -> Answer:
    quotes = _quotes(hits[:MOST_CLAUSES], question, asked)
    meaning = _meaning(library, quotes, question, asked)
    shown = [quote for quote in quotes if meaning is None or quote.clause.key != meaning.quote.clause.key]
    quotes = (*shown, meaning.quote) if meaning else quotes
    notes: tuple[str, ...] = ()
    left_open = region != NATIONAL and not any(map(library.is_local, hits))
    if left_open and any(leaves_to_places(quote.clause.text) for quote in shown):
        notes = (say("knowledge.no_local_rule"),)
    meant = [definition_line(meaning.quote, left_open=left_open)] if meaning else []
    return Answer(False, _lines([*map(quote_line, shown), *meant, *notes]), quotes, notes=notes)


def _with_their_rule(
    library: Searchable, hits: Sequence[ClauseHit], found: Sequence[Candidate], question: str, asked: Asked
) -> Sequence[ClauseHit]:
    """The clauses with a rule before a mere definition (夜间，是指…) of a word of the question, where it tells more than the word."""
    meaning = next((each for each in definitions_in(hits[:1]) if each.term in question), None)
    if meaning is None:
        return hits
    others = [told for told in asked.told if told.word not in meaning.term]
    own = {each.key for each in library.beside(hits[0])} - {hits[0].key}
    rules = (each.hit for each in found if each.hit.key in own and meaning.term in each.hit.text)
    telling = [hit for hit in rules if others and all(told.met_in(hit.text, (), ()) for told in others)]
    rule = min(telling, key=lambda hit: hit.text.startswith(_SANCTION), default=None)
    return hits if rule is None else [rule, *(hit for hit in hits if hit.key != rule.key)][:MOST_CLAUSES]


def _meanings(library: Searchable, word: str, *, region: Region, on: date) -> tuple[Quote, ...]:
    """How rules in force here define a word."""
    hits = library.search_clauses(word, region=region, on=on, limit=LOOKED_AT) if word else []
    meanings = [each.quote for each in definitions_in(hits) if each.term == word]
    return tuple(sorted(meanings, key=lambda quote: library.is_local(quote.clause))[:MOST_CLAUSES])


def definition_line(quote: Quote, *, left_open: bool) -> str:
    """A definition as people read it behind the rule it belongs to.

    Args:
        left_open: whether the knowledge base holds no local rule; said where the definition leaves the matter to the places.
    """
    sentence = "defined_for_places" if left_open and leaves_to_places(quote.text) else "defined"
    return say(f"knowledge.{sentence}", article=quote.clause.article, quote=quote.text)


def _meaning(library: Searchable, quotes: Sequence[Quote], question: str, asked: Asked) -> Definition | None:
    """What the quoted rule itself says a word of the question means, where that answers it and there is room for it."""
    if not quotes:
        return None
    meaning = answering_definition(library.beside(quotes[0].clause), question, quotes[0].clause.text, asked.need)
    cited = {quote.clause.key for quote in quotes}
    room = len(cited) < MOST_CLAUSES or (meaning is not None and meaning.quote.clause.key in cited)
    return meaning if room else None


def _of_old_version(library: Searchable, question: str, asked: Asked, old: OldVersion, *, region: Region, on: date) -> Answer | None:
    """The words of a version that is no longer in force, marked as such; None where there is none that says it."""
    found = candidates(library, question, asked, library.search_ended, region=region, on=on)
    hits = carrying([each for each in found if old.year is None or old.year in _years(each.hit)])
    if not hits:
        return None
    quotes = _quotes(hits, question, asked)
    notes = tuple(dict.fromkeys(say("knowledge.ended", title=hit.short_title, day=hit.ended_on) for hit in hits))
    return Answer(False, _lines([*notes, *map(quote_line, quotes)]), quotes, notes=notes)


def _refuse_unknown(library: Searchable, question: str, asked: Asked, mention: Mention, *, region: Region, on: date) -> Answer | None:
    """A refusal when the question names a document or an article that is not there."""
    title = matching_title(mention.title, library.titles_in_force(region=region, on=on))
    if title is None:
        return _refused(library, question, asked, "refused_unknown_document", region=region, on=on, title=mention.title)
    if mention.article and not library.clauses_named(question, region=region, on=on):
        sentence, article = "refused_unknown_article", mention.article
        return _refused(library, question, asked, sentence, region=region, on=on, shown_elsewhere=False, title=title, article=article)
    return None


def _refused(
    library: Searchable, question: str, asked: Asked, sentence: str, *,
    region: Region, on: date, only: Region | None = None, shown_elsewhere: bool = True, **fields: object,
) -> Answer:  # fmt: skip
    """A refusal with what may help: how other places do it, and past cases.

    Args:
        only: rules of this place alone are shown as those of others.
    """
    words = " ".join(telling_words(question)[:2]) or question[:6]
    others = _elsewhere(library, question, asked, only, region=region, on=on) if shown_elsewhere and region != NATIONAL else ()
    marked = [say("knowledge.elsewhere"), *map(quote_line, others)] if others else []
    text = _lines([say(f"knowledge.{sentence}", words=words, **fields), *marked])
    return Answer(True, text, similar_cases=tuple(library.search_cases(question, limit=SIMILAR_CASES, region=region)), elsewhere=others)


def _elsewhere(library: Searchable, question: str, asked: Asked, only: Region | None, *, region: Region, on: date) -> tuple[Quote, ...]:
    """How other places do it, in their own words."""
    found = candidates(library, question, asked, library.search_elsewhere, region=region, on=on)
    return _quotes(
        carrying([each for each in found if only is None or library.region_of(each.hit) == only])[:MOST_ELSEWHERE], question, asked
    )


def _quotes(hits: Iterable[ClauseHit], question: str, asked: Asked) -> tuple[Quote, ...]:
    reasons = Reasons(question, asked.bridges)
    return tuple(Quote(replace(hit, why=reasons.why(hit.text)), best_span(hit.text, asked.weights, asked.need)) for hit in hits)


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def _years(hit: ClauseHit) -> set[int]:
    return {day.year for day in (hit.effective_on, hit.version_date) if day}
