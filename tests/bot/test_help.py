"""帮助: every order it names is one, and no order of a duty room is missing from it."""

import re

from bot.commands.grammar import Verb, parse
from bot.commands.looking import help_card
from casework.message import Card
from casework.staff import Role, StaffMember
from prompts import words

NOT_TYPED = {Verb.MISSED, Verb.CLAUSE, Verb.HELP}
"""On a button, under a citation, or just typed."""


def _card(*roles: Role) -> Card:
    return help_card(StaffMember(name="林一", roles=list(roles)))


def _orders(card: Card) -> list[str]:
    typed = [row.text for row in card.rows if row.label not in ("服务器", "问我")]
    return [re.sub(r"（[^）]*）", "", order) for text in typed for order in text.split("、")]


def test_every_order_of_the_help_is_understood_and_none_is_missing() -> None:
    orders = _orders(_card(*Role))
    assert [order for order in orders if parse(order) is None] == []
    assert {command.verb for order in orders if (command := parse(order))} == set(Verb) - NOT_TYPED


def test_one_is_told_what_ones_own_roles_can_do() -> None:
    labels = [row.label for row in _card(Role.DUTY, Role.DRAFTER).rows]
    assert labels[:4] == ["接单", "调整", "发后", "拟稿"]
    assert "签发" not in labels
    assert labels[-3:] == list(words("commands.help_everybody"))


def test_no_group_is_longer_than_a_glance() -> None:
    assert max(len(row.text) for row in _card(*Role).rows) <= 80
