"""When a version holds."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.region import Region
from knowledge_base.validity import Ended, Repeal, Version, effect_stated, end_stated, endings, ends_others, repeals

ADOPTED = date(2022, 3, 1)


@pytest.mark.parametrize(
    ("text", "adopted", "expected"),
    [
        ("第九条 本条例自2022年6月5日起施行。", ADOPTED, date(2022, 6, 5)),
        ("本办法自二〇二二年六月五日起正式实施。", ADOPTED, date(2022, 6, 5)),
        ("本规定自公布之日起施行。", ADOPTED, ADOPTED),
        ("本规定自公布之日起施行。", None, None),
        ("本规定自公布之日起30日后施行。", ADOPTED, date(2022, 3, 31)),
        ("本法自1994年1月1日起施行。", ADOPTED, None),
        ("本法自1994年1月1日起施行。", None, date(1994, 1, 1)),
        ("对违法行为应当自发现之日起处理。", ADOPTED, None),
        ("1999年公布的《甲办法》自2023年1月1日起施行。", ADOPTED, None),
        ("本条例自公布之日起三十日后施行。", ADOPTED, date(2022, 3, 31)),
        ("本规定自发布之日起满六十日施行。", ADOPTED, date(2022, 4, 30)),
        ("本办法自印发之日起三个月后施行。", ADOPTED, date(2022, 6, 1)),
        ("本办法自公布之日起次月1日起施行。", ADOPTED, date(2022, 4, 1)),
        ("本通告从2022年6月1日零时起执行。", ADOPTED, date(2022, 6, 1)),
        ("本办法于2022年6月1日起施行。", ADOPTED, date(2022, 6, 1)),
        ("施行日期：2022年6月1日", ADOPTED, date(2022, 6, 1)),
        ("现予印发，自2022年5月1日起施行。", ADOPTED, date(2022, 5, 1)),
        ("除第五条自2023年1月1日起施行外，本办法自2022年7月1日起施行。", ADOPTED, date(2022, 7, 1)),
        ("本条例的施行日期另行公布。", ADOPTED, None),
        ("本条例自2022年6月31日起施行。", ADOPTED, None),
        ("本条例自公布之日起9999年后施行。", ADOPTED, None),
        ("决定自作出之日起生效。第九条 本条例自2022年6月5日起施行。", ADOPTED, date(2022, 6, 5)),
    ],
)
def test_effect(text: str, adopted: date | None, expected: date | None) -> None:
    assert effect_stated(text, adopted) == expected


def test_end() -> None:
    assert end_stated("本通知自2022年6月5日起施行，有效期至2024年12月31日。", ADOPTED) == date(2025, 1, 1)
    assert end_stated("本办法自印发之日起施行，有效期5年。", date(2020, 2, 29)) == date(2025, 3, 1)
    assert end_stated("食品经营许可证有效期为5年。", ADOPTED) is None


def test_others_that_it_ends() -> None:
    text = "本办法自2022年5月1日起施行。2001年公布的《云川市养犬办法》、《云川市犬类规定》同时废止。"
    assert ends_others(text) == ("云川市养犬办法", "云川市犬类规定")
    assert ends_others("依照《行政处罚法》处理。许可证应当废止。") == ()
    long = "1998年3月12日国家某局令第51号公布的《甲办法》、2014年2月14日国家另一局令第62号公布、2016年又修订公布的《乙办法》同时废止。"
    assert ends_others(long) == ("甲办法", "乙办法")
    assert ends_others("根据《立法法》规定，《甲办法》自本办法施行之日起废止。") == ("甲办法",)
    assert ends_others("现决定废止《甲办法》《乙规定》。") == ("甲办法", "乙规定")
    assert ends_others("未经批准不得废止《甲规划》。依照《甲法》被废止的许可证无效。") == ()


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("《甲办法》第五条同时废止。", ("第五条",)),
        ("《甲办法》第五条、第七条至第九条同时废止。", ("第五条", "第七条", "第八条", "第九条")),
        ("《甲办法》（云政发〔2010〕3号）中的第五条和第六条同时废止。", ("第五条", "第六条")),
    ],
)
def test_parts_that_it_ends(text: str, articles: tuple[str, ...]) -> None:
    assert repeals(text) == (Repeal("甲办法", articles),)
    assert ends_others(text) == ()


def test_a_paragraph_of_an_article_ends_no_clause() -> None:
    assert repeals("《甲办法》第三条第二款同时废止。") == (Repeal("甲办法", ("第三条",), below=True),)
    assert ends_others("《甲办法》第三条第二款同时废止。") == ()


def _version(key: int, adopted: date | None, effective: date | None = None, articles: str = "ab", **more: object) -> Version:
    return Version(key=key, work=str(more.pop("work", "w")), adopted=adopted, effective=effective, articles=frozenset(articles), **more)  # type: ignore[arg-type]


def test_the_older_version_holds_until_the_newer_begins() -> None:
    old, new = _version(1, date(2007, 8, 30), date(2007, 11, 1)), _version(2, date(2024, 6, 28), date(2024, 11, 1))
    assert endings([old, new]) == {1: Ended(2, date(2024, 11, 1))}


def test_an_unknown_day_of_effect_is_taken_as_that_of_adoption() -> None:
    assert endings([_version(1, date(2007, 1, 1)), _version(2, date(2020, 1, 1))]) == {1: Ended(2, date(2020, 1, 1))}


def test_a_dated_version_outranks_an_undated_one() -> None:
    assert endings([_version(1, None), _version(2, date(2020, 1, 1))]) == {1: Ended(2, date(2020, 1, 1))}


def test_parts_of_one_law_do_not_end_each_other() -> None:
    parts = [_version(1, None, None, "ab"), _version(2, None, date(2021, 1, 1), "cd"), _version(3, None, None, "ef")]
    assert endings(parts) == {}


def test_a_document_ends_those_that_it_names_in_its_own_place() -> None:
    new = _version(3, ADOPTED, work="new", replaces=frozenset({"旧办法"}), region=Region("浙江"))
    here = _version(1, date(2000, 1, 1), work="old", names=frozenset({"旧办法"}), region=Region("浙江"))
    elsewhere = _version(2, date(2000, 1, 1), work="old", names=frozenset({"旧办法"}), region=Region("山东"))
    later = _version(4, date(2023, 1, 1), work="later", names=frozenset({"旧办法"}), region=Region("浙江"))
    assert endings([new, here, elsewhere, later]) == {1: Ended(3, ADOPTED)}


days = st.dates(date(2000, 1, 1), date(2030, 1, 1))


@given(st.lists(st.tuples(days, st.one_of(st.none(), st.integers(0, 400))), min_size=1, max_size=5, unique_by=lambda pair: pair[0]), days)
def test_one_version_at_most_holds_on_any_day_whatever_the_order(drawn: list[tuple[date, int | None]], day: date) -> None:
    versions = [
        _version(key, adopted, None if wait is None else date.fromordinal(adopted.toordinal() + wait))
        for key, (adopted, wait) in enumerate(drawn)
    ]
    ended = endings(versions)
    holding = [version for version in versions if version.begins <= day and (version.key not in ended or day < ended[version.key].on)]
    begun = [version for version in versions if version.begins <= day]
    assert holding == sorted(begun, key=lambda version: version.order)[-1:]
    for order in itertools.islice(itertools.permutations(versions), 6):
        assert endings(order) == ended
