"""When a version holds: the date of adoption is not the date of effect, and a newer version ends an older one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge_base.region import NATIONAL, Region
from language.dates import first_date
from language.numerals import article_number, from_int, to_int
from language.script import to_simplified

_DAY = (
    r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
    r"|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
)
_COUNT = r"[\d一二三四五六七八九十]{1,4}"
_ADOPTION = r"(?:公布|发布|印发|颁布|通过|批准|签发|下发|发文)(?:之日|日|之时)"
_BEGINS = r"(?:正式)?(?:施行|实施|执行|生效)"
_WAIT = rf"(?:(?:满|届满)?\s*(?P<wait>{_COUNT})\s*(?P<unit>个?工作日|日|天|个月|年)(?:后|之后|以后|届满|届满后|起)?(?:之日)?起?)?"
_EFFECT = re.compile(
    rf"(?:自|从|于|在|由)\s*(?:(?P<day>{_DAY})|(?P<adoption>{_ADOPTION}))(?:零时|0时)?\s*(?:起|开始|后)?\s*，?{_WAIT}"
    rf"\s*(?:起|开始)?\s*{_BEGINS}"
    rf"|(?:施行|实施|生效|执行)(?:日期|时间)\s*[为：:]\s*(?:自|从)?\s*(?P<told>{_DAY})"
    rf"|(?<![\d年月日])(?P<bare>{_DAY})\s*起\s*(?:正式)?(?:施行|实施|执行)"
)
_NEXT_MONTH = re.compile(rf"自\s*{_ADOPTION}\s*(?:起|的)?次(?P<unit>日|月|年)(?P<first>1日|一日|1月1日|一月一日)?起\s*{_BEGINS}")
_TERM = re.compile(
    rf"(?:起\s*{_BEGINS}[^。]{{0,12}}|本[^。，；]{{0,8}})有效期\s*限?\s*[为至到]?\s*(?:(?P<day>{_DAY})|(?P<years>{_COUNT})\s*年)"
)
_SENTENCE = re.compile(r"[^。；;\n]+")
_ENDS_OTHERS = re.compile(
    r"(?:同时|即行|一并|相应|予以|自行|均|全部|起|之日|》(?:[（(][^）)]{0,60}[）)])?)\s*(?:停止执行|废止|失效)|(?:决定|予以)停止执行"
)
_ENDS_LIST = re.compile(r"(?:^|[，、：:]|决定|现|同时|将)(?:予以)?废止(?=《)")
_NAME = re.compile(r"《(?P<name>[^《》]{1,200}(?:《[^《》]{1,200}》[^《》]{0,200})?)》(?:[（(][^）)]{0,60}[）)])?")
_ARTICLES = r"第[一二三四五六七八九十百零〇\d]{1,8}条(?:之[一二三四五六七八九十])?"
_PARTS = re.compile(
    rf"(?:中的?|的|，)?(?P<parts>{_ARTICLES}(?:(?:、|和|及|以及|，|至){_ARTICLES})*)(?P<within>第[一二三四五六七八九十\d]{{1,3}}[款项])?"
)
_PART = re.compile(rf"(?P<first>{_ARTICLES})(?:至(?P<last>{_ARTICLES}))?")
_SPOKEN_OF = re.compile(r"(?:根据|依照|依据|按照|执行|适用|参照|违反|与|同|本市|以)\s*$")
_MOST_PARTS = 200
_ITS_OWN = re.compile(r"本[^。；，《]{0,12}$|^[^。；《]{0,2}$|[，；。\s]$")


@dataclass(frozen=True)
class Version:
    """One version of a work, or one part of it, as far as its validity goes.

    Attributes:
        work: the same for all versions of one title in one region.
        adopted: day of adoption or of the last amendment; None is unknown.
        effective: day of effect of this version; None is unknown.
        articles: names of its clauses; parts of one law share none.
        names: title and document number under which others may end it.
        replaces: names of the documents that it ends, in its own region.
    """

    key: int
    work: str
    adopted: date | None
    effective: date | None
    articles: frozenset[str] = frozenset()
    region: Region = NATIONAL
    names: frozenset[str] = frozenset()
    replaces: frozenset[str] = frozenset()

    @property
    def begins(self) -> date:
        """From when it outranks older versions: an unknown day of effect is taken as the day of adoption."""
        return self.effective or self.adopted or date.min

    @property
    def order(self) -> date:
        return self.adopted or self.effective or date.min


@dataclass(frozen=True)
class Ended:
    """By which version another one was ended, and on which day it held no more."""

    by: int
    on: date


def effect_stated(text: str, adopted: date | None) -> date | None:
    """The day of effect that a text states of itself (自2022年6月5日起施行, 自公布之日起施行, 自公布之日起三十日后施行).

    Args:
        adopted: day of adoption or of the last amendment. A stated day before it belongs to the first version of the
            work, not to this amended one, whose own day of effect the text does not tell: unknown.

    Returns:
        None where the text names no day for this version.
    """
    stated = effects_stated(text, adopted)
    return stated[-1] if stated and (adopted is None or stated[-1] >= adopted) else None


def effects_stated(text: str, adopted: date | None) -> list[date]:
    """All days of effect that a text states of itself, in order; those before `adopted` too. More than one: parts begin apart."""
    text = to_simplified(text)
    matches = [match for match in _EFFECT.finditer(text) if _ITS_OWN.search(text[max(0, match.start() - 14) : match.start()])]
    days = [_effect(match, adopted) for match in matches]
    if not any(days) and adopted and (match := _NEXT_MONTH.search(text)):
        days = [_next(adopted, match["unit"])]
    return [day for day in days if day]


def _effect(match: re.Match[str], adopted: date | None) -> date | None:
    written = match["day"] or match["told"] or match["bare"]
    day = first_date(written.replace("○", "〇")) if written else adopted
    if day is None or not match["wait"]:
        return day
    return _later(day, to_int(match["wait"]), match["unit"])


def _later(day: date, count: int, unit: str) -> date | None:
    """So many days, months or years after a day; None beyond the calendar. Working days are counted as seven for five."""
    try:
        if unit == "年":
            return _years_later(day, count)
        if unit == "个月":
            return _months_later(day, count)
        return day + timedelta(days=-(-count * 7 // 5) if "工作日" in unit else count)
    except (ValueError, OverflowError):
        return None


def _next(day: date, unit: str) -> date | None:
    if unit == "日":
        return _later(day, 1, "日")
    return _months_later(day.replace(day=1), 1) if unit == "月" else date(day.year + 1, 1, 1)


def end_stated(text: str, effective: date | None) -> date | None:
    """The first day on which a text holds no more by its own words (有效期至2025年12月31日, 有效期5年); None where it names no end."""
    match = _TERM.search(to_simplified(text))
    if match is None:
        return None
    if match["day"]:
        last = first_date(match["day"].replace("○", "〇"))
        return _later(last, 1, "日") if last else None
    return _later(effective, to_int(match["years"]), "年") if effective else None


@dataclass(frozen=True)
class Repeal:
    """What a text ends: a document by its name, or some articles of it.

    `below`: only paragraphs or items of these articles; that ends no clause of ours, a person is told instead.
    """

    name: str
    articles: tuple[str, ...] = ()
    below: bool = False


def repeals(text: str) -> tuple[Repeal, ...]:
    """What a text repeals (《…办法》同时废止；《…规定》第五条、第六条同时废止；废止《…通知》)."""
    found: dict[str, Repeal] = {}
    for sentence in _SENTENCE.finditer(to_simplified(text)):
        if "废止" in sentence.group() or "停止执行" in sentence.group() or "失效" in sentence.group():
            found |= {repeal.name: repeal for repeal in _repealed_in(sentence.group())}
    return tuple(found.values())


def ends_others(text: str) -> tuple[str, ...]:
    """Titles of the documents that a text repeals as a whole."""
    return tuple(repeal.name for repeal in repeals(text) if not repeal.articles)


def _repealed_in(sentence: str) -> Iterator[Repeal]:
    ends = max((match.end() for match in _ENDS_OTHERS.finditer(sentence)), default=0)
    begins = next((match.end() for match in _ENDS_LIST.finditer(sentence)), len(sentence))
    for name in _NAME.finditer(sentence):
        if _SPOKEN_OF.search(sentence[max(0, name.start() - 4) : name.start()]):
            continue
        if name.end() <= ends or name.start() >= begins:
            part = _PARTS.match(sentence, name.end())
            yield Repeal(name["name"], _articles_named(part["parts"]), bool(part["within"])) if part else Repeal(name["name"])


def _articles_named(parts: str) -> tuple[str, ...]:
    """`第五条、第七条至第九条` as the names of the articles."""
    names: list[str] = []
    for part in _PART.finditer(parts):
        names.append(part["first"])
        first, last = article_number(part["first"]), article_number(part["last"] or "")
        if first and last and first < last:
            names += [f"第{from_int(number)}条" for number in range(first + 1, min(last, first + _MOST_PARTS) + 1)]
    return tuple(names)


def endings(versions: Sequence[Version]) -> dict[int, Ended]:
    """Which versions are ended by which, whatever the order in which they came in.

    A version is ended by the newer one of its work, or the one that replaces it by name, that begins first, on the day that
    one begins. Parts of one version, which share no article, do not end each other.
    """
    ended = {}
    for version in versions:
        newer = [other for other in versions if _outranks(other, version)]
        if newer:
            first = min(newer, key=lambda other: (other.begins, other.order, other.key))
            ended[version.key] = Ended(first.key, first.begins)
    return ended


def earliest(days: Iterable[date | None]) -> date | None:
    """The earliest of the known days; None where none is known."""
    return min((day for day in days if day), default=None)


def _outranks(newer: Version, older: Version) -> bool:
    if newer.key == older.key or newer.order < older.order:
        return False
    if newer.work != older.work:
        return newer.region == older.region and bool(newer.replaces & older.names) and not older.replaces & newer.names
    parts_of_one = newer.adopted == older.adopted and not newer.articles & older.articles
    return newer.order > older.order and not parts_of_one


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _months_later(day: date, months: int) -> date:
    """The same day so many months later; the first of the month after it where that month has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return _months_later(day.replace(day=1), months + 1)
