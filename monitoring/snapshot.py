"""快照: what a page showed when it was read, kept so that it can be shown and proven when the post is gone."""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, bindparam, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.item import Item
from monitoring.post import Evidence
from storage import audit
from storage.columns import TIME_TYPE
from storage.errors import StorageError
from storage.seal import Seal

SNAPSHOT_LIFETIME = timedelta(days=180)
LARGEST_BYTES = 8_000_000
"""No page larger than this was ever fetched; what would unpack to more was tampered with."""
_SYSTEM = "system"


class Snapshot(SQLModel, table=True):
    """One page as it was fetched. Named by the SHA-256 of its bytes, so the same page is stored once however many posts it carries.

    `sealed` holds the bytes, packed by zlib and encrypted, since a page shows names and more; it is dropped when `expires_at` has come,
    while name, address and time remain.
    """

    __tablename__ = "snapshot"

    digest: str = Field(primary_key=True)
    address: str = ""
    media_type: str = ""
    size_bytes: int = 0
    fetched_at: datetime = Field(sa_type=TIME_TYPE)
    expires_at: datetime = Field(sa_type=TIME_TYPE, index=True)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


_KNOWN = select(col(Snapshot.digest)).where(col(Snapshot.digest) == bindparam("digest"))


@dataclass(frozen=True)
class Proof:
    """What an examination of a snapshot found.

    Attributes:
        holds: the stored bytes are those that were fetched: their SHA-256 is the snapshot's name.
        body: the bytes themselves; None where they have expired or cannot be opened.
    """

    snapshot: Snapshot
    holds: bool
    body: bytes | None


async def keep(session: AsyncSession, evidence: Evidence, seal: Seal, now: datetime) -> str:
    """Store a page unless it is stored. Its name goes into the audit chain, which nobody can rewrite unseen.

    Returns:
        The snapshot's digest, for `Item.snapshot_hash`.
    """
    if (await session.exec(_KNOWN, params={"digest": evidence.digest})).first() is None:
        session.add(
            Snapshot(
                digest=evidence.digest, address=evidence.address, media_type=evidence.media_type, size_bytes=evidence.size_bytes,
                fetched_at=evidence.fetched_at, expires_at=now + SNAPSHOT_LIFETIME, sealed=seal.close_bytes(evidence.packed),
            )
        )  # fmt: skip
        await audit.append(session, _SYSTEM, "snapshot.kept", f"snapshot:{evidence.digest[:16]}", at=now, sha256=evidence.digest)
    return evidence.digest


def examine(snapshot: Snapshot, seal: Seal) -> Proof:
    """Open a snapshot and compare its bytes with its name."""
    if snapshot.sealed is None:
        return Proof(snapshot, holds=False, body=None)
    try:
        unpacker = zlib.decompressobj()
        body = unpacker.decompress(seal.open_bytes(snapshot.sealed), LARGEST_BYTES)
    except (zlib.error, StorageError):
        return Proof(snapshot, holds=False, body=None)
    return Proof(snapshot, holds=hashlib.sha256(body).hexdigest() == snapshot.digest, body=body)


async def snapshots_of(session: AsyncSession, event_id: int) -> Sequence[tuple[Item, Snapshot]]:
    """The posts of an event with what was kept of them, oldest first."""
    both = select(Item, Snapshot).join(Snapshot, col(Item.snapshot_hash) == col(Snapshot.digest))
    found = await session.exec(both.where(Item.event_id == event_id).order_by(col(Item.posted_at), col(Item.id)))
    return [(item, snapshot) for item, snapshot in found.all()]


async def kept_at(session: AsyncSession, digests: Iterable[str | None]) -> dict[str | None, datetime]:
    """When the pages of these hashes were fetched; pages that are not kept are left out."""
    kept = select(Snapshot.digest, Snapshot.fetched_at).where(col(Snapshot.digest).in_({digest for digest in digests if digest}))
    return dict((await session.exec(kept)).all())


async def forget_expired(session: AsyncSession, now: datetime) -> int:
    """Drop sealed originals and sealed pages whose time is over. Returns how many; their hashes and times remain."""
    connection = await session.connection()
    originals = update(Item).where(col(Item.original_expires_at) <= now, col(Item.sealed_original).is_not(None))
    pages = update(Snapshot).where(col(Snapshot.expires_at) <= now, col(Snapshot.sealed).is_not(None))
    dropped = (await connection.execute(originals.values(sealed_original=None))).rowcount
    dropped += (await connection.execute(pages.values(sealed=None))).rowcount
    if dropped:
        await audit.append(session, _SYSTEM, "originals.expired", "items", at=now, count=dropped)
    return int(dropped)
