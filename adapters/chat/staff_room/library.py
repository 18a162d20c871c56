"""The pages of the knowledge base: what waits for an admin, one document as it was read, and handing in a file."""

import secrets

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

import prompts
from adapters.chat.staff_room.session import PLATFORM, Visitor
from adapters.chat.staff_room.site import Site, staff_only
from casework.chat import Incoming
from casework.library_page import MOST_CLAUSES_SHOWN, dated, document_view, library_view
from casework.staff import Role
from knowledge_base.errors import KnowledgeError
from knowledge_base.reading_files import DOCUMENTS, MOST_FILE_BYTES

_FORM_BYTES = MOST_FILE_BYTES + 100_000


class LibraryPages:
    """Pages of policy documents. What is decided on them goes out as commands."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Where they answer."""
        return [
            staff_only(self._site, "/library", self._library),
            staff_only(self._site, "/library", self._take, "POST"),
            staff_only(self._site, "/library/{number:int}", self._document),
        ]

    async def _library(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor)

    async def _take(self, request: Request, visitor: Visitor) -> Response:
        """Hand a file to the one who handles commands; the page then tells what came of it."""
        if int(request.headers.get("content-length") or _FORM_BYTES + 1) > _FORM_BYTES:
            told = prompts.say("library.too_big", name=prompts.say("library.page_upload"), most=MOST_FILE_BYTES // 1_000_000)
            return await self._page(request, visitor, told=told)
        async with request.form(max_files=1, max_fields=2) as form:
            file = form.get("file")
            name, body = ("", b"") if file is None or isinstance(file, str) else (file.filename or "", await file.read())
        if not name or not body:
            return await self._page(request, visitor, told=prompts.say("library.page_no_file"))
        incoming = Incoming(
            PLATFORM, visitor.private_chat, visitor.account, private=True, mentioned=True, file_name=name, file=body,
            event_id=secrets.token_hex(16),
        )  # fmt: skip
        answer = await self._site.hand_over(incoming, typed=False)
        return await self._page(request, visitor, told=answer["refusal"] or answer["brief"])

    async def _document(self, request: Request, visitor: Visitor) -> Response:
        number = request.path_params["number"]
        async with self._site.database.reading() as session:
            try:
                view = await document_view(session, number)
            except KnowledgeError as error:
                raise HTTPException(404, str(error)) from error
        return await self._show(request, visitor, "document.html", f"/library/{number}", view=view, dated=dated, most=MOST_CLAUSES_SHOWN)

    async def _page(self, request: Request, visitor: Visitor, told: str = "") -> Response:
        async with self._site.database.reading() as session:
            library = await library_view(session, self._site.clock.now())
        return await self._show(request, visitor, "library.html", "/library", library=library, told=told, kinds=",".join(DOCUMENTS))

    async def _show(self, request: Request, visitor: Visitor, template: str, here: str, **values: object) -> Response:
        async with self._site.database.reading() as session:
            everybody = await self._site.everybody(session)
        frame = "part.html" if "x-part" in request.headers else "page.html"
        return HTMLResponse(
            self._site.pages.render(
                template, visitor, frame=frame, everybody=everybody, here=here, now=self._site.clock.now(),
                may_decide=Role.ADMIN in visitor.roles, **values,
            )
        )  # fmt: skip
