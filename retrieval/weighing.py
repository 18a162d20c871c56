"""How likely a clause answers a question: a small linear model over readable evidence (docs/models/answering.md)."""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from retrieval.bridging import Bridge
from retrieval.need import Need
from retrieval.quoting import best_span
from retrieval.subject import PARTLY, Told, lay_words_met
from retrieval.terms import terms

HARDLY_ANY = 0.9
"""From this rarity on a word counts as unheard of: of 7,600 clauses it stands in at most one or two."""
WEIGHTS = Path(__file__).parent / "weights" / "answering.json"


@dataclass(frozen=True)
class Signs:
    """What speaks for and against a clause as the answer to a question; every value 0 to 1 unless said otherwise.

    Attributes:
        share: of what the question tells, by rarity, what stands in the clause, its title, or the articles that it refers to.
        share_quoted: the same of the words that would be quoted, with the title.
        share_titled: the same of the title alone.
        missing: the rarest word of the question that does not stand there, by its rarity.
        alike: likeness of the question and the clause as the embedded embedder sees it, -1 to 1.
        told: how much of it stands there, not as a share: two rare words say more than one.
        characters: share of the question's pairs of characters that stand in the clause, by rarity.
        bridged: share of the question's lay words for which an official phrase stands in the clause.
        rank: the score of the search as a share of the best one's.
        answering: `share_quoted` where the quoted words give the kind of answer that is asked for.
        number_met, number_missing: the question asks for a number, and such a one stands in the quoted words, or does not.
        need_met, need_missing: the question asks for another kind of answer, and the quoted words give it, or do not.
        unheard: share of the question's words that are in hardly any clause and do not stand in this one.
        fine_unasked: the clause speaks of fines, the question does not.
        local: the clause holds in one province or city only.
        referred: share of what only the articles tell that the clause refers to.
    """

    share: float
    share_quoted: float
    share_titled: float
    missing: float
    alike: float
    told: float
    characters: float
    bridged: float
    rank: float
    answering: float
    number_met: float
    number_missing: float
    need_met: float
    need_missing: float
    unheard: float
    fine_unasked: float
    local: float
    referred: float

    def vector(self) -> tuple[float, ...]:
        """The values in the order of the fields."""
        return tuple(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class Asked:
    """A question as it is weighed against clauses.

    Attributes:
        weights: terms of the question with their weights, for picking the words to quote.
        focus: what the question asks the amount or the kind of.
        pairs: pairs of characters of the question with their rarity.
        musts: words that a clause must hold, since another department is in charge of what they mean.
    """

    told: tuple[Told, ...]
    bridges: tuple[Bridge, ...]
    focus: Told | None
    need: Need | None
    weights: Mapping[str, float]
    pairs: Mapping[str, float]
    musts: tuple[str, ...] = ()


def signs_of(asked: Asked, *, title: str, text: str, referred: str, rank: float, alike: float, local: bool) -> Signs:
    """Hold a clause against a question.

    Args:
        referred: the words of the articles of the same document that the clause refers to.
        rank: score of the search as a share of the best one's.
        alike: likeness of the question and the clause.
    """
    quoted, need = best_span(text, asked.weights, asked.need), asked.need
    own = _held(asked, f"{title} {text}")
    whole = _held(asked, f"{title} {text} {referred}") if referred else own
    rarities = [told.rarity for told in asked.told]
    total = sum(rarities) or 1.0
    share_quoted = _sum(_held(asked, f"{title} {quoted}"), rarities) / total
    share = _sum(whole, rarities) / total
    met = need is not None and need.is_met_by(quoted)
    number = need is not None and need.is_number
    return Signs(
        share=share,
        share_quoted=share_quoted,
        share_titled=_sum(_held(asked, title), rarities) / total,
        missing=max((rarity * (1 - held) for rarity, held in zip(rarities, whole, strict=True)), default=1.0),
        alike=alike,
        told=math.tanh(_sum(whole, rarities)),
        characters=_characters(asked.pairs, f"{title} {text} {referred}"),
        bridged=_bridged(asked, f"{title} {text} {referred}"),
        rank=rank,
        answering=share_quoted * met,
        number_met=float(number and met), number_missing=float(number and not met),
        need_met=float(not number and met), need_missing=float(need is not None and not number and not met),
        unheard=sum(rarity > HARDLY_ANY and held < 1 for rarity, held in zip(rarities, whole, strict=True)) / (len(rarities) or 1),
        fine_unasked=float("罚款" in quoted and (need is None or need.name != "penalty")),
        local=float(local),
        referred=share - _sum(own, rarities) / total,
    )  # fmt: skip


def misses_the_focus(asked: Asked, words: str) -> bool:
    """Whether a clause does not speak of what the question asks the amount or the kind of (工资是多少, 什么颜色).

    Args:
        words: the clause with its title and what it refers to.
    """
    if asked.focus is None:
        return False
    held = set(terms(words.lower()))
    return asked.focus.met_in(words.lower(), held, lay_words_met(asked.bridges, held)) < PARTLY


def likelihood(signs: Signs) -> float:
    """How likely it is that the clause answers the question, 0 to 1."""
    bias, weights = _model()
    return 1.0 / (1.0 + math.exp(-bias - sum(weight * value for weight, value in zip(weights, signs.vector(), strict=True))))


def enough() -> float:
    """From which likelihood of the best clause on a question is answered; chosen by cross-validation when the model was made."""
    return float(_stored()["enough"])


def _held(asked: Asked, text: str) -> list[float]:
    plain = text.lower()
    held = set(terms(plain))
    bridged = lay_words_met(asked.bridges, held)
    return [told.met_in(plain, held, bridged) for told in asked.told]


def _sum(held: Sequence[float], rarities: Sequence[float]) -> float:
    return sum(share * rarity for share, rarity in zip(held, rarities, strict=True))


def _bridged(asked: Asked, text: str) -> float:
    held = set(terms(text))
    return sum(bridge.phrase_in(held) is not None for bridge in asked.bridges) / (len(asked.bridges) or 1)


def _characters(pairs: Mapping[str, float], text: str) -> float:
    held: Collection[str] = set(terms(text))
    return sum(rarity for pair, rarity in pairs.items() if pair in held) / (sum(pairs.values()) or 1.0)


@cache
def _model() -> tuple[float, tuple[float, ...]]:
    stored = _stored()
    return float(stored["bias"]), tuple(float(stored["weights"][field.name]) for field in fields(Signs))


@cache
def _stored() -> dict[str, Any]:
    return dict(json.loads(WEIGHTS.read_text(encoding="utf-8")))
