"""How fast posts are read, against snownlp's sentiment of the same texts in one run: `python benchmarks/analysis.py [POSTS.jsonl[.gz]]`.

POSTS are rows of {"title", "text"}; without them the sample city's serve. The ratios are what compares between machines.
"""

import sys
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

from bot.evaluation.json_lines import read_rows
from monitoring.analysis import analyse
from monitoring.negativity import load_negativity
from monitoring.watch import build_watch

SAMPLE = Path(__file__).parents[1] / "bot" / "sample_city" / "posts.jsonl"
MOST_POSTS = 1000
BASELINE_POSTS = 150


def main(posts: Path) -> None:
    """Time each method and print posts a second and the ratio to the baseline."""
    texts = [f"{row.get('title') or ''}\n{row.get('text') or ''}".strip() for row in read_rows(posts)][:MOST_POSTS]
    watch, model = build_watch(), load_negativity()
    baseline = rate(_snownlp(), texts[:BASELINE_POSTS])
    print(f"{len(texts)} posts of {sum(map(len, texts)) / len(texts):.0f} characters on average")
    print(f"snownlp sentiment   {baseline:8.0f} posts/s   1.0")
    for name, read in (("negativity", model.negativity), ("whole analysis", lambda text: analyse("", text, watch=watch))):
        speed = rate(read, texts)
        print(f"{name:<19} {speed:8.0f} posts/s   {speed / baseline:.1f}")


def rate(read: Callable[[str], object], texts: Iterable[str]) -> float:
    """Texts a second, after one text to warm up."""
    texts = list(texts)
    read(texts[0])
    start = time.perf_counter()
    for text in texts:
        read(text)
    return len(texts) / (time.perf_counter() - start)


def _snownlp() -> Callable[[str], object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from snownlp import SnowNLP
    return lambda text: SnowNLP(text).sentiments if text else 0.5


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
