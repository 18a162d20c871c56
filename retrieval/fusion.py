"""Making one ranking of several."""

from collections.abc import Mapping, Sequence


def fuse(rankings: Sequence[tuple[Mapping[int, float], float]]) -> dict[int, float]:
    """One ranking, best first: each ranking's scores as shares of its best one, times its weight, added up.

    Shares keep how far apart hits are, which ranks alone forget; a row missing from a ranking gets nothing from it.

    Args:
        rankings: rows with scores, each with the weight of that ranking.
    """
    total: dict[int, float] = {}
    for scores, weight in rankings:
        best = max(scores.values(), default=0.0)
        for row, score in scores.items():
            total[row] = total.get(row, 0.0) + (weight * score / best if best > 0 else 0.0)
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))
