"""A model's hostile readings: what is exact and fit to be shown is kept, the rest the rules give."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from casework.rehearsal.attack import MODEL, Reader
from casework.rehearsal.model_reader import ModelReader
from casework.rehearsal.reading import rehearse
from prompts import model_prompt
from retrieval.errors import ModelUnavailable
from retrieval.model import Heard
from tests.casework.rehearsal.test_reading import MATTER

TEXT = "我们看到了视频，正在核实。店主电话 13912345678。"
GOOD = {
    "reader": "journalist",
    "words": "正在核实",
    "question": "核实了谁，看了几段录像？",
    "why": "没有一件做过的事",
    "add": "写上看了哪几段录像",
}


@dataclass
class ScriptedModel:
    """A model that says what it is told to say."""

    attacks: list[dict[str, Any]] | None = None
    domestic: bool = True
    delay_seconds: float = 0.0
    name: str = "scripted"
    asked: list[str] = field(default_factory=list)

    async def complete(self, system: str, user: str, schema: dict[str, Any], heard: Heard | None = None) -> dict[str, Any]:
        self.asked.append(user)
        await asyncio.sleep(self.delay_seconds)
        if self.attacks is None:
            raise ModelUnavailable("down")
        return {"attacks": self.attacks}


async def test_what_holds_comes_first_and_the_rules_fill_up() -> None:
    attacks = await ModelReader(ScriptedModel([GOOD])).read(TEXT, MATTER)
    assert (attacks[0].name, attacks[0].reader) == (MODEL, Reader.JOURNALIST)
    assert (attacks[0].span, attacks[0].start) == ("正在核实", TEXT.index("正在核实"))
    assert len(attacks) > 3
    assert {attack.reader for attack in attacks} == set(Reader)


@pytest.mark.parametrize(
    "fault",
    [
        {"words": "已经核实"}, {"question": "看 https://evil.com/x 就知道"}, {"add": "打 13912345678 问"}, {"question": ""},
        {"why": "长" * 61},
        {"add": "第一行\n第二行"}, {"question": model_prompt("rehearsal")[10:40]}, {"question": "<b>谁</b>"},
    ],
)  # fmt: skip
async def test_what_does_not_hold_or_may_not_be_shown_is_dropped(fault: dict[str, str]) -> None:
    assert await ModelReader(ScriptedModel([GOOD | fault])).read(TEXT, MATTER) == rehearse(TEXT, MATTER)


@pytest.mark.parametrize("model", [ScriptedModel(None), ScriptedModel([{"reader": "mayor"}]), ScriptedModel([GOOD], delay_seconds=9)])
async def test_a_model_that_is_silent_slow_or_talks_rubbish_leaves_the_rules(model: ScriptedModel) -> None:
    assert await ModelReader(model, patience_seconds=0.05).read(TEXT, MATTER) == rehearse(TEXT, MATTER)


async def test_a_foreign_model_sees_no_personal_data_and_posts_are_fenced() -> None:
    abroad, at_home = ScriptedModel([], domestic=False), ScriptedModel([])
    await ModelReader(abroad).read(TEXT, MATTER)
    await ModelReader(at_home).read(TEXT, MATTER)
    assert "13912345678" not in abroad.asked[0]
    assert "13912345678" in at_home.asked[0]
    marks = [line for line in at_home.asked[0].splitlines() if len(line) == 16 and line.isalnum() and line.isascii()]
    assert len(marks) == 4
    assert len(set(marks)) == 1
