"""The sample city plays through: one post's whole path as a transcript, and the layout of the live part."""

import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from bot.demo import EVENING_ENDS, HISTORY, LIVE_FROM, SAMPLE_CITY, stage
from storage.clock import CHINA
from tests.bot.test_command_line import wensheng


def test_headless_prints_the_whole_path_and_ends_well(tmp_path: Path) -> None:
    code, printed = wensheng(tmp_path, "demo", "--headless")
    assert code == 0, printed[-2_000:]
    path = [
        "特别重大",
        "已认领",
        "拟稿 · 3 个候选",
        "处待核实",
        "版送签",
        "需由他人签发",
        "还需 1 人签发",
        "已签发（周明 ",
        "已登记",
        "发布后 1 小时",
        "已兑现",
        "已办结",
        "以前这样答过",
        "审计链完整",
    ]
    positions = [printed.find(step) for step in path]
    assert -1 not in positions, [step for step, found in zip(path, positions, strict=True) if found < 0]
    assert positions == sorted(positions)


def test_the_sample_ends_today_and_nothing_lies_outside_its_time(tmp_path: Path) -> None:
    today = datetime(2027, 1, 15, 9, 0, tzinfo=CHINA)
    scene = stage(tmp_path, 0, today)
    posts = [json.loads(line) for path in (tmp_path / "posts").glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()]
    times = [datetime.fromisoformat(post["time"]) for post in posts]
    midnight = today.replace(hour=0)
    assert (scene.live, scene.ends) == (midnight + LIVE_FROM, midnight + EVENING_ENDS)
    assert min(times) >= midnight + LIVE_FROM - HISTORY
    assert timedelta() < scene.ends - max(times) < timedelta(hours=1)


def test_the_sample_city_holds_what_a_newcomer_is_promised() -> None:
    def rows(name: str) -> list[dict[str, str]]:
        return [json.loads(line) for line in (SAMPLE_CITY / name).read_text(encoding="utf-8").splitlines()]

    levels = Counter(row["level"] for row in rows("expected.jsonl"))
    events = Counter(row["event"] for row in rows("expected.jsonl") if row["event"])
    assert len(rows("posts.jsonl")) >= 120
    assert len(rows("past_cases.jsonl")) >= 40
    assert len(list((SAMPLE_CITY / "policies").glob("*.md"))) == 13, "twelve documents, one of them in two versions"
    assert levels[1]
    assert sum(count >= 10 for count in events.values()) >= 2
