"""Moments as web pages write them: 刚刚, 3分钟前, 昨天 18:42, 11月3日, 2026-11-03T18:42:00+08:00, 1773999999."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

from language.numerals import NUMERAL, to_int

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
"""Public posts are written between; other years are slips of a machine."""
_EPOCH_SECONDS = range(631_152_000, 4_102_444_800)
"""The same years as seconds since 1970."""
_LONGEST_CHARACTERS = 80
_NOISE = re.compile(r"^(?:发布|发表|更新|创建|来信|留言|编辑|最后)*(?:时间|日期|于|在)?\s*[::]?\s*|(?:\s*(?:发布|发表|更新|编辑过?))$")
_NOW = re.compile(r"刚刚|刚才|刚|现在|just now")
_UNITS: Mapping[str, timedelta] = {
    "秒": timedelta(seconds=1), "分": timedelta(minutes=1), "时": timedelta(hours=1), "天": timedelta(days=1), "日": timedelta(days=1),
    "周": timedelta(weeks=1), "星": timedelta(weeks=1), "月": timedelta(days=30), "年": timedelta(days=365),
    "s": timedelta(seconds=1), "mi": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1),
}  # fmt: skip
_AGO = re.compile(
    rf"(?P<amount>\d{{1,6}}|[{NUMERAL}半]{{1,4}}|an?)\s*个?(?P<more>半)?(?P<unit>秒|分|小?时|天|日|周|星期|月|年|s|mi|h|d|w)"
    r"(?:钟|ec(?:ond)?s?|n(?:ute)?s?|(?<=h)(?:ou)?rs?|(?<=d)ays?|(?<=w)eeks?)?(?P<half>半)?(?:之?前|以前|\s*ago)"
)
_CLOCK = (
    r"(?P<half_day>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})?\s*分?"
    r"(?:\s*:?\s*(?P<second>\d{1,2})\s*秒?)?(?:[.,]\d+)?\s*(?P<meridiem>[AaPp][Mm])?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_WEEKDAY = r"(?:\s*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
_DATE = (
    r"(?:(?P<year>\d{4}|[〇零一二三四五六七八九]{4})\s*[-/.年]\s*)?(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})\s*[-/.月]\s*"
    r"(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号]?"
)
_DAY_WORDS = {"今": 0, "昨": 1, "前": 2, "大前": 3}
_WRITTEN = re.compile(rf"(?:{_DATE}|(?P<word>今|昨|大前|前)[天日]){_WEEKDAY}(?:[T\s,]*{_CLOCK})?{_ZONE}")
_ONLY_CLOCK = re.compile(rf"{_CLOCK}{_ZONE}")


def read_moment(written: str, now: datetime) -> datetime:
    """The moment that a web page or a record writes, seen from `now`.

    A time without a zone is in the zone of `now`. A day without a year is the latest that has come; a clock time alone is the last such.

    Args:
        now: timezone-aware.

    Raises:
        ValueError: it is no moment, or one that no post can have.
    """
    text = unicodedata.normalize("NFKC", written).strip()
    if len(text) > _LONGEST_CHARACTERS:
        raise ValueError("too long for a moment")
    text = _NOISE.sub("", text)
    for pattern, build in _FORMS:
        if match := pattern.fullmatch(text):
            return plausible(build(match, now))
    return plausible(_mailed(text, now))


def plausible(moment: datetime) -> datetime:
    """The moment itself. Raises ValueError for one that no public post can have."""
    if not EARLIEST_YEAR <= moment.year < LATEST_YEAR:
        raise ValueError(f"no post was written in {moment.year}")
    return moment


def _ago(match: re.Match[str], now: datetime) -> datetime:
    unit = _UNITS.get(match["unit"][:2]) or _UNITS["时" if "时" in match["unit"] else match["unit"][0]]
    amount = match["amount"]
    number = 0.5 if amount == "半" else 1 if amount in ("a", "an") else to_int(amount)
    return now - unit * (number + (0.5 if match["half"] or match["more"] else 0))


def _epoch(match: re.Match[str], now: datetime) -> datetime:
    seconds = int(match["whole"]) / (1 if len(match["whole"]) <= 10 else 1_000)
    if int(seconds) not in _EPOCH_SECONDS:
        raise ValueError("no moment of a post")
    return datetime.fromtimestamp(seconds, now.tzinfo)


def _dated(match: re.Match[str], now: datetime) -> datetime:
    if match["word"]:
        day = now - timedelta(days=_DAY_WORDS[match["word"]])
        return _at(day, match, now)
    month, day_of_month = to_int(match["month"]), to_int(match["day"])
    if match["year"]:
        return _at(now.replace(year=to_int(match["year"]), month=month, day=day_of_month, fold=0), match, now)
    moment = _at(now.replace(month=month, day=day_of_month), match, now)
    return moment if moment <= now + timedelta(days=1) else moment.replace(year=moment.year - 1)


def _clock(match: re.Match[str], now: datetime) -> datetime:
    moment = _at(now, match, now)
    return moment if moment <= now + timedelta(minutes=5) else moment - timedelta(days=1)


def _at(day: datetime, match: re.Match[str], now: datetime) -> datetime:
    """The clock time of a match on a day; midnight where it names none."""
    hour = int(match["hour"] or 0)
    afternoon = match["half_day"] in ("下午", "傍晚", "晚上", "晚") or (match["meridiem"] or "").lower() == "pm"
    if (afternoon and hour < 12) or (match["half_day"] == "中午" and hour < 3):
        hour += 12
    elif (match["meridiem"] or "").lower() == "am" and hour == 12:
        hour = 0
    clock = {"hour": hour, "minute": int(match["minute"] or 0), "second": int(match["second"] or 0)}
    return day.replace(**clock, microsecond=0, tzinfo=_zone(match["zone"], now))


def _zone(written: str | None, now: datetime) -> tzinfo | None:
    if not written:
        return now.tzinfo
    return datetime.strptime("+0000" if written in ("Z", "UTC", "GMT") else written, "%z").tzinfo


_JAVA = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) ([\d:]{8}) (?:([A-Z]{3,4}|[+-]\d{4}) )?(\d{4})")


def _mailed(text: str, now: datetime) -> datetime:
    """RFC 822 as feeds write it, and what Java prints; CST is China's here, and a missing zone is that of `now`."""
    if java := _JAVA.fullmatch(text):
        month, day, clock, zone, year = java.groups()
        text = f"{day} {month} {year} {clock} {zone or ''}".strip()
    text = re.sub(r"\bCST\b", "+0800", text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, IndexError) as error:
        raise ValueError("no moment") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], datetime]], ...] = (
    (_NOW, lambda _, now: now),
    (_AGO, _ago),
    (re.compile(r"(?P<whole>\d{9,10}|\d{13})(?:\.\d+)?"), _epoch),
    (_WRITTEN, _dated),
    (_ONLY_CLOCK, _clock),
)
