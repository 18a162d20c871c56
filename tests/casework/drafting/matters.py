"""Invented matters of a city that no module knows."""

from dataclasses import replace

from casework.desk import Department, Desk
from casework.drafting.asking import asks_of
from casework.drafting.matter import Matter, Post
from monitoring.watch import build_watch
from tests.casework.drafting.shelf import BORDER

DESK = Desk(Department("河湾市城市管理局", region=BORDER), build_watch())

SMOKE_POST = Post(
    "柳岸花园 7 栋楼下烧烤店油烟扰民",
    "柳岸花园 7 栋楼下的烧烤店每天晚上 10 点以后油烟往六楼灌，投诉 3 次都没人管。能不能处罚？多久解决？",
)
NOISE_POST = Post("", "东岭路 88 号工地连续 5 天夜间施工，打桩机凌晨 2 点还在响，孩子没法睡。")


def matter(post: Post = SMOKE_POST, *, line: str = "噪声油烟扬尘", level: int = 4, intent: str = "投诉", **changes: object) -> Matter:
    """A matter with nothing verified and nothing published, except for what is given."""
    found = Matter(
        case_number="A1", headline=post.title or post.text[:20], line=line, level=level, place=None, intent=intent, event_revision=1,
        posts=(post,), asks=asks_of(post.whole, line, intent, _questions(post.text)), hours=3.0,
        region=BORDER, department=DESK.department.name,
    )  # fmt: skip
    return replace(found, **changes)  # type: ignore[arg-type]


def _questions(text: str) -> list[str]:
    return [part.split("。")[-1] for part in text.split("？")[:-1]]
