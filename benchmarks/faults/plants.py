"""Ways to spoil a clean reply. Each plant knows which words it put there, or which ask it took out."""

import hashlib
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from benchmarks.faults.clean import INVENTED, NOW, Clean
from casework.checks.citations import mentions
from casework.checks.coverage import covers
from knowledge_base.clause import Clause
from language.numerals import from_int

_PHRASES = Path(__file__).with_name("phrases.toml")
_TUNED_PHRASES = Path(__file__).with_name("tuned_phrases.toml")
_LATE_PHRASES = Path(__file__).with_name("late_phrases.toml")
_SENTENCE_END = re.compile(r"[。！？]\n?")
_FLIPS = (
    ("不得", "可以"),
    ("应当", "可以"),
    ("禁止", "允许"),
    ("必须", "可以"),
    ("不", ""),
    ("未", "已"),
    ("以上", "以下"),
    ("以下", "以上"),
)
_PROVINCES = "京沪浙苏粤川"


@dataclass(frozen=True)
class Planted:
    """A spoilt reply.

    Attributes:
        kind: what was planted.
        words: what was put in; empty where something was taken out.
        held: whether its wording was held back while the checks were tuned; faults that need no wording never are.
        ask: the ask that lost its answer.
    """

    clean: Clean
    text: str
    kind: str
    words: str
    held: bool
    ask: str = ""


def plant(clean: Clean, kind: str, chance: random.Random) -> Planted | None:
    """The reply with one fault of a kind; None where this reply has nothing to spoil."""
    return _SPOILERS[kind](clean, kind, chance)


def _clause_number(clean: Clean, kind: str, chance: random.Random) -> Planted | None:
    named = [mention for mention in mentions(clean.text) if mention.article]
    if not named:
        return None
    mention = chance.choice(named)
    article = _other_article(mention.article, {clause.article for clause in clean.clauses if clause.short_title == mention.title}, chance)
    spoilt = clean.text[mention.start : mention.end].replace(mention.article, article)
    return _replaced(clean, kind, mention.start, mention.end, spoilt, held=False)


def _other_article(article: str, existing: set[str], chance: random.Random) -> str:
    """One article further, one that no law has, or a number with a slip; half of them exist in the same law."""
    ways = [f"第{from_int(number)}条" for number in (*range(1, 60), 98, 107, 131, 240)]
    exist = chance.random() < 0.5
    return chance.choice([way for way in ways if way != article and (way in existing) == exist] or [w for w in ways if w != article])


def _quote(clean: Clean, kind: str, chance: random.Random) -> Planted | None:
    quoted = [mention for mention in mentions(clean.text) if mention.quote and len(mention.quote) > 8]
    if not quoted:
        return None
    mention = chance.choice(quoted)
    spoilt = _negated(mention.quote, chance) if kind == "quote_negated" else _slipped(mention.quote, chance)
    if spoilt is None or any(spoilt.rstrip("。；") in clause.text for clause in clean.clauses):
        return None
    return _replaced(clean, kind, mention.quoted_at, mention.quoted_at + len(mention.quote), spoilt, held=False)


def _negated(quote: str, chance: random.Random) -> str | None:
    able = [(old, new) for old, new in _FLIPS if old in quote]
    if not able:
        return None
    old, new = chance.choice(able)
    return quote.replace(old, new, 1)


def _slipped(quote: str, chance: random.Random) -> str:
    """One to three characters changed, left out, doubled or swapped."""
    letters = list(quote)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(1, len(letters) - 1)
        way = chance.randrange(4)
        if way == 0:
            letters[place] = chance.choice([each for each in INVENTED["characters"] if each != letters[place]])
        elif way == 1:
            del letters[place]
        elif way == 2:
            letters.insert(place, chance.choice(INVENTED["characters"]))
        else:
            letters[place - 1], letters[place] = letters[place], letters[place - 1]
    return "".join(letters)


def _repealed(clean: Clean, kind: str, chance: random.Random) -> Planted | None:
    standing = {(clause.short_title, clause.article) for clause in clean.law if clause.in_force_on(NOW.date())}
    over = [clause for clause in clean.law if clause.ended_on and clause.region.covers(clean.desk.department.region)]
    law = [clause for clause in over if (clause.short_title, clause.article) not in standing]
    return _cited(clean, kind, chance, law)


def _elsewhere(clean: Clean, kind: str, chance: random.Random) -> Planted | None:
    law = [clause for clause in clean.law if clause.in_force_on(NOW.date()) and not clause.region.covers(clean.desk.department.region)]
    return _cited(clean, kind, chance, law)


def _cited(clean: Clean, kind: str, chance: random.Random, law: list[Clause]) -> Planted | None:
    law = [clause for clause in law if clause.article.startswith("第")]
    if not law:
        return None
    clause = chance.choice(law)
    sentence = re.split(r"[。；\n]", clause.text)[0]
    cited = f"《{clause.title}》{clause.article}"
    wording = chance.choice(
        (
            "{cited}规定：“{quote}”。",
            "依据{cited}，{quote}。",
            "这在{cited}里写得很清楚。",
            "按照{cited}的规定办理。",
            "对照{cited}“{quote}”，可以处理。",
        )
    )
    planted = _inserted(clean, kind, wording.format(cited=cited, quote=sentence), cited, chance, held=False)
    rows = tuple({row.key: row for row in (*clean.clauses, *(row for row in clean.law if row.short_title == clause.short_title))}.values())
    return replace(planted, clean=replace(clean, clauses=rows))


def _missing_ask(clean: Clean, kind: str, chance: random.Random) -> Planted | None:
    """Every sentence that takes up one ask goes; the other asks stay."""
    asks = [ask for ask in clean.matter.asks if covers(clean.text, ask)]
    if len(asks) < 2:
        return None
    ask = chance.choice(asks)
    parts = re.findall(r"[^。！？；\n]*[。！？；\n]?", clean.text)
    kept = "".join(part for part in parts if not covers(part, ask))
    return Planted(clean, kept, kind, "", False, ask) if 30 < len(kept) < len(clean.text) else None


def _phrase(clean: Clean, kind: str, chance: random.Random) -> Planted | None:
    wording, held = chance.choice(phrases(kind))
    words = wording.format(**_fillers(chance))
    return _inserted(clean, kind, words, words, chance, held=held)


def _changed_figure(clean: Clean, kind: str, chance: random.Random) -> Planted | None:
    """A number of a verified fact, changed."""
    figures = [
        found
        for value in clean.matter.facts.values()
        for found in [re.search(rf"(?<!\d){re.escape(value)}", clean.text)]
        if found and re.search(r"\d", value)
    ]
    if not figures:
        return None
    value = chance.choice(figures)
    digits = chance.choice(list(re.finditer(r"\d+", value[0])))
    known = "\n".join([*clean.matter.facts.values(), clean.matter.told, *(clause.text for clause in clean.clauses)])
    other = next((str(n) for n in chance.sample(range(10, 60), 50) if str(n) not in known), None)
    start = value.start() + digits.start()
    return _replaced(clean, kind, start, start + len(digits[0]), other, held=False) if other else None


def phrases(kind: str) -> list[tuple[str, bool]]:
    """The wordings of a kind, each with whether it is held back: half of those that were written before the checks."""
    first = [(wording, hashlib.sha256(wording.encode()).digest()[0] % 2 == 1) for wording in _wordings(_PHRASES)[kind]]
    return [*first, *((wording, False) for wording in _wordings(_TUNED_PHRASES).get(kind, ()))]


def plant_late(clean: Clean, chance: random.Random) -> Iterator[Planted]:
    """The reply with each of the wordings that were written when the checks were done, one by one."""
    for kind, wordings in _wordings(_LATE_PHRASES).items():
        for wording in wordings:
            words = wording.format(**_fillers(chance))
            yield _inserted(clean, kind, words, words, chance, held=True)


@cache
def _wordings(path: Path) -> dict[str, list[str]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _fillers(chance: random.Random) -> dict[str, str]:
    """What the wordings name: all invented, dates long past."""
    return {**_names(chance), **_numbers(chance), **_figures(chance)}


def _names(chance: random.Random) -> dict[str, str]:
    names = {"town": chance.choice(INVENTED["towns"]), "street": chance.choice(INVENTED["streets"])}
    surname, given = chance.choice(INVENTED["surnames"]), "".join(chance.sample(INVENTED["given"], chance.choice((1, 2, 2))))
    kinds = {"org": "bodies", "company": "firms", "hospital": "hospitals", "place": "places", "road": "roads"}
    return {
        "person": surname + given, "surname": surname, "given": given, "school": names["town"] + chance.choice(("小学", "中学", "幼儿园")),
        **{slot: chance.choice(INVENTED[kind]).format(**names) for slot, kind in kinds.items()},
    }  # fmt: skip


def _numbers(chance: random.Random) -> dict[str, str]:
    """One telephone number in many ways of writing, and other personal data."""
    mobile = f"1{chance.choice('3578')}{chance.randrange(10**9):09}"
    parts = (mobile[:3], mobile[3:7], mobile[7:])
    return {
        "phone": mobile, "spaced": " ".join(parts), "dashed": "-".join(parts)[1:], "dashed13": "-".join(parts), "dotted": ".".join(parts),
        "wide": "".join(chr(ord(digit) + 0xFEE0) for digit in mobile),
        "spoken": "".join("零幺二三四五六七八九"[int(digit)] for digit in mobile),
        "circled": "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(digit)] for digit in mobile), "qq": str(chance.randint(10**7, 10**9)),
        "landline": f"05{chance.randint(51, 99)}-{chance.randint(2, 8)}{chance.randrange(10**6):06}", "idnumber": _id_number(chance),
        "plate": f"{chance.choice(_PROVINCES)}{chance.choice('ABCDEF')}·{chance.randrange(10**4):04}{chance.choice('KLMN')}",
        "card": _card(chance), "building": f"{chance.randint(10, 29)}栋",
        "latin": "".join(chance.choices("abcdefghkmnpqrstuvwxyz", k=6)), "latin2": "".join(chance.choices("abcdefgh", k=4)),
    }  # fmt: skip


def _figures(chance: random.Random) -> dict[str, str]:
    day = NOW.date() - timedelta(days=chance.randint(120, 900))
    return {
        "n": str(chance.choice((13, 17, 23, 29, 31, 37, 43, 47))), "cn": from_int(chance.choice((13, 17, 23, 29, 31, 37))),
        "m": str(day.month),
        "d": str(chance.choice((3, 5, 6, 7, 8, 22, 23, 26, 27))), "dd": str(chance.randint(11, 59)),
        "h": str(chance.choice((3, 5, 21, 23))),
        "year": str(day.year), "cnm": from_int(day.month), "cnd": from_int(chance.choice((3, 7, 23, 27))),
        "weekday": chance.choice("一二三四五六日"),
    }  # fmt: skip


def _id_number(chance: random.Random) -> str:
    from stdnum.cn import ric

    body = (
        f"33010{chance.randint(1, 9)}19{chance.randint(50, 99)}0{chance.randint(1, 9)}{chance.randint(10, 28)}{chance.randrange(1000):03}"
    )
    return body + ric.calc_check_digit(body + "0")


def _card(chance: random.Random) -> str:
    from stdnum import luhn

    body = f"62{chance.randrange(10**16):016}"
    return body + luhn.calc_check_digit(body)


def _inserted(clean: Clean, kind: str, sentence: str, words: str, chance: random.Random, *, held: bool) -> Planted:
    """A sentence put between two others, never inside a quotation."""
    ends = [found.end() for found in _SENTENCE_END.finditer(clean.text) if _outside(clean.text, found.start())] or [0]
    place = chance.choice(ends)
    return Planted(clean, clean.text[:place] + sentence + clean.text[place:], kind, words, held)


def _outside(text: str, place: int) -> bool:
    before = text[:place]
    return before.count("“") <= before.count("”")


def _replaced(clean: Clean, kind: str, start: int, end: int, words: str, *, held: bool) -> Planted:
    return Planted(clean, clean.text[:start] + words + clean.text[end:], kind, words, held)


Spoiler = Callable[[Clean, str, random.Random], Planted | None]
_SPOILERS: dict[str, Spoiler] = {
    "clause_number": _clause_number, "quote_slipped": _quote, "quote_negated": _quote, "clause_repealed": _repealed,
    "clause_elsewhere": _elsewhere, "figure_changed": _changed_figure, "missing_ask": _missing_ask,
    **dict.fromkeys(_wordings(_PHRASES), _phrase),
}  # fmt: skip
KINDS = tuple(_SPOILERS)
