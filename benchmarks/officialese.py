"""官腔: how much of a reply is stock phrases that say nothing. Ours beside the departments' own, over replies that are handed in.

python -m benchmarks.officialese CASES DRAFTS

CASES: past replies, JSON lines with "reply". DRAFTS: what `wensheng eval drafts` wrote.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from bot.evaluation.json_lines import read_rows

STOCK = (
    r"高度重视", r"积极(?:协调|配合|推进|开展)", r"依法依规",
    r"(?:非常|衷心|诚挚地?)?感谢您?(?:对|的).{0,16}?(?:关心|支持|理解|监督|信任|关注)", r"耐心等待", r"敬请(?:谅解|理解|关注)",
    r"(?:给予|予以)?(?:理解和支持|理解与支持|谅解)", r"进一步(?:加强|加大|规范|完善|提高|做好|优化)", r"切实(?:加强|做好|维护|解决|保障)",
    r"尽快(?:处理|解决|落实|办理|答复|核实|完善|推进|实施)?", r"及时(?:处理|解决|跟进|处置|整改)",
    r"加大(?:巡查|监管|执法|管理|整治|查处|宣传)?力度", r"加强(?:监管|管理|巡查|宣传|引导|沟通|协调|监督)",
    r"(?:有关|相关)(?:部门|单位|人员|规定|要求|政策|工作)", r"责成", r"举一反三", r"狠抓落实", r"第一时间", r"严肃处理", r"严格按照",
    r"特此(?:回复|说明|答复)", r"现(?:将|就).{0,20}(?:回复|答复)如下", r"来信(?:已)?收悉", r"统筹(?:考虑|推进|安排)", r"下一步",
    r"不断(?:提升|提高|完善|优化)", r"营造.{0,10}(?:环境|氛围)", r"为(?:广大)?(?:市民|群众|居民).{0,8}(?:良好|优质)", r"常态化",
    r"扎实(?:推进|开展|做好)", r"(?:祝您|祝)(?:生活|工作|身体).{0,8}",
)  # fmt: skip
"""Phrases that commit nobody to anything; a reply loses no fact where one is struck out. Ours are measured by the same list."""

_STOCK = re.compile("|".join(STOCK))
_BARE = re.compile(r"\s|【待核实：[^】]*】|“[^”]*”")
"""What is no wording of the writer: white space, open facts, quotations."""


def share(text: str) -> float:
    """The share of a reply's characters that are stock phrases; open facts and quotations count on neither side."""
    bare = _BARE.sub("", text)
    return sum(len(found[0]) for found in _STOCK.finditer(bare)) / max(1, len(bare))


def stock_phrases(text: str) -> tuple[str, ...]:
    """The stock phrases of a reply."""
    return tuple(found[0] for found in _STOCK.finditer(_BARE.sub("", text)))


def main(cases: str, drafts: str) -> None:
    """Print how much of either is stock phrases."""
    _print("past replies", [row["reply"] for row in read_rows(Path(cases))])
    _print("drafts", [candidate["text"] for row in read_rows(Path(drafts)) for candidate in row["candidates"]])


def _print(name: str, texts: Sequence[str]) -> None:
    shares = [share(text) for text in texts]
    counts = [len(stock_phrases(text)) for text in texts]
    with_any = mean(count > 0 for count in counts)
    print(f"{name}: {len(texts)} texts, {mean(shares):.2%} of the characters, {mean(counts):.2f} phrases each, {with_any:.0%} with any")


if __name__ == "__main__":
    main(*sys.argv[1:])
