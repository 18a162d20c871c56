"""The pages of one case: what is known, its draft, the clauses and past cases behind it. They follow changes live."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from hashlib import sha256

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

import prompts
from adapters.chat.staff_room.act import read_act, text_of
from adapters.chat.staff_room.session import Visitor
from adapters.chat.staff_room.site import Site, staff_only
from adapters.chat.staff_room.stream import HEARTBEAT_SECONDS, clock_event, sse
from casework.aftermath import Aftermath, aftermath
from casework.case import case_by_number
from casework.case_cards import course_text, forecast_text
from casework.checks.finding import Finding
from casework.delegation import mandates_of
from casework.difference import Run, difference
from casework.dossier.dossier import gather_dossier
from casework.dossier.page import page as dossier_page
from casework.drafting.editing import LONGEST_TEXT
from casework.drafting.proofreading import proofread
from casework.drafting.strategy import Channel
from casework.drafting.view import DraftView, draft_view
from casework.permission import ALLOWED, Act
from casework.staff import Role, StaffMember
from casework.told_event import told_event_id
from casework.view import CaseView, case_view, clause_view, past_case
from monitoring.course import Course, course_of
from monitoring.event import Event
from storage import anchor


class Casefile:
    """Pages of cases."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Where they answer."""
        return [
            staff_only(self._site, "/cases/{number}", self._case),
            staff_only(self._site, "/cases/{number}/draft", self._draft),
            staff_only(self._site, "/cases/{number}/dossier", self._dossier),
            staff_only(self._site, "/cases/{number}/check", self._check, "POST"),
            staff_only(self._site, "/cases/{number}/events", self._events),
            staff_only(self._site, "/clauses", self._clause),
            staff_only(self._site, "/past-cases/{key:path}", self._past_case),
        ]

    async def _case(self, request: Request, visitor: Visitor) -> Response:
        case, _ = await self._look(request.path_params["number"])
        course, after = await self._course(case.number), await self._aftermath(case.number)
        return await self._page(
            request,
            visitor,
            "case",
            f"/cases/{case.number}",
            case=case,
            course=course,
            after=after,
            course_text=course_text,
            forecast_text=forecast_text,
            may_take_file=bool({*ALLOWED[Act.EXPORT]} & {*visitor.roles}),
        )

    async def _draft(self, request: Request, visitor: Visitor) -> Response:
        case, draft = await self._look(request.path_params["number"])
        findings = await self._findings(case.number, [(candidate.current_text, candidate.channel) for candidate in draft.candidates])
        return await self._page(
            request, visitor, "draft", f"/cases/{case.number}/draft", case=case, draft=draft,
            findings=dict(zip((candidate.ordinal for candidate in draft.candidates), findings, strict=True)),
            may_approve=Role.APPROVER in visitor.roles, comparisons=await asyncio.to_thread(_comparisons, draft),
            signs_for=await self._principals(visitor),
        )  # fmt: skip

    async def _principals(self, visitor: Visitor) -> tuple[str, ...]:
        """For whom this person may sign now."""
        async with self._site.database.reading() as session:
            mandates = await mandates_of(session, visitor.staff_id, self._site.clock.now())
            return tuple([(await session.get_one(StaffMember, mandate.principal_id)).name for mandate in mandates])

    async def _dossier(self, request: Request, visitor: Visitor) -> Response:
        """The file of the case, to keep. Taking it is an order like any other: it is refused or noted where orders are."""
        case, _ = await self._look(request.path_params["number"])
        line = prompts.words("pages.commands")["dossier"].format(case=case.number)
        answer = await self._site.hand_over(
            self._site.typed(visitor, visitor.private_chat, secrets.token_hex(16), line, on_a_page=True), typed=False
        )
        if answer["refusal"]:
            raise HTTPException(403, answer["refusal"])
        anchors = await asyncio.to_thread(anchor.read, self._site.anchor) if self._site.anchor else {}
        async with self._site.database.reading() as session:
            row = await case_by_number(session, case.number)
            dossier = await gather_dossier(session, row, anchors) if row else None
        if dossier is None:
            raise _unknown(case.number)
        as_json = request.query_params.get("format") == "json"
        name = f"{case.number}.{'json' if as_json else 'html'}"
        return Response(
            dossier.to_json() if as_json else dossier_page(dossier), media_type="application/json" if as_json else "text/html",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip

    async def _check(self, request: Request, visitor: Visitor) -> Response:
        """What the checks say of a text that is being written."""
        asked = await read_act(request)
        case, draft = await self._look(request.path_params["number"])
        candidate = next((one for one in draft.candidates if str(one.ordinal) == text_of(asked, "candidate", 3)), None)
        if candidate is None:
            raise _unknown(case.number)
        (findings,) = await self._findings(case.number, [(text_of(asked, "text", LONGEST_TEXT), candidate.channel)])
        return HTMLResponse(self._site.pages.render("findings.html", visitor, findings=findings))

    async def _findings(self, number: str, texts: list[tuple[str, Channel]]) -> list[tuple[Finding, ...]]:
        async with self._site.database.reading() as session:
            case = await case_by_number(session, number)
            return await proofread(session, case, texts, self._site.clock.now(), self._site.desk) if case and texts else []

    async def _events(self, request: Request, visitor: Visitor) -> Response:
        await self._look(request.path_params["number"])
        return StreamingResponse(self._changes(request), media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    async def _clause(self, request: Request, visitor: Visitor) -> Response:
        key, quote = request.query_params.get("key", ""), request.query_params.get("quote", "")
        async with self._site.database.reading() as session:
            clause = await clause_view(session, key)
        if clause is None:
            raise _unknown(key)
        today = self._site.clock.now().date()
        return await self._page(request, visitor, "clause", "/", clause=clause, quote=quote, today=today)

    async def _past_case(self, request: Request, visitor: Visitor) -> Response:
        async with self._site.database.reading() as session:
            past = await past_case(session, request.path_params["key"])
        if past is None:
            raise _unknown(request.path_params["key"])
        return await self._page(request, visitor, "past_case", "/", past=past)

    async def _aftermath(self, number: str) -> Aftermath | None:
        async with self._site.database.reading() as session:
            case = await case_by_number(session, number)
            return await aftermath(session, case, self._site.clock.now()) if case else None

    async def _course(self, number: str) -> Course | None:
        """Beside the case and not part of it: its hours move with every look."""
        async with self._site.database.reading() as session:
            case = await case_by_number(session, number)
            event = await session.get_one(Event, await told_event_id(session, case)) if case else None
            return await course_of(session, event, self._site.clock.now()) if event else None

    async def _look(self, number: str) -> tuple[CaseView, DraftView]:
        async with self._site.database.reading() as session:
            case, draft = await case_view(session, number, self._site.clock.now()), await draft_view(session, number)
        if case is None or draft is None:
            raise _unknown(number)
        return case, draft

    async def _page(self, request: Request, visitor: Visitor, template: str, here: str, **values: object) -> Response:
        """A whole page; of it only the part that stands in a sheet or is put in anew when the page's script asks for that."""
        part = "x-part" in request.headers
        async with self._site.database.reading() as session:
            everybody = await self._site.everybody(session)
        now = self._site.clock.now()
        frame = "part.html" if part else "page.html"
        return HTMLResponse(
            self._site.pages.render(f"{template}.html", visitor, frame=frame, everybody=everybody, here=here, now=now, **values)
        )

    async def _changes(self, request: Request) -> AsyncIterator[str]:
        """Says that the case looks different now, never how: the page asks for its parts."""
        known, bell = "", self._site.bell
        while not bell.closed and await self._site.visitor(request) is not None:
            strokes, seen = bell.strokes, await self._fingerprint(request)
            yield (sse("standing", seen) if seen != known else "") + clock_event(self._site)
            known = seen
            await bell.wait(strokes, HEARTBEAT_SECONDS)

    async def _fingerprint(self, request: Request) -> str:
        return fingerprint(*await self._look(request.path_params["number"]))


def _comparisons(draft: DraftView) -> dict[int, tuple[Run, ...]]:
    """How each version differs from its candidate in the newest draft; those that do not are left out."""
    composed = {candidate.ordinal: candidate.text for candidate in draft.candidates}
    pairs = ((v.number, composed.get(v.candidate_ordinal, v.text), v.text) for v in draft.versions if v.draft_id == draft.draft_id)
    return {number: difference(old, new) for number, old, new in pairs if old != new}


def fingerprint(*views: CaseView | DraftView) -> str:
    """The same for the same views, another for others."""
    return sha256(repr(views).encode()).hexdigest()[:16]


def _unknown(what: str) -> HTTPException:
    return HTTPException(404, prompts.say("staff_room.unknown_page", what=what))
