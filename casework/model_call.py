"""模型账目: every request to a language model as a row: what for, how long, how many tokens, what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from retrieval.model_use import ModelUse, UseOutcome
from storage.columns import TIME_TYPE, enum_type


class Purpose(StrEnum):
    """What a model was asked for."""

    DRAFT = "draft"
    REVISION = "revision"
    REHEARSAL = "rehearsal"
    ANSWER = "answer"
    LEVEL = "level"


@dataclass(frozen=True)
class Prices:
    """What a million tokens cost, in yuan; 0 where nothing is paid."""

    yuan_per_million_in: float = 0.0
    yuan_per_million_out: float = 0.0

    def microyuan(self, use: ModelUse) -> int | None:
        """What one request cost, in millionths of a yuan; None where the server did not count."""
        if use.tokens_in is None or use.tokens_out is None:
            return None
        return round(use.tokens_in * self.yuan_per_million_in + use.tokens_out * self.yuan_per_million_out)


class ModelCall(SQLModel, table=True):
    """One request. It holds no words: neither what was asked nor what was said. `case_number` is empty where it was about no case."""

    __tablename__ = "model_call"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=TIME_TYPE, index=True)
    model: str
    purpose: Purpose = Field(sa_type=enum_type(Purpose))
    case_number: str = ""
    outcome: UseOutcome = Field(sa_type=enum_type(UseOutcome))
    milliseconds: int
    tokens_in: int | None = None
    tokens_out: int | None = None
    microyuan: int | None = None


@dataclass(frozen=True)
class Spending:
    """What a model did over a while. `slow_seconds` is what nine of ten requests stayed below; tokens and yuan count what servers told."""

    requests: int
    answered: int
    middle_seconds: float
    slow_seconds: float
    tokens_in: int
    tokens_out: int
    yuan: float


def noted(use: ModelUse, purpose: Purpose, case_number: str, prices: Prices, now: datetime) -> ModelCall:
    """The row of one request."""
    return ModelCall(
        at=now, model=use.model, purpose=purpose, case_number=case_number, outcome=use.outcome, milliseconds=round(use.seconds * 1000),
        tokens_in=use.tokens_in, tokens_out=use.tokens_out, microyuan=prices.microyuan(use),
    )  # fmt: skip


async def spending_since(session: AsyncSession, since: datetime) -> Spending:
    """What was asked of models since then."""
    own = col(ModelCall.at) >= since
    times = sorted((await session.exec(select(ModelCall.milliseconds).where(own))).all())
    answered = select(func.count()).select_from(ModelCall).where(own, ModelCall.outcome == UseOutcome.ANSWERED)
    sums = select(func.sum(ModelCall.tokens_in), func.sum(ModelCall.tokens_out), func.sum(ModelCall.microyuan)).where(own)
    tokens_in, tokens_out, microyuan = (await session.exec(sums)).one()
    return Spending(
        len(times), (await session.exec(answered)).one(), _share(times, 0.5), _share(times, 0.9),
        int(tokens_in or 0), int(tokens_out or 0), int(microyuan or 0) / 1e6,
    )  # fmt: skip


def _share(milliseconds: Sequence[int], share: float) -> float:
    """The seconds that this share of requests stayed below."""
    return milliseconds[min(len(milliseconds) - 1, int(share * len(milliseconds)))] / 1000 if milliseconds else 0.0
