"""Vendors push: signed, in time, once; what is answered with 202 is stored."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from adapters.signature import NONCE, SIGNATURE, TIMESTAMP, signed_headers
from adapters.sources import webhook
from adapters.sources.webhook import Intake, Sender
from monitoring.errors import SourceError
from monitoring.post import RawPost
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.sources.site import READING

SECRET = b"a secret of the vendor's"
POSTS = [
    {"pid": "p1", "text": "北门路口的井盖又不见了", "time": "2026-03-06 18:00"},
    {"pid": "p2", "text": "夜市油烟太大", "time": "2026-03-06 17:00"},
]


@dataclass
class Vendor:
    """A vendor at the door, and what lies behind it."""

    intake: Intake
    client: httpx.AsyncClient
    clock: ManualClock
    stored: dict[str, RawPost]
    nonces: int = 0

    def headers(self, body: bytes, *, secret: bytes = SECRET, nonce: str = "", late: float = 0) -> dict[str, str]:
        self.nonces += 1
        timestamp = str(int(self.clock.now().timestamp() - late))
        return {"Content-Type": "application/json", **signed_headers(secret, timestamp, nonce or f"nonce-{self.nonces:04d}", body)}

    async def send(
        self, content: Any = None, *, name: str = "厂商", headers: dict[str, str] | None = None, **signing: Any
    ) -> httpx.Response:
        body = content if isinstance(content, bytes) else json.dumps(POSTS if content is None else content, ensure_ascii=False).encode()
        return await self.client.post(
            f"/intake/{name}", content=body, headers=self.headers(body, **signing) if headers is None else headers
        )


@pytest.fixture
def stored() -> dict[str, RawPost]:
    return {}


def door(database: Database, clock: ManualClock, stored: dict[str, RawPost], **options: Any) -> Intake:
    async def take(name: str, posts: tuple[RawPost, ...]) -> int:
        assert name == "厂商"
        stored.update({post.key: post for post in posts})
        return len(posts)

    senders = {"厂商": Sender("厂商", SECRET, **options)}
    return Intake(senders, take, database, clock, READING, host="127.0.0.1", port=0)


@pytest.fixture
async def vendor(database: Database, clock: ManualClock, stored: dict[str, RawPost]) -> AsyncIterator[Vendor]:
    intake = door(database, clock, stored)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(intake.application()), base_url="http://door") as client:
        yield Vendor(intake, client, clock, stored)


async def test_what_is_signed_is_stored_and_then_answered(vendor: Vendor) -> None:
    answer = await vendor.send()
    assert (answer.status_code, answer.json()) == (202, {"taken": 2, "errors": []})
    assert list(vendor.stored) == ["p2", "p1"], "oldest first"
    assert vendor.stored["p1"].evidence == vendor.stored["p2"].evidence is not None
    again = await vendor.send()
    assert (again.status_code, len(vendor.stored)) == (202, 2), "a retry, signed anew, brings the same posts"


async def test_one_record_alone_and_records_that_are_not_all_good(vendor: Vendor) -> None:
    assert (await vendor.send(POSTS[0])).json()["taken"] == 1
    answer = await vendor.send([*POSTS, {"pid": "p3"}])
    assert (answer.status_code, answer.json()["taken"], len(answer.json()["errors"])) == (202, 2, 1)


async def test_a_vendor_s_own_field_names(database: Database, clock: ManualClock, stored: dict[str, RawPost]) -> None:
    intake = door(database, clock, stored, items="data.list", fields={"key": "id", "text": "content", "author": "user.name"})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(intake.application()), base_url="http://door") as client:
        vendor = Vendor(intake, client, clock, stored)
        record = {"id": 7, "content": "井盖不见了", "user": {"name": "某人"}}
        assert (await vendor.send({"data": {"list": [record]}})).status_code == 202
        wrong = await vendor.send({"data": {"items": []}})
    assert stored["7"].author == "某人"
    assert (wrong.status_code, "data.list" in wrong.json()["error"]) == (422, True)


@pytest.mark.parametrize(
    ("signing", "status", "words"),
    [
        ({"secret": b"another secret altogether"}, 401, "签名不对"), ({"late": 301}, 401, "相差超过 5 分钟"),
        ({"late": -301}, 401, "相差超过"),
        ({"nonce": "short"}, 400, "8 到 128"), ({"nonce": "x" * 129}, 400, "8 到 128"), ({"name": "别家"}, 404, "没有这个名字"),
    ],
)  # fmt: skip
async def test_who_is_turned_away(vendor: Vendor, signing: dict[str, Any], status: int, words: str) -> None:
    answer = await vendor.send(**signing)
    assert (answer.status_code, words in answer.json()["error"]) == (status, True)
    assert vendor.stored == {}


@pytest.mark.parametrize("late", [299, -299])
async def test_within_five_minutes_a_clock_may_be_wrong(vendor: Vendor, late: float) -> None:
    assert (await vendor.send(late=late)).status_code == 202


async def test_a_changed_body_or_header_breaks_the_signature(vendor: Vendor) -> None:
    body = json.dumps(POSTS).encode()
    headers = vendor.headers(body)
    for changed, with_headers in (
        (body.replace(b"p1", b"p9"), headers), (body + b" ", headers), (body[:-1], headers), (body, {**headers, NONCE: "another-nonce"}),
        (body, {**headers, TIMESTAMP: str(int(headers[TIMESTAMP]) + 1)}), (body, {**headers, SIGNATURE: headers[SIGNATURE][7:]}),
        (body, {**headers, SIGNATURE: "sha256=é"}),
    ):  # fmt: skip
        values = {name: value.encode("latin-1") for name, value in with_headers.items()}
        assert (await vendor.send(changed, headers=values)).status_code == 401  # type: ignore[arg-type]  # httpx takes bytes as well
    for missing in (TIMESTAMP, NONCE, SIGNATURE):
        assert (await vendor.send(body, headers={k: v for k, v in headers.items() if k != missing})).status_code == 400
    assert (await vendor.send(body, headers={**headers, TIMESTAMP: "soon"})).status_code == 400
    assert vendor.stored == {}
    assert (await vendor.send(body, headers=headers)).status_code == 202, "nothing of that used the nonce up"


async def test_a_nonce_is_taken_once_also_after_a_restart(vendor: Vendor, database: Database) -> None:
    body = json.dumps(POSTS).encode()
    headers = vendor.headers(body)
    assert (await vendor.send(body, headers=headers)).status_code == 202
    vendor.stored.clear()
    vendor.clock.move_to(vendor.clock.now() + timedelta(minutes=4))
    assert (await vendor.send(body, headers=headers)).status_code == 409
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(door(database, vendor.clock, vendor.stored).application()), base_url="http://door"
    ) as client:
        vendor.client = client
        replayed = await vendor.send(body, headers=headers)
    assert (replayed.status_code, "已经用过" in replayed.json()["error"]) == (409, True)
    assert vendor.stored == {}


async def test_a_nonce_is_kept_as_long_as_its_timestamp_would_pass(vendor: Vendor) -> None:
    body = json.dumps(POSTS).encode()
    early = vendor.headers(body, late=-299)
    assert (await vendor.send(body, headers=early)).status_code == 202
    for minutes, status in ((5, 409), (9, 409), (11, 401)):
        vendor.clock.move_to(vendor.clock.now().replace(hour=18, minute=42) + timedelta(minutes=minutes))
        await vendor.send()
        assert (await vendor.send(body, headers=early)).status_code == status


async def test_the_same_request_twice_at_once_is_taken_once(vendor: Vendor) -> None:
    body = json.dumps(POSTS).encode()
    headers = vendor.headers(body)
    answers = await asyncio.gather(*(vendor.send(body, headers=headers) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409, 409]


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 422), (b"{", 422), (b"[" * 60_000, 422), (b"\xff\xfe\x00", 422), (b'"text"', 422), (b"[1, 2]", 422)]
)
async def test_a_body_that_is_no_post(vendor: Vendor, body: bytes, status: int) -> None:
    answer = await vendor.send(body)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)


async def test_other_content_and_other_addresses(vendor: Vendor) -> None:
    body = json.dumps(POSTS).encode()
    assert (await vendor.send(body, headers={**vendor.headers(body), "Content-Type": "text/plain"})).status_code == 415
    assert (await vendor.client.get("/intake/厂商")).status_code == 405
    assert (await vendor.client.post("/")).status_code == 404


async def test_a_huge_body_is_refused_by_its_word_and_by_its_length(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "LARGEST_BODY_BYTES", 1_000)
    answer = await vendor.send(b"x" * 1_001)
    assert answer.status_code == 413

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 400

    answer = await vendor.client.post("/intake/厂商", content=endless(), headers=vendor.headers(b""))
    assert answer.status_code == 413
    assert vendor.stored == {}


@pytest.fixture
async def listening(vendor: Vendor) -> AsyncIterator[Vendor]:
    """The door on a real port, so that connections can break."""
    stop = asyncio.Event()
    async with vendor.intake as intake:
        serving = asyncio.create_task(intake.serve(stop))
        yield vendor
        stop.set()
        await serving


async def raw(vendor: Vendor, body: bytes, sent: bytes, headers: dict[str, str]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    port = int(vendor.intake.url.rsplit(":", 1)[1].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /intake/%E5%8E%82%E5%95%86 HTTP/1.1\r\nHost: door\r\nContent-Length: {len(body)}\r\n"
    writer.write((head + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n").encode() + sent)
    await writer.drain()
    return reader, writer


async def test_a_body_cut_in_the_middle_is_taken_not_at_all(listening: Vendor) -> None:
    body = json.dumps(POSTS).encode()
    headers = listening.headers(body)
    _, writer = await raw(listening, body, body[: len(body) // 2], headers)
    writer.close()
    await writer.wait_closed()
    reader, writer = await raw(listening, body, body, headers)
    assert b"202" in await reader.readline(), "the whole request comes through, its nonce unused"
    writer.close()
    assert len(listening.stored) == 2


async def test_a_body_that_dribbles_is_given_up(listening: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "LONGEST_BODY_SECONDS", 0.2)
    body = json.dumps(POSTS).encode()
    reader, writer = await raw(listening, body, body[:9], listening.headers(body))
    async with asyncio.timeout(5):
        assert b"408" in await reader.readline()
    writer.close()
    assert listening.stored == {}


def test_a_sender_needs_a_secret_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENSHENG_HOOK", "long enough to be a secret")
    sender = Sender.of("厂商", {"secret": "${WENSHENG_HOOK}", "items": "data"})
    assert (sender.secret, sender.items) == (b"long enough to be a secret", "data")
    assert "long enough" not in repr(sender)
    monkeypatch.setenv("WENSHENG_HOOK", "short")
    for options in ({}, {"secret": "written into the settings"}, {"secret": "${WENSHENG_HOOK}"}, {"secret": "${WENSHENG_NONE}"}):
        with pytest.raises(SourceError):
            Sender.of("厂商", options)
