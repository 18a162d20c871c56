"""工作日: counting them by the official calendar, and honestly where the calendar ends."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from storage.clock import CHINA

END_OF_DAY = time(18, 0)
"""When a working day ends, for a deadline counted in working days."""


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
