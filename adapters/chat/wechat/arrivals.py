"""What a person typed in WeChat, without what WeChat adds to it."""

import re

AFTER_MENTION = "\u2005"
"""WeChat puts this space after a mention that was picked from the list of members."""

_PICKED_MENTION = re.compile(rf"^\s*@[^{AFTER_MENTION}\n]{{1,40}}{AFTER_MENTION}")
_QUOTE = re.compile(r"^「.*?」\s*\n(?:-\s){3,}-?\s*\n", re.DOTALL)


def typed(text: str, bot_name: str, *, mentioned: bool) -> tuple[str, bool]:
    """What was typed, without a quoted message and without the mention of the bot.

    Args:
        mentioned: whether WeChat says that the bot was mentioned. Not all gateways tell; the bot's name with an @ says it as well.

    Returns:
        The text, and whether the bot was addressed by name.
    """
    text = _QUOTE.sub("", text)
    by_name = re.compile(rf"@{re.escape(bot_name)}(?:{AFTER_MENTION}|\s|$)")
    mentioned = mentioned or bool(by_name.search(text))
    text = by_name.sub(" ", text)
    if mentioned:
        text = _PICKED_MENTION.sub("", text)
    return text.strip(), mentioned
