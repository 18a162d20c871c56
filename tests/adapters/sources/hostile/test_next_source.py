"""Bad sources between good ones: each leaves one sentence in its row, the good ones are read, the posts are stored."""

import asyncio

from sqlmodel import select

from adapters.sources.opening import open_source
from bot.watcher import Watcher
from monitoring import polling
from monitoring.item import Item
from monitoring.source import Source
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.sources.hostile import samples
from tests.adapters.sources.site import READING, Site, answer
from tests.casework.room import make_desk

BAD = {
    "formatting": samples.MARKUP["formatting 50,000 deep"],
    "deep": samples.MARKUP["XML 50,000 deep"],
    "noise": samples.MARKUP["noise"],
    "nothing": samples.MARKUP["nothing"],
    "brackets": samples.MARKUP["a million brackets"],
    "memory": samples.MARKUP["a tag of 4 MB"],
}
BAD_JSON = {"arrays": samples.JSON["arrays 50,000 deep"], "surrogates": lambda: b'{"da\\ud800ta\\u0000": []}'}
GOOD = samples.rss(samples.items(3))
KINDS = dict.fromkeys(BAD, "feed") | dict.fromkeys(BAD_JSON, "api")


async def test_the_next_source_is_still_read(database: Database, clock: ManualClock) -> None:
    bodies = {f"/{name}": make() for name, make in (BAD | BAD_JSON).items()}
    site = Site(lambda request: answer(bodies.get(request.url.path, GOOD)))
    await watch(database, clock, site)
    async with database.reading() as session:
        rows = {row.name: row for row in (await session.exec(select(Source))).all()}
        items = len((await session.exec(select(Item.id))).all())
    assert [(name, rows[name].failures, rows[name].last_error != "") for name in KINDS] == [(name, 1, True) for name in KINDS]
    assert [rows[f"after {name}"].failures for name in KINDS] == [0] * len(KINDS)
    assert items == 3 * len(KINDS)
    assert len(site.asked) == 2 * len(KINDS)


async def watch(database: Database, clock: ManualClock, site: Site) -> None:
    """Read all sources once, one after the other: after each bad one a good one."""
    definitions = []
    for name, kind in KINDS.items():
        options = {"items": "data"} if kind == "api" else {}
        definitions.append({"name": name, "kind": kind, "address": f"https://forum.example/{name}", "options": options})
        definitions.append({"name": f"after {name}", "kind": "feed", "address": f"https://other.example/{name}/feed"})
    async with database.transaction() as session:
        await polling.sync_sources(session, definitions, clock.now())
    watcher = Watcher(database, clock, make_desk(), lambda source: open_source(source, site.fetcher, READING), asyncio.Event(), at_once=1)
    await watcher.poll_due()
