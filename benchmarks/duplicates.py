"""Reposts found among posts that tell of other things: `python benchmarks/duplicates.py [REPOSTS]`, 10,000 where nothing is said.

The originals are the posts of the sample city and the judged cases of the tests; each is reposted in turn, cut, decorated, addressed,
in the other script or in another order (`tests.generated_city.repost`). A repost is found when its own original is named; of those that
are named for any post, the precision is the share whose original is the right one.
"""

import asyncio
import json
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from monitoring.duplicates import BANDS
from tests.generated_city import repost
from tests.monitoring.test_duplicates import RememberedTexts

ROOT = Path(__file__).parents[1]
FILES = [ROOT / "bot/sample_city/posts.jsonl", *sorted((ROOT / "tests/monitoring/cases").rglob("*.jsonl"))]
SHORTEST = 25
"""Characters; a shorter post cut in half is nobody's."""


async def main(reposts: int) -> None:
    """Print recall and precision."""
    texts = list(
        dict.fromkeys(json.loads(line).get("text", "") for path in FILES for line in path.read_text(encoding="utf-8").splitlines())
    )
    seen, originals = RememberedTexts(), []
    for text in texts:
        number = len(seen.all)
        if await seen.see(text) is None and len(text) >= SHORTEST:
            originals.append((number, text))
    random.Random(0).shuffle(originals)  # noqa: S311  # the same order each time
    found = named = 0
    for seed in range(reposts):
        number, text = originals[seed % len(originals)]
        original = await seen.see(repost(text, seed))
        named += original is not None
        found += original == number
    told = f"recall {found / reposts:.4f} ({found}), precision {found / max(1, named):.4f} ({named - found} wrong)"
    print(f"{reposts} reposts of {len(originals)} posts among {len(texts)}, {BANDS} bands: {told}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
