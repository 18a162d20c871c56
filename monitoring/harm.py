"""Harm and danger in a post: deaths, injuries, poisonings, health of the vulnerable, real hazards."""

import re
from collections.abc import Iterator

from language.numerals import NUMERAL, count
from monitoring.cues import Cues, near
from monitoring.reading import Reading, Span
from monitoring.sign import Sign, sign_at
from monitoring.telling import Telling

SEVERAL_HARMED = 3
MANY_HARMED = 10
_REACH = 18
"""Characters around a harm in which its victims are looked for."""
_COUNTED = 36
"""Characters before a harm in which its victims are counted."""
_SCENE = 60
"""Characters around a harm in which it shows where it happened."""

_PEOPLE = re.compile(
    rf"(?<![第每])(?P<number>\d+|[{NUMERAL}]+|数[十百]|上[百千]|几[十百]|十几|[二三四五六七八九]十几|[{NUMERAL}]+百[{NUMERAL}]+十几|好几|好多|多)(?:余|多|来|几)?"
    r"(?:(?:名|位|口)(?!额)|个(?!月|小时|星期|钟|楼|单元|地方|问题|部门|电话|摊)|人(?!民|行|次|份)"
    r"|(?:学生|孩子|儿童|小孩|老人|居民|顾客|宾客|员工|行人|路人|乘客|游客|市民|师生|同学|工人|业主|群众))"
)
_ONLOOKERS = re.compile(r"(?:围[了观着满]|聚[集了]|挤[了满]|排[了着队])[^，。]{0,3}$")
"""Whoever stands around has come to no harm."""
_AMBULANCES = re.compile(rf"(?P<number>\d+|[{NUMERAL}]+|好几)(?:多|来)?辆救护车")
_CASUALTIES = Telling(
    rf"(?P<number>\d+|[{NUMERAL}]+)(?:多|余)?(?:名|个|人)?(?:死亡?|伤|遇难)(?![^，。]{{0,1}}[者员心率])", needs="死|伤|遇难"
)
_DEATHS = Telling(
    rf"(?:致|成|了)(?:\d+|[{NUMERAL}]+)(?:多|余)?(?:名|个)?人?(?:死亡?(?!亡?者)|遇难)|(?:\d|[{NUMERAL}])(?:人)?死(?=[\d{NUMERAL}，。！\s]|$)"
    rf"|死了(?:\d+|[{NUMERAL}]+|好几)个|(?:孩子|老人|[{NUMERAL}]个人?|一家[{NUMERAL}]口(?:都|全)?|我?爸|我?妈|娃)(?:就|都|全)?没了(?![\w]{{0,3}}(?:钱|工作|办法|法|意思|地方|学))",
    needs="死|遇难|没了",
)
"""Deaths told by counts and by the mild words of everyday."""
_BROKEN = Telling(
    r"[砸轧压撞夹打摔咬绞]断[^，。]{0,6}(?:腿|手|臂|骨|脊|指|脚|腰|肋|腕)|(?:腿|手|臂|骨头?|脊柱|手指|脚|肋骨|鼻梁骨?)[都被给]*[打砸轧压撞夹摔]断",
    needs="断",
)
"""Bones, not planks."""
_BEAST = re.compile(r"鱼|树|草|木|苗|鸡|鸭|猪|狗|猫|虾|牛|羊|花|虫|鸟|蛇|动物|绿植|庄稼|蟑螂|老鼠|老虎")
_HUMAN = re.compile(
    r"人|我|他|她|孩|娃|童|婴|爸|妈|爷|奶|婆|母|父|叔|哥|弟|姐|妹"
    r"|伯|姨|男|女|岁|学生|师傅|司机|工|主|者|名|位|民|客|娘|夫妻|太|贩|队员|汉"
)
_YEARS_AGO = re.compile(r"(?:19|20)?\d{2}年(?!\d{1,2}月)[^，。]{0,12}$|死了[^，。]{0,4}年")
_AGE = re.compile(r"(?<![\d一二三四五六七八九十])(?:1[0-7]|[1-9]|十[一二三四五六七]|[一二三四五六七八九十])岁")
_SCHOOL = re.compile(r"学校|幼儿园|小学|中学|高中|初中|学生|校医|校园|住宿生|班上|全班|我们班|家长群|托管班|营养餐|娃")


def harms(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """The signs of harm, gravest first."""
    yield from _death(reading, cues)
    yield from _injuries(reading, cues)
    yield from _explosion(reading, cues)
    yield from _poisoning(reading, cues)
    yield from _vulnerable(reading, cues)
    yield from _hazard(reading, cues)


def _death(reading: Reading, cues: Cues) -> Iterator[Sign]:
    spans = [*cues.stated_but(reading, "death", "death_not")]
    spans += [span for span in cues.stated(reading, "death_mild") if near(reading, span, cues["death_scene"], _REACH)]
    spans += [_span(match) for match in _DEATHS.finditer(reading.text) if cues.is_fact(reading, *match.span())]
    if span := next((span for span in spans if is_human(reading, span) and not _is_old(reading, span)), None):
        yield sign_at("death", reading, span)


def is_human(reading: Reading, span: Span) -> bool:
    """False where it is fish, trees or dogs that came to harm: who stands before 被 where the clause has it, else anybody in it."""
    start = reading.clause_at(span.start).start
    clause = reading.text[start : span.end]
    if "被" in clause:
        clause = clause.partition("被")[0] or reading.text[max(0, start - _REACH) : start]
    return not _BEAST.search(clause) or _HUMAN.search(clause) is not None


def _is_old(reading: Reading, span: Span) -> bool:
    """Whether the clause puts it into a bygone year."""
    clause = reading.clause_at(span.start)
    return bool(_YEARS_AGO.search(reading.text[clause.start : span.start]) or _YEARS_AGO.search(reading.text[span.start : clause.end]))


def _injuries(reading: Reading, cues: Cues) -> Iterator[Sign]:
    broken = (_span(match) for match in _BROKEN.finditer(reading.text) if cues.is_fact(reading, *match.span()))
    severe = next(cues.stated_but(reading, "severe_injury", "severe_not"), None) or next(broken, None)
    if severe and not _is_old(reading, severe):
        yield sign_at("severe_injury", reading, severe)
    hurt = list(cues.stated(reading, "injury"))
    hurt += [_span(match) for match in _CASUALTIES.finditer(reading.text) if cues.is_fact(reading, *match.span())]
    if not hurt:
        return
    victims, span = max(((_victims(reading, span), span) for span in hurt), key=lambda pair: pair[0])
    yield sign_at(_by_number(victims) or "injury", reading, span, victims)


def _by_number(victims: int) -> str | None:
    """The factor that so many victims make, None for one or two."""
    if victims >= MANY_HARMED:
        return "group_harm"
    return "several_injured" if victims >= SEVERAL_HARMED else None


def _victims(reading: Reading, span: Span) -> int:
    """How many people a harm has struck: the number nearest to it in its sentence, the one before it first; at least one."""
    sentence = reading.sentence_at(span.start)
    numbers = list(_PEOPLE.finditer(reading.text, max(sentence.start, span.start - _COUNTED), min(sentence.end, span.end + _REACH)))
    numbers = [match for match in numbers if not _ONLOOKERS.search(reading.text, max(0, match.start() - _REACH), match.start())]
    before = [match for match in numbers if match.start() <= span.start]
    nearest = before[-1] if before else next(iter(numbers), None)
    return 1 if nearest is None else count(nearest["number"]) or (SEVERAL_HARMED if "好" in nearest["number"] else 1)


def _explosion(reading: Reading, cues: Cues) -> Iterator[Sign]:
    blasts = cues.stated_but(reading, "explosion", "explosion_not")
    falls = (span for span in cues.stated_but(reading, "collapse", "explosion_not") if _falls(reading, cues, span))
    if (span := next(blasts, None) or next(falls, None)) and not _is_old(reading, span):
        yield sign_at("explosion", reading, span)


def _falls(reading: Reading, cues: Cues, span: Span) -> bool:
    """Whether what collapsed is a building."""
    before = reading.text[max(reading.clause_at(span.start).start, span.start - _REACH) : span.start]
    return any(thing in before for thing in cues["structure"])


def _poisoning(reading: Reading, cues: Cues) -> Iterator[Sign]:
    best: tuple[int, Span] | None = None
    for span in cues.stated(reading, "poisoning"):
        victims = _poisoned(reading, cues, span)
        if best is None or victims > best[0]:
            best = victims, span
    if best and (name := _by_number(best[0])):
        yield sign_at(name, reading, best[1], best[0])


def _poisoned(reading: Reading, cues: Cues, span: Span) -> int:
    """How many, where a whole school class and “a whole crowd of us” count as many and as several."""
    victims = max(_victims(reading, span), _by_ambulances(reading, span))
    at_school = _SCHOOL.search(reading.text[max(0, span.start - _SCENE) : span.end + _SCENE]) is not None
    en_masse = near(reading, span, cues["en_masse"], _REACH)
    if at_school and (victims >= SEVERAL_HARMED or en_masse):
        return max(victims, MANY_HARMED)
    return max(victims, SEVERAL_HARMED) if en_masse else victims


def _by_ambulances(reading: Reading, span: Span) -> int:
    """How many victims the number of ambulances at the scene lets expect at least."""
    sentence = reading.sentence_at(span.start)
    return 1 if (sent := _AMBULANCES.search(reading.text, sentence.start, sentence.end)) is None else _several(sent["number"])


def _several(number: str) -> int:
    return SEVERAL_HARMED if (count(number) or SEVERAL_HARMED) > 1 else 1


def _vulnerable(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """Children's, pupils' or old people's health: a concrete symptom, not “affects body and mind”."""
    for name in ("symptom", "injury"):
        for span in cues.stated(reading, name):
            clause_before = reading.text[max(0, span.start - _REACH) : span.start]
            if any(near(reading, span, cues[weak], _REACH) for weak in ("children", "elders")) or _AGE.search(clause_before):
                yield sign_at("vulnerable_health", reading, span)
                return


def _hazard(reading: Reading, cues: Cues) -> Iterator[Sign]:
    alone = (span for span in cues.spans(reading, "hazard") if cues.is_real(reading, span.start, span.end))
    with_thing = (span for span in cues.spans(reading, "hazard_sign") if near(reading, span, cues["hazard_thing"], _REACH))
    if span := next(alone, None) or next(with_thing, None):
        yield sign_at("hazard", reading, span)


def _span(match: re.Match[str]) -> Span:
    return Span(*match.span(), match.group())
