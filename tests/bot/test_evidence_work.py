"""`wensheng evidence`: a post whose page has gone can still be shown and proven."""

import asyncio
from pathlib import Path

import httpx
import pytest
from sqlmodel import select, update

from adapters.sources.feed import FeedPosts
from bot.evidence_work import show_evidence
from bot.faults import StartError
from bot.house import House
from bot.watcher import Watcher
from casework.case import Case
from monitoring.snapshot import Snapshot
from storage.seal import load_or_create_seal
from tests.adapters.sources.site import READING, Site, answer
from tests.bot import department

PAGE = f"""<rss version="2.0"><channel><item><guid>1</guid><link>https://forum.example/t/1</link>
<description>{department.OUTRAGE[0]}</description></item></channel></rss>""".encode()


async def watched(folder: Path) -> Path:
    """A department that has read one page. Returns its settings file."""
    (folder / "wensheng.toml").write_text(
        f"data_dir = '{folder / 'data'}'\n[department]\nname = '东桥市城市管理局'\n[[staff]]\nname = '李雯'\nroles = ['duty']\n"
        "[[sources]]\nname = '东桥论坛'\nkind = 'feed'\naddress = 'https://forum.example/rss'\n",
        encoding="utf-8",
    )
    from bot.bootstrap import open_house
    from bot.settings import load_settings

    async with open_house(load_settings(folder / "wensheng.toml"), index=False) as house:
        await _watch(house)
    return folder / "wensheng.toml"


async def _watch(house: House) -> None:
    site = Site(lambda request: answer(PAGE) if "rss" in request.url.path else httpx.Response(404))
    source = FeedPosts("东桥论坛", "https://forum.example/rss", site.fetcher, READING)
    await Watcher(house.database, house.clock, house.desk, lambda _: source, asyncio.Event()).poll_due()


async def test_a_page_is_shown_proven_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = await watched(tmp_path)
    assert await show_evidence(settings, "a1", tmp_path / "out") == 0
    assert "https://forum.example/rss" in (said := capsys.readouterr().out)
    assert "一致" in said
    (written,) = (tmp_path / "out").iterdir()
    assert (written.read_bytes(), written.suffix, written.stat().st_mode & 0o077) == (PAGE, ".xml", 0)
    with pytest.raises(StartError, match="没有工单"):
        await show_evidence(settings, "Z9", None)


async def test_the_case_page_says_when_a_post_was_kept(tmp_path: Path) -> None:
    from bot.bootstrap import open_house
    from bot.settings import load_settings
    from casework.view import case_view

    async with open_house(load_settings(await watched(tmp_path)), index=False) as house, house.database.reading() as session:
        kept = (await session.exec(select(Snapshot))).one()
        shown = await case_view(session, "A1", house.clock.now())
    assert shown
    assert [item.kept_at for item in shown.items] == [kept.fetched_at]


async def test_a_page_that_was_tampered_with_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from bot.bootstrap import open_house
    from bot.settings import load_settings

    settings = await watched(tmp_path)
    seal = load_or_create_seal(tmp_path / "data" / "seal.key")
    async with open_house(load_settings(settings), index=False) as house, house.database.transaction() as session:
        assert (await session.exec(select(Case))).one().number == "A1"
        await (await session.connection()).execute(update(Snapshot).values(sealed=seal.close_bytes(b"another")))
    assert await show_evidence(settings, "A1", None) == 1
    assert "不一致" in capsys.readouterr().out
