"""The door: a personal link lets one person in once; in a demonstration everybody may be anybody."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

import prompts
from adapters.chat.staff_room import session as sessions
from adapters.chat.staff_room.session import SESSION_LIFETIME
from adapters.chat.staff_room.site import COOKIE, Site


class Door:
    """Logging in."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Where it answers."""
        if self._site.open_login:
            return [Route("/", self._anybody)]
        return [
            Route("/login/{ticket}", self._ask),
            Route("/login/{ticket}", self._enter, methods=["POST"]),
            Route("/logout", self._leave, methods=["POST"]),
        ]

    async def _anybody(self, _: Request) -> Response:
        async with self._site.database.reading() as session:
            everybody = await sessions.everybody(session)
        if not everybody:
            raise HTTPException(404)
        return RedirectResponse(f"/as/{everybody[0].account}/")

    async def _ask(self, request: Request) -> Response:
        """Opening the link only asks; chat programs that look at links for a preview must not use it up."""
        staff_id = sessions.read_link(self._site.secret, request.path_params["ticket"], self._site.clock.now())
        return self._page("" if staff_id is not None else prompts.say("staff_room.link_spent"))

    async def _enter(self, request: Request) -> Response:
        ticket, now = request.path_params["ticket"], self._site.clock.now()
        staff_id = sessions.read_link(self._site.secret, ticket, now)
        token = None
        if staff_id is not None:
            async with self._site.database.transaction() as session:
                token = await sessions.begin(session, staff_id, ticket, now)
        if token is None:
            return self._page(prompts.say("staff_room.link_spent"))
        response = RedirectResponse("/", status_code=303)
        lifetime = int(SESSION_LIFETIME.total_seconds())
        response.set_cookie(COOKIE, token, max_age=lifetime, httponly=True, samesite="strict", secure=self._site.https)
        return response

    async def _leave(self, request: Request) -> Response:
        """End the session of this browser, as one does at a shared desk."""
        async with self._site.database.transaction() as session:
            await sessions.end(session, request.cookies.get(COOKIE, ""), self._site.clock.now())
        response = RedirectResponse("/", status_code=303)
        response.delete_cookie(COOKIE)
        return response

    def _page(self, refusal: str) -> Response:
        return HTMLResponse(self._site.pages.render("login.html", refusal=refusal), status_code=403 if refusal else 200)
