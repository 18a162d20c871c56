"""When a card may ring: at once, after a short wait for more posts, in the morning, or not at all."""

from datetime import datetime, time, timedelta

from casework.deadline import GRAVE
from casework.desk import Alerting
from storage.clock import to_china


def ring_at(level: int, now: datetime, alerting: Alerting, *, wait: bool = True, hot: bool = False) -> datetime | None:
    """When a message of this level goes out; None: it does not ring and waits for the digest.

    Args:
        wait: whether an alert that need not go at once first waits for more posts of its event.
        hot: whether the event grows so fast that quiet hours do not hold it back.
    """
    if level not in alerting.ringing_levels:
        return None
    if level in GRAVE:
        return now
    moment = now + (alerting.group_wait if wait else timedelta())
    return moment if hot else after_quiet(moment, alerting)


def after_quiet(moment: datetime, alerting: Alerting) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into."""
    start, end = alerting.quiet_from, alerting.quiet_until
    local = to_china(moment)
    if start is None or end is None or not _within(local.time(), start, end):
        return moment
    morning = datetime.combine(local.date(), end, local.tzinfo)
    return morning if morning > local else morning + timedelta(days=1)


def must_ring(level: int, announced: int) -> bool:
    """Whether an event of this level needs a ringing message: it has one and none was announced yet, or it is graver than what was."""
    return level > 0 and (announced == 0 or level < announced)


def _within(moment: time, start: time, end: time) -> bool:
    return start <= moment < end if start <= end else moment >= start or moment < end
