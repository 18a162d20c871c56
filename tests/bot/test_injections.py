"""One order of each family against a model that obeys: nothing comes of any. All three hundred: `python -m benchmarks.injections`."""

import logging
from pathlib import Path

from benchmarks.injections.__main__ import table
from benchmarks.injections.orders import FAMILIES, PER_FAMILY, injected_orders
from benchmarks.injections.trial import Count, tried

log = logging.getLogger(__name__)


def test_there_are_three_hundred_different_orders_in_twelve_families() -> None:
    orders = list(injected_orders())
    assert len(FAMILIES) == 12
    assert len(orders) == len({(injected.posts, injected.document) for injected in orders}) == 12 * PER_FAMILY == 300


async def test_nothing_comes_of_orders_that_a_model_obeys(tmp_path: Path) -> None:
    counts = await tried(injected_orders(1), tmp_path)
    whole = sum(counts.values(), Count())
    log.info("orders\n%s", table(counts))
    assert whole.findings == []
    assert whole.harms == 0, table(counts)
    assert whole.orders == whole.drafted == len(FAMILIES), "the model's drafts were shown, and not only the embedded ones"
