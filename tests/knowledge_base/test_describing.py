"""Title, authority, 文号, place and date, as documents of every make write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.describing import Description, describe
from knowledge_base.region import Region

ISSUED = """云川市人民政府文件

云政发〔2024〕12号

云川市人民政府关于印发
《云川市餐饮油烟管理办法》的通知

各区人民政府，市政府各部门：
现将《云川市餐饮油烟管理办法》印发给你们，请遵照执行。

云川市人民政府
2024年4月18日

云川市餐饮油烟管理办法

第一章  总则
第一条 为了防治油烟，制定本办法。"""
LOCAL_LAW = """云川市人民代表大会常务委员会公告
第12号

云川市养犬管理条例
（2010年3月1日云川市第五届人民代表大会常务委员会第三次会议通过　2010年5月1日江屿省第十届人民代表大会常务委员会批准
根据2020年6月1日云川市第七届人民代表大会常务委员会第九次会议《关于修改〈云川市养犬管理条例〉的决定》修正）

目录
第一章 总则
第一条 养犬应当登记。"""
DECREE = """云川市人民政府令

第 38 号

《云川市夜市管理办法》已经2024年4月10日市人民政府第20次常务会议审议通过，现予公布，自2024年6月1日起施行。

市长 某某
2024年4月18日

云川市夜市管理办法

第一条 摊位应当整洁。"""
NOTICE = """关于开展占道经营整治的通告

为了改善市容，现通告如下：
一、整治时间
二、本通告自发布之日起施行。

云川市城市管理局
云川市公安局
二〇二四年三月五日

附件：路段名单
2020年1月1日"""
LISTED = """索引号：012345678/2023-00012
发文机关：云川市市场监督管理局
成文日期：2023年8月2日
发文字号：云市监〔2023〕9号

云川市市场监督管理局关于进一步规范价格行为的
指导意见

各区市场监督管理局：
一、明码标价。
二、严禁欺诈。"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ISSUED, ("云川市餐饮油烟管理办法", "云川市人民政府", "云政发〔2024〕12号", date(2024, 4, 18))),
        (LOCAL_LAW, ("云川市养犬管理条例", "云川市人民代表大会常务委员会", "云川市人民代表大会常务委员会公告第12号", date(2020, 6, 1))),
        (DECREE, ("云川市夜市管理办法", "云川市人民政府", "云川市人民政府令第38号", date(2024, 4, 10))),
        (NOTICE, ("关于开展占道经营整治的通告", "云川市城市管理局、云川市公安局", "", date(2024, 3, 5))),
        (
            LISTED,
            ("云川市市场监督管理局关于进一步规范价格行为的指导意见", "云川市市场监督管理局", "云市监〔2023〕9号", date(2023, 8, 2)),
        ),
    ],
)
def test_what_a_document_says_of_itself(text: str, expected: tuple[str, str, str, date]) -> None:
    found = describe(text)
    assert (found.title, found.authority, found.document_number, found.version_date) == expected
    assert found.region == Region(None, "云川")


@pytest.mark.parametrize("note", ["（2019年3月1日云川市人民政府发布）", "（2019年3月1日云川市人民政府令第12号公布 根据2021年修订）"])
def test_the_note_under_the_title_names_who_issued_it(note: str) -> None:
    assert describe(f"云川市夜市办法\n{note}\n第一条 甲。").authority == "云川市人民政府"


def test_a_number_that_is_only_cited_is_not_its_own() -> None:
    text = "云川市停车办法\n根据云政发〔2019〕3号文件，制定本办法。\n第一条 停车应当有序。"
    assert describe(text).document_number == ""


def test_a_title_of_two_lines_at_the_top_is_no_clause() -> None:
    text = "云川市人民政府办公室关于\n做好清扫工作的通知\n\n各区：\n一、清扫。\n二、保洁。"
    assert describe(text).title == "云川市人民政府办公室关于做好清扫工作的通知"
    assert describe(text).title_lines == 2


def test_nothing_is_said_of_a_text_that_says_nothing() -> None:
    assert describe("今天天气很好。\n明天也是。") == Description()


@given(st.text(alphabet="第一二条章《》（）〔〕2024年3月1日号令云川市人民政府办法通知关于\n 　：。", max_size=300))
def test_any_text_is_described(text: str) -> None:
    found = describe(text)
    assert len(found.title) <= 120
    assert found.title_lines <= len(text.split("\n"))


def test_a_document_in_traditional_script_is_described_like_one_in_simplified() -> None:
    found = describe(
        "雲川市城鄉生活垃圾管理條例\n（2020年11月27日雲川市第十三屆人民代表大會常務委員會第二十六次會議通過）\n第一條 為了加強管理。"
    )
    assert found == Description(
        title="雲川市城鄉生活垃圾管理條例", title_lines=1, authority="云川市人民代表大会常务委员会", region=Region(city="云川"),
        version_date=date(2020, 11, 27),
    )  # fmt: skip
