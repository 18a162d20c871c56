"""工作日: counting them by the official calendar, and honestly where the calendar ends."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from storage.clock import CHINA

END_OF_DAY = time(18, 0)
"""When a working day ends, for a deadline counted in working days."""

_HOLIDAYS = {
    "元旦": "New Year's Day", "春节": "Spring Festival", "清明": "Tomb-sweeping Day", "五一": "Labour Day", "劳动节": "Labour Day",
    "端午": "Dragon Boat Festival", "中秋": "Mid-autumn Festival", "国庆": "National Day",
}  # fmt: skip
"""As people say them, and as the calendar calls them."""
_EARLIEST = {
    "元旦": (1, 1), "春节": (1, 21), "清明": (4, 4), "五一": (5, 1), "劳动节": (5, 1), "端午": (5, 28), "中秋": (9, 7), "国庆": (10, 1),
}  # fmt: skip
"""The first day on which each can fall, for years that the calendar does not know: better early than late."""


@dataclass(frozen=True)
class WorkMoment:
    """The end of a working day. `provisional` (暂估): the official calendar of that year is not known yet, weekdays were counted."""

    at: datetime
    provisional: bool


def working_day_after(moment: datetime, days: int) -> WorkMoment:
    """The end of the `days`-th working day after the day of `moment`, which itself does not count."""
    day, provisional, left = moment.astimezone(CHINA).date(), False, days
    while left:
        day += timedelta(days=1)
        works, known = is_workday(day)
        left, provisional = left - works, provisional or not known
    return WorkMoment(datetime.combine(day, END_OF_DAY, CHINA), provisional)


def is_workday(day: date) -> tuple[bool, bool]:
    """Whether people work on `day`, and whether the official calendar says so (else: Monday to Friday)."""
    import chinese_calendar

    try:
        return chinese_calendar.is_workday(day), True
    except NotImplementedError:
        return day.weekday() < 5, False


def holiday_after(name: str, day: date) -> tuple[date, date] | None:
    """First and last day of the next holiday of this name that begins after `day`; of any name, where it is empty.

    In a year that the calendar does not know it is the earliest day on which it can fall; None where no name is given either.
    """
    import chinese_calendar

    free: list[date] = []
    for ahead in range(1, 400):
        try:
            off, holiday = chinese_calendar.get_holiday_detail(day + timedelta(days=ahead))
        except NotImplementedError:
            break
        if off and holiday and (not name or holiday == _HOLIDAYS[name]):
            free.append(day + timedelta(days=ahead))
        elif free:
            break
    return (free[0], free[-1]) if free else _earliest_holiday(name, day)


def _earliest_holiday(name: str, day: date) -> tuple[date, date] | None:
    if name not in _EARLIEST:
        return None
    this_year = date(day.year, *_EARLIEST[name])
    found = this_year if this_year > day else date(day.year + 1, *_EARLIEST[name])
    return found, found
