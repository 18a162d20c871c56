"""时间线、依据、走势、状态、待办、摘要、接班、路由、信源、条款、测试发送、帮助: orders that only show something."""

from collections.abc import Mapping
from urllib.parse import quote

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.grammar import Verb
from bot.commands.handling import QuickHandler
from bot.commands.order import Order, done, shown
from casework.case_cards import course_card, grounds_card, status_card, timeline_card, todo_card
from casework.chat import Response
from casework.chat_trial import try_chat
from casework.digest import digest_card
from casework.drafting.editing import latest_draft
from casework.drafting.evidence_card import evidence_card
from casework.errors import Refused
from casework.handover import handover_card
from casework.message import Card, CardKind, Row
from casework.permission import Act, require
from casework.routes import level_named, line_named, route_card
from casework.routing import group_of
from casework.source_board import sources_card
from casework.staff import StaffGroup, StaffMember
from casework.view import clause_view
from monitoring.lines import LINES
from prompts import say, words


async def timeline(session: AsyncSession, order: Order) -> Response:
    """时间线 A12."""
    return shown(await timeline_card(session, order.case, order.now))


async def basis(session: AsyncSession, order: Order) -> Response:
    """依据 A12: of the level; 依据 A12 1: of the drafts."""
    if order.command.ordinal is None:
        return shown(await grounds_card(session, order.case, order.now))
    draft = await latest_draft(session, order.case)
    if draft is None:
        raise Refused(say("drafting.nothing_drafted", case=order.case.number))
    return shown(await evidence_card(session, order.case, draft, order.now))


async def course(session: AsyncSession, order: Order) -> Response:
    """走势 A12."""
    return shown(await course_card(session, order.case, order.now))


async def status(session: AsyncSession, order: Order) -> Response:
    """状态 A12."""
    return shown(await status_card(session, order.case, order.now))


async def open_cases(session: AsyncSession, order: Order) -> Response:
    """待办."""
    return shown(await todo_card(session, order.now))


async def digest(session: AsyncSession, order: Order) -> Response:
    """摘要, for the chat it is asked in; in private for all."""
    group = await group_of(session, order.incoming.platform, order.incoming.chat)
    everything = StaffGroup(platform=order.incoming.platform, chat=order.incoming.chat, name="")
    return shown(await digest_card(session, group or everything, order.now, order.house.desk))


async def handover(session: AsyncSession, order: Order) -> Response:
    """接班."""
    return shown(await handover_card(session, order.staff.name, order.now))


async def route(session: AsyncSession, order: Order) -> Response:
    """路由 噪声油烟扬尘 东岭区 III; the district may be left out."""
    await require(session, order.staff, Act.ROUTE)
    words = order.command.rest.split()
    levels, lines = [level_named(word) for word in words], [line_named(word) for word in words]
    level, line = next(filter(None, levels), None), next(filter(None, lines), None)
    if level is None or line is None:
        raise Refused(say("commands.route_how", lines="、".join(LINES)))
    district = next((word for word, a, b in zip(words, levels, lines, strict=True) if not (a or b)), None)
    return shown(await route_card(session, line, district, level, order.now, order.house.desk))


async def sources(session: AsyncSession, order: Order) -> Response:
    """信源."""
    return shown(await sources_card(session, order.now))


async def clause(session: AsyncSession, order: Order) -> Response:
    """条款 KEY: the clause word for word with its validity."""
    view = await clause_view(session, order.command.rest)
    if view is None:
        raise Refused(say("commands.no_such_clause"))
    today = order.now.date()
    state = say("commands.clause_in_force" if view.in_force_on(today) else "commands.clause_not_in_force", ended=view.ended_on or "")
    since = view.effective_on or say("commands.date_unknown")
    rows = (Row(say("commands.clause_since"), f"{since} · {state}"),)
    page = f"/clauses?key={quote(view.key)}"
    return shown(Card(CardKind.ANSWER, f"《{view.title}》{view.article}", rows=rows, body=view.text, page=page))


async def test(session: AsyncSession, order: Order) -> Response:
    """测试发送."""
    return done(order, await try_chat(session, order.incoming.platform, order.incoming.chat, order.staff, order.now))


async def explain(_: AsyncSession, order: Order) -> Response:
    """帮助."""
    return shown(help_card(order.staff))


def help_card(staff: StaffMember) -> Card:
    """What this person can do, in the order of the work; what several of the roles may do stands once."""
    groups = [words(f"commands.help_{role}") for role in (*staff.roles, "everybody")]
    rows = {Row(label, text): None for group in groups for label, text in group.items()}
    return Card(CardKind.ANSWER, say("commands.help_head", name=staff.name), rows=tuple(rows))


LOOKING: Mapping[Verb, QuickHandler] = {
    Verb.TIMELINE: timeline,
    Verb.BASIS: basis,
    Verb.COURSE: course,
    Verb.STATUS: status,
    Verb.OPEN_CASES: open_cases,
    Verb.DIGEST: digest,
    Verb.HANDOVER: handover,
    Verb.ROUTE: route,
    Verb.SOURCES: sources,
    Verb.CLAUSE: clause,
    Verb.TEST: test,
    Verb.HELP: explain,
}
