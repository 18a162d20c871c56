"""What one department's labels have taught: a small correction on top of the shipped judgement of relevance, kept in versions."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from monitoring.errors import PolicyError
from monitoring.jurisdiction import BUCKETS, folded, strongest_words
from monitoring.reading import Reading
from prompts import say

FOLDER = "learned"
"""Of the versions, within the department's data folder."""
_UNDONE = ".undone"


@dataclass(frozen=True)
class OwnWeights:
    """One version: its logit is added to the shipped one.

    Attributes:
        weights: one for each bucket of the jurisdiction model.
        learned_at: when, timezone-aware.
        labels: from how many labels.
        number: of the version, counting from 1.
    """

    weights: NDArray[np.float32] = field(repr=False)
    learned_at: datetime
    labels: int
    number: int = 1

    def lean(self, ngrams: NDArray[np.uint32]) -> float:
        """By how much a post with these n-grams is more (or less) the department's business than the shipped model says."""
        return float(self.weights[folded(ngrams)].sum() / max(len(ngrams), 1) ** 0.5)

    def telling_words(self, reading: Reading, *, ours: bool) -> tuple[str, ...]:
        """The post's words that speak most for (or against) it being ours."""
        return strongest_words(reading, self.weights if ours else -self.weights)


def in_force(folder: Path) -> OwnWeights | None:
    """The newest version; None where the department has learned nothing, or has undone all of it.

    Raises:
        PolicyError: its file cannot be used.
    """
    versions = _versions(folder)
    return _load(versions[-1]) if versions else None


def store(weights: OwnWeights, folder: Path) -> Path:
    """Write a version beside the earlier ones, whole or not at all. Returns its file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{weights.number:04}.npz"
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.savez_compressed(
            file, weights=weights.weights, learned_at=np.array(weights.learned_at.isoformat()), labels=np.int64(weights.labels)
        )
    return unfinished.replace(path)


def next_number(folder: Path) -> int:
    """The number of the version to come; numbers of undone ones are not used again."""
    return max((int(path.name[:4]) for path in folder.glob("[0-9][0-9][0-9][0-9].*")), default=0) + 1


def undo(folder: Path) -> OwnWeights | None:
    """Put the newest version aside, so that the one before it is in force.

    Returns:
        The version put aside; None where there is none.
    """
    newest = in_force(folder)
    if newest is not None:
        path = _versions(folder)[-1]
        path.rename(path.with_suffix(_UNDONE))
    return newest


def _versions(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9][0-9][0-9][0-9].npz"))


def _load(path: Path) -> OwnWeights:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            weights = stored["weights"].astype(np.float32)
            learned_at, labels = datetime.fromisoformat(str(stored["learned_at"])), int(stored["labels"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise PolicyError(say("monitoring.weights_unreadable", file=path.name, folder=path.parent)) from error
    if weights.shape != (BUCKETS,) or not np.isfinite(weights).all() or learned_at.tzinfo is None:
        raise PolicyError(say("monitoring.weights_unreadable", file=path.name, folder=path.parent))
    return OwnWeights(weights, learned_at, labels, int(path.stem))
