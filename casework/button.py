"""What a button stands for: an opaque token bound to a chat, a command and an expiry, used once."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.errors import Refused
from casework.message import Button, Card
from casework.staff import StaffMember
from language.periods import clock_phrase
from prompts import say
from storage import audit
from storage.columns import TIME_TYPE

LIFETIME = timedelta(days=7)
TOKEN_BYTES = 12
SHOWING = ("时间线", "依据", "状态", "待办", "摘要", "信源", "条款", "帮助", "补充", "拟稿", "换语气", "对比", "委托", "学到了什么")
"""Verbs that only show something, or may be repeated without harm."""
ASKING = ("误报", "转办", "改稿", "退回", "静默", "升级", "办结", "已发")
"""Verbs that ask back when nothing follows the number (误报 A12)."""

COUNTING = ("认领", "签发")
"""Verbs that settle by themselves who was first and say who and when it was; two approvers may press one button, and each is counted."""


class ButtonToken(SQLModel, table=True):
    """One button on one card. `outcome` is the answer that stands after the first use. `repeatable` ones only show something."""

    __tablename__ = "button_token"

    token: str = Field(primary_key=True)
    platform: str
    chat: str
    command: str
    case_id: int | None = Field(default=None, foreign_key="case.id", index=True)
    repeatable: bool = False
    expires_at: datetime = Field(sa_type=TIME_TYPE)
    used_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    used_by: int | None = Field(default=None, foreign_key="staff_member.id")
    outcome: str = ""


_USABLE = select(ButtonToken.command, ButtonToken.token).where(
    ButtonToken.platform == bindparam("platform"), ButtonToken.chat == bindparam("chat"), col(ButtonToken.used_at).is_(None),
    col(ButtonToken.command).in_(bindparam("commands", expanding=True)), ButtonToken.expires_at > bindparam("until"),
)  # fmt: skip
_UNUSED_OF_CASE = _USABLE.where(ButtonToken.case_id == bindparam("case"))
_UNUSED_OF_NO_CASE = _USABLE.where(col(ButtonToken.case_id).is_(None))


@dataclass(frozen=True)
class Redeemed:
    """A pressed button. `standing` is the answer that an earlier press brought; None: carry `command` out."""

    command: str
    standing: str | None = None


async def issue(session: AsyncSession, card: Card, platform: str, chat: str, case_id: int | None, now: datetime) -> Card:
    """The card with a token on every button, for exactly that chat; a token of the same button that nobody has used is taken again."""
    commands = {button.command for line in card.buttons for button in line}
    if not commands:
        return card
    wanted = {"platform": platform, "chat": chat, "commands": sorted(commands), "until": now + LIFETIME / 2}
    unused = _UNUSED_OF_NO_CASE if case_id is None else _UNUSED_OF_CASE
    tokens = dict((await session.exec(unused, params=wanted if case_id is None else {**wanted, "case": case_id})).all())
    for command in sorted(commands - tokens.keys()):
        row = ButtonToken(
            token=secrets.token_urlsafe(TOKEN_BYTES), platform=platform, chat=chat, command=command, case_id=case_id,
            repeatable=is_repeatable(command), expires_at=now + LIFETIME,
        )  # fmt: skip
        session.add(row)
        tokens[command] = row.token
    return card.with_buttons([[_with_token(button, tokens) for button in line] for line in card.buttons])


async def redeem(session: AsyncSession, token: str, platform: str, chat: str, staff: StaffMember, now: datetime) -> Redeemed:
    """What a pressed button stands for. The verb behind it asks for the role; a refusal there leaves the token unused.

    Raises:
        Refused: nobody issued the token, it was issued for another chat, or it has expired.
    """
    row = await session.get(ButtonToken, token, with_for_update=True)
    if row is None or (row.platform, row.chat) != (platform, chat):
        raise Refused(say("casework.button_unknown"))
    if row.expires_at <= now:
        raise Refused(say("casework.button_expired", command=row.command))
    if row.repeatable:
        return Redeemed(row.command)
    if row.used_at is not None:
        return Redeemed(row.command, await _standing(session, row, staff, now))
    row.used_at, row.used_by = now, staff.id
    await audit.append(session, staff.name, "button.used", f"command:{row.command}", at=now)
    return Redeemed(row.command)


async def record_outcome(session: AsyncSession, token: str, outcome: str) -> None:
    """Note what a button brought, in the transaction that used it; every later press answers with this."""
    row = await session.get(ButtonToken, token)
    if row is not None and not row.repeatable:
        row.outcome = outcome


async def move_chat(session: AsyncSession, platform: str, chat: str, new_chat: str) -> None:
    """The platform gave the chat a new id; its buttons go with it."""
    moved = update(ButtonToken).where(col(ButtonToken.platform) == platform, col(ButtonToken.chat) == chat).values(chat=new_chat)
    await (await session.connection()).execute(moved)


def is_repeatable(command: str) -> bool:
    """Whether a button may be pressed again and again: it shows something, asks back, or its verb counts everybody once."""
    verb, *rest = command.split()
    return verb in (*SHOWING, *COUNTING) or (verb in ASKING and len(rest) <= 1)


async def _standing(session: AsyncSession, row: ButtonToken, staff: StaffMember, now: datetime) -> str:
    """What the first press brought; to anybody else with the name of who pressed, and when."""
    outcome = row.outcome or say("casework.button_used")
    if row.used_by == staff.id or row.used_by is None or row.used_at is None:
        return outcome
    first = await session.get_one(StaffMember, row.used_by)
    return say("approval.button_used_by", name=first.name, at=clock_phrase(row.used_at, now), outcome=outcome)


def _with_token(button: Button, tokens: dict[str, str]) -> Button:
    return replace(button, token=tokens[button.command])
