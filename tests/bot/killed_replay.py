"""A replay that is killed again and again, and what its stand-in chat saw of it.

As a program: `python tests/bot/killed_replay.py FEED FOLDER --kills 50 --seed 1` prints the figures as JSON.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST_RUN_SECONDS = 1_800


@dataclass(frozen=True)
class Outcome:
    """What came of a killed replay.

    Attributes:
        kills: how often it was killed while at work.
        alerts: announcements that the rows say were sent.
        lost: of these, how many the chat never saw.
        unsent: deliveries that are neither sent nor replaced by a newer one at the end.
        duplicates: messages that the chat saw more than once, counted beyond the first.
        renamed: duplicates that came under another case number.
    """

    kills: int
    alerts: int
    lost: int
    unsent: int
    duplicates: int
    renamed: int


def replay_command(feed: Path, folder: Path) -> Sequence[str]:
    """The command line of one replay that keeps everything in a folder."""
    return [sys.executable, "-m", "bot", "eval", "replay", "--feed", str(feed), "--out", str(folder / "alerts.jsonl")]


def run_with_kills(feed: Path, folder: Path, kills: int, seed: int, longest_life_seconds: float) -> Outcome:
    """Start the replay, kill it at random moments with SIGKILL, start it again; let the last run end.

    Args:
        longest_life_seconds: a run lives up to so long after its first card or post before it is killed.
    """
    chance, killed = random.Random(seed), 0
    while killed < kills:
        process = subprocess.Popen(replay_command(feed, folder), cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
        if not _alive_until_working(process, folder):
            break
        try:
            process.wait(chance.uniform(0, longest_life_seconds))
            break
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
    subprocess.run(replay_command(feed, folder), cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=LONGEST_RUN_SECONDS)
    return examine(folder, killed)


def _alive_until_working(process: "subprocess.Popen[bytes]", folder: Path) -> bool:
    """Wait until the run has moved something; False when it ended before."""
    before = _progress(folder)
    while _progress(folder) == before:
        if process.poll() is not None:
            return False
        time.sleep(0.02)
    return True


def _progress(folder: Path) -> tuple[int, int]:
    files = (folder / "alerts.sqlite3-wal", folder / "alerts.sent.jsonl")
    return tuple(file.stat().st_size if file.exists() else -1 for file in files)  # type: ignore[return-value]


def examine(folder: Path, kills: int) -> Outcome:
    """Compare the rows with what the chat saw."""
    seen = [json.loads(line) for line in (folder / "alerts.sent.jsonl").read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    sends = Counter(row["key"] for row in seen if row["what"] == "send")
    numbers: dict[str, set[str]] = {}
    for row in seen:
        if row["what"] == "send":
            numbers.setdefault(row["key"], set()).add(row["case"])
    with sqlite3.connect(folder / "alerts.sqlite3") as database:
        sent = [key for (key,) in database.execute("SELECT key FROM delivery WHERE state = 'sent' AND replaces IS NULL")]
        unsent = database.execute("SELECT count(*) FROM delivery WHERE state NOT IN ('sent', 'superseded')").fetchone()[0]
    return Outcome(
        kills=kills, alerts=sum(key.startswith("alert:") for key in sent), lost=sum(key not in sends for key in sent), unsent=unsent,
        duplicates=sum(count - 1 for count in sends.values()), renamed=sum(len(cases) > 1 for cases in numbers.values()),
    )  # fmt: skip


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("feed", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--life", type=float, default=8.0)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    outcome = run_with_kills(given.feed.resolve(), given.folder.resolve(), given.kills, given.seed, given.life)
    sys.stdout.write(json.dumps(asdict(outcome)) + "\n")


if __name__ == "__main__":
    main()
