"""A button works in its chat, once, for a week."""

from datetime import timedelta

import pytest

from casework.button import LIFETIME, is_repeatable, issue, record_outcome, redeem
from casework.errors import Refused
from casework.message import Button, Card, CardKind
from tests.casework.room import Room

CARD = Card(CardKind.ALERT, "A1", buttons=((Button("并入", "合并 A1 到 A2"), Button("时间线", "时间线 A1")),))


async def tokens(room: Room, chat: str = "all") -> dict[str, str]:
    async with room.database.transaction() as session:
        card = await issue(session, CARD, "room", chat, None, room.now)
    return {button.command: button.token for line in card.buttons for button in line}


async def press(room: Room, token: str, chat: str = "all", outcome: str = "", name: str = "林一") -> str | None:
    async with room.database.transaction() as session:
        redeemed = await redeem(session, token, "room", chat, await room.person(session, name), room.now)
        if outcome:
            await record_outcome(session, token, outcome)
    return redeemed.standing


async def test_the_second_press_gets_the_outcome_that_stands(room: Room) -> None:
    token = (await tokens(room))["合并 A1 到 A2"]
    assert await press(room, token, outcome="A1 已并入 A2。") is None
    assert await press(room, token) == "A1 已并入 A2。"
    room.wait(minutes=5)
    assert await press(room, token, name="吴二") == "林一已在 今日 18:42 按过：A1 已并入 A2。"


async def test_what_only_shows_something_may_be_pressed_again(room: Room) -> None:
    token = (await tokens(room))["时间线 A1"]
    assert [await press(room, token, outcome="x") for _ in range(2)] == [None, None]


async def test_a_token_is_refused_elsewhere_and_when_made_up(room: Room) -> None:
    token = (await tokens(room))["合并 A1 到 A2"]
    for stolen, chat in ((token, "market"), ("made-up", "all")):
        with pytest.raises(Refused, match="不是发给本群的"):
            await press(room, stolen, chat)
    assert await press(room, token) is None, "the refusals left it unused"


async def test_a_token_expires_and_names_the_command_to_type(room: Room) -> None:
    token = (await tokens(room))["合并 A1 到 A2"]
    room.clock.move_to(room.now + LIFETIME)
    with pytest.raises(Refused, match="「合并 A1 到 A2」"):
        await press(room, token)


async def test_a_renewed_card_keeps_unused_tokens_and_gets_new_ones_for_used_and_ageing(room: Room) -> None:
    first = await tokens(room)
    await press(room, first["合并 A1 到 A2"])
    second = await tokens(room)
    assert second["合并 A1 到 A2"] != first["合并 A1 到 A2"]
    assert second["时间线 A1"] == first["时间线 A1"]
    assert (await tokens(room, "market"))["时间线 A1"] != first["时间线 A1"]
    room.clock.move_to(room.now + LIFETIME / 2 + timedelta(seconds=1))
    assert (await tokens(room))["时间线 A1"] != first["时间线 A1"]


@pytest.mark.parametrize(
    ("command", "repeatable"),
    [
        ("认领 A1", True),
        ("误报 A1", True),
        ("误报 A1 不是新事", False),
        ("转办 A1", True),
        ("转办 A1 吴二", False),
        ("签发 A1 2", True),
        ("退回 A1 2 不清楚", False),
        ("待办", True),
    ],
)
def test_asking_may_be_repeated_and_answering_may_not(command: str, repeatable: bool) -> None:
    assert is_repeatable(command) is repeatable
