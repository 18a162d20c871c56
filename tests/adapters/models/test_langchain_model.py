"""Retries, accounting and rubbish, over loopback with the real LangChain client, and over another chat model of LangChain."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from adapters.models import langchain_model
from adapters.models.langchain_model import LangChainModel
from adapters.models.openai_compatible import OpenAICompatibleModel
from retrieval.errors import ModelUnavailable
from retrieval.model import Heard
from retrieval.model_use import ModelUse, UseOutcome
from tests.adapters.models.model_server import ModelServer

SCHEMA = {"type": "object", "required": ["answer"], "properties": {"answer": {"type": "string"}}}
LISTENING: list[Heard | None] = [None, lambda _: None]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(langchain_model, "PAUSE_SECONDS", 0.0)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer(says=lambda _: '{"answer": "好"}', tokens=(120, 45)) as started:
        yield started


class Ledger:
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.uses: list[ModelUse] = []

    async def note(self, use: ModelUse) -> None:
        self.uses.append(use)

    @property
    def outcomes(self) -> list[UseOutcome]:
        return [use.outcome for use in self.uses]


def _model(server: ModelServer, ledger: Ledger | None = None, timeout_seconds: float = 5) -> OpenAICompatibleModel:
    record = ledger.note if ledger else None
    return OpenAICompatibleModel("small", base_url=server.base_url, timeout_seconds=timeout_seconds, record=record)


@pytest.mark.parametrize("heard", LISTENING, ids=["whole", "streamed"])
@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_server_that_stumbles_once_is_asked_once_more(server: ModelServer, status: int, heard: Heard | None) -> None:
    ledger, server.stumbles, server.headers = Ledger(), [status], {"Retry-After": "0"}
    assert await _model(server, ledger).complete("", "问", SCHEMA, heard) == {"answer": "好"}
    assert len(server.requests) == 2
    assert ledger.outcomes == [UseOutcome.FAILED, UseOutcome.ANSWERED]


@pytest.mark.parametrize("heard", LISTENING, ids=["whole", "streamed"])
async def test_a_server_that_stumbles_twice_is_unavailable(server: ModelServer, heard: Heard | None) -> None:
    server.stumbles, server.headers = [500, 500], {"Retry-After": "0"}
    with pytest.raises(ModelUnavailable, match="500"):
        await _model(server).complete("", "问", SCHEMA, heard)
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_a_refusal_is_final(server: ModelServer, status: int) -> None:
    server.status = status
    with pytest.raises(ModelUnavailable, match=str(status)):
        await _model(server).complete("", "问", SCHEMA)
    assert len(server.requests) == 1


async def test_a_server_that_asks_for_a_long_wait_is_left_alone_and_the_caller_told(server: ModelServer) -> None:
    server.status, server.headers = 429, {"Retry-After": "Fri, 06 Mar 2026 10:01:00 GMT", "Date": "Fri, 06 Mar 2026 10:00:00 GMT"}
    with pytest.raises(ModelUnavailable) as caught:
        await _model(server).complete("", "问", SCHEMA)
    assert caught.value.retry_after_seconds == 60
    assert len(server.requests) == 1


async def test_a_stream_that_breaks_off_once_begins_anew(server: ModelServer) -> None:
    said = iter(["半途而废" * 9, '{"answer": "完"}'])
    heard: list[str] = []

    def says(_: object) -> str:
        server.breaks_after = 3 if not heard else None
        return next(said)

    server.says = says
    assert await _model(server).complete("", "问", SCHEMA, heard.append) == {"answer": "完"}
    assert heard[0].startswith("半途")
    assert heard[-1] == '{"answer": "完"}'


async def test_a_model_that_talks_without_end_is_cut_off(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(langchain_model, "LONGEST_ANSWER", 200)
    server.says, server.piece = lambda _: '{"answer": "' + "长" * 5_000, 50
    heard: list[str] = []
    with pytest.raises(ModelUnavailable):
        await _model(server).complete("", "问", SCHEMA, heard.append)
    assert max(map(len, heard)) <= 200


@pytest.mark.parametrize("heard", LISTENING, ids=["whole", "streamed"])
async def test_every_request_is_accounted_for_with_what_the_server_counted(server: ModelServer, heard: Heard | None) -> None:
    ledger, answers = Ledger(), iter(["我是模型", '{"answer": "好"}'])
    server.says, server.delay_seconds = lambda _: next(answers), 0.05
    await _model(server, ledger).complete("", "问", SCHEMA, heard)
    assert ledger.outcomes == [UseOutcome.RUBBISH, UseOutcome.ANSWERED]
    assert [(use.model, use.tokens_in, use.tokens_out) for use in ledger.uses] == [("small", 120, 45)] * 2
    assert all(use.seconds >= 0.05 for use in ledger.uses)


async def test_a_server_that_counts_nothing_is_said_to_count_nothing(server: ModelServer) -> None:
    ledger, server.tokens = Ledger(), None
    await _model(server, ledger).complete("", "问", SCHEMA, lambda _: None)
    assert (ledger.uses[0].tokens_in, ledger.uses[0].tokens_out) == (None, None)


async def test_who_loses_patience_is_accounted_for(server: ModelServer) -> None:
    ledger, server.delay_seconds = Ledger(), 30.0
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2.0):  # enough to import the client and to send
            await _model(server, ledger, timeout_seconds=60).complete("", "问", SCHEMA)
    assert ledger.outcomes == [UseOutcome.TOO_SLOW]


@pytest.mark.parametrize("heard", LISTENING, ids=["whole", "streamed"])
async def test_any_chat_model_of_langchain_will_do(heard: Heard | None) -> None:
    @contextlib.asynccontextmanager
    async def opened() -> AsyncIterator[BaseChatModel]:
        yield FakeListChatModel(responses=["{", '{"answer": "本地"}'])

    model = LangChainModel("local", opened, domestic=True)
    assert await model.complete("", "问", SCHEMA, heard) == {"answer": "本地"}


RUBBISH = [
    "",
    "null",
    "[]",
    '"x"',
    "{}",
    '{"choices": null}',
    '{"choices": []}',
    '{"choices": [{}]}',
    '{"choices": [{"index": 0, "delta": null}]}',
    '{"choices": [{"index": 0, "message": {"role": "assistant", "content": null}}]}',
    '{"error": "busy"}',
    "<html>gateway</html>",
    "\x00\xff",
    '{"choices": [{"index": 0, "message": {"content": 7}, "delta": {"content": 7}}]}',
    '{"choices": "x", "usage": "y"}',
]


@pytest.mark.filterwarnings("ignore:Pydantic serializer")
@pytest.mark.parametrize("heard", LISTENING, ids=["whole", "streamed"])
async def test_whatever_a_server_answers_is_an_answer_or_none(server: ModelServer, heard: Heard | None) -> None:
    for body in RUBBISH:
        server.raw = f"data: {body}\n\ndata: [DONE]\n\n" if heard else body
        with pytest.raises(ModelUnavailable):
            await _model(server).complete("", "问", SCHEMA, heard)


async def test_an_address_that_is_none_is_unavailable() -> None:
    for address in ("http://", "nonsense", "http://[::1", "http://127.0.0.1:99999/v1"):
        with pytest.raises(ModelUnavailable):
            await OpenAICompatibleModel("small", base_url=address, timeout_seconds=1).complete("", "问", SCHEMA)
