"""A server of embeddings on loopback that behaves as it is told: as an OpenAI-compatible one and as Ollama."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class EmbeddingServer:
    """Vectors count the letters a, b and c of a text; `texts` is what was sent here."""

    status: int = 200
    delay_seconds: float = 0.0
    garbled: bool = False
    dimensions: int = 3
    texts: list[str] = field(default_factory=list)
    address: str = ""
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> "EmbeddingServer":
        application = web.Application()
        application.router.add_post("/v1/embeddings", self._as_open_ai)
        application.router.add_post("/api/embed", self._as_ollama)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _as_open_ai(self, request: web.Request) -> web.Response:
        vectors = await self._vectors(request)
        if isinstance(vectors, web.Response):
            return vectors
        data = [{"object": "embedding", "index": place, "embedding": vector} for place, vector in enumerate(vectors)]
        return web.json_response({"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}})

    async def _as_ollama(self, request: web.Request) -> web.Response:
        vectors = await self._vectors(request)
        return vectors if isinstance(vectors, web.Response) else web.json_response({"model": "m", "embeddings": vectors})

    async def _vectors(self, request: web.Request) -> web.Response | list[list[float]]:
        asked = (await request.json())["input"]
        texts: Sequence[str] = [asked] if isinstance(asked, str) else asked
        self.texts += texts
        await asyncio.sleep(self.delay_seconds)
        if self.status != 200:
            return web.json_response({"error": {"message": "no"}}, status=self.status)
        if self.garbled:
            return web.Response(text="<html>gateway</html>", content_type="text/html")
        return [[float(text.count(letter)) for letter in "abcdef"[: self.dimensions]] for text in texts]
