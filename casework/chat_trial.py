"""测试发送: whether a chat can be reached, on a person's word."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.delivery import enqueue
from casework.errors import Refused
from casework.message import Card, CardKind
from casework.permission import Act, require
from casework.routing import group_of, place_of
from casework.staff import StaffMember
from prompts import say


async def try_chat(session: AsyncSession, platform: str, chat: str, staff: StaffMember, now: datetime) -> str:
    """Put a test message out for a chat on the allow-list. Returns the sentence for the person. Raises Refused."""
    await require(session, staff, Act.TEST)
    group = await group_of(session, platform, chat)
    if group is None:
        raise Refused(say("casework.not_a_group"))
    card = Card(CardKind.NOTICE, say("alert.trial", group=group.name, name=staff.name))
    await enqueue(session, card, place_of(group), now, key=f"trial:{platform}:{chat}:{now.isoformat()}")
    return say("casework.trial_sent", group=group.name)
