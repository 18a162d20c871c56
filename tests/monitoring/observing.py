"""What the tests of monitoring share: a stored source, a watch over a generated city, its posts observed."""

from collections.abc import Iterable
from datetime import timedelta

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.observe import Observation, observe
from monitoring.source import Source, SourceKind
from monitoring.watch import Watch, build_watch
from storage.engine import Database
from tests.generated_city import GeneratedCity, GeneratedPost

POLL_DELAY = timedelta(minutes=1)


def watch_over(city: GeneratedCity, **more: object) -> Watch:
    return build_watch(names=city.names, province=city.province, city=city.city, gazetteer=city.gazetteer, salt=b"salt", **more)  # type: ignore[arg-type]


async def observe_all(database: Database, posts: Iterable[GeneratedPost], watch: Watch) -> list[Observation]:
    return [await observe_one(database, each, watch) for each in posts]


async def observe_one(database: Database, each: GeneratedPost, watch: Watch) -> Observation:
    async with database.transaction() as session:
        source = await stored_source(session, each.source)
        return await observe(session, each.post, source, each.post.posted_at + POLL_DELAY, watch)


async def stored_source(session: AsyncSession, name: str) -> Source:
    source = (await session.exec(select(Source).where(Source.name == name))).first()
    if source is None:
        source = Source(name=name, kind=SourceKind.JSON_LINES)
        session.add(source)
        await session.flush()
    return source
