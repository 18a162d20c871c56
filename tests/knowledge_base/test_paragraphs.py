"""款、项、目 are exact spans, named as they are cited."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.paragraphs import parts_of

ARTICLE = """违反本条例规定的，责令改正。

有下列情形之一的，处二百元罚款：
（一）占用盲道的；
　　（二）未清理垃圾的，包括：
1.油污；
2.积水。

拒不改正的，暂扣物品。"""


def test_parts_are_named_as_they_are_cited() -> None:
    named = {part.name: ARTICLE[part.start : part.end] for part in parts_of(ARTICLE)}
    assert named == {
        "第一款": "违反本条例规定的，责令改正。",
        "第二款": "有下列情形之一的，处二百元罚款：",
        "第二款第（一）项": "（一）占用盲道的；",
        "第二款第（二）项": "（二）未清理垃圾的，包括：",
        "第二款第（二）项第1目": "1.油污；",
        "第二款第（二）项第2目": "2.积水。",
        "第三款": "拒不改正的，暂扣物品。",
    }


def test_a_figure_at_the_beginning_of_a_paragraph_is_no_point() -> None:
    assert [part.name for part in parts_of("3.5平方米以下的摊位不收费。\n10日内答复。")] == ["第一款", "第二款"]


@given(st.text(alphabet="甲乙（一）(二)12.、\n　 ", max_size=80))
def test_spans_are_in_order_and_only_blanks_stand_between_them(text: str) -> None:
    at = 0
    for part in parts_of(text):
        assert at <= part.start < part.end
        assert not text[at : part.start].strip()
        at = part.end
    assert not text[at:].strip()
