"""Cards as text, and text as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.wechat.arrivals import typed
from adapters.chat.wechat.rendering import MAX_CHARACTERS, render
from casework.difference import difference
from casework.message import Card, CardKind, Row


def card(**fields: object) -> Card:
    return Card(CardKind.ALERT, **{"head": "🟠 II 重大 · A12", **fields})  # type: ignore[arg-type]


def test_a_card_reads_from_head_to_hint() -> None:
    shown = card(
        title="掀翻摊位", rows=(Row("地点", "北门夜市", detail="因素"),), body="正文", hint="回复「认领 A12」也可以", mentions=("周明",)
    )
    assert render(shown) == ["🟠 II 重大 · A12\n掀翻摊位\n地点  北门夜市\n正文\n回复「认领 A12」也可以\n请 周明 看一下"]


def test_changes_are_written_out() -> None:
    assert "〔删：依规处理〕〔加：到场看〕" in render(card(changes=difference("我们晚上依规处理油烟", "我们晚上到场看油烟")))[0]


@given(st.text(st.sampled_from("长文本\n"), max_size=5).map(lambda text: text * 1500), st.text(st.sampled_from("稿\n"), max_size=3))
def test_a_long_card_is_split_without_losing_a_word(body: str, copy_text: str) -> None:
    parts = render(card(body=body, copy_text=copy_text))
    assert all(0 < len(part) <= MAX_CHARACTERS for part in parts)
    whole = f"🟠 II 重大 · A12\n{body}\n{copy_text}"
    assert "".join(parts).replace("\n", "") == whole.replace("\n", "")


def test_a_long_card_is_split_between_lines() -> None:
    assert [len(part) for part in render(card(head="头", body="行" * 1000 + "\n" + "行" * 1000))] == [1002, 1000]


@pytest.mark.parametrize(
    ("text", "told", "expected"),
    [
        ("认领 A12", False, ("认领 A12", False)),
        ("@闻声\u2005认领 A12", True, ("认领 A12", True)),
        ("认领 A12 @闻声", False, ("认领 A12", True)),
        ("@闻声小店 开门了吗", False, ("@闻声小店 开门了吗", False)),
        ("@值班小助手\u2005待办", True, ("待办", True)),
        ("@老周\u2005来看", False, ("@老周\u2005来看", False)),
        ("「李雯：签发 A12」\n- - - - - - - - - - - - - - -\n收到", False, ("收到", False)),
        ("「闻声：🟠 A12\n回复「认领 A12」」\n- - - - - - - - - - - - - - -\n@闻声 认领 A12", False, ("认领 A12", True)),
    ],
)
def test_only_what_was_typed_counts(text: str, told: bool, expected: tuple[str, bool]) -> None:
    assert typed(text, "闻声", mentioned=told) == expected
