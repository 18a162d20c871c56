"""Follow-ups on questions of policy keep the subject, show the resolved question, and refuse as honestly as any question."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.bootstrap import read_library
from bot.commands.dispatcher import Dispatcher
from bot.conversation.following import Asked, FollowUp, Topic, follow_up
from bot.house import House
from casework.chat import Incoming
from casework.message import Card
from knowledge_base.document import ParsedDocument
from knowledge_base.importing import import_document
from retrieval.evidence import Answer
from storage.clock import CHINA, ManualClock
from tests.adapters.recording_chat import RecordingChat
from tests.bot.department import START, opened, settings

NOW = datetime(2026, 3, 6, 9, 0, tzinfo=CHINA)
LAW = """第一条　为了防治噪声，制定本法。
第二条　在居民集中的区域，禁止夜间进行产生噪声的建筑施工作业，但抢修、抢险施工作业的除外。
第三条　在举行中等学校招生考试期间，地方人民政府可以对产生噪声的施工作业作出限制性规定。
第四条　违反本法第二条规定，夜间进行产生噪声的建筑施工作业的，责令改正，处一万元以上十万元以下的罚款。
第五条　夜间，是指晚上十点至次日早晨六点之间的期间。
第六条　本法自2022年6月5日起施行。"""


def topic(question: str, *, refused: bool = False) -> Topic:
    return Topic(question, Answer(refused, ""), NOW)


def resolved(text: str, before: Topic | None, *, addressed: bool = True, later: timedelta = timedelta()) -> FollowUp | None:
    return follow_up(text, before, NOW + later, addressed=addressed)


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("夜间施工几点以后不行？", "夜间施工"),
        ("养犬不登记怎么罚？", "养犬不登记"),
        ("在饭店门口摆摊要不要许可证？", "在饭店门口摆摊"),
        ("罚多少？", ""),
    ],
)
def test_the_subject_is_the_question_without_what_is_asked(question: str, subject: str) -> None:
    assert topic(question).subject == subject


@pytest.mark.parametrize(
    ("text", "asked", "shown"),
    [
        ("那中考期间呢？", Asked.CIRCUMSTANCE, "中考期间夜间施工几点以后不行"),
        ("周末呢", Asked.CIRCUMSTANCE, "周末夜间施工几点以后不行"),
        ("罚多少？", Asked.ASPECT, "夜间施工罚多少"),
        ("那要办什么手续？", Asked.ASPECT, "夜间施工要办什么手续"),
        ("依据是哪一条？", Asked.BASIS, "夜间施工几点以后不行 · 依据"),
        ("那原文呢", Asked.BASIS, "夜间施工几点以后不行 · 依据"),
        ("那焚烧秸秆呢？", Asked.SUBJECT, "焚烧秸秆几点以后不行"),
    ],
)
def test_what_a_follow_up_changes(text: str, asked: Asked, shown: str) -> None:
    follow = resolved(text, topic("夜间施工几点以后不行？"))
    assert follow is not None
    assert (follow.asked, follow.shown) == (asked, shown)


@pytest.mark.parametrize(
    "text",
    ["遛狗不牵绳罚多少？", "那养犬罚多少？", "明天开会吗？", "收到", "可以", "没有", "今天谁值班？", "夜间施工几点以后不行？"],
)
def test_what_stands_for_itself_is_no_follow_up(text: str) -> None:
    assert resolved(text, topic("夜间施工几点以后不行？")) is None


def test_a_topic_is_forgotten_and_sooner_where_people_talk_with_each_other() -> None:
    before = topic("夜间施工几点以后不行？")
    assert resolved("罚多少？", before, later=timedelta(minutes=29))
    assert not resolved("罚多少？", before, later=timedelta(minutes=31))
    assert not resolved("罚多少？", before, later=timedelta(minutes=4), addressed=False)
    assert not resolved("罚多少？", None)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    groups = [{"platform": "telegram", "chat": "duty", "name": "值班群", "fallback": True}]
    accounts = {"李雯": {"telegram": "liwen"}, "周明": {"telegram": "zhouming"}}
    async with opened(settings(tmp_path, groups, accounts), tmp_path, ManualClock(START)) as house:
        async with house.database.transaction() as session:
            await import_document(session, ParsedDocument("中华人民共和国噪声法", LAW), actor="赵岩", now=START, approve=True)
        await read_library(house)
        yield house


class Speaker:
    """One person who asks in the group."""

    def __init__(self, house: House, user: str = "liwen") -> None:
        self.listening, self.user = Dispatcher(house, {"telegram": RecordingChat()}), user

    async def asks(self, text: str, user: str = "") -> Card | None:
        incoming = Incoming("telegram", "duty", user or self.user, text=text, mentioned=text.startswith(("夜间", "隔壁")))
        response = await self.listening.handle(incoming)
        return response.cards[0] if response else None


async def test_a_conversation_about_one_rule(house: House) -> None:
    speaker = Speaker(house)
    told = []
    for text in ("夜间施工是几点到几点？", "那中考期间呢？", "那周末呢？", "罚多少？", "依据是哪一条？"):
        card = await speaker.asks(text)
        assert card is not None, text
        told.append(card)
    assert [[row.label for row in card.rows] for card in told] == [
        ["第二条", "第五条"],
        ["第三条"],
        ["第二条", "第五条"],
        ["第四条"],
        ["第四条"],
    ]
    assert told[1].head.startswith("〔中考期间夜间施工是几点到几点〕《噪声法》")
    assert told[2].head.startswith("〔周末夜间施工是几点到几点〕没有找到专门说“周末”的条款。一般规定：")
    assert told[3].head.startswith("〔夜间施工罚多少〕")
    assert told[4].head.startswith("〔夜间施工罚多少 · 依据〕")
    assert all("quote=" in row.link for card in told for row in card.rows), "each passage opens with its words marked"


async def test_a_refusal_has_no_basis_and_is_not_guessed_around(house: House) -> None:
    speaker = Speaker(house)
    refused = await speaker.asks("隔壁市的夜市怎么收费？")
    assert refused is not None
    assert "我不猜" in refused.head
    basis = await speaker.asks("依据是哪一条？")
    assert basis is not None
    assert "上一问没有找到可以引用的依据" in basis.head
    assert basis.rows == ()
    further = await speaker.asks("罚多少？")
    assert further is not None
    assert "我不猜" in further.head


async def test_another_person_has_no_topic(house: House) -> None:
    speaker = Speaker(house)
    await speaker.asks("夜间施工是几点到几点？")
    assert await speaker.asks("罚多少？", user="zhouming") is None, "short talk among people stays unanswered"
