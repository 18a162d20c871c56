"""Nonces of signed requests, each taken once, also across restarts."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import TIME_TYPE


class WebhookNonce(SQLModel, table=True):
    """A nonce that a sender has used; kept until its timestamp would be refused anyway."""

    __tablename__ = "webhook_nonce"

    source_name: str = Field(primary_key=True)
    nonce: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=TIME_TYPE, index=True)


async def use_nonce(session: AsyncSession, source_name: str, nonce: str, expires_at: datetime, now: datetime) -> bool:
    """Take a nonce. False: it was taken before. Nonces that no timestamp can bring back are forgotten."""
    await (await session.connection()).execute(delete(WebhookNonce).where(col(WebhookNonce.expires_at) <= now))
    if await session.get(WebhookNonce, (source_name, nonce)) is not None:
        return False
    session.add(WebhookNonce(source_name=source_name, nonce=nonce, expires_at=expires_at))
    await session.flush()
    return True
