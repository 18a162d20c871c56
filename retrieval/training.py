"""Making the weights that the embedded embedder ships with. Run: `python -m retrieval.training TEXTS.jsonl.gz…`."""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from retrieval.embedding import rarity_of

WEIGHTS = Path(__file__).parent / "weights" / "ngram_rarity.npz"


def train(paths: list[Path]) -> int:
    """Write how rare each bucket of n-grams is among the `text` fields of some JSON-lines files. Returns how many texts there were."""
    texts = [text for path in paths for text in _texts(path)]
    np.savez_compressed(WEIGHTS, rarity_in_sixteenths=rarity_of(texts))
    return len(texts)


def _texts(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield str(json.loads(line)["text"])


if __name__ == "__main__":
    train([Path(name) for name in sys.argv[1:]])
