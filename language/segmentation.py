"""Cutting text into words and character n-grams."""

from collections.abc import Iterator


def words(text: str) -> list[str]:
    """The words of `text` in order, white space left out (rjieba, precise mode)."""
    import rjieba

    return [word for word in rjieba.cut(text) if not word.isspace()]


def tagged_words(text: str, *, guess: bool = False) -> list[tuple[str, str]]:
    """The words of `text` with their parts of speech (n, v, nr …), white space kept.

    Args:
        text: any text.
        guess: whether words that no dictionary holds are guessed, as names of persons are (nr); else they fall apart.
    """
    import rjieba

    return list(rjieba.tag(text, guess))


def character_ngrams(text: str, sizes: tuple[int, ...] = (2, 3)) -> Iterator[str]:
    """Every run of `size` characters, for each size in turn; a shorter text gives none."""
    for size in sizes:
        for start in range(len(text) - size + 1):
            yield text[start : start + size]
