"""What models did and cost, as rows and in sum."""

from datetime import timedelta

import pytest

from casework.model_call import Prices, Purpose, Spending, noted, spending_since
from retrieval.model_use import ModelUse, UseOutcome
from storage.clock import ManualClock
from storage.engine import Database

PRICES = Prices(yuan_per_million_in=2, yuan_per_million_out=8)


def test_a_request_costs_what_its_tokens_cost_and_nobody_guesses() -> None:
    assert PRICES.microyuan(ModelUse("m", UseOutcome.ANSWERED, 1.0, 2_000, 1_000)) == 12_000
    assert PRICES.microyuan(ModelUse("m", UseOutcome.FAILED, 1.0)) is None


@pytest.mark.both_databases
async def test_spending_sums_what_was_asked_since(database: Database, clock: ManualClock) -> None:
    now = clock.now()
    async with database.transaction() as session:
        for number in range(10):
            outcome = UseOutcome.ANSWERED if number < 8 else UseOutcome.TOO_SLOW
            tokens = (100, 10) if number < 8 else (None, None)
            use = ModelUse("m", outcome, float(number + 1), *tokens)
            session.add(noted(use, Purpose.DRAFT, "A1", PRICES, now))
        session.add(noted(ModelUse("m", UseOutcome.ANSWERED, 99.0, 9, 9), Purpose.LEVEL, "", PRICES, now - timedelta(days=9)))
    async with database.reading() as session:
        found = await spending_since(session, now - timedelta(days=7))
    assert found == Spending(10, 8, 6.0, 10.0, 800, 80, pytest.approx(0.00224))  # type: ignore[arg-type]


async def test_nothing_asked_is_nothing_spent(database: Database, clock: ManualClock) -> None:
    async with database.reading() as session:
        assert await spending_since(session, clock.now()) == Spending(0, 0, 0.0, 0.0, 0, 0, 0.0)
