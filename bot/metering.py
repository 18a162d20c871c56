"""Notes what models are asked and what it costs, each request as a row of its own, whatever becomes of the work around it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from adapters.models.langchain_model import Record
from casework.model_call import ModelCall, Prices, Purpose, noted
from prompts import say
from retrieval.model_use import ModelUse
from storage.clock import Clock
from storage.engine import Database

_about: ContextVar[tuple[str, list[ModelCall]]] = ContextVar("about")


class Meter:
    """Writes the rows of `casework.model_call`.

    Args:
        prices: what the model's tokens cost.
    """

    def __init__(self, database: Database, clock: Clock, prices: Prices) -> None:
        self._database, self._clock, self._prices = database, clock, prices

    def recorder(self, purpose: Purpose) -> Record:
        """What a model that is asked for this purpose is to report to."""
        return partial(self._note, purpose)

    async def _note(self, purpose: Purpose, use: ModelUse) -> None:
        case_number, calls = _about.get(("", []))
        call = noted(use, purpose, case_number, self._prices, self._clock.now())
        calls.append(call)
        async with self._database.transaction() as session:
            session.add(call)


@contextmanager
def asking_about(case_number: str) -> Iterator[Sequence[ModelCall]]:
    """Requests within are about this case; they are collected for the one who asks."""
    calls: list[ModelCall] = []
    token = _about.set((case_number, calls))
    try:
        yield calls
    finally:
        _about.reset(token)


def bill(calls: Sequence[ModelCall]) -> str:
    """“用时 12 秒，3,122 词元，约 0.02 元”; empty where nothing was asked, and without what no server told."""
    if not calls:
        return ""
    seconds = round(sum(call.milliseconds for call in calls) / 1000)
    tokens = sum((call.tokens_in or 0) + (call.tokens_out or 0) for call in calls)
    yuan = sum(call.microyuan or 0 for call in calls) / 1e6
    parts = [say("drafting.bill_seconds", seconds=seconds)]
    parts += [say("drafting.bill_tokens", tokens=tokens)] if tokens else []
    parts += [say("drafting.bill_yuan", yuan=yuan)] if yuan else []
    return say("drafting.bill_comma").join(parts)
