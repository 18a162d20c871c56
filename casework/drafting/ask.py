"""诉求: the ways in which people ask, and what each way of asking wants to hear."""

from dataclasses import dataclass
from functools import cache

from casework.drafting.topic import with_tuples
from prompts import frames


@dataclass(frozen=True)
class AskKind:
    """One way of asking; `prompts/frames/asks.toml` explains the fields. `law`: a clause helps; `penal`: a penalty clause."""

    name: str
    words: tuple[str, ...]
    tail: str
    echo: str
    answer: tuple[str, ...]
    after: tuple[str, ...] = ()
    law: bool = False
    penal: bool = False


def kind_of(ask: str) -> AskKind:
    """The way an ask is asked; the first kind with a word in it, else the last, a request to act."""
    return next((kind for kind in _kinds() if any(word in ask for word in kind.words)), _kinds()[-1])


@cache
def _kinds() -> tuple[AskKind, ...]:
    return tuple(AskKind(**with_tuples(row)) for row in frames("asks")["kind"])
