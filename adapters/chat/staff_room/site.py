"""What all pages share: who asks, in which chats they are, and how their words reach the handler."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

import prompts
from adapters.chat.staff_room import session as sessions
from adapters.chat.staff_room import transcript
from adapters.chat.staff_room.bell import Bell
from adapters.chat.staff_room.rendering import Pages
from adapters.chat.staff_room.session import PLATFORM, Visitor
from casework.chat import CommandHandler, Incoming
from casework.desk import Desk
from casework.message import Card, CardKind
from storage.clock import Clock
from storage.engine import Database

COOKIE = "wensheng_session"


@dataclass(frozen=True)
class Site:
    """One running staff room.

    Attributes:
        open_login: everybody may be anybody, by a path in front of each page: for demonstrations.
        https: whether browsers reach the room encrypted; then the cookie never travels otherwise.
        anchor: the file that the audit chain's heads are noted in; None: there is none to compare with.
    """

    database: Database
    clock: Clock
    desk: Desk
    bell: Bell
    pages: Pages
    groups: tuple[tuple[str, str], ...]
    secret: bytes
    handler: CommandHandler
    open_login: bool
    https: bool
    anchor: Path | None = None

    async def visitor(self, request: Request) -> Visitor | None:
        """The person who asks; None for a stranger."""
        async with self.database.reading() as session:
            if self.open_login:
                account = request.path_params["account"]
                return await sessions.by_account(session, account, f"/as/{quote(account)}")
            token = request.cookies.get(COOKIE, "")
            return await sessions.by_token(session, token, self.clock.now()) if token else None

    async def everybody(self, session: AsyncSession) -> list[Visitor]:
        """Whom the person at the page could be instead; nobody outside demonstrations."""
        return await sessions.everybody(session) if self.open_login else []

    def chats(self, visitor: Visitor) -> dict[str, str]:
        """The chats of a person, by id: the groups, and the one with the bot alone."""
        return {**dict(self.groups), visitor.private_chat: prompts.say("staff_room.private_chat_name")}

    def chat(self, visitor: Visitor, asked: str | None) -> str:
        """The chat that was asked for, by default the first. Raises HTTPException 404 for one that is not theirs."""
        chat = asked or next(iter(self.chats(visitor)))
        if chat not in self.chats(visitor):
            raise HTTPException(404, prompts.say("staff_room.unknown_chat", chat=chat))
        return chat

    async def hand_over(self, incoming: Incoming, *, typed: bool) -> dict[str, str]:
        """Give something that a person did to the handler, and put its cards into the chat.

        What was not typed for all to read is refused in private: the refusal goes back to the page alone.

        Returns:
            `brief` and `refusal` for the person at the page, empty where there is none.
        """
        response = await self.handler(incoming)
        if response is None:
            return {"brief": "", "refusal": ""}
        refusals = [card for card in response.cards if card.kind is CardKind.REFUSAL and not typed]
        await self._post(incoming, [card for card in response.cards if card not in refusals])
        brief = "" if typed and response.cards else response.brief
        return {"brief": brief, "refusal": "\n".join(card.as_text() for card in refusals)}

    def typed(self, visitor: Visitor, chat: str, event_id: str, line: str, *, on_a_page: bool = False) -> Incoming:
        """A line that a person typed, or that a page's form put together, as casework wants it: without the bot's name in front."""
        mention, private = f"@{transcript.BOT}", chat == visitor.private_chat
        mentioned = on_a_page or private or line.startswith(mention)
        text = line.removeprefix(mention).strip()
        return Incoming(PLATFORM, chat, visitor.account, text=text, private=private, mentioned=mentioned, event_id=event_id)

    async def _post(self, incoming: Incoming, cards: Sequence[Card]) -> None:
        if not cards:
            return
        async with self.database.transaction() as session:
            for number, card in enumerate(cards):
                await transcript.post(session, incoming.chat, card, at=self.clock.now(), key=f"reply:{incoming.event_id}:{number}")
        self.bell.ring()


Page = Callable[[Request, Visitor], Awaitable[Response]]


def staff_only(site: Site, path: str, page: Page, method: str = "GET") -> Route:
    """A route that answers staff; everybody else is asked to log in."""

    async def endpoint(request: Request) -> Response:
        visitor = await site.visitor(request)
        if visitor is None:
            return HTMLResponse(site.pages.render("stranger.html", here=str(request.url.path)), status_code=401)
        response = await page(request, visitor)
        response.headers.setdefault("cache-control", "no-store")
        return response

    return Route(path, endpoint, methods=[method])
