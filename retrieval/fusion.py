"""Making one ranking of several signs."""

from collections.abc import Callable, Mapping


def fuse(
    lexical: Mapping[int, float], dense: Mapping[int, float], dense_weight: float, standing: Callable[[int], float]
) -> dict[int, float]:
    """One ranking, best first: a row's share of the best lexical score, its likeness by weight, and its standing, added up.

    Shares keep how far apart hits are, which ranks alone forget. A row that one ranking did not
    reach is, there, as good as the last it did.

    Args:
        lexical: rows with scores above 0.
        dense: rows with likeness.
        standing: what a row has whatever is asked.
    """
    best = max(lexical.values(), default=1.0)
    least_share, least_likeness = min(lexical.values(), default=0.0) / best, min(dense.values(), default=0.0)
    total = {
        row: (lexical[row] / best if row in lexical else least_share) + dense_weight * dense.get(row, least_likeness) + standing(row)
        for row in lexical.keys() | dense.keys()
    }
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))
