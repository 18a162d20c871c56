"""承诺: what a text promises by a time. Each becomes a reminder once it is published."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from casework.drafting.slots import SLOT
from casework.workdays import END_OF_DAY, working_day_after
from language.numerals import to_int
from storage.clock import CHINA

_NUMBER = r"(?:[0-9]+|[一二三四五六七八九十两]+)"
_DAY = (
    r"(?:(?P<relative>今[天日晚早]|明[天日晚早]|后天|大后天)|(?P<next>[本这下]?)(?:周|星期)(?P<weekday>[一二三四五六日天])"
    r"|(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]|(?P<bare_day>\d{1,2})[日号]|(?P<end>本?月底))"
)
_CLOCK = r"(?P<part>凌晨|早上|上午|中午|下午|晚上|晚间|夜里|晚)?\s?(?P<hour>\d{1,2})\s?[:：时点]\s?(?P<minute>\d{1,2}|半)?分?"
_MOMENT = re.compile(rf"{_DAY}\s?(?:{_CLOCK})?|{_CLOCK.replace('?P<', '?P<only_')}")
_WITHIN = re.compile(rf"(?P<count>{_NUMBER})\s?(?P<unit>个?工作日|个?小时|分钟|天|日|周|个月)(?:之?内|以内)")
SENTENCE = re.compile(r"[^。！？；\n]+")
_PAST = re.compile(r"您(?:反映|说|提|问)|网友|上次|已(?!定|约)|此前|规定：|曾")
_RELATIVE_DAYS = {"今": 0, "明": 1, "后": 2, "大": 3}
_PM = ("下午", "晚上", "晚间", "夜里", "晚")


@dataclass(frozen=True)
class Found:
    """One promise: the sentence that holds it, and when it is due (None where that cannot be told)."""

    text: str
    due_at: datetime | None
    start: int
    end: int


def promises(text: str, now: datetime) -> tuple[Found, ...]:
    """The sentences that name a time to come. Slots that are still open promise nothing yet.

    Args:
        now: timezone-aware; relative times are counted from it.
    """
    return tuple(
        Found(sentence[0].strip(), due, *sentence.span())
        for sentence in SENTENCE.finditer(SLOT.sub(lambda slot: "　" * len(slot[0]), text))
        if not _PAST.search(sentence[0]) and (due := _due(sentence[0], now.astimezone(CHINA))) and due > now
    )


def is_promise(sentence: str) -> bool:
    """Whether a sentence names a time to come, whenever it was written."""
    return not _PAST.search(sentence) and bool(_WITHIN.search(sentence) or _MOMENT.search(sentence))


def _due(sentence: str, now: datetime) -> datetime | None:
    """The latest time that a sentence names."""
    within = [_after(int(to_int(found["count"])), found["unit"], now) for found in _WITHIN.finditer(sentence)]
    named = [moment for found in _MOMENT.finditer(sentence) if (moment := _moment(found, now))]
    return max([*within, *named], default=None)


def _after(count: int, unit: str, now: datetime) -> datetime:
    if unit.endswith("工作日"):
        return working_day_after(now, count).at
    steps: dict[str, Callable[[], timedelta]] = {
        "分钟": lambda: timedelta(minutes=count), "小时": lambda: timedelta(hours=count), "天": lambda: timedelta(days=count),
        "日": lambda: timedelta(days=count), "周": lambda: timedelta(weeks=count), "月": lambda: timedelta(days=30 * count),
    }  # fmt: skip
    return now + steps[unit.removeprefix("个")]()


def _moment(found: re.Match[str], now: datetime) -> datetime | None:
    day = _day(found, now.date()) if found["only_hour"] is None else now.date()
    if day is None:
        return None
    prefix = "only_" if found["only_hour"] else ""
    clock = _clock(found[f"{prefix}part"] or (found["relative"] or "")[1:], found[f"{prefix}hour"], found[f"{prefix}minute"])
    return datetime.combine(day, clock, CHINA) if clock else None


def _day(found: re.Match[str], today: date) -> date | None:
    if found["relative"]:
        return today + timedelta(days=_RELATIVE_DAYS[found["relative"][0]])
    if found["weekday"]:
        weekday = "一二三四五六日".index(found["weekday"].replace("天", "日"))
        return today + timedelta(days=weekday - today.weekday() + (7 if found["next"] == "下" else 0))
    if found["end"]:
        return (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    try:
        month, day = int(found["month"] or today.month), int(found["day"] or found["bare_day"])
        return date(int(found["year"] or today.year), month, day)
    except ValueError:
        return None


def _clock(part: str, hour: str | None, minute: str | None) -> time | None:
    """The time of day; the end of the working day where none is named."""
    if hour is None:
        return time(23, 59) if part == "晚" else END_OF_DAY
    value = int(hour) + (12 if part in _PM and int(hour) < 12 else 0)
    minutes = 30 if minute == "半" else int(minute or 0)
    if value == 24 and minutes == 0:
        return time(23, 59)
    return time(value, minutes) if value < 24 and minutes < 60 else None
