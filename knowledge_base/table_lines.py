"""Tables as text: one line for each row, cells between `|`, so that a figure stays beside what it belongs to."""

from collections.abc import Iterable, Iterator


def table_lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a table, with a blank line before and after it; rows without words are left out."""
    yield ""
    for row in rows:
        cells = [" ".join(cell.split()) for cell in row]
        if any(cells):
            yield f"| {' | '.join(cells)} |"
    yield ""
