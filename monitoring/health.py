"""Whether a source is ill: it cannot be read, its posts look different, or it is silent against its own habit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from language.periods import duration_phrase
from monitoring.habit import Habit, Rests
from monitoring.source import PUSHED, Ailment, Source
from monitoring.source_hour import SourceHour, hour_of, total
from prompts import say, words

ILL_AFTER_FAILURES = 3
WELL_AFTER_READINGS = 2
SHORTEST_SILENCE = timedelta(hours=1)
RECENT_POSTS = 20
"""So many of the latest posts are compared with the habit."""
RECENT = timedelta(hours=48)
FEWEST_BEFORE = 100
"""Posts that a habit of looks rests on."""
USUAL, GONE = 0.8, 0.1
"""A field that most posts had and hardly any has now is lost; the other way round, posts that repeat have come up."""
BACK = 0.5
COLLAPSE = 0.25
"""Texts are cut off when the latest are shorter than this share of what they were."""
FEWEST_CHARACTERS = 20
FIELDS = ("titled", "linked", "signed", "dated")


@dataclass(frozen=True)
class Diagnosis:
    """What a source is ill with, and how that shows, in words for the administrator."""

    ailment: Ailment
    note: str


def diagnose(source: Source, habit: Habit | None, recent: Mapping[str, int], now: datetime, rests: Rests) -> Diagnosis | None:
    """What is wrong with a source; None where nothing is.

    A source that is ill gets well by more than the lack of what made it ill, so that one that wavers is told of once.

    Args:
        recent: the figures of its latest posts, by `latest`.
    """
    return _failing(source) or (
        _changed(source, habit, recent) or _silent(source, habit, now, rests) if habit and habit.is_settled else None
    )


def latest(hours: Sequence[SourceHour], now: datetime) -> Mapping[str, int]:
    """The figures of the latest posts: of as many hours as hold `RECENT_POSTS`, at most two days.

    Args:
        hours: oldest first.
    """
    taken: list[SourceHour] = []
    for hour in reversed(hours):
        if hour.hour <= hour_of(now - RECENT) or sum(each.posts for each in taken) >= RECENT_POSTS:
            break
        taken.append(hour)
    return total(taken)


def _failing(source: Source) -> Diagnosis | None:
    if source.failures >= ILL_AFTER_FAILURES:
        return Diagnosis(Ailment.FAILING, say("sources.ill_failing", failures=source.failures, error=source.last_error))
    if source.ailment is Ailment.FAILING and source.good_readings < WELL_AFTER_READINGS:
        return Diagnosis(Ailment.FAILING, source.ailment_note)
    return None


def _changed(source: Source, habit: Habit, recent: Mapping[str, int]) -> Diagnosis | None:
    posts = recent.get("posts", 0)
    if habit.figures["posts"] < FEWEST_BEFORE or posts < RECENT_POSTS:
        return Diagnosis(Ailment.CHANGED, source.ailment_note) if source.ailment is Ailment.CHANGED else None
    lost = BACK if source.ailment is Ailment.CHANGED else GONE
    missing = [name for name in FIELDS if habit.share(name) >= USUAL and recent[name] / posts < lost]
    if missing:
        names = words("sources.fields")
        return Diagnosis(
            Ailment.CHANGED, say("sources.ill_fields", count=posts, fields=say("casework.comma").join(names[n] for n in missing))
        )
    before, after = habit.figures["characters"] / habit.figures["posts"], recent["characters"] / posts
    if before >= FEWEST_CHARACTERS and after < before * COLLAPSE:
        return Diagnosis(Ailment.CHANGED, say("sources.ill_short", before=round(before), after=round(after)))
    if habit.share("repeated") <= GONE and recent["repeated"] / posts >= BACK:
        return Diagnosis(Ailment.CHANGED, say("sources.ill_repeated", count=recent["repeated"], posts=posts))
    return None


def _silent(source: Source, habit: Habit, now: datetime, rests: Rests) -> Diagnosis | None:
    looked = now if source.kind in PUSHED else source.last_success_at
    if looked is None or source.last_post_at is None or looked - source.last_post_at < SHORTEST_SILENCE:
        return None
    missing = habit.expected(source.last_post_at, looked, rests)
    if missing <= habit.silence:
        return None
    pause = looked - source.last_post_at
    return Diagnosis(Ailment.SILENT, say("sources.ill_silent", pause=duration_phrase(pause), missing=round(missing)))
