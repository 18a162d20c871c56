"""Old posts come in from a file in bulk: once, quietly, and on from where it was broken off."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import func, select

from bot.bootstrap import open_house
from bot.importing_posts import Tally, import_into
from casework.case import Case
from monitoring.item import Item
from storage import audit
from storage.clock import ManualClock
from tests.bot.department import START, settings
from tests.bot.test_command_line import SETTINGS, wensheng
from tests.generated_city import generate_city


def write(path: Path, copies: int, *, years_ago: float) -> int:
    """A file of posts, several times over under other keys. Returns how many."""
    posts = [each.post for each in generate_city(4, events=6, noise=6).posts]
    shift = START - timedelta(days=365 * years_ago) - posts[-1].posted_at
    lines = [
        json.dumps({"pid": f"{copy}-{post.key}", "text": post.text, "time": (post.posted_at + shift).isoformat()}, ensure_ascii=False)
        for copy in range(copies)
        for post in posts
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


async def test_broken_off_it_goes_on_where_it_stopped_and_ends_with_every_post_once(tmp_path: Path) -> None:
    file = tmp_path / "old.jsonl"
    number = write(file, 8, years_ago=2)
    async with open_house(settings(tmp_path, [], {}), clock=ManualClock(START), index=False) as house:
        first, second = Tally("old"), Tally("old")
        async for _ in (batches := import_into(house, file, first, ring_days=3)):
            await batches.aclose()
            break
        async for _ in import_into(house, file, second, ring_days=3):
            pass
        async with house.database.reading() as session:
            stored, cases = (await session.exec(select(func.count(Item.id)))).one(), (await session.exec(select(func.count(Case.id)))).one()
            assert (await audit.verify(session)).broken_at is None
    assert 0 < first.taken < number
    assert (first.taken + second.taken, second.known, stored) == (number, 0, number)
    assert (cases, first.rang + second.rang, first.old + second.old) == (0, 0, number)
    assert first.events + second.events > 0


def test_the_command_counts_what_it_did_and_says_what_stays_quiet(tmp_path: Path) -> None:
    (tmp_path / "wensheng.toml").write_text(SETTINGS, encoding="utf-8")
    number = write(tmp_path / "old.jsonl", 1, years_ago=1)
    first, again = (wensheng(tmp_path, "sources", "import", "old.jsonl", "--json") for _ in range(2))
    assert (first[0], again[0]) == (0, 0)
    assert "不预警" in first[1]
    done = [json.loads(line) for _, printed in (first, again) for line in printed.splitlines() if line.startswith("{")]
    assert [(each["taken"], each["rang"], each["finished"]) for each in done] == [(number, 0, True), (0, 0, True)]


@pytest.mark.parametrize(("name", "told"), [("old.pdf", "可以导入"), ("nowhere.csv", "nowhere.csv")])
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "wensheng.toml").write_text(SETTINGS, encoding="utf-8")
    code, printed = wensheng(tmp_path, "sources", "import", name)
    assert code == 1
    assert told in printed
    assert "Traceback" not in printed
