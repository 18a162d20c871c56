"""The fake publisher: a notice board in memory, with the same faults as the platforms on loopback."""

import asyncio
from datetime import datetime
from typing import Any

from aiohttp import web

from casework.approval import ApprovedReply
from casework.errors import PublishError
from tests.adapters.publishing.platforms import ACCEPTED, NOT_OUT, Platform, Posted


class NoticeBoard(Platform):
    """Texts that hang there. Nothing listens; it is open until it is left."""

    is_open = False

    async def __aenter__(self) -> "NoticeBoard":
        self.is_open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.is_open = False

    def routes(self) -> list[web.RouteDef]:
        return []

    def answer(self, posted: Posted) -> dict[str, Any]:
        return {"link": posted.link}


class NoticeBoardPublisher:
    """Hangs replies on a notice board."""

    name = "notice_board"
    finds = True

    def __init__(self, board: NoticeBoard) -> None:
        self._board = board

    async def publish(self, reply: ApprovedReply, key: str) -> str:
        """See ReplyPublisher."""
        if not self._board.is_open:
            raise PublishError("门关着，没有发出。")
        self._board.attempts += 1
        fault = self._board.faults.pop(0) if self._board.faults else None
        await asyncio.sleep(0)  # on its way there
        if fault in NOT_OUT:
            raise PublishError("不让贴，没有发出。")
        posted = self._board.post(reply.text, key) if fault is None or fault in ACCEPTED else None
        if posted is None or fault is not None:
            raise PublishError("没有答复", uncertain=True)
        await asyncio.sleep(0)  # and its answer on its way back
        return posted.link

    async def find(self, text: str, key: str, since: datetime) -> str | None:
        """See ReplyPublisher."""
        if not self._board.is_open or self._board.look_fault:
            raise PublishError("看不见", uncertain=True)
        hanging = (each for each in self._board.posted if (each.text, each.key) == (text, key) and each.at >= since)
        return next((each.link for each in hanging), None)
