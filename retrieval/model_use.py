"""What one request to a language model took."""

from dataclasses import dataclass
from enum import StrEnum


class UseOutcome(StrEnum):
    """What came of one request to a model."""

    ANSWERED = "answered"
    RUBBISH = "rubbish"
    FAILED = "failed"
    TOO_SLOW = "too_slow"


@dataclass(frozen=True)
class ModelUse:
    """One request to a model: how long it took, and the tokens that the server says it counted (None: it does not say)."""

    model: str
    outcome: UseOutcome
    seconds: float
    tokens_in: int | None = None
    tokens_out: int | None = None
