"""When a version holds: the date of adoption is not the date of effect, and a newer version ends an older one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge_base.region import NATIONAL, Region
from language.dates import first_date
from language.numerals import to_int

_DAY = (
    r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
    r"|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
)
_COUNT = r"[\d一二三四五六七八九十]+"
_ADOPTION = r"(?:公布|发布|印发|颁布|通过|签发|下发|发文)(?:之日|日)"
_BEGINS = r"(?:正式)?(?:施行|实施|执行|生效)"
_EFFECT = re.compile(
    rf"自\s*(?:(?P<day>{_DAY})|(?P<adoption>{_ADOPTION}))\s*起\s*"
    rf"(?:(?P<wait>{_COUNT})(?P<unit>日|天|个月)(?:后|之后|届满)?)?\s*(?:开始)?\s*{_BEGINS}"
)
_TERM = re.compile(
    rf"(?:起\s*{_BEGINS}[^。]{{0,12}}|本[^。，；]{{0,8}})有效期\s*限?\s*[为至到]?\s*(?:(?P<day>{_DAY})|(?P<years>{_COUNT})\s*年)"
)
_ENDS_OTHER = re.compile(r"《[^《》]+(?:《[^《》]+》[^《》]*)?》(?:（[^）]{0,40}）)?[^。；]{0,80}?(?:同时|即行|一并|相应)?废止")
_NAME = re.compile(r"《(?P<name>[^《》]+(?:《[^《》]+》[^《》]*)?)》")
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
    """The day of effect that a text states of itself (自2022年6月5日起施行, 自公布之日起施行).

    Args:
        adopted: day of adoption or of the last amendment. A stated day before it belongs to the first version of the
            work, not to this amended one, whose own day of effect the text does not tell: unknown.

    Returns:
        None where the text names no day for this version.
    """
    matches = [match for match in _EFFECT.finditer(text) if _ITS_OWN.search(text[max(0, match.start() - 14) : match.start()])]
    if not matches:
        return None
    match = matches[-1]
    day = first_date(match["day"].replace("○", "〇")) if match["day"] else adopted
    if day is None:
        return None
    if match["wait"]:
        day += timedelta(days=to_int(match["wait"]) * (30 if match["unit"] == "个月" else 1))
    return day if adopted is None or day >= adopted else None


def end_stated(text: str, effective: date | None) -> date | None:
    """The first day on which a text holds no more by its own words (有效期至2025年12月31日, 有效期5年); None where it names no end."""
    match = _TERM.search(text)
    if match is None:
        return None
    if match["day"]:
        last = first_date(match["day"].replace("○", "〇"))
        return last + timedelta(days=1) if last else None
    return _years_later(effective, to_int(match["years"])) if effective else None


def ends_others(text: str) -> tuple[str, ...]:
    """Titles of the documents that a text repeals (《…办法》同时废止)."""
    names: list[str] = []
    for match in _ENDS_OTHER.finditer(text):
        names += [name["name"] for name in _NAME.finditer(match.group())]
    return tuple(dict.fromkeys(names))


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
