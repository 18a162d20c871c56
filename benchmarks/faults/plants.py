"""Ways to spoil a clean reply. Each plant knows which words it put there, or which ask it took out."""

import hashlib
import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from benchmarks.faults.clean import NOW, Clean
from casework.checks.citations import mentions
from casework.checks.coverage import covers
from knowledge_base.clause import Clause
from language.numerals import from_int

_PHRASES = Path(__file__).with_name("phrases.toml")
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
_LOOKALIKES = "的一是在有人这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴谈注罗阳段引切够拉照型"
_SURNAMES, _GIVEN = (
    "赵钱孙李周吴郑王冯陈沈韩杨朱秦许何吕张孔曹魏陶姜谢邹苏潘葛范彭鲁韦唐薛贺汤罗郝傅顾孟黄萧尹姚邵汪毛",
    "志强建国丽娟晓东海燕文斌桂芳振宇慧敏永康玉兰俊峰秀英天佑立新",
)
_TOWNS, _STREETS = (
    ("云川", "碧湾", "柏原", "临岫", "苍溪", "樟坪", "澄江", "丹阳浦", "鹤鸣", "松陵"),
    ("春晖", "向阳", "民主", "凤起", "长乐", "福兴", "望海", "紫荆", "金鼎", "清波"),
)
_BODIES = (
    "{town}区住建局",
    "{town}市生态环境局",
    "{town}街道办事处",
    "{town}区市场监督管理局",
    "{town}派出所",
    "{town}区疾病预防控制中心",
    "{town}县自然资源局",
    "{town}镇人民政府",
    "{town}消防救援大队",
    "{town}供电所",
    "{town}社区居委会",
)
_FIRMS = (
    "{street}市政工程有限公司",
    "{town}物业服务公司",
    "{street}建设集团",
    "{street}商贸公司",
    "{town}餐饮管理有限公司",
    "{street}环境科技公司",
)
_HOSPITALS = ("{town}区人民医院", "{street}骨科医院", "{town}市第二医院", "{town}司法鉴定所", "{street}社区卫生服务中心")
_PLACES = ("{street}广场", "{street}小区", "{town}农贸市场", "{street}公园", "{town}夜市", "{street}家园", "{town}汽车站", "{street}大厦")
_ROADS = ("{street}路", "{street}大道", "{town}巷", "{street}东路", "{town}大桥", "{street}街")
_PROVINCES = "京沪浙苏粤川"


@dataclass(frozen=True)
class Planted:
    """A spoilt reply.

    Attributes:
        kind: what was planted.
        words: what was put in; empty where something was taken out.
        held: whether the wording is one of those that nobody looked at while the checks were tuned.
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
    return _replaced(clean, kind, mention.start, mention.end, spoilt, held=chance.random() < 0.5)


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
    return _replaced(clean, kind, mention.quoted_at, mention.quoted_at + len(mention.quote), spoilt, held=chance.random() < 0.5)


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
            letters[place] = chance.choice([each for each in _LOOKALIKES if each != letters[place]])
        elif way == 1:
            del letters[place]
        elif way == 2:
            letters.insert(place, chance.choice(_LOOKALIKES))
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
    planted = _inserted(clean, kind, wording.format(cited=cited, quote=sentence), cited, chance, held=chance.random() < 0.5)
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
    return Planted(clean, kept, kind, "", chance.random() < 0.5, ask) if 30 < len(kept) < len(clean.text) else None


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
    return _replaced(clean, kind, start, start + len(digits[0]), other, held=chance.random() < 0.5) if other else None


def phrases(kind: str) -> list[tuple[str, bool]]:
    """The wordings of a kind, each with whether it is held back."""
    return [(wording, hashlib.sha256(wording.encode()).digest()[0] % 2 == 1) for wording in _wordings()[kind]]


@cache
def _wordings() -> dict[str, list[str]]:
    return tomllib.loads(_PHRASES.read_text(encoding="utf-8"))


def _fillers(chance: random.Random) -> dict[str, str]:
    """What the wordings name: all invented, dates long past."""
    mobile = f"1{chance.choice('3578')}{chance.randrange(10**9):09}"
    town, street, surname = chance.choice(_TOWNS), chance.choice(_STREETS), chance.choice(_SURNAMES)
    given = "".join(chance.sample(_GIVEN, 2)) if chance.random() < 0.7 else chance.choice(_GIVEN)
    day = NOW.date() - timedelta(days=chance.randint(120, 900))
    names = {"town": town, "street": street}
    return {
        "phone": mobile, "spaced": f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}", "dashed": "-".join((mobile[1:3], mobile[3:7], mobile[7:])),
        "dotted": ".".join((mobile[:3], mobile[3:7], mobile[7:])), "wide": "".join(chr(ord(digit) + 0xFEE0) for digit in mobile),
        "spoken": "".join("零幺二三四五六七八九"[int(digit)] for digit in mobile), "circled": "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(digit)] for digit in mobile),
        "landline": f"05{chance.randint(51, 99)}-{chance.randint(2, 8)}{chance.randrange(10**6):06}", "qq": str(chance.randint(10**7, 10**9)),
        "plate": f"{chance.choice(_PROVINCES)}{chance.choice('ABCDEF')}·{chance.randrange(10**4):04}{chance.choice('KLMN')}",
        "idnumber": _id_number(chance), "card": _card(chance), "building": f"{chance.randint(10, 29)}栋", "latin": "".join(chance.choices("abcdefghkmnpqrstuvwxyz", k=6)),
        "latin2": "".join(chance.choices("abcdefgh", k=4)), "person": surname + given, "surname": surname, "given": given,
        "org": chance.choice(_BODIES).format(**names), "company": chance.choice(_FIRMS).format(**names), "hospital": chance.choice(_HOSPITALS).format(**names),
        "school": f"{town}{chance.choice(('小学', '中学', '幼儿园'))}", "place": chance.choice(_PLACES).format(**names), "road": chance.choice(_ROADS).format(**names),
        "n": str(chance.choice((13, 17, 23, 29, 31, 37, 43, 47))), "cn": from_int(chance.choice((13, 17, 23, 29, 31, 37))), "m": str(day.month), "d": str(chance.choice((3, 5, 6, 7, 8, 22, 23, 26, 27))),
        "dd": str(chance.randint(11, 59)), "h": str(chance.choice((3, 5, 21, 23))), "year": str(day.year), "cnm": from_int(day.month), "cnd": from_int(chance.choice((3, 7, 23, 27))),
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
    "clause_number": _clause_number, "quote_slipped": _quote, "quote_negated": _quote, "clause_repealed": _repealed, "clause_elsewhere": _elsewhere,
    "figure_changed": _changed_figure, "missing_ask": _missing_ask,
    **dict.fromkeys(_wordings(), _phrase),
}  # fmt: skip
KINDS = tuple(_SPOILERS)
