"""The adapter against a server of ours."""

import itertools
from collections.abc import AsyncIterator

import pytest

from adapters.models.openai_compatible import OpenAICompatibleModel
from retrieval.errors import ModelUnavailable
from tests.adapters.models.model_server import ModelServer

SCHEMA = {"type": "object", "required": ["answer"], "properties": {"answer": {"type": "string"}}}


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer(says=lambda _: '{"answer": "好"}') as started:
        yield started


def _model(server: ModelServer, **changes: float) -> OpenAICompatibleModel:
    return OpenAICompatibleModel("small", base_url=server.base_url, timeout_seconds=changes.get("timeout_seconds", 5))


async def test_it_asks_for_json_of_the_schema_without_tools(server: ModelServer) -> None:
    assert await _model(server).complete("规矩", "问题", SCHEMA) == {"answer": "好"}
    (asked,) = server.requests
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert '"answer"' in asked["messages"][0]["content"]
    assert asked["messages"][1]["content"] == "问题"
    assert asked["response_format"] == {"type": "json_object"}
    assert "tools" not in asked


async def test_an_object_in_a_code_fence_is_read(server: ModelServer) -> None:
    server.says = lambda _: '好的：\n```json\n{"answer": "在"}\n```'
    assert await _model(server).complete("", "问", SCHEMA) == {"answer": "在"}


async def test_rubbish_is_asked_for_once_more(server: ModelServer) -> None:
    answers = iter(["我是模型", '{"answer": "第二回"}'])
    server.says = lambda _: next(answers)
    assert await _model(server).complete("", "问", SCHEMA) == {"answer": "第二回"}


@pytest.mark.parametrize("rubbish", ["我是模型", '{"other": 1}', "[1]", '{"answer": ', ""])
async def test_rubbish_twice_is_no_answer(server: ModelServer, rubbish: str) -> None:
    server.says = lambda _: rubbish
    with pytest.raises(ModelUnavailable):
        await _model(server).complete("", "问", SCHEMA)
    assert len(server.requests) == 2


async def test_a_failing_server_is_unavailable_and_says_when_to_come_back(server: ModelServer) -> None:
    server.status, server.headers = 503, {"Retry-After": "7"}
    with pytest.raises(ModelUnavailable) as caught:
        await _model(server).complete("", "问", SCHEMA)
    assert caught.value.retry_after_seconds == 7
    assert len(server.requests) == 1


async def test_a_slow_server_is_unavailable(server: ModelServer) -> None:
    server.delay_seconds = 1
    with pytest.raises(ModelUnavailable):
        await _model(server, timeout_seconds=0.2).complete("", "问", SCHEMA)


async def test_a_server_that_is_gone_is_unavailable() -> None:
    async with ModelServer() as server:
        model = _model(server)
    with pytest.raises(ModelUnavailable):
        await model.complete("", "问", SCHEMA)


async def test_who_listens_hears_ever_more_until_all_is_said(server: ModelServer) -> None:
    server.says = lambda _: '{"answer": "夜里十点以后不行"}'
    heard: list[str] = []
    assert await _model(server).complete("规矩", "问题", SCHEMA, heard.append) == {"answer": "夜里十点以后不行"}
    assert len(heard) > 2
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(heard))
    assert heard[-1] == '{"answer": "夜里十点以后不行"}'


@pytest.mark.parametrize("fault", [{"breaks_after": 1}, {"status": 503}, {"delay_seconds": 1.0}])
async def test_a_stream_that_breaks_off_fails_or_dawdles_is_unavailable(server: ModelServer, fault: dict[str, float]) -> None:
    for name, value in fault.items():
        setattr(server, name, value)
    with pytest.raises(ModelUnavailable):
        await _model(server, timeout_seconds=0.3).complete("", "问", SCHEMA, lambda _: None)
