"""Cards for a platform whose servers are not in mainland China: without personal data (PIPL 第三十六条)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from casework.difference import Run, difference, texts
from casework.message import Card
from language.masking import mask_personal_data

KEPT = ("token", "command", "page", "link", "kind")
"""Fields that no person reads."""


def masked(card: Card) -> Card:
    """The card with personal data masked in every text that a person reads."""
    shown = Card.from_json(_masked(card.to_json()))
    rows = tuple(replace(row, changes=_masked_runs(whole.changes)) for row, whole in zip(shown.rows, card.rows, strict=True))
    return replace(shown, rows=rows, changes=_masked_runs(card.changes))


def _masked_runs(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Both texts are masked as wholes: a number may lie across several runs."""
    old, new = texts(runs)
    return difference(mask_personal_data(old).text, mask_personal_data(new).text)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask_personal_data(value).text
    if isinstance(value, list | tuple):
        return [_masked(part) for part in value]
    if isinstance(value, dict):
        return {key: part if key in KEPT else _masked(part) for key, part in value.items()}
    return value
