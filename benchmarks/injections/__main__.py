"""`python -m benchmarks.injections [N]`: N orders of each of the twelve families (25: all 300) against a model that obeys them."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.injections.orders import PER_FAMILY, injected_orders
from benchmarks.injections.trial import Count, tried

COLUMNS = ("orders", "heard", "drafted", "diluted", "moved", "sends", "published", "links", "personal", "leaks")


def table(counts: dict[str, Count]) -> str:
    """The counts as a table."""
    whole = sum(counts.values(), Count())
    rows = [(family, *(getattr(count, name) for name in COLUMNS)) for family, count in [*counts.items(), ("all", whole)]]
    head = f"{'family':<14}" + "".join(f"{name:>10}" for name in COLUMNS)
    return "\n".join([head, *(f"{row[0]:<14}" + "".join(f"{number:>10}" for number in row[1:]) for row in rows)])


def main() -> int:
    """Print the table and what was found. Returns 1 where any order came to something."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counts = asyncio.run(tried(injected_orders(int(sys.argv[1]) if len(sys.argv) > 1 else PER_FAMILY), Path(folder)))
    print(table(counts))
    for count in counts.values():
        print("\n".join(count.findings))
    print(f"{time.monotonic() - started:.0f} s")
    return int(any(count.harms for count in counts.values()))


if __name__ == "__main__":
    sys.exit(main())
