"""Where a matter stands decides how it is answered: as a question about the rules, or as a wrong that somebody looks into."""

import pytest

from casework.drafting.matter import Post, Standing
from casework.drafting.topic import topic_of
from tests.casework.drafting.matters import matter

LINE = "市政设施"


@pytest.mark.parametrize(("text", "standing"), [
    ("请问安装燃气表要交哪些材料？", Standing.QUESTION),
    ("单元门里有煤气味，对门老人头晕，到底归谁管？", Standing.ORDINARY),
])  # fmt: skip
def test_who_asks_because_somebody_is_ill_wants_no_lesson_in_the_rules(text: str, standing: Standing) -> None:
    assert matter(Post("", text), line=LINE, intent="咨询").standing is standing


@pytest.mark.parametrize(("text", "name"), [
    ("单元门里有煤气味，燃气公司说没事", "用气安全"),
    ("天然气泄漏，报警器一直响", "用气安全"),
    ("小区停气三天了，几点恢复", "供气"),
    ("燃气公司收初装费合理吗", "供气"),
])  # fmt: skip
def test_the_smell_of_gas_is_a_danger_and_no_cut_in_supply(text: str, name: str) -> None:
    assert topic_of(text, LINE).name == name
