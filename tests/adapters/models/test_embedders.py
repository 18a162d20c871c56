"""Embedders outside against a server of ours."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from adapters.models.embedders import EmbedderAddress, LangChainEmbedder, ollama, open_ai_compatible, sentence_transformers
from knowledge_base.document import ParsedDocument
from knowledge_base.importing import import_document
from knowledge_base.region import NATIONAL
from retrieval.errors import ModelUnavailable
from retrieval.library import DenseState, Library
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.models.embedding_server import EmbeddingServer

Open = Callable[..., LangChainEmbedder]


@pytest.fixture
async def server() -> AsyncIterator[EmbeddingServer]:
    async with EmbeddingServer() as started:
        yield started


@pytest.fixture(params=["openai", "ollama"])
def open_embedder(request: pytest.FixtureRequest, server: EmbeddingServer) -> Open:
    def opened(dimensions: int = 3, timeout_seconds: float = 5.0) -> LangChainEmbedder:
        made = open_ai_compatible if request.param == "openai" else ollama
        path = "/v1" if request.param == "openai" else ""
        return made(EmbedderAddress("m", dimensions, f"{server.address}{path}", timeout_seconds=timeout_seconds))

    return opened


async def test_vectors_come_back_in_order_and_of_unit_length(open_embedder: Open, server: EmbeddingServer) -> None:
    texts = ["a" * (number % 5) + "b" for number in range(150)]
    vectors = await asyncio.to_thread(open_embedder().embed, texts)
    assert server.texts == texts
    expected = np.array([[number % 5, 1, 0] for number in range(150)], np.float32)
    assert np.allclose(vectors, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6)
    assert np.allclose(await asyncio.to_thread(open_embedder().embed_question, "aab"), vectors[2], atol=1e-6)
    assert (await asyncio.to_thread(open_embedder().embed, [])).shape == (0, 3)


async def test_personal_data_does_not_leave(open_embedder: Open, server: EmbeddingServer) -> None:
    await asyncio.to_thread(open_embedder().embed_question, "我的手机是13800138000 a")
    assert "13800138000" not in server.texts[0]


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 401}, {"garbled": True}, {"delay_seconds": 1.5}, {"dimensions": 4}])
async def test_a_server_that_fails_is_unavailable(open_embedder: Open, server: EmbeddingServer, fault: dict[str, float]) -> None:
    for name, value in fault.items():
        setattr(server, name, value)
    with pytest.raises(ModelUnavailable):
        await asyncio.to_thread(open_embedder(timeout_seconds=0.5).embed, ["a"])


async def test_a_server_that_is_gone_is_unavailable() -> None:
    async with EmbeddingServer() as server:
        embedder = open_ai_compatible(EmbedderAddress("m", 3, f"{server.address}/v1"))
    with pytest.raises(ModelUnavailable):
        await asyncio.to_thread(embedder.embed_question, "a")


def test_what_is_not_installed_or_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="sentence"):
        sentence_transformers(EmbedderAddress(str(tmp_path / "none"), 3)).embed(["a"])


async def test_the_library_goes_on_without_the_server_and_fills_up_when_it_is_back(
    open_embedder: Open, server: EmbeddingServer, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    document = ParsedDocument("夜市办法", "第一条 夜市摊位应当整洁。\n第二条 abc 收摊。", version_date=date(2019, 1, 1))
    async with database.transaction() as session:
        await import_document(session, document, actor="周明", now=clock.now(), approve=True)
    server.status = 503
    async with Library.open(tmp_path / "index", open_embedder()) as library:
        await _refresh(database, library)
        assert library.status.dense is DenseState.REBUILDING
        found = await asyncio.to_thread(library.search_clauses, "夜市摊位", region=NATIONAL, on=clock.now().date())
        assert found[0].text == "夜市摊位应当整洁。"
        server.status = 200
        await _refresh(database, library)
        assert library.status.dense is DenseState.READY


async def _refresh(database: Database, library: Library) -> None:
    async with database.reading() as session:
        await library.refresh(session)
    await library.wait_until_level()
