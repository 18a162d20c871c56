"""Rules from careless or hostile hands: any length, any depth, any script; one clear error or an answer, never a crash."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitoring.errors import PolicyError
from monitoring.lexicon import Lexicon
from monitoring.rule import DEEPEST_BRACKETS, LONGEST_RULE, NEAR_CHARACTERS, RuleError, parse
from monitoring.rulebook import load_lists, load_rules


def matches(rule: str, text: str) -> bool:
    parsed = parse(rule, {})
    return bool(parsed.found(Lexicon(tuple(sorted(parsed.all_words()))).find(text)))


def nested(depth: int) -> str:
    return "(" * depth + "城管" + ")" * depth


def test_brackets_may_lie_fifty_deep_and_no_deeper() -> None:
    assert matches(nested(DEEPEST_BRACKETS), "城管")
    with pytest.raises(RuleError) as error:
        parse(nested(DEEPEST_BRACKETS + 1), {})
    assert (error.value.column, error.value.problem) == (DEEPEST_BRACKETS + 1, "的括号套得太深，最多 50 层")


@pytest.mark.parametrize("rule", [nested(50_000), "(" * 50_000, "甲 & " * 50_000 + "甲", "甲" * (LONGEST_RULE + 1)])
def test_an_endless_rule_gives_one_error(rule: str) -> None:
    with pytest.raises(RuleError, match=f"起超出了一条规则的长度（{LONGEST_RULE} 字）"):
        parse(rule, {})


@pytest.mark.parametrize("sign", ["|", "&", "~"])
def test_many_sides_are_no_depth(sign: str) -> None:
    parsed = parse(f" {sign} ".join(["甲", "乙"] * 2_000), {})
    assert parsed.all_words() == {"甲", "乙"}
    assert parsed.found(Lexicon(("甲", "乙")).find("甲乙")) == {"甲", "乙"}


def test_a_rule_of_thousands_of_exclusions_is_answered() -> None:
    rule = "甲 - " + " - ".join(f"词{number}" for number in range(2_000))
    assert matches(rule, "甲")
    assert not matches(rule, "甲词1999")


def test_near_words_repeated_without_end_cost_one_walk() -> None:
    """Comparing every pair of these would take hours."""
    hits = {"城管": tuple(range(200_000)), "收费": tuple(range(200_000 + NEAR_CHARACTERS, 400_000))}
    near = parse("城管 ~ 收费", {})
    assert not near.found(hits)
    assert near.found({"城管": (*hits["城管"], 500_001), "收费": (*hits["收费"], 500_000)})


@pytest.mark.parametrize(
    "rule", ["(城管 | 市容) & 打人", "（城管｜市容）＆打人", "（城管　｜　市容）＆　打人", "(城\u200b管 | 市容) & 打人"]
)
@pytest.mark.parametrize("text", ["城管打人", "市容打人"])
def test_signs_of_any_width_read_alike(rule: str, text: str) -> None:
    assert matches(rule, text)


def test_a_rule_in_traditional_script_and_capitals_finds_what_is_written_otherwise() -> None:
    assert matches("亂擺攤 & ＬＥＤ", "乱摆摊，led 屏")


def test_the_column_counts_in_the_rule_as_it_was_written() -> None:
    with pytest.raises(RuleError) as error:
        parse("城\u200b管 打人", {})
    assert error.value.column == 5


@given(st.text(alphabet="甲乙()|&-~@ （）｜＆－～＠\u200b", max_size=40))
@example("")
@example("()")
@example("@")
@example("甲 - ")
def test_anything_is_read_or_refused_with_a_column_within_it(rule: str) -> None:
    fault: RuleError | None = None
    try:
        parsed = parse(rule, {"甲": frozenset({"丙"})})
    except RuleError as error:
        fault = error
    if fault is None:
        assert parsed.all_words()
        return
    assert 1 <= fault.column <= len(rule) + 1
    assert fault.problem


WORDS = st.sampled_from("甲乙丙")


@given(st.lists(WORDS, min_size=2, max_size=4), st.text(alphabet="甲乙丙。", max_size=60))
def test_near_agrees_with_trying_every_pair(words: list[str], text: str) -> None:
    def places(word: str) -> list[int]:
        return [place for place, character in enumerate(text) if character == word]

    near = {words[0]} if words[0] in text else set()
    for word in words[1:]:
        pairs = [(earlier, word) for earlier in near if any(abs(a - b) <= NEAR_CHARACTERS for a in places(earlier) for b in places(word))]
        near = {each for pair in pairs for each in pair}
    assert matches(" ~ ".join(words), text) is bool(near)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("words = 3\n", r"rules\.toml 的 \[words\] 应当是词表"),
        ('[words]\n"甲" = ["\u200b"]\n', "词表“甲”应当是一列词"),
        ('["市容秩序"]\nyes = [3]\n', "“市容秩序”一节 yes 中第 1 条不是文字"),
        ('["市容秩序"]\nyes = ["甲 | 乙", "甲 |"]\n', "第 2 行规则有误：‘甲 \\|’ 第 4 列应当是一个词或左括号"),
        ("a = " + "[" * 50_000, "无法读取|不是有效的 TOML"),
    ],
)
def test_a_file_of_any_make_is_refused_in_one_sentence(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PolicyError, match=message):
        load_rules(path)


def test_a_long_rule_is_shown_around_its_error(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('["市容秩序"]\nyes = ["' + " | ".join(["占道"] * 300) + " | & 摆摊" + '"]\n', encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        load_rules(path)
    assert len(str(error.value)) < 120
    assert "& 摆摊’" in str(error.value)


def test_words_of_the_departments_own_lists_serve_the_built_in_rules(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[words]\n"摊贩" = ["擺賣檔"]\n', encoding="utf-8")
    assert "摆卖档" in load_lists(path)["摊贩"]
    found = [rule for rule in load_rules(path) if rule.line == "市容秩序" and "摆卖档" in rule.rule.all_words()]
    assert len(found) > 1
