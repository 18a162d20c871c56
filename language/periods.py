"""Phrases of time: what people mean by 上周, and how the bot says when and how long."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from language.numerals import NUMERAL, to_int


@dataclass(frozen=True)
class Period:
    """A stretch of time.

    Attributes:
        start, end: timezone-aware; `end` is not part of it.
        label: as people say it (上周, 10 月).
        previous_start: where the period to compare with begins.
        running: it has not ended yet; `end` is the present.
    """

    start: datetime
    end: datetime
    label: str
    previous_start: datetime
    running: bool = False

    def before(self) -> "Period":
        """The period to compare with: the day, week, month or year before; of a running one as much as has run."""
        end = min(self.previous_start + (self.end - self.start), self.start) if self.running else self.start
        step = self.start - self.previous_start
        return Period(self.previous_start, end, self._label_before(end), self.previous_start - step)

    def _label_before(self, end: datetime) -> str:
        if self.running or not self.label.endswith(("月", "年")):
            return day_range(self.previous_start, end)
        return _month_label(self.previous_start, self.start) if self.label.endswith("月") else f"{self.previous_start.year} 年"


def find_period(text: str, now: datetime) -> Period | None:
    """The first phrase of time in `text`, seen from `now`; None if there is none.

    Understands 今天 昨天 前天, 本周 上周 上上周, 本月 上月, 今年 去年 前年, 10月, 2025年10月, 2025年, 最近7天, 近三个月, 过去24小时.
    Weeks start on Monday; a running period ends at `now`; a month without a year is the latest that has begun.

    Args:
        now: timezone-aware; its zone is the zone of days.
    """
    found = [(match.start(), -match.end(), build(match, now)) for pattern, build in _PHRASES for match in [pattern.search(text)] if match]
    return min(found, key=lambda item: item[:2])[2] if found else None


def day_range(start: datetime, end: datetime) -> str:
    """“11/9–11/15” for the days from `start` to the last moment before `end`; one day alone as “11/9”."""
    last = end - timedelta(microseconds=1)
    first_day, last_day = f"{start.month}/{start.day}", f"{last.month}/{last.day}"
    return first_day if start.date() == last.date() else f"{first_day}–{last_day}"


def clock_phrase(moment: datetime, now: datetime) -> str:
    """“今日 23:42”, “明天 10:00”, “昨天 08:05”, else “11月20日 08:00”, with the year where it is another; in `now`'s zone."""
    local = moment.astimezone(now.tzinfo)
    word = {0: "今日", 1: "明天", -1: "昨天"}.get((local.date() - now.date()).days)
    if word is None:
        word = f"{local.month}月{local.day}日" if local.year == now.year else f"{local.year}年{local.month}月{local.day}日"
    return f"{word} {local:%H:%M}"


def written_day(moment: datetime) -> str:
    """“2026年11月21日”, as letters are dated; the day in `moment`'s own zone."""
    return f"{moment.year}年{moment.month}月{moment.day}日"


def duration_phrase(duration: timedelta) -> str:
    """“4 小时 33 分”, “15 分”, “2 天 3 小时”; below a minute “不到 1 分”; the sign is dropped."""
    minutes = int(abs(duration).total_seconds() // 60)
    days, minutes_of_day = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes_of_day, 60)
    parts = [(days, "天"), (hours, "小时"), (0 if days else minutes, "分")]
    return " ".join(f"{value} {unit}" for value, unit in parts if value) or "不到 1 分"


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), now.tzinfo)


def _month_start(moment: datetime) -> datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _month_label(start: datetime, now: datetime) -> str:
    return f"{start.month} 月" if start.year == now.year else f"{start.year} 年 {start.month} 月"


def _until(start: datetime, end: datetime, label: str, previous_start: datetime, now: datetime) -> Period:
    """From `start` to `end`, or to `now` where that comes first."""
    return Period(start, max(min(end, now), start), label, previous_start, running=end > now)


def _day(match: re.Match[str], now: datetime) -> Period:
    start = _midnight(now.date() - timedelta(days={"今": 0, "昨": 1, "前": 2}[match["day"]]), now)
    day = timedelta(days=1)
    return _until(start, start + day, f"{match['day']}天", start - day, now)


def _week(match: re.Match[str], now: datetime) -> Period:
    back = 0 if match["this"] else len(match["back"])
    week = timedelta(days=7)
    start = _midnight(now.date() - timedelta(days=now.weekday()), now) - back * week
    return _until(start, start + week, "上" * back + "周" if back else "本周", start - week, now)


def _relative_month(match: re.Match[str], now: datetime) -> Period:
    start = _month_start(now)
    for _ in match["back"] or "":
        start = _month_start(start - timedelta(days=1))
    return _month(start, now)


def _named_month(match: re.Match[str], now: datetime) -> Period:
    month = to_int(match["month"])
    year = _year_of(match["year"], now) if match["year"] else now.year - (month > now.month)
    return _month(_midnight(date(year, month, 1), now), now)


def _month(start: datetime, now: datetime) -> Period:
    next_start, previous_start = _month_start(start + timedelta(days=31)), _month_start(start - timedelta(days=1))
    return _until(start, next_start, _month_label(start, now), previous_start, now)


def _year(match: re.Match[str], now: datetime) -> Period:
    year = _year_of(match["year"], now)
    starts = [_midnight(date(start, 1, 1), now) for start in (year - 1, year, year + 1)]
    return _until(starts[1], starts[2], f"{year} 年", starts[0], now)


def _year_of(word: str, now: datetime) -> int:
    back = {"今年": 0, "本年": 0, "去年": 1, "前年": 2}.get(word)
    return now.year - back if back is not None else to_int(word.removesuffix("年"))


def _recent(match: re.Match[str], now: datetime) -> Period:
    amount, unit = to_int(match["amount"]), match["unit"]
    label = f"最近 {amount} {unit}"
    if unit == "小时":
        hours = timedelta(hours=amount)
        return Period(now - hours, now, label, now - 2 * hours)
    days = timedelta(days=amount * {"天": 1, "日": 1, "周": 7, "个星期": 7, "个月": 30}[unit])
    start = _midnight(now.date(), now) + timedelta(days=1) - days
    return Period(start, now, label, start - days, running=True)


_YEAR_WORD = r"(?:今年|本年|去年|前年|(?:19|20)\d{2}年)"
_PHRASES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Period]], ...] = (
    (re.compile(r"(?P<day>[今昨前])[天日]"), _day),
    (re.compile(r"(?P<this>[这本])个?(?:周|星期|礼拜)|(?P<back>上+)个?(?:周|星期|礼拜)"), _week),
    (re.compile(r"[这本当]个?月|(?P<back>上+)个?月"), _relative_month),
    (re.compile(rf"(?P<year>{_YEAR_WORD})?的?(?<!\d)(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?(?!\d|以)"), _named_month),
    (re.compile(rf"(?P<year>{_YEAR_WORD})"), _year),
    (re.compile(rf"(?:最?近|过去|这)(?P<amount>\d{{1,3}}|[{NUMERAL}]{{1,4}})(?P<unit>天|日|周|个星期|个月|小时)"), _recent),
)
