"""The language of rules, against an independent reading of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.analysis import analyse
from monitoring.errors import PolicyError
from monitoring.item import Relevance
from monitoring.lexicon import Lexicon
from monitoring.rule import RuleError, parse
from monitoring.rulebook import LineRule, Rulebook, load_rules
from monitoring.watch import build_watch

LISTS = {"摊贩": frozenset({"摆摊", "地摊"})}


def matches(rule: str, text: str) -> bool:
    parsed = parse(rule, LISTS)
    return bool(parsed.found(Lexicon(tuple(sorted(parsed.all_words()))).find(text)))


def is_found(rule: str, text: str) -> bool:
    """Whether a rule finds the text when it stands in a book, which looks only at rules of which a needed word occurs."""
    parsed = parse(rule, LISTS)
    hits = Lexicon(tuple(sorted(parsed.all_words()))).find(text)
    return any(line.rule.found(hits) for line in Rulebook((LineRule("市容秩序", Relevance.YES, parsed),)).possible(hits))


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("(城管 | 市容) & (打人 | 收费) - 招聘", "城管打人", True),
        ("(城管 | 市容) & (打人 | 收费) - 招聘", "城管招聘，打人", False),
        ("(城管 | 市容) & (打人 | 收费) - 招聘", "市容整洁", False),
        ("城管 | 市容 & 打人", "城管", True),
        ("（城管｜市容）＆打人", "市容打人", True),
        ("@摊贩 & 路口", "路口有人摆摊", True),
        ("物业 ~ 收费", "物业公司乱收费", True),
        ("物业 ~ 收费", "物业很好，大家都满意。后来街道那边听说要收费", False),
        ("路灯 & 坏 ~ 灯", "路灯坏了", True),
    ],
)
def test_rules_read_as_a_person_would(rule: str, text: str, expected: bool) -> None:
    assert matches(rule, text) is expected
    assert is_found(rule, text) is expected


def test_the_words_found_are_the_reason() -> None:
    rule = parse("(城管 | 市容) & @摊贩", LISTS)
    hits = Lexicon(tuple(sorted(rule.all_words()))).find("城管不让摆摊")
    assert rule.found(hits) == {"城管", "摆摊"}


@pytest.mark.parametrize(
    ("rule", "column", "problem"),
    [
        ("(城管 | 市容 & 打人", 1, "的括号没有闭合"),
        ("城管 & (打人 | (收费)", 6, "的括号没有闭合"),
        ("城管) & 打人", 3, "的右括号没有对应的左括号"),
        ("城管 打人", 4, "‘打人’前缺少 | & - ~ 之一"),
        ("城管 & @不存在", 6, "的词表 @不存在 不存在"),
        ("城管 &", 5, "应当是一个词或左括号"),
        ("", 1, "应当是一个词或左括号"),
        ("城管 & | 打人", 6, "应当是一个词或左括号"),
        ("城管 & @ ", 6, "的符号无法识别"),
    ],
)
def test_a_wrong_rule_says_where_and_what(rule: str, column: int, problem: str) -> None:
    with pytest.raises(RuleError) as error:
        parse(rule, LISTS)
    assert (error.value.column, error.value.problem) == (column, problem)


EXPRESSIONS = st.recursive(st.sampled_from("甲乙丙丁"), lambda inner: st.tuples(inner, st.sampled_from("&|-"), inner), max_leaves=8)


def written(expression: object) -> str:
    if isinstance(expression, str):
        return expression
    left, sign, right = expression  # type: ignore[misc]
    return f"({written(left)} {sign} {written(right)})"


def true_of(expression: object, text: str) -> bool:
    if isinstance(expression, str):
        return expression in text
    left, sign, right = expression  # type: ignore[misc]
    first, second = true_of(left, text), true_of(right, text)
    return {"&": first and second, "|": first or second, "-": first and not second}[sign]


@given(EXPRESSIONS, st.text(alphabet="甲乙丙丁戊", max_size=4))
def test_any_rule_agrees_with_boolean_logic(expression: object, text: str) -> None:
    assert matches(written(expression), text) is true_of(expression, text)
    assert is_found(written(expression), text) is true_of(expression, text)


def test_an_error_in_a_file_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('["市容秩序"]\nyes = [\n  "早市 & 占道",\n  "(城管 | 市容 & 打人",\n]\n', encoding="utf-8")
    with pytest.raises(PolicyError, match="第 4 行规则有误：‘\\(城管 \\| 市容 & 打人’ 第 1 列的括号没有闭合"):
        load_rules(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('["城管秩序"]\nyes = ["甲"]\n', "条线“城管秩序”不存在"),
        ('["市容秩序"]\nmaybe = ["甲"]\n', "未知的一栏“maybe”"),
        ('[words]\n"甲" = "乙"\n', "词表“甲”应当是一列词"),
        ("这不是 TOML", "不是有效的 TOML"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PolicyError, match=message):
        load_rules(path)


def test_a_missing_file_says_why(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"无法读取 rules\.toml"):
        load_rules(tmp_path / "rules.toml")


def test_the_departments_own_rules_stand_beside_the_built_in_ones(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        '[words]\n"摊贩" = ["摆卖档"]\n["园林绿化"]\nyes = ["木芙蓉 & 枯死"]\n["他部门"]\nno = ["摆卖档 & 渡口"]\n', encoding="utf-8"
    )
    own = build_watch(rules_file=path)
    assert analyse("", "江边木芙蓉枯死了", watch=own).line == "园林绿化"
    assert analyse("", "江边木芙蓉枯死了", watch=build_watch()).line != "园林绿化"
    assert analyse("", "摆卖档占道，请城管处理", watch=own).line == "市容秩序"
    assert not analyse("", "渡口的摆卖档", watch=own).relevance.is_ours
    assert analyse("", "流动摊贩占道经营，请城管处理", watch=own).line == "市容秩序"
