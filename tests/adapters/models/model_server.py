"""An OpenAI-compatible server on loopback that behaves as it is told: answers, streams, fails, dawdles, talks rubbish."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[dict[str, Any]], str]


@dataclass
class ModelServer:
    """`says` makes the content of an answer from the request; `requests` is what was asked.

    `stumbles` are the statuses of the first answers, before it behaves. `tokens` is what it says it counted (in, out); None: nothing.
    `raw` is the whole body of every answer, whatever was asked for.
    A stream comes in pieces of `piece` characters, `pause_seconds` apart, and breaks off after `breaks_after` of them.
    """

    says: Answer = lambda _: "{}"
    status: int = 200
    stumbles: list[int] = field(default_factory=list)
    tokens: tuple[int, int] | None = (1, 1)
    raw: str | None = None
    delay_seconds: float = 0.0
    piece: int = 7
    pause_seconds: float = 0.0
    breaks_after: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    base_url: str = ""
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> "ModelServer":
        application = web.Application()
        application.router.add_post("/v1/chat/completions", self._answer)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.requests.append(asked)
        await asyncio.sleep(self.delay_seconds)
        status = self.stumbles.pop(0) if self.stumbles else self.status
        if status != 200:
            return web.json_response({"error": {"message": "no"}}, status=status, headers=self.headers)
        if self.raw is not None:
            return web.Response(text=self.raw, content_type="text/event-stream" if asked.get("stream") else "application/json")
        if asked.get("stream"):
            return await self._stream(request, asked)
        message = {"role": "assistant", "content": self.says(asked)}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        body = {"id": "1", "object": "chat.completion", "created": 0, "model": asked["model"], "choices": [choice], "usage": self._usage()}
        return web.Response(text=json.dumps(body, ensure_ascii=False), content_type="application/json")

    async def _stream(self, request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        response, said = web.StreamResponse(headers={"Content-Type": "text/event-stream"}), self.says(asked)
        await response.prepare(request)
        for number, start in enumerate(range(0, len(said), self.piece)):
            if number == self.breaks_after:
                assert request.transport is not None
                request.transport.abort()
                return response
            choice = {"index": 0, "delta": {"role": "assistant", "content": said[start : start + self.piece]}, "finish_reason": None}
            body = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": asked["model"], "choices": [choice]}
            await response.write(f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode())
            await asyncio.sleep(self.pause_seconds)
        if asked.get("stream_options", {}).get("include_usage") and self.tokens:
            body = {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": asked["model"],
                "choices": [],
                "usage": self._usage(),
            }
            await response.write(f"data: {json.dumps(body)}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        return response

    def _usage(self) -> dict[str, int] | None:
        if self.tokens is None:
            return None
        read, written = self.tokens
        return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
