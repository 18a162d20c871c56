"""What every `PostSource` keeps to: reading goes on at the cursor, loses nothing, repeats nothing, and starts nowhere else."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitoring.post import Batch, PostSource, RawPost
from storage.clock import CHINA

NOW = datetime(2026, 3, 6, 18, 42, tzinfo=CHINA)
TEXTS = tuple(f"第{number}条：北门路口的井盖又不见了，请尽快来装。" for number in range(7))


async def read_all(source: PostSource, cursor: dict[str, Any] | None = None, now: datetime = NOW) -> list[Batch]:
    return [batch async for batch in source.read(cursor or {}, now)]


def texts(batches: list[Batch]) -> list[str]:
    return [post.text for batch in batches for post in batch.posts]


def posts_of(batches: list[Batch]) -> list[RawPost]:
    """The posts without the page they were read on, which is another each time."""
    return [replace(post, evidence=None) for batch in batches for post in batch.posts]


class PostSourceContract(ABC):
    """Subclass it for each source."""

    @abstractmethod
    def make(self, folder: Path, records: tuple[str, ...], *, broken: bool = False) -> PostSource:
        """A source that holds these texts, and, where wanted, one record that cannot be read in the middle."""

    async def test_it_brings_every_post_once_with_a_key_and_a_zoned_time(self, tmp_path: Path) -> None:
        batches = await read_all(self.make(tmp_path, TEXTS))
        assert texts(batches) == list(TEXTS)
        posts = [post for batch in batches for post in batch.posts]
        assert len({post.key for post in posts}) == len(TEXTS)
        assert all(post.posted_at.tzinfo for post in posts)

    async def test_the_same_cursor_gives_the_same_posts(self, tmp_path: Path) -> None:
        source = self.make(tmp_path, TEXTS)
        assert posts_of(await read_all(source)) == posts_of(await read_all(source))

    async def test_after_its_last_cursor_nothing_is_repeated(self, tmp_path: Path) -> None:
        source = self.make(tmp_path, TEXTS)
        assert texts(await read_all(source, (await read_all(source))[-1].cursor)) == []

    async def test_from_any_cursor_reading_goes_on_without_a_gap(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in ("seen.POSTS_PER_BATCH", "pages.POSTS_PER_BATCH", "json_lines.POSTS_PER_BATCH", "table.ROWS_PER_BATCH"):
            monkeypatch.setattr(f"adapters.sources.{module}", 2)
        source = self.make(tmp_path, TEXTS)
        batches = await read_all(source)
        assert len(batches) > 2
        for number, batch in enumerate(batches):
            assert texts(batches[: number + 1]) + texts(await read_all(source, batch.cursor)) == list(TEXTS)

    async def test_a_bad_record_is_named_and_stops_nothing(self, tmp_path: Path) -> None:
        batches = await read_all(self.make(tmp_path, TEXTS, broken=True))
        assert texts(batches) == list(TEXTS)
        assert len([error for batch in batches for error in batch.errors]) == 1
