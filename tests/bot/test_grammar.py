"""Typed commands are recognised in the ways people type them, and ordinary sentences are not."""

import pytest

from bot.commands.grammar import Command, Verb, parse


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("认领 A12", Command(Verb.CLAIM, "A12")),
        ("认领A12", Command(Verb.CLAIM, "A12")),
        ("/认领 ａ１２", Command(Verb.CLAIM, "A12")),
        ("签发 A12 2", Command(Verb.APPROVE, "A12", 2)),
        ("签发 A12 第2版", Command(Verb.APPROVE, "A12", 2)),
        ("送签 A12 ②", Command(Verb.SUBMIT, "A12", 2)),
        ("转办 A12 王磊", Command(Verb.ASSIGN, "A12", None, "王磊")),
        ("静默 A12 2小时", Command(Verb.MUTE, "A12", None, "2小时")),
        ("补充 A12 1 周队 19:20 到场 核实：现场电话，周队", Command(Verb.FILL, "A12", 1, "周队 19:20 到场 核实：现场电话，周队")),
        ("补充 A12 1 3 人受轻微擦伤 核实：医院回执，李雯", Command(Verb.FILL, "A12", 1, "3 人受轻微擦伤 核实：医院回执，李雯")),
        ("改稿 A12 1\n我们看到了。\n正在核实。", Command(Verb.EDIT, "A12", 1, "我们看到了。\n正在核实。")),
        ("已发 A12 https://example.org/1", Command(Verb.PUBLISHED, "A12", None, "https://example.org/1")),
        ("收录 北门夜市又堵了", Command(Verb.TAKE_IN, rest="北门夜市又堵了")),
        ("撤回 A12 3 摊主已经和解", Command(Verb.WITHDRAW, "A12", 3, "摊主已经和解")),
        ("对比 A12", Command(Verb.COMPARE, "A12")),
        ("卷宗 A12", Command(Verb.DOSSIER, "A12")),
        ("委托", Command(Verb.NAME_DEPUTY)),
        ("委托 李雯 3天", Command(Verb.NAME_DEPUTY, rest="李雯 3天")),
        ("确认委托 2", Command(Verb.CONFIRM_DEPUTY, rest="2")),
        ("撤销委托 2", Command(Verb.END_MANDATE, rest="2")),
        ("学到了什么", Command(Verb.LEARNED)),
        ("承诺", Command(Verb.PROMISES)),
        ("承诺 A12 2 明天18:00", Command(Verb.PROMISES, "A12", 2, "明天18:00")),
        ("兑现 A12 1 已公布 https://example.org/1", Command(Verb.KEEP, "A12", 1, "已公布 https://example.org/1")),
        ("跟踪 A12", Command(Verb.FOLLOW_UP, "A12")),
        ("更正 A12 22:00前 应为 23:00前", Command(Verb.CORRECT, "A12", None, "22:00前 应为 23:00前")),
        ("补充通报 A12 3 人已出院", Command(Verb.SUPPLEMENT, "A12", None, "3 人已出院")),
        ("办结 A12 3 户已清理", Command(Verb.CLOSE, "A12", None, "3 户已清理")),
        ("升级 A12 2 人受伤", Command(Verb.ESCALATE, "A12", None, "2 人受伤")),
        ("帮助", Command(Verb.HELP)),
    ],
)
def test_commands_are_read(text: str, command: Command) -> None:
    assert parse(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "认领一下这个",
        "帮助老人过马路",
        "升级系统什么时候",
        "状态不错",
        "今天多少条？",
        "",
        "待办事项真多",
        "委托别人去问问",
        "卷宗太厚了",
        "撤回那条消息",
        "学到了什么道理？",
        "A12 怎么样了",
    ],
)
def test_ordinary_sentences_are_no_commands(text: str) -> None:
    assert parse(text) is None
