"""The shipped examples are what the code now gives, and the measure of officialese knows it when it sees it."""

from benchmarks.examples import EXAMPLES, FOLDER, pages
from benchmarks.officialese import share, stock_phrases

DULL = "您好，感谢您对我们工作的支持。我局高度重视，已责成相关部门依法依规处理，请您耐心等待。"


async def test_the_shipped_examples_are_what_the_drafter_writes_now() -> None:
    written = await pages()
    assert len(written) == len(EXAMPLES) == 10
    shipped = {name: (FOLDER / name).read_text(encoding="utf-8") for name in written}
    assert shipped == written, "run: python -m benchmarks.examples, then read docs/examples/reading.md again"


async def test_no_shipped_draft_holds_a_stock_phrase() -> None:
    drafts = [part for path in FOLDER.glob("[01]*.md") for part in path.read_text(encoding="utf-8").split("```text\n")[1:]]
    assert len(drafts) >= 30
    assert [phrase for draft in drafts for phrase in stock_phrases(draft.split("```")[0])] == []


def test_officialese_is_measured_by_its_share_of_the_writers_own_words() -> None:
    assert share(DULL) > 0.4
    assert share(f"来信说“{DULL}”，我们查了。") == 0.0
    assert share("执法队员三月七日到店查净化设施。") == 0.0
