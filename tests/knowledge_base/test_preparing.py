"""What a person is told before a document is approved."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.document import ParsedDocument
from knowledge_base.errors import UnreadableDocument
from knowledge_base.preparing import prepare
from knowledge_base.validity import Repeal

SOUND = ParsedDocument(
    "云川市夜市办法", "第一条 摊位应当整洁。\n第二条 本办法自2024年6月1日起施行。", version_date=date(2024, 4, 18), province="江屿"
)


def test_of_a_sound_document_nothing_is_said() -> None:
    assert prepare(SOUND).warnings == ()
    assert prepare(SOUND).effective_on == date(2024, 6, 1)


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("第一条 摊位应当整洁。", "没有写明施行日期"),
        ("第一条 甲。\n第二条 本办法自2001年6月1日起施行。", "早于通过或印发日期"),
        ("第一条 甲。\n第二条 自2024年6月1日起施行。\n第三条 第一条，自2025年1月1日起施行。", "几个施行日期"),
        ("第一条 甲。\n第二条 乙。\n第四条 自2024年6月1日起施行。", "第二条之后是第四条"),
        ("摊位应当整洁。\n\n本通告自2024年6月1日起施行。", "按段落切分"),
        ("第一条 甲。\n第二条 自2024年6月1日起施行。《云川市摊点办法》第三条同时废止。", "只废止《云川市摊点办法》的一部分：第三条"),
        ("第一条 甲。\n第二条 自2024年6月1日起施行。《云川市摊点办法》第三条第二款同时废止。", "第三条里的款或项"),
    ],
)
def test_what_is_doubtful_is_said(body: str, part: str) -> None:
    (warning,) = prepare(replace(SOUND, body=body)).warnings
    assert part in warning


def test_a_decision_to_repeal_ends_what_its_title_names() -> None:
    decision = replace(
        SOUND, title="云川市人民政府关于废止《云川市摊点办法》《云川市早市规定》的决定", body="现予公布。\n\n自公布之日起施行。"
    )
    assert prepare(decision).ends == (Repeal("云川市摊点办法"), Repeal("云川市早市规定"))


def test_it_does_not_end_itself() -> None:
    body = "第一条 甲。\n第二条 自2024年6月1日起施行。2010年公布的《云川市夜市办法》同时废止。"
    assert prepare(replace(SOUND, body=body)).ends == ()


def test_a_document_of_too_many_clauses_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="20000"):
        prepare(replace(SOUND, body="\n".join(f"第{number}条 甲。" for number in range(1, 20_050))))
