"""A card as WeChat shows it: plain text, with the commands that stand for its buttons."""

from collections.abc import Iterator

from casework.difference import plain
from casework.message import Card
from prompts import say

MAX_CHARACTERS = 1500
"""Longest message. WeChat publishes no limit; beyond this a phone folds the text away."""


def render(card: Card) -> list[str]:
    """The card as the messages that make it up, in order. A text to copy is a message of its own, so that one long press copies it."""
    lines = [card.head, card.title, *(f"{row.label}  {row.text}" for row in card.rows), plain(card.changes), card.body, _hint(card)]
    if card.mentions:
        lines.append(say("wechat.calls", names="、".join(card.mentions)))
    return [part for text in ("\n".join(line for line in lines if line), card.copy_text) for part in _split(text)]


def _hint(card: Card) -> str:
    commands = [button.command for line in card.buttons for button in line if button.command]
    if not commands:
        return card.hint
    return say("wechat.commands", commands="".join(say("wechat.command", command=command) for command in commands))


def _split(text: str) -> Iterator[str]:
    """Pieces of at most MAX_CHARACTERS, cut at the end of a line where there is one in the second half."""
    while len(text) > MAX_CHARACTERS:
        end = text.rfind("\n", MAX_CHARACTERS // 2, MAX_CHARACTERS)
        end = MAX_CHARACTERS if end < 0 else end
        yield text[:end]
        text = text[end:].removeprefix("\n")
    if text:
        yield text
