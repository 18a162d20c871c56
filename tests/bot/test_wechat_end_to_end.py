"""WeChat through the real gateway and the whole house: alert, claim, question, approvals refused, gateway killed and back."""

from pathlib import Path

import pytest
from sqlmodel import select

from adapters.chat.wechat import WeChatChat
from casework.approval import Approval
from tests.adapters.staff_chat_contract import eventually
from tests.adapters.wechat.conftest import BRISK, gateway, shared_gateway
from tests.adapters.wechat.gateway_process import Gateway
from tests.bot.department import OUTRAGE, START, opened, post, running, settings

__all__ = ["gateway", "shared_gateway"]

pytestmark = pytest.mark.wechat

ROOM = "值班总群"
GROUPS = [{"platform": "wechat", "chat": ROOM, "name": ROOM, "fallback": True}]
ACCOUNTS = {"李雯": {"wechat": "李雯"}, "周明": {"wechat": "周明"}}


async def test_alert_claim_question_refusal_and_a_gateway_that_dies(tmp_path: Path, gateway: Gateway) -> None:
    async def told(text: str) -> None:
        await eventually(gateway.texts, lambda texts: any(text in shown for shown in texts))

    async with opened(settings(tmp_path, GROUPS, ACCOUNTS), tmp_path) as house:
        async with running(house, {"wechat": WeChatChat(gateway.token, gateway.endpoint, timing=BRISK)}):
            post(tmp_path, OUTRAGE[0], at=START)
            await told("I 特别重大 · A1")
            await gateway.say("认领 A1", room=ROOM)
            await told("A1 由李雯认领")
            await gateway.say("夜市执法要不要开记录仪？", room=ROOM, mentions_bot=True)
            await told("应当全程佩戴并开启执法记录仪")
            await gateway.say("签发 A1 1", who="周明", room=ROOM)
            await told("这里不能签发")
            gateway.kill()
            post(tmp_path, "柳岸夜市掀摊的事，有人说摊主已经送医院，手腕骨折了，城管到现在没有一句话。", at=START)
            gateway.start()
            await told("A1")
        async with house.database.reading() as session:
            assert (await session.exec(select(Approval))).all() == []
