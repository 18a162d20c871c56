"""How often it rings: `python -m benchmarks.alerts`. Two weeks of a made-up city, and a storm of sixty matters within twenty minutes.

Both run through the whole house in virtual time, into one chat in which nobody ever answers, so that every reminder rings that can: the
worst case. The storm runs twice, with and without the limit of what may ring in a while. All posts are made up from seeds.
"""

import asyncio
import json
import random
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import product
from pathlib import Path

from bot.replay import replay
from casework.desk import Alerting
from monitoring.post import RawPost
from tests.generated_city import START, generate_city

WEEKS = 2
EVENTS_PER_WEEK, NOISE_PER_WEEK = 90, 120
STORM_BEGINS = START + timedelta(days=1, hours=15)
STORM_MATTERS, STORM_LASTS = 60, timedelta(minutes=20)
NO_LIMIT = 1_000_000
WINDOW = timedelta(minutes=30)
CHINA_HOURS = timedelta(hours=8)
_TELLINGS = (
    "{place}门口的广告牌被风刮倒，砸伤了一个骑车的人，救护车刚到。", "{place}的广告牌掉下来砸到人了，胳膊在流血，快来处理。",
    "{place}积水里井盖没了，老人掉下去摔伤，谁来管管。", "{place}工地围挡被吹倒压伤路人，现在路也堵了。",
    "{place}人行道塌了一块没围挡，学生掉进去摔伤，太吓人了。", "{place}路灯杆倒了砸中电动车，车主受伤送医。",
)  # fmt: skip


@dataclass(frozen=True)
class Rung:
    """What one chat got: rings in all, of these alerts and lists (the rest are reminders), in the night, and at most within `WINDOW`."""

    cases: int
    rings: int
    alerts: int
    lists: int
    night: int
    burst: int
    edits: int
    digests: int
    days: float


async def main() -> None:
    """Print a table."""
    print(f"{'':<18}{'cases':>6}{'rings':>7}{'a day':>7}{'alerts':>8}{'lists':>7}{'night':>7}{'in 30 min':>11}{'edits':>7}{'digests':>9}")
    with tempfile.TemporaryDirectory() as folder:
        weeks, storm, most = two_weeks(), storm_of_posts(), Alerting().flood_cards
        show("two weeks", await rung(Path(folder) / "weeks", weeks, most))
        show("storm, no limit", await rung(Path(folder) / "free", storm, NO_LIMIT))
        show("storm", await rung(Path(folder) / "storm", storm, most))


@dataclass(frozen=True)
class Feed:
    """Posts, and the places that the department knows."""

    posts: Sequence[RawPost]
    districts: Mapping[str, Sequence[str]]


def two_weeks() -> Feed:
    """One generated city after the other, a week each, in one city's name."""
    cities = [generate_city(week + 1, events=EVENTS_PER_WEEK, noise=NOISE_PER_WEEK) for week in range(WEEKS)]
    posts = [_later(each.post, week) for week, city in enumerate(cities) for each in city.posts]
    return Feed(posts, {district: places for city in cities for district, places in city.gazetteer.items()})


def storm_of_posts() -> Feed:
    """As many matters, each at a place of its own, each with somebody hurt."""
    chance = random.Random(7)  # noqa: S311  # made-up places
    names = ["".join(pair) for pair in product("松竹梅兰荷桂柳枫", "云岭溪江湖海星月")]
    places = [name + chance.choice(("小区", "花园", "路", "市场", "小学")) for name in chance.sample(names, STORM_MATTERS)]
    moments = [STORM_BEGINS + STORM_LASTS * number / STORM_MATTERS for number in range(STORM_MATTERS)]
    told = [chance.choice(_TELLINGS).format(place=place) for place in places]
    return Feed([RawPost(f"s{n}", text, when) for n, (text, when) in enumerate(zip(told, moments, strict=True))], {"东岭区": places})


async def rung(stem: Path, feed: Feed, flood_cards: int) -> Rung:
    """Replay posts and count what rang."""
    posts, settings, database = stem.with_suffix(".feed.jsonl"), stem.with_suffix(".toml"), stem.with_suffix(".sqlite3")
    rows = ({"pid": p.key, "text": p.text, "time": p.posted_at.isoformat(), "likes": p.likes, "source": "论坛"} for p in feed.posts)
    posts.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    known = "\n".join(f'"{district}" = {json.dumps(list(places), ensure_ascii=False)}' for district, places in feed.districts.items())
    department = '[department]\nname = "某市城市管理局"\nnames = ["城管"]'
    settings.write_text(f"{department}\n[alerts]\nflood_cards = {flood_cards}\n[gazetteer]\n{known}\n", encoding="utf-8")
    await replay(posts, stem.with_suffix(".jsonl"), settings, database)
    return count(database)


def count(path: Path) -> Rung:
    """What stands in a replay's database."""
    with sqlite3.connect(path) as database:
        sent = database.execute("SELECT key, rings, replaces, sent_at FROM delivery WHERE state = 'sent'").fetchall()
        (cases,) = database.execute('SELECT count(*) FROM "case"').fetchone()
    rung = sorted((_local(at), key) for key, rings, replaces, at in sent if rings and replaces is None)
    moments = [at for at, _ in rung]
    return Rung(
        cases=cases, rings=len(rung),
        alerts=sum(key.startswith("alert:") for _, key in rung), lists=sum(key.startswith("fold:") for _, key in rung),
        night=sum(at.time() >= time(22, 30) or at.time() < time(7) for at in moments),
        burst=max(sum(at <= other < at + WINDOW for other in moments) for at in moments),
        edits=sum(replaces is not None for _, _, replaces, _ in sent), digests=sum(key.startswith("digest:") for key, *_ in sent),
        days=max(1.0, (moments[-1] - moments[0]) / timedelta(days=1)),
    )  # fmt: skip


def show(name: str, rung: Rung) -> None:
    """Print one row."""
    numbers = f"{rung.cases:>6}{rung.rings:>7}{rung.rings / rung.days:>7.1f}{rung.alerts:>8}{rung.lists:>7}{rung.night:>7}"
    print(f"{name:<18}{numbers}{rung.burst:>11}{rung.edits:>7}{rung.digests:>9}")


def _later(post: RawPost, weeks: int) -> RawPost:
    return replace(post, key=f"{weeks}-{post.key}", posted_at=post.posted_at + timedelta(weeks=weeks))


def _local(stored: str) -> datetime:
    return datetime.fromisoformat(stored) + CHINA_HOURS


if __name__ == "__main__":
    asyncio.run(main())
