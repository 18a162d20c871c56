"""权限: which role may do what, asked by every verb, so that a button, a typed command and a click on the page meet the same rule."""

from collections.abc import Collection
from enum import StrEnum

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.errors import Refused
from casework.staff import Role, StaffMember, members_with
from prompts import say, words


class Act(StrEnum):
    """What a person may ask for; the names for people stand in `casework.acts`."""

    CLAIM = "claim"
    ASSIGN = "assign"
    MUTE = "mute"
    MUTE_KIND = "mute_kind"
    ESCALATE = "escalate"
    DISMISS = "dismiss"
    LOWER = "lower"
    REGROUP = "regroup"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    NAME_DEPUTY = "name_deputy"
    CONFIRM_DEPUTY = "confirm_deputy"
    EXPORT = "export"
    PUBLISH = "publish"
    KEEP = "keep"
    CLOSE = "close"
    TEST = "test"
    ROUTE = "route"
    TIER = "tier"
    RULES = "rules"
    LIBRARY = "library"


_HANDLERS = (Role.DUTY, Role.DRAFTER, Role.APPROVER)
ALLOWED: dict[Act, tuple[Role, ...]] = {
    Act.CLAIM: _HANDLERS,
    Act.ASSIGN: _HANDLERS,
    Act.MUTE: _HANDLERS,
    Act.MUTE_KIND: (Role.APPROVER,),
    Act.ESCALATE: _HANDLERS,
    Act.DISMISS: _HANDLERS,
    Act.LOWER: (Role.APPROVER,),
    Act.REGROUP: _HANDLERS,
    Act.SUBMIT: (Role.DRAFTER, Role.DUTY),
    Act.APPROVE: (Role.APPROVER,),
    Act.SEND_BACK: (Role.APPROVER,),
    Act.NAME_DEPUTY: (Role.ADMIN,),
    Act.CONFIRM_DEPUTY: (Role.ADMIN, Role.APPROVER),
    Act.EXPORT: (Role.ADMIN, Role.AUDITOR, Role.DUTY),
    Act.PUBLISH: _HANDLERS,
    Act.KEEP: _HANDLERS,
    Act.CLOSE: _HANDLERS,
    Act.TEST: (*_HANDLERS, Role.ADMIN),
    Act.ROUTE: (Role.ADMIN, Role.APPROVER),
    Act.TIER: (Role.ADMIN,),
    Act.RULES: (Role.ADMIN,),
    Act.LIBRARY: (Role.ADMIN,),
}
"""Lowering a level takes an approver, because a lower level asks for fewer approvals; so does a mute for a whole kind of matter."""


async def require(session: AsyncSession, staff: StaffMember, act: Act, *, except_for: Collection[str] = ()) -> None:
    """Let the person pass or refuse.

    Args:
        except_for: names that are not to be proposed as those who can, because another rule excludes them.

    Raises:
        Refused: the person holds none of the roles; the sentence names those who do.
    """
    if staff.has(*ALLOWED[act]):
        return
    roles, acts = words("casework.roles"), words("casework.acts")
    able = [name for name in await names_with(session, *ALLOWED[act]) if name not in except_for]
    raise Refused(
        say(
            "casework.no_permission",
            act=acts[act],
            needed=say("casework.or").join(f"「{roles[role]}」" for role in ALLOWED[act]),
            held=say("casework.comma").join(roles[role] for role in staff.roles) or say("casework.no_role"),
            who=say("casework.can_ask", names=say("casework.comma").join(able)) if able else say("casework.nobody_can"),
        )
    )


async def names_with(session: AsyncSession, *roles: Role) -> list[str]:
    """Names of the active members that hold any of the roles, in roster order."""
    return list(dict.fromkeys([member.name for role in roles for member in await members_with(session, role)]))
