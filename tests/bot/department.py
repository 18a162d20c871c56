"""A small department of an invented town, wired whole, for tests that go all the way."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.sources.opening import SourceReaders
from bot.bootstrap import open_house, read_library
from bot.house import House
from bot.library_work import import_into
from bot.loops import run_together
from bot.service import build_loops
from bot.settings import Settings
from casework.chat import StaffChat
from storage.clock import CHINA, Clock, PacedClock

START = datetime(2026, 3, 10, 19, 0, tzinfo=CHINA)

POLICY = """+++
title = "东桥市夜市管理办法"
authority = "东桥市人民政府"
category = "政府规章"
province = "禾川省"
city = "东桥市"
issued_on = 2023-03-01
effective_on = 2023-05-01
+++

# 东桥市夜市管理办法

第一条　为了规范夜市经营秩序，保护摊主和消费者的合法权益，制定本办法。

第二条　执法人员在夜市执法，应当全程佩戴并开启执法记录仪，文明执法，不得损毁摊主的合法财物。

第三条　对执法行为的投诉，城市管理部门应当自收到之日起三个工作日内调查并答复投诉人。

第四条　本办法自2023年5月1日起施行。
"""

OUTRAGE = (
    "柳岸夜市，城管执法队员把一个卖糍粑的摊子掀翻了，推倒摊主，秤都砸了，有视频。执法记录仪开了没有？什么时候给说法？",
    "柳岸夜市城管打人了！几个执法队员掀摊子、推人，视频在这里，什么时候给说法？",
    "转发：柳岸夜市城管打人了！几个执法队员掀摊子、推人，视频在这里，什么时候给说法？",
)
CALM = "请问柳岸夜市几点收摊？"


def settings(folder: Path, groups: list[dict[str, Any]], accounts: Mapping[str, Mapping[str, str]], **more: Any) -> Settings:
    """The department's settings; everything it keeps lies in `folder`.

    Args:
        accounts: name -> accounts of 李雯 (duty, drafter), 周明 and 陈静 (approvers), 赵岩 (admin).
    """
    roles = {"李雯": ("duty", "drafter"), "周明": ("duty", "approver"), "陈静": ("approver",), "赵岩": ("admin",)}
    posts = folder / "posts.jsonl"
    posts.touch()
    about = {"name": "东桥市城市管理局", "province": "禾川省", "city": "东桥市", "names": ("东桥城管",)}
    values: dict[str, Any] = {
        "department": about, "data_dir": folder / "data", "groups": groups, "duty_roster": ("李雯", "周明"),
        "gazetteer": {"河东区": ("柳岸夜市", "柳岸路", "桃溪小区")},
        "staff": [{"name": name, "roles": held, "accounts": accounts.get(name, {})} for name, held in roles.items()],
        "sources": [{"name": "东桥论坛", "kind": "jsonl", "address": str(posts), "tier": "A"}],
        "web": {"port": 0, "enabled": False},
    }  # fmt: skip
    return Settings(**{**values, **more})


def post(folder: Path, *texts: str, at: datetime) -> None:
    """Let the town say something."""
    path = folder / "posts.jsonl"
    count = len(path.read_text(encoding="utf-8").splitlines())
    with path.open("a", encoding="utf-8") as lines:
        for number, text in enumerate(texts, count):
            row = {"pid": f"p{number}", "text": text, "time": (at + timedelta(seconds=number)).isoformat(), "author": f"a{number}"}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


@contextlib.asynccontextmanager
async def opened(settings: Settings, folder: Path, clock: Clock | None = None) -> AsyncIterator[House]:
    """The house with the town's one policy in its knowledge base."""
    policies = folder / "policies"
    policies.mkdir(exist_ok=True)
    (policies / "nightmarket.md").write_text(POLICY, encoding="utf-8")
    async with open_house(settings, clock=clock or PacedClock(START, pace=60)) as house:
        await import_into(house, policies, approve=True)
        await read_library(house)
        yield house


@contextlib.asynccontextmanager
async def running(house: House, chats: Mapping[str, StaffChat]) -> AsyncIterator[None]:
    """All loops of the department, stopped in order at the end; a loop that failed fails the test."""
    stop = asyncio.Event()
    async with contextlib.AsyncExitStack() as connected:
        for chat in chats.values():
            await connected.enter_async_context(chat)
        readers = await connected.enter_async_context(SourceReaders())
        loops = asyncio.create_task(run_together(build_loops(house, chats, readers), stop))
        try:
            yield
        finally:
            stop.set()
            failure = await loops
            if failure:
                raise failure
