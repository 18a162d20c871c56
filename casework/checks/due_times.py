"""When a promise is due: the times that a phrase names for something to come, as moments (今晚 22 点前, 三日内, 下周一, 月底前, 国庆前)."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from casework.workdays import END_OF_DAY, holiday_after, working_day_after
from language.numerals import to_int
from storage.clock import CHINA

_NUMBER = r"(?:[0-9]+|[一二三四五六七八九十两]+|半)"
_DAY = (
    r"(?:(?P<relative>今[天日晚早]|明[天日晚早]|大后天|后天)|(?P<next>[本这下]?)(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])"
    r"|(?:(?P<year>\d{4})[年\-/.])?(?P<month>\d{1,2})[月\-/](?P<day>\d{1,2})(?:[日号](?!楼|线)|(?=\s|前|之前|\d{1,2}[:：]))"
    r"|(?:(?P<which>本|这个?|下个?)月)?(?P<bare_day>\d{1,2})[日号](?!楼|线|门|店|院|桌|车)"
    r"|(?P<end>(?:本|这个?|下个?)?月(?P<part_of_month>底|末|初)|(?:今|本)?年(?:底|末)|(?:本)?季度?末|本[周月年](?=内|之内)))"
)
_CLOCK = (
    r"(?P<part>凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜里|晚)?\s?(?P<hour>\d{1,2}|(?<!第)[一二三四五六七八九十]{1,2}(?=[点时](?!间)))"
    r"\s?[:：时点]\s?(?P<minute>\d{1,2}|半)?分?"
)
_MOMENT = re.compile(rf"{_DAY}\s?(?:{_CLOCK}|(?P<rough>中午|下班|上午|下午|傍晚|晚上|晚间|晚|天黑))?|{_CLOCK.replace('?P<', '?P<only_')}")
_WITHIN = re.compile(rf"(?P<count>{_NUMBER})\s?(?P<unit>个?工作日|个?小时|分钟|天|日|个?星期|周|个?半?月)(?:之?内|以内|左右)")
_HOLIDAY = re.compile(
    r"(?P<name>元旦|春节|清明|五一|劳动节|端午|中秋|国庆|(?=节后|节前|长假后|假期后))(?:节|长假|假期)*(?P<after>之?后|过后)?"
)
_RELATIVE_DAYS = {"今": 0, "明": 1, "后": 2, "大": 3}
_PM = ("下午", "傍晚", "晚上", "晚间", "夜里", "晚")
_NIGHT = time(23, 59)
_ROUGH = {"中午": time(12), "上午": time(12), "傍晚": time(19), "天黑": time(19), "晚上": _NIGHT, "晚间": _NIGHT, "晚": _NIGHT}


def names_time(words: str) -> bool:
    """Whether some words name a time to come, whichever day it is today."""
    return bool(_WITHIN.search(words) or _MOMENT.search(words) or _HOLIDAY.search(words))


def times(phrase: str, now: datetime) -> Iterator[datetime]:
    """The moments that a phrase names, counted from `now`; a day without a clock time ends with the working day."""
    yield from (_after(found["count"], found["unit"], now) for found in _WITHIN.finditer(phrase))
    yield from (moment for found in _MOMENT.finditer(phrase) if (moment := _moment(found, now)))
    yield from (day for found in _HOLIDAY.finditer(phrase) if (day := _holiday(found, now)))


def _after(count: str, unit: str, now: datetime) -> datetime:
    half, plain_unit = count == "半", unit.removeprefix("个").replace("半", "")
    number = 1 if half else int(to_int(count))
    if unit.endswith("工作日"):
        return working_day_after(now, number).at
    steps: dict[str, Callable[[], timedelta]] = {
        "分钟": lambda: timedelta(minutes=number), "小时": lambda: timedelta(hours=number), "天": lambda: timedelta(days=number),
        "日": lambda: timedelta(days=number), "周": lambda: timedelta(weeks=number), "星期": lambda: timedelta(weeks=number),
        "月": lambda: timedelta(days=30 * number),
    }  # fmt: skip
    return now + steps[plain_unit]() / (2 if half or "半月" in unit else 1)


def _moment(found: re.Match[str], now: datetime) -> datetime | None:
    day = _day(found, now.date()) if found["only_hour"] is None else now.date()
    if day is None:
        return None
    if found["rough"]:
        return datetime.combine(day, _ROUGH.get(found["rough"], END_OF_DAY), CHINA)
    prefix = "only_" if found["only_hour"] else ""
    clock = _clock(found[f"{prefix}part"] or (found["relative"] or "")[1:], found[f"{prefix}hour"], found[f"{prefix}minute"])
    return datetime.combine(day, clock, CHINA) if clock else None


def _day(found: re.Match[str], today: date) -> date | None:
    if found["relative"]:
        return today + timedelta(days=_RELATIVE_DAYS[found["relative"][0]])
    if found["weekday"]:
        weekday = "一二三四五六日".index(found["weekday"].replace("天", "日").replace("末", "日"))
        return today + timedelta(days=weekday - today.weekday() + (7 if found["next"] == "下" else 0))
    if found["end"]:
        return _period_end(found["end"], today)
    try:
        month = int(found["month"] or today.month)
        day = int(found["day"] or found["bare_day"])
        written = date(int(found["year"] or today.year), month, day)
    except ValueError:
        return None
    return _month_end(written) + timedelta(days=day) if (found["which"] or "").startswith("下") else written


def _period_end(period: str, today: date) -> date:
    """The last day of a period (月底, 下月初, 季度末, 年底, 本周内). The beginning of a month is its first five days."""
    if "年" in period:
        return date(today.year, 12, 31)
    if "季" in period:
        return _month_end(date(today.year, (today.month - 1) // 3 * 3 + 3, 1))
    if "周" in period:
        return today + timedelta(days=6 - today.weekday())
    month = _month_end(today) + timedelta(days=1) if period.startswith("下") else today.replace(day=1)
    return month.replace(day=5) if period.endswith("初") else _month_end(month)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _holiday(found: re.Match[str], now: datetime) -> datetime | None:
    """The evening before a holiday, or the first working day after it where something is promised for afterwards."""
    days = holiday_after(found["name"], now.date())
    if days is None:
        return None
    return working_day_after(_at_end(days[1]), 1).at if found["after"] else _at_end(days[0] - timedelta(days=1))


def _at_end(day: date) -> datetime:
    return datetime.combine(day, END_OF_DAY, CHINA)


def _clock(part: str, hour: str | None, minute: str | None) -> time | None:
    """The time of day; the end of the working day where none is named."""
    if hour is None:
        return _NIGHT if part == "晚" else END_OF_DAY
    number = int(to_int(hour))
    value = number + (12 if part in _PM and number < 12 else 0)
    minutes = 30 if minute == "半" else int(minute or 0)
    if value == 24 and minutes == 0:
        return _NIGHT
    return time(value, minutes) if value < 24 and minutes < 60 else None
