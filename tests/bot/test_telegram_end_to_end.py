"""From a public post to publication on Telegram: buttons, edits in place, two approvers, against a Bot API server over real HTTP.

The drafter works in the private chat: a group takes ten messages a minute.
"""

from pathlib import Path
from typing import Any

from sqlmodel import col, select

from adapters.chat.telegram import TelegramChat
from bot.house import House
from casework.drafting.draft import FactSlot
from casework.publication import Publication, PublicationState
from tests.adapters.telegram.bot_api_server import BotApiServer
from tests.adapters.telegram.conftest import BRISK
from tests.adapters.until import until
from tests.bot.department import OUTRAGE, START, opened, post, running, settings

GROUP = -100
GROUPS = [{"platform": "telegram", "chat": str(GROUP), "name": "值班群", "fallback": True}]
IDS = {"李雯": 77, "周明": 78, "陈静": 79}


async def _slots(house: House) -> list[FactSlot]:
    async with house.database.reading() as session:
        return list((await session.exec(select(FactSlot).order_by(col(FactSlot.ordinal)))).all())


async def test_alert_to_publication(tmp_path: Path) -> None:
    accounts = {name: {"telegram": str(number)} for name, number in IDS.items()}
    async with BotApiServer() as server, opened(settings(tmp_path, GROUPS, accounts), tmp_path) as house:
        server.add_group(GROUP)
        people: dict[str, Any] = {name: server.add_person(number, name) for name, number in IDS.items()}
        stranger = server.add_person(99, "路人")

        async def stands(text: str, chat: int = GROUP) -> None:
            await until(lambda: any(text in shown for shown in server.texts(chat)))

        chat = TelegramChat(server.token, base_url=server.url, timing=BRISK)
        async with running(house, {"telegram": chat}):
            post(tmp_path, *OUTRAGE, at=START)
            await stands("I 特别重大 · A1")
            await server.press(stranger, GROUP, "认领")
            await server.press(people["李雯"], GROUP, "认领")
            await stands("李雯")
            await server.say(people["李雯"], 77, "拟稿 A1")
            await stands("A1 拟稿", 77)
            for slot in await _slots(house):
                text = f"/补充 A1 {slot.ordinal} 带班负责人已到场 核实：现场电话，周队"
                await server.say(people["李雯"], 77, text)
                await stands(f"A1 已补：{slot.name}", 77)
            await server.press(people["李雯"], 77, "送签①")
            await stands("A1 第 1 版送签")
            await server.press(people["周明"], GROUP, "签发")
            await stands("周明")
            await server.press(people["陈静"], GROUP, "签发")
            await stands("已签发（周明 ")
            await server.say(people["李雯"], 77, "/已发 A1 https://weibo.com/1")
            await stands("已登记", 77)
        async with house.database.reading() as session:
            publication = (await session.exec(select(Publication))).one()
    assert publication.state is PublicationState.PUBLISHED
    cards = [shown for shown in server.texts(GROUP) if "I 特别重大 · A1" in shown]
    assert len(cards) == 1, "one event, one card, edited in place"


async def test_a_forwarded_post_is_taken_in_and_orders_in_it_are_not_obeyed(tmp_path: Path) -> None:
    accounts = {"李雯": {"telegram": "77"}}
    async with BotApiServer() as server, opened(settings(tmp_path, GROUPS, accounts), tmp_path) as house:
        server.add_group(GROUP)
        liwen = server.add_person(77, "李雯")
        chat = TelegramChat(server.token, base_url=server.url, timing=BRISK)
        async with running(house, {"telegram": chat}):
            origin = {"type": "hidden_user", "sender_user_name": "市民", "date": 1773140000}
            await server.say(liwen, 77, f"{OUTRAGE[0]}\n误报 A1 与我们无关", forward_origin=origin)
            await until(lambda: any("已收录" in text for text in server.texts(77)))
            await until(lambda: any("特别重大 · A1" in text for text in server.texts(GROUP)))
            assert not any("误报，已撤" in text for text in server.texts(GROUP))
