"""The board of all sources: how each fares, what it brought, what is proposed."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from adapters.chat.staff_room.session import Visitor
from adapters.chat.staff_room.site import Site, staff_only
from casework.source_board import source_board
from casework.staff import Role


class Board:
    """The page of sources."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Where it answers."""
        return [staff_only(self._site, "/sources", self._sources)]

    async def _sources(self, request: Request, visitor: Visitor) -> Response:
        now = self._site.clock.now()
        async with self._site.database.reading() as session:
            board, everybody = await source_board(session, now), await self._site.everybody(session)
        return HTMLResponse(
            self._site.pages.render(
                "sources.html", visitor, frame="part.html" if "x-part" in request.headers else "page.html", board=board,
                everybody=everybody, here="/sources", now=now, may_decide=Role.ADMIN in visitor.roles,
            )
        )  # fmt: skip
