"""Cards as Telegram shows them, read back by the server's own reading of HTML."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.telegram.rendering import MAX_UNITS, keyboard, render
from casework.difference import Change, Run
from casework.message import Button, Card, CardKind, Row
from tests.adapters.telegram.bot_api_server import parse

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=80)
LONG_WORDS = st.text(st.sampled_from("秤😀<&>\"' b/\n"), max_size=20).map(lambda text: text * 150)
LINKS = st.sampled_from(["", "/cases/A12", 'http://x.test/?a="b"&c'])
RUNS = st.lists(st.builds(Run, st.sampled_from(Change), WORDS), max_size=4).map(tuple)
ROWS = st.builds(Row, WORDS, WORDS | LONG_WORDS, detail=WORDS | LONG_WORDS, link=LINKS, changes=RUNS)
CARDS = st.builds(
    Card,
    st.sampled_from(CardKind),
    head=st.just("🟠 II 重大"),
    title=WORDS,
    rows=st.lists(ROWS, max_size=5).map(tuple),
    body=WORDS | LONG_WORDS,
    copy_text=WORDS,
    hint=WORDS,
    mentions=st.lists(WORDS, max_size=2).map(tuple),
    changes=RUNS,
)


def card(**fields: object) -> Card:
    return Card(CardKind.ALERT, **{"head": "🟠 II 重大 · A12", **fields})  # type: ignore[arg-type]


@given(CARDS)
def test_every_card_is_html_that_telegram_takes(any_card: Card) -> None:
    parse(render(any_card, "http://room.test"))


@given(CARDS)
def test_text_of_the_card_never_becomes_markup(any_card: Card) -> None:
    seen = parse(render(any_card))
    assert set(seen.tags) <= {"b", "s", "i", "pre", "a", "blockquote expandable"}
    assert set(seen.links) <= {'http://x.test/?a="b"&c'}


def test_a_card_reads_from_head_to_hint() -> None:
    rows = (Row("地点", "北门夜市"), Row("依据", "II（≥6）", detail="涉执法行为 +3", link="/cases/A12"))
    seen = parse(
        render(card(title="掀翻摊位", rows=rows, body="全文", copy_text="我们看到了。", hint="回复「认领 A12」"), "http://room.test/")
    )
    assert (
        seen.text
        == "🟠 II 重大 · A12\n掀翻摊位\n地点 北门夜市\n依据 II（≥6） 原文 ▸\n涉执法行为 +3\n\n全文\n\n我们看到了。\n\n回复「认领 A12」"
    )
    assert seen.tags == ["b", "b", "b", "a", "blockquote expandable", "pre", "i"]
    assert seen.links == ["http://room.test/cases/A12"]


def test_links_into_the_staff_room_need_its_address() -> None:
    assert parse(render(card(rows=(Row("起因", "首帖", link="/items/3"),), page="/cases/A12"))).links == []


def test_only_web_addresses_become_links() -> None:
    assert parse(render(card(rows=(Row("起因", "首帖", link="javascript:alert(1)"),)), "http://room.test")).links == []


def test_details_go_first_when_a_card_is_too_long() -> None:
    seen = parse(render(card(rows=(Row("依据", "II", detail="因" * MAX_UNITS),), body="正文")))
    assert seen.text == "🟠 II 重大 · A12\n依据 II\n\n正文"


def test_then_the_body_is_cut_so_that_the_reply_to_copy_stays_whole() -> None:
    reply = "我们看到了网友反映的视频。"
    seen = parse(render(card(body="长" * MAX_UNITS, copy_text=reply, hint="发「已发 A12」")))
    assert len(seen.text.encode("utf-16-le")) == 2 * MAX_UNITS
    assert seen.text.endswith(f"长…（全文见网页值班室）\n\n{reply}\n\n发「已发 A12」")


def test_a_reply_that_is_too_long_itself_says_so() -> None:
    assert parse(render(card(copy_text="😀" * MAX_UNITS))).text.endswith("😀…（全文见网页值班室）")


def test_only_buttons_that_can_come_back_are_shown() -> None:
    buttons = ((Button("认领", "认领 A12", token="t1"), Button("拟稿", "拟稿 A12")), (Button("误报", "误报 A12", token="x" * 65),))
    shown = keyboard(card(buttons=buttons))
    assert shown
    assert [[button.text for button in line] for line in shown.inline_keyboard] == [["认领"]]
    assert keyboard(card()) is None


def test_what_was_struck_out_is_struck_through_and_what_was_added_is_bold() -> None:
    runs = (Run(Change.KEPT, "我们"), Run(Change.STRUCK, "依规<处理>"), Run(Change.ADDED, "今晚到场"))
    assert "我们<s>依规&lt;处理&gt;</s><b>今晚到场</b>" in render(card(changes=runs))
    assert "<s>依规&lt;处理&gt;</s>" in render(card(rows=(Row("改动", "1 处", changes=runs),)))
