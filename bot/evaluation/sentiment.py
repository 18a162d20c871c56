"""`wensheng eval sentiment`: how negative each text itself is."""

from pathlib import Path

from bot.evaluation.json_lines import read_rows, write_rows
from monitoring.negativity import load_negativity


def run_sentiment(posts: Path, out: Path) -> None:
    """Write the negativity (0..1) of every text of `posts` to `out`.

    Raises:
        ValueError: a line of `posts` is no JSON object.
    """
    model = load_negativity()
    rows = ((row["pid"], model.negativity(row.get("text") or "")) for row in read_rows(posts))
    write_rows(out, ({"pid": pid, "negativity": round(score, 4)} for pid, score in rows))
