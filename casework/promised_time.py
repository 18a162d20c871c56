"""What moment a promise names: “今晚 22:00 前”, “3 个工作日内”, “11 月 20 日前”."""

import re
from datetime import date, datetime, time, timedelta

from casework.workdays import END_OF_DAY, working_day_after
from language.numerals import NUMERAL, to_int
from storage.clock import to_china

_NUMBER = rf"(\d+|[{NUMERAL}]+)"
_HOURS = re.compile(rf"{_NUMBER}\s*(?:个)?小时(?:之?内|以内)")
_WORKDAYS = re.compile(rf"{_NUMBER}\s*(?:个)?工作日(?:之?内|以内)?")
_DAYS = re.compile(rf"{_NUMBER}\s*(?:天|日)(?:之?内|以内)")
_DATE = re.compile(r"(?:(\d{4})\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]")
_DAY_WORD = re.compile("今天|今日|今晚|当天|当晚|明天|明日|明早|明晚|后天")
_CLOCK = re.compile(r"(上午|下午|晚上|今晚|明晚|晚)?\s*(\d{1,2})(?:[:：](\d{2})|\s*[点时](?:(半)|(\d{1,2})\s*分)?)")
_WORD_DAYS = {"今": 0, "当": 0, "明": 1, "后": 2}


def promised_time(text: str, now: datetime) -> datetime | None:
    """The moment by which `text` promises something; None where it names none.

    A day without a time of day ends at 18:00, an evening without one at 24:00; a date that has passed is taken as next year's.
    """
    now = to_china(now)
    if found := _HOURS.search(text):
        return now + timedelta(hours=to_int(found[1]))
    if found := _WORKDAYS.search(text):
        return working_day_after(now, to_int(found[1])).at
    if found := _DAYS.search(text):
        return datetime.combine(now.date() + timedelta(days=to_int(found[1])), END_OF_DAY, now.tzinfo)
    day = _day(text, now)
    return _at(day, text, now) if day or _CLOCK.search(text) else None


def _day(text: str, now: datetime) -> date | None:
    if found := _DATE.search(text):
        return _calendar_day(found, now)
    if found := _DAY_WORD.search(text):
        return now.date() + timedelta(days=_WORD_DAYS[found[0][0]])
    return None


def _calendar_day(found: re.Match[str], now: datetime) -> date | None:
    try:
        day = date(int(found[1] or now.year), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return day.replace(year=day.year + 1) if not found[1] and day < now.date() and (day.month, day.day) != (2, 29) else day


def _at(day: date | None, text: str, now: datetime) -> datetime | None:
    found = _CLOCK.search(text)
    if found is None:
        assert day is not None
        if "晚" in text:
            return datetime.combine(day + timedelta(days=1), time(), now.tzinfo)
        return datetime.combine(day, END_OF_DAY, now.tzinfo)
    hour, minute = int(found[2]), int(found[3] or found[5] or (30 if found[4] else 0))
    if hour < 12 and (found[1] in ("下午", "晚上", "今晚", "明晚", "晚") or "今晚" in text or "明晚" in text):
        hour += 12
    if hour > 24 or minute > 59:
        return None
    moment = datetime.combine(day or now.date(), time(), now.tzinfo) + timedelta(hours=hour, minutes=minute)
    return moment if day or moment > now else moment + timedelta(days=1)
