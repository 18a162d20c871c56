"""Feeds parsed each second, in this process and in the limited child; what a hostile document costs. Run it on a quiet machine."""

import time
from collections.abc import Callable

from adapters.sources.feed_reading import read_feed
from adapters.sources.reading_process import ReadingProcess
from monitoring.errors import SourceError

NOW, URL = "2026-03-06T18:42:00+08:00", "https://forum.example/rss"
REPETITIONS = 5
ITEM = (
    "<item><guid>g{0}</guid><title>题目{0}</title><link>https://forum.example/{0}</link><pubDate>Fri, 06 Mar 2026 02:00:00 GMT</pubDate>"
    "<description>&lt;p&gt;{1}&lt;/p&gt;</description></item>"
)


def feed(entries: int, characters: int = 300) -> bytes:
    """A feed with so many entries."""
    body = ("北门路口的井盖又不见了，老人差点摔倒，请尽快来装。" * (characters // 25 + 1))[:characters]
    return f'<rss version="2.0"><channel>{"".join(ITEM.format(n, body) for n in range(entries))}</channel></rss>'.encode()


def rate(work: Callable[[], object], times: int) -> float:
    """How often a second, the best of some rounds: others slow a machine down, nobody speeds it up."""
    best = float("inf")
    for _ in range(REPETITIONS):
        began = time.perf_counter()
        for _ in range(times):
            work()
        best = min(best, (time.perf_counter() - began) / times)
    return 1 / best


def main() -> None:
    """Print the figures."""
    with ReadingProcess() as reading:
        began = time.perf_counter()
        reading.read_now("feed", feed(1), what="x", content_type="", url=URL, now=NOW)
        print(f"start of the child: {time.perf_counter() - began:.2f} s")
        for entries in (1, 20, 50, 500):
            body, times = feed(entries), max(2, 100 // entries)
            here = rate(lambda body=body: read_feed(body, content_type="", url=URL, now=NOW), times)  # type: ignore[misc]
            there = rate(lambda body=body: reading.read_now("feed", body, what="x", content_type="", url=URL, now=NOW), times)  # type: ignore[misc]
            print(f"{entries:4} entries: {here:7.1f} feeds/s here, {there:7.1f} in the child ({1_000 / there - 1_000 / here:+.2f} ms each)")
        began = time.perf_counter()
        try:
            reading.read_now("feed", b"<rss><channel>" + b"<x>" * 50_000, what="x", content_type="", url=URL, now=NOW)
        except SourceError as error:
            print(f"50,000 deep: {time.perf_counter() - began:.2f} s, {error}")


if __name__ == "__main__":
    main()
