"""办理时限 as ticket systems write it: a date, a time, 5个工作日, 24小时, 即办; counted from the ticket's arrival."""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from adapters.sources.record import read_time
from casework.workdays import END_OF_DAY, working_day_after
from language.numerals import NUMERAL, to_int
from storage.clock import CHINA, to_china

MOST_DAYS = 366
WORKDAY = "工作日"
_NONE = frozenset({"", "-", "--", "/", "无", "无要求", "空", "null", "none"})
_AROUND = re.compile(
    r"^(?:请|须|需|应|限|于|在|自?(?:受理|收到|派单)(?:之日)?起)+|(?:之?前|以前|之?内|以内|办结|办理完毕|办理|办完|完成|回复|答复|反馈|处理)+$"
)
_AT_ONCE = re.compile(r"即办件?|即时|立即|立刻|马上|当场|随时|紧急|特急|即日|当[日天]|今[日天]")
_STRETCH = re.compile(
    rf"(?:\d{{1,4}}\s*[-~至到]\s*)?(?P<amount>\d{{1,4}}(?:\.\d+)?|[{NUMERAL}]{{1,4}}|半)\s*个?\s*"
    r"(?P<unit>工作日|自然日|日历日|小时|钟头|分钟|星期|天|日|周|月|时|分|h|d|wd)?"
)
_UNITS = {
    "小时": timedelta(hours=1), "钟头": timedelta(hours=1), "时": timedelta(hours=1), "h": timedelta(hours=1),
    "分钟": timedelta(minutes=1), "分": timedelta(minutes=1), "天": timedelta(days=1), "日": timedelta(days=1), "d": timedelta(days=1),
    "自然日": timedelta(days=1), "日历日": timedelta(days=1), "周": timedelta(weeks=1),
    "星期": timedelta(weeks=1), "月": timedelta(days=30),
}  # fmt: skip
_WORKDAYS = frozenset({WORKDAY, "wd"})
_DAYS = {"今": 0, "当": 0, "明": 1, "次": 1, "翌": 1, "后": 2}
_CLOCK = r"(?P<half>上午|下午|晚上|中午)?(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2})?分?(?::\d{1,2})?)"
_DAY_AND_CLOCK = re.compile(rf"(?:(?P<word>[今当明次翌后])[日天]|(?P<month>\d{{1,2}})[-/.月](?P<day>\d{{1,2}})[日号]?)?(?:{_CLOCK})?")
_NOON = 12


def read_limit(value: Any, arrived: datetime, unit: str = "") -> datetime | None:
    """By when a ticket must be dealt with; None where the cell says nothing.

    A day without a time ends with the working hours. 当日 and the like mean the day of arrival, or the next working day where its
    working hours are over.

    Args:
        value: the cell.
        arrived: when the ticket came in.
        unit: what a bare number counts, as the header says it (工作日, 天, 小时); working days where it does not.

    Raises:
        ValueError: it is no limit that could be understood.
    """
    if isinstance(value, datetime):
        return _end_of(value if value.tzinfo else value.replace(tzinfo=CHINA))
    if isinstance(value, time):
        value = value.strftime("%H:%M")
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", str(value if value is not None else ""))).strip().lower()
    text = text.removesuffix(".0")  # a spreadsheet's whole number
    if text in _NONE:
        return None
    text = _AROUND.sub("", text).strip()
    for read in _FORMS:
        if (moment := read(text, to_china(arrived), unit)) is not None:
            return moment
    written = read_time(text)
    if written is None:
        raise ValueError("no limit")
    return _end_of(written)


def _at_once(text: str, arrived: datetime, _: str) -> datetime | None:
    if not _AT_ONCE.fullmatch(text):
        return None
    end = working_day_after(arrived, 0).at
    return end if end > arrived else working_day_after(arrived, 1).at


def _stretch(text: str, arrived: datetime, unit: str) -> datetime | None:
    match = _STRETCH.fullmatch(text)
    if not match or (match["unit"] is None and (unit == "" and len(match["amount"]) > 3)):
        return None
    counted = match["unit"] or unit or WORKDAY
    amount = 0.5 if match["amount"] == "半" else float(match["amount"]) if match["amount"][0].isascii() else to_int(match["amount"])
    if counted in _WORKDAYS:
        _refuse_beyond(timedelta(days=amount))
        return working_day_after(arrived, max(1, round(amount))).at
    length = _UNITS[counted] * amount
    _refuse_beyond(length)
    return arrived + length


def _clock(text: str, arrived: datetime, _: str) -> datetime | None:
    match = _DAY_AND_CLOCK.fullmatch(text.replace(" ", ""))
    if not match or not text:
        return None
    day = arrived + timedelta(days=_DAYS.get(match["word"] or "", 0))
    if match["month"]:
        day = _coming(arrived, int(match["month"]), int(match["day"]))
    clock = _time_of(match)
    moment = datetime.combine(day.date(), clock or END_OF_DAY, CHINA)
    dayless = not match["month"] and not match["word"]
    return moment + timedelta(days=1) if dayless and moment <= arrived else moment


_FORMS: tuple[Callable[[str, datetime, str], datetime | None], ...] = (_at_once, _stretch, _clock)


def _time_of(match: re.Match[str]) -> time | None:
    if not match["hour"]:
        return None
    hour = int(match["hour"])
    hour += _NOON if match["half"] in ("下午", "晚上") and hour < _NOON else 0
    return time(hour, int(match["minute"] or 0))


def _coming(arrived: datetime, month: int, day: int) -> datetime:
    """The next such day, seen from the arrival."""
    this_year = arrived.replace(month=month, day=day)
    return this_year if this_year.date() >= arrived.date() else this_year.replace(year=arrived.year + 1)


def _end_of(moment: datetime) -> datetime:
    """Midnight stands for a whole day, which ends with the working hours."""
    return datetime.combine(moment.date(), END_OF_DAY, moment.tzinfo) if moment.time() == time() else moment


def _refuse_beyond(length: timedelta) -> None:
    if length > timedelta(days=MOST_DAYS):
        raise ValueError("no ticket has so much time")
