"""Two hostile readings by rules: specific to the matter, on exact words, silent where nothing can be attacked."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.drafting.history import History
from casework.drafting.matter import Matter, Post
from casework.rehearsal.attack import MOST_ATTACKS, MOST_BY_ONE, Attack, Reader
from casework.rehearsal.page import weight
from casework.rehearsal.reading import rehearse
from language.script import to_traditional

POST = Post("", "柳岸夜市，队员把卖凉粉的摊子掀了，秤摔碎了，老人倒在地上流血，旁边三个队员看着不管，视频在这里，投诉三次没人理。")
MATTER = Matter(
    case_number="A1", headline="柳岸夜市：网传队员掀摊", line="执法行为与作风", level=2, place="柳岸夜市", intent="投诉", event_revision=1,
    posts=(POST, Post("", "围了几十个人，有 3 人受伤。")), asks=("人伤得怎么样", "责任人怎么处理"), has_video=True, hours=2,
)  # fmt: skip
CAREFUL = (
    "先说人伤得怎么样：柳岸夜市的老人 4 月 13 日 19:05 由队员陪同送市医院，检查费我们垫付，现在医院观察。"
    "此前三次投诉没有办好，我们道歉：值守点撤得早。4 月 13 日 19:20 督察大队到场，封存了记录仪和监控录像，当场制止并停职两名当事队员，"
    "问了在场的人和周边商户。被毁损的秤列了清单，4 月 14 日 10:00 前照价赔。当时亮了证件、穿了制服。"
    "责任人怎么处理，由区纪委查，4 月 15 日 18:00 前在这里公布，附完整视频。同类摊点周边一并看过。有事请打 0571-86001234。"
)


SLIGHT = 4
"""From this weight down, attacks are those that any reply leaves open."""


def names(text: str, matter: Matter = MATTER) -> set[str]:
    return {attack.name for attack in rehearse(text, matter)}


def only(name: str, text: str, matter: Matter = MATTER) -> Attack:
    (found,) = [attack for attack in rehearse(text, matter) if attack.name == name]
    return found


def test_a_careful_text_gives_little_to_hold_on_to() -> None:
    assert [attack.name for attack in rehearse(CAREFUL, MATTER) if weight(attack.name) > SLIGHT] == []


def test_an_empty_one_is_attacked_by_both_readers() -> None:
    attacks = rehearse("我们看到了视频，正在核实。结果会及时公布。", MATTER)
    assert {attack.reader for attack in attacks} == set(Reader)
    weights = [weight(attack.name) for attack in attacks]
    assert weights == sorted(weights, reverse=True)


def test_the_first_thing_asked_for_is_the_person_hurt_in_the_posts_own_words() -> None:
    attack = rehearse("我们看到了视频，正在核实。", MATTER)[0]
    assert (attack.name, attack.span, attack.start) == ("injury", "", -1)
    assert "老人倒在地上流血" in attack.question


ATTACKED = {
    "softened": ("现场发生了肢体冲突。", "肢体冲突"),
    "apology_alone": ("对此我们深表歉意。", "对此我们深表歉意。"),
    "only_checking": ("目前正在核实。", "正在核实"),
    "verdict_alone": ("经核实情况属实。", "经核实情况属实"),
    "half_true": ("核查结论是部分属实。", "部分属实"),
    "nobody_named": ("相关责任人员正在反省。", "相关责任人员"),
    "no_time": ("我们将公布结果。", "将公布"),
    "handed_on": ("这件事归街道办负责。", "归街道办负责"),
}


@pytest.mark.parametrize("name", ATTACKED)
def test_a_weak_sentence_is_attacked_on_its_own_words(name: str) -> None:
    text, words = ATTACKED[name]
    quiet = replace(MATTER, posts=(Post("", "路灯坏了"),), asks=(), has_video=False, place=None, line="市政设施")
    attack = only(name, text, quiet)
    assert attack.span == words
    assert text[attack.start :].startswith(words)


def test_who_and_when_are_asked_of_a_deed_without_them() -> None:
    quiet = replace(MATTER, posts=(Post("", "路灯坏了"),), asks=(), place=None, line="市政设施")
    assert "nobody_did_it" in names("路灯已经完成修复。", quiet)
    assert "no_moment" in names("养护公司已经完成修复。", quiet)
    assert not {"nobody_did_it", "no_moment"} & names("养护公司 4 月 13 日已经完成修复。", quiet)


def test_a_denial_without_proof_is_held_against_what_the_posts_show() -> None:
    assert "老人倒在地上流血" in only("denied", "队员打人不属实。", MATTER).question
    assert "denied" not in names("调取录像、询问在场的人后确认：打人不属实。", MATTER)


def test_another_count_than_the_posts_is_asked_about() -> None:
    assert only("contradicts", "现场 1 人受伤，已送医院。", MATTER).span == "1 人受伤"
    assert "contradicts" not in names("现场 3 人受伤，已送医院。", MATTER)


def test_an_ask_that_is_only_put_off_is_asked_again() -> None:
    quiet = replace(MATTER, posts=(Post("", "夜里打桩"),), asks=("有没有夜间施工许可",), line="噪声油烟扬尘", place=None)
    assert only("yes_or_no", "有没有夜间施工许可，查清后答复。", quiet).span == "查清后"
    assert "yes_or_no" not in names("有没有夜间施工许可：没有，已责令停工。", quiet)
    assert only("ask_left_out", "我们去看了。", quiet).question == "我问的是“有没有夜间施工许可”，你们绕过去了"


def test_a_promise_of_the_last_publication_that_is_dropped_comes_first() -> None:
    promised = replace(MATTER, previous=("我们看到了。今晚 22:00 前公布完整视频。",))
    assert rehearse("我们还在查。", promised)[0].name == "broken_word"
    assert "broken_word" not in names("完整视频没能在 22:00 前公布，因为还在核对。", promised)


def test_earlier_cases_that_are_kept_silent_are_asked_about() -> None:
    known = replace(MATTER, history=History(count=4))
    assert "4 件" in only("history_hidden", "我们看到了，正在核实。", known).question
    assert "history_hidden" not in names("这里以前 4 次投诉都没有办好。", known)


def test_a_rule_needs_a_word_on_what_it_means_here() -> None:
    rule = "《云边市容条例》第三条规定：“不得损坏财物”。"
    assert "rule_alone" in names(rule + "特此说明。", replace(MATTER, posts=(), asks=()))
    assert "rule_alone" not in names(rule + "也就是说，秤不该摔。", replace(MATTER, posts=(), asks=()))


def test_a_sentence_whose_fact_is_open_is_left_in_peace() -> None:
    assert not {"only_checking", "no_time"} & names("正在核实【待核实：谁到场】。将公布【待核实：结果】。", MATTER)


def test_a_text_in_traditional_characters_is_attacked_on_its_own_words() -> None:
    text = to_traditional("现场发生了肢体冲突，队员打人不属实。")
    attacks = rehearse(text, MATTER)
    assert {"softened", "denied"} <= {attack.name for attack in attacks}
    assert all(text[attack.start : attack.start + len(attack.span)] == attack.span for attack in attacks if attack.span)


PIECES = st.lists(
    st.sampled_from([*(text for text, _ in ATTACKED.values()), *CAREFUL.split("。"), "【待核实：时间】", "\n", "“”"]), max_size=8
)


@given(PIECES.map("".join), st.sampled_from([0.0, 6.0, 72.0]))
def test_attacks_are_few_of_different_kinds_and_exact(text: str, hours: float) -> None:
    attacks = rehearse(text, replace(MATTER, hours=hours))
    assert len(attacks) <= MOST_ATTACKS
    for reader in Reader:
        own = [attack for attack in attacks if attack.reader is reader]
        assert len(own) <= MOST_BY_ONE
        assert len({attack.name for attack in own}) == len(own)
    assert all(attack.span == (text[attack.start : attack.start + len(attack.span)] if attack.start >= 0 else "") for attack in attacks)
    assert all(Attack.of_json(attack.to_json()) == attack and "{" not in attack.line for attack in attacks)
