"""Who is at the page: personal login links that work once, and the sessions that they begin."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.staff import StaffAccount, StaffMember
from storage import audit
from storage.columns import TIME_TYPE

PLATFORM = "staff_room"
LINK_LIFETIME = timedelta(hours=24)
SESSION_LIFETIME = timedelta(days=30)


class RoomSession(SQLModel, table=True):
    """A browser that a person logged in with. Only hashes are kept, of the cookie's token and of the link; a link begins one session."""

    __tablename__ = "room_session"

    token_hash: str = Field(primary_key=True)
    link_hash: str = Field(unique=True)
    staff_id: int = Field(foreign_key="staff_member.id")
    started_at: datetime = Field(sa_type=TIME_TYPE)
    expires_at: datetime = Field(sa_type=TIME_TYPE)


@dataclass(frozen=True)
class Visitor:
    """The person at the page. `account` is the user id that casework knows; `base` stands before every path of this person's pages."""

    staff_id: int
    name: str
    title: str
    roles: tuple[str, ...]
    account: str
    base: str = ""

    @property
    def private_chat(self) -> str:
        """The chat between this person and the bot alone."""
        return private_chat(self.account)


def private_chat(account: str) -> str:
    """The chat between the person of that account and the bot alone."""
    return f"private:{account}"


def sign_link(secret: bytes, staff_id: int, expires_at: datetime) -> str:
    """The ticket of a login link: who, until when, a nonce, and the signature over them."""
    claim = f"{staff_id}.{int(expires_at.timestamp())}.{secrets.token_urlsafe(12)}"
    return f"{claim}.{_signature(secret, claim)}"


def read_link(secret: bytes, ticket: str, now: datetime) -> int | None:
    """The staff member whom a ticket names; None for one that we did not sign or whose time is over."""
    claim, _, signature = ticket.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(secret, claim).encode()):
        return None
    staff_id, expires, _ = claim.split(".", 2)
    return int(staff_id) if datetime.fromtimestamp(int(expires), UTC) > now else None


async def begin(session: AsyncSession, staff_id: int, ticket: str, now: datetime) -> str | None:
    """Begin a session with a ticket that `read_link` accepted.

    Returns:
        The token for the cookie; None when the ticket was used before or the person is not (or no longer) on the staff.
    """
    link_hash = _digest(ticket)
    if (await session.exec(select(RoomSession).where(RoomSession.link_hash == link_hash))).first():
        return None
    visitor = await _visitor(session, StaffMember.id == staff_id)
    if visitor is None:
        return None
    token = secrets.token_urlsafe(32)
    session.add(
        RoomSession(token_hash=_digest(token), link_hash=link_hash, staff_id=staff_id, started_at=now, expires_at=now + SESSION_LIFETIME)
    )
    await audit.append(session, visitor.name, "session.started", f"staff:{staff_id}", at=now)
    return token


async def end(session: AsyncSession, token: str, now: datetime) -> None:
    """End the session of a cookie; nothing happens when there is none."""
    visitor, known = await by_token(session, token, now), await session.get(RoomSession, _digest(token))
    if visitor and known:
        known.expires_at = now
        await audit.append(session, visitor.name, "session.ended", f"staff:{visitor.staff_id}", at=now)


async def by_token(session: AsyncSession, token: str, now: datetime) -> Visitor | None:
    """The person whose cookie this is."""
    known = await session.get(RoomSession, _digest(token))
    if known is None or known.expires_at <= now:
        return None
    return await _visitor(session, StaffMember.id == known.staff_id)


async def by_account(session: AsyncSession, account: str, base: str) -> Visitor | None:
    """The person of an account of the room, whoever asks: for demonstrations only."""
    return await _visitor(session, StaffAccount.user_id == account, base)


async def everybody(session: AsyncSession) -> list[Visitor]:
    """All active staff with an account of the room."""
    query = select(StaffMember, StaffAccount).join(StaffAccount).where(StaffAccount.platform == PLATFORM, col(StaffMember.active))
    return [_as_visitor(member, account) for member, account in await session.exec(query.order_by(col(StaffMember.id)))]


async def _visitor(session: AsyncSession, condition: bool, base: str = "") -> Visitor | None:
    query = (
        select(StaffMember, StaffAccount).join(StaffAccount).where(StaffAccount.platform == PLATFORM, col(StaffMember.active), condition)
    )
    found = (await session.exec(query)).first()
    return _as_visitor(*found, base) if found else None


def _as_visitor(member: StaffMember, account: StaffAccount, base: str = "") -> Visitor:
    assert member.id is not None
    return Visitor(member.id, member.name, member.title, tuple(member.roles), account.user_id, base)


def _signature(secret: bytes, claim: str) -> str:
    digest = hmac.new(secret, b"wensheng staff room login|" + claim.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
