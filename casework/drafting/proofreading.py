"""校稿: what the checks say of texts that are no versions yet, while people look at them. Changes nothing."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.check import check_reply, clauses_named
from casework.checks.finding import Finding
from casework.desk import Desk
from casework.drafting.matter import gather
from casework.drafting.strategy import Channel


async def proofread(
    session: AsyncSession, case: Case, texts: Sequence[tuple[str, Channel]], now: datetime, desk: Desk
) -> list[tuple[Finding, ...]]:
    """What `check_version` would find in each text, if it were submitted now for its channel."""
    matter = await gather(session, case, now, desk)
    clauses = [await clauses_named(session, text) for text, _ in texts]

    def check_all() -> list[tuple[Finding, ...]]:
        return [
            check_reply(text, clauses=named, matter=matter, channel=channel, desk=desk, now=now)
            for (text, channel), named in zip(texts, clauses, strict=True)
        ]

    return await asyncio.to_thread(check_all)
