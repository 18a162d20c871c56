"""Cards for a platform whose servers are not in mainland China: without personal data (PIPL 第三十六条)."""

from typing import Any

from casework.message import Card
from language.masking import mask_personal_data

KEPT = ("token", "command", "page", "link", "kind")
"""Fields that no person reads."""


def masked(card: Card) -> Card:
    """The card with personal data masked in every text that a person reads."""
    return Card.from_json(_masked(card.to_json()))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask_personal_data(value).text
    if isinstance(value, list | tuple):
        return [_masked(part) for part in value]
    if isinstance(value, dict):
        return {key: part if key in KEPT else _masked(part) for key, part in value.items()}
    return value
