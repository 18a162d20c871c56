"""The address that a person pastes: found in whatever was copied with it, of the right place, and nobody else's."""

from dataclasses import replace

import pytest

from casework.desk import Desk
from casework.errors import Refused
from casework.link import link_in
from tests.casework.replying import LINK, TEXT, approved, publish
from tests.casework.room import Room, make_desk
from tests.casework.test_publishing import offer, register

COMMENT = "微博评论"


def desk(**hosts: tuple[str, ...]) -> Desk:
    return replace(make_desk(), channel_hosts=hosts)


@pytest.mark.parametrize(
    "told",
    ["https://weibo.com/1/Ab", "已经发了：https://weibo.com/1/Ab", "【评论】https://weibo.com/1/Ab。", "  https://weibo.com/1/Ab  第 2 楼"],
)
def test_the_address_is_found_in_what_was_copied_with_it(told: str) -> None:
    assert link_in(told, "A1", COMMENT, desk()) == "https://weibo.com/1/Ab"


@pytest.mark.parametrize(
    "told", ["", "weibo.com/1", "https://", "https://localhost/1", "ftp://weibo.com/1", "https://[::1", "javascript:alert(1)"]
)
def test_what_is_no_address_is_asked_for(told: str) -> None:
    with pytest.raises(Refused, match="请贴上发布后的网址"):
        link_in(told, "A1", COMMENT, desk())


@pytest.mark.parametrize("host", ["weibo.com", "m.weibo.com", "WEIBO.com"])
def test_a_host_of_the_channel_or_below_it_is_taken(host: str) -> None:
    assert link_in(f"https://{host}/1", "A1", COMMENT, desk(**{COMMENT: ("weibo.com",)}))


@pytest.mark.parametrize("host", ["weibo.com.evil.example", "notweibo.com", "t.cn"])
def test_another_place_is_refused_with_the_right_one_named(host: str) -> None:
    with pytest.raises(Refused, match=r"不是微博评论的网址（应在 weibo.com）"):
        link_in(f"https://{host}/1", "A1", COMMENT, desk(**{COMMENT: ("weibo.com",)}))


async def test_an_address_is_registered_once(room: Room) -> None:
    await publish(room)
    await offer(room, await approved(room, "结果如下。"))
    with pytest.raises(Refused, match="已经登记在 A1 第 1 版名下"):
        await register(room, LINK)
    await register(room, LINK + "0")


async def test_the_copy_pack_says_how_where_and_beside_which_post(room: Room) -> None:
    room.desk = desk(**{COMMENT: ("weibo.com",)})
    card = await offer(room, await approved(room))
    rows = {row.label: row.text for row in card.rows}
    assert rows["怎么发"].startswith("打开原帖 → 评论")
    assert rows["网址应在"] == "weibo.com"
    assert card.copy_text == TEXT
