"""What a platform abroad is shown of a card."""

from bot.abroad import masked
from casework.difference import Change, Run, difference, texts
from casework.message import Card, CardKind, Row

OLD, NEW = "请打 13800138000 找我们。", "请打 13900139000 找我们。"


def test_a_number_that_lies_across_several_runs_is_masked() -> None:
    runs = (Run(Change.KEPT, "请打 138"), Run(Change.STRUCK, "0013"), Run(Change.ADDED, "0014"), Run(Change.KEPT, "8000。"))
    shown = masked(Card(CardKind.NOTICE, "改动", changes=runs, rows=(Row("改动", "1 处", changes=difference(OLD, NEW)),)))
    for text in (*texts(shown.changes), *texts(shown.rows[0].changes)):
        assert "*" * 11 in text
        assert not any(digit in text for digit in "1389")


def test_a_card_read_back_is_the_card() -> None:
    card = Card(CardKind.NOTICE, "改动", changes=difference(OLD, NEW), rows=(Row("改动", "1 处", changes=difference(OLD, NEW)),))
    assert Card.from_json(card.to_json()) == card
