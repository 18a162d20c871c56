"""Publishing by machine: what is stored is sent once; what ended without an answer is looked for where the platform can be asked."""

import asyncio
import logging
from datetime import datetime, timedelta

from sqlmodel import select

from bot.house import House
from bot.loops import pause
from casework import publishing
from casework.case import Case
from casework.drafting.draft import ReplyVersion
from casework.errors import PublishError
from casework.publication import Publication, PublicationState, ReplyPublisher
from casework.publishing import LONGEST_SENDING, Errand, key_of

log = logging.getLogger("wensheng.publishing")

TURN_SECONDS = 20.0
FIRST_LOOK_AFTER = timedelta(seconds=20)
LOOKED_FOR = timedelta(days=1)
"""How long the platform is asked; a person was asked at once."""


async def carry_out(house: House, publisher: ReplyPublisher, errand: Errand) -> str:
    """Send what is stored as `publishing` and note what came of it.

    Returns:
        Where it stands.

    Raises:
        PublishError: as the publisher's, after it was noted.
    """
    try:
        link = await publisher.publish(errand.reply, errand.key)
    except PublishError as error:
        log.warning("publishing_failed publication=%s publisher=%s uncertain=%s", errand.publication_id, publisher.name, error.uncertain)
        async with house.database.transaction() as session:
            await publishing.fail(session, errand.publication_id, error, house.clock.now(), house.desk)
        raise
    async with house.database.transaction() as session:
        await publishing.finish(session, errand.publication_id, link, house.clock.now(), house.desk)
    return link


async def keep_looking(house: House, stop: asyncio.Event) -> None:
    """Look for what ended uncertain until told to stop; what hangs in `publishing` for too long was interrupted."""
    while not stop.is_set():
        if await look_for_uncertain(house):
            house.stirred.set()
        await pause(TURN_SECONDS, stop)


async def look_for_uncertain(house: House) -> int:
    """Ask the platforms once for everything whose turn it is. Returns how many doubts ended."""
    now = house.clock.now()
    async with house.database.transaction() as session:
        ended = await publishing.recover(session, now, house.desk, before=now - LONGEST_SENDING)
    async with house.database.reading() as session:
        query = select(Publication, ReplyVersion, Case).join(ReplyVersion, ReplyVersion.id == Publication.version_id)  # type: ignore[arg-type]
        query = query.join(Case, Case.id == Publication.case_id).where(Publication.state == PublicationState.UNCERTAIN)  # type: ignore[arg-type]
        doubtful = (await session.exec(query)).all()
    by_name = {publisher.name: publisher for publisher in house.publishers.values()}
    for publication, version, case in doubtful:
        publisher = by_name.get(publication.publisher)
        if publisher and publisher.finds and is_due(publication, now):
            ended += await _look(house, publisher, publication, version.text, key_of(case.number, version.number, version.bound_hash))
    return ended


def is_due(publication: Publication, now: datetime) -> bool:
    """Whether to ask again: soon at first, then ever more seldom, for a day."""
    age = now - publication.requested_at
    if publication.looked_at is None:
        return age >= FIRST_LOOK_AFTER
    return age <= LOOKED_FOR and now - publication.looked_at >= (publication.looked_at - publication.requested_at) / 2


async def _look(house: House, publisher: ReplyPublisher, publication: Publication, text: str, key: str) -> bool:
    """Whether the doubt ended."""
    id_, link, told = publication.id or 0, None, True
    try:
        link = await publisher.find(text, key, publication.requested_at)
    except PublishError as error:
        log.info("publishing_not_found_out publication=%s reason=%s", id_, error)
        told = False
    async with house.database.transaction() as session:
        now = house.clock.now()
        if link:
            await publishing.finish(session, id_, link, now, house.desk)
        elif told:
            await publishing.found_nowhere(session, id_, now, house.desk)
        else:
            (await session.get_one(Publication, id_)).looked_at = now
    return told
