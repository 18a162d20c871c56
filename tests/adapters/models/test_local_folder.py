"""An embedder in a local folder of sentence-transformers, over stand-ins for the two libraries that honour what we call of them."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from adapters.models.embedders import EmbedderAddress, sentence_transformers
from knowledge_base.document import ParsedDocument
from knowledge_base.importing import import_document
from knowledge_base.region import NATIONAL
from retrieval.errors import ModelUnavailable
from retrieval.library import DenseState, Library
from storage.clock import ManualClock
from storage.engine import Database

STAND_INS = Path(__file__).parent / "stand_ins"
STOOD_IN = ("sentence_transformers", "langchain_huggingface")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A model in a folder. Where the real langchain-huggingface is installed it is used, over the stand-in for what loads models."""
    for name in STOOD_IN:
        monkeypatch.delitem(sys.modules, name, raising=False)
    stand_ins = tmp_path / "stand-ins"
    stand_ins.mkdir()
    for name in STOOD_IN:
        if name == STOOD_IN[0] or importlib.util.find_spec(name) is None:
            (stand_ins / name).symlink_to(STAND_INS / name)
    monkeypatch.syspath_prepend(str(stand_ins))
    model = tmp_path / "model"
    model.mkdir()
    (model / "modules.json").write_text("[]", encoding="utf-8")
    (model / "letters.json").write_text(json.dumps(["a", "b", "c"]), encoding="utf-8")
    yield model
    for name in STOOD_IN:
        sys.modules.pop(name, None)


def test_vectors_come_back_in_order_and_of_unit_length(folder: Path) -> None:
    embedder = sentence_transformers(EmbedderAddress(str(folder), 3))
    vectors = embedder.embed(["aab", "c\nc", ""])
    assert np.allclose(vectors, np.array([[2 / 5**0.5, 1 / 5**0.5, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]))
    assert np.allclose(embedder.embed_question("aab"), vectors[0])
    assert embedder.embed([]).shape == (0, 3)


@pytest.mark.parametrize(("name", "dimensions"), [("model", 4), ("elsewhere", 3)])
def test_another_size_or_a_missing_folder_is_unavailable_and_nothing_is_fetched(folder: Path, name: str, dimensions: int) -> None:
    with pytest.raises(ModelUnavailable):
        sentence_transformers(EmbedderAddress(str(folder.parent / name), dimensions)).embed(["a"])


async def test_the_library_searches_by_it(folder: Path, database: Database, clock: ManualClock, tmp_path: Path) -> None:
    document = ParsedDocument("夜市办法", "第一条 aaa 摊位。\n第二条 bbb 收摊。\n第三条 ccc 附则。")
    async with database.transaction() as session:
        await import_document(session, document, actor="周明", now=clock.now(), approve=True)
    async with Library.open(tmp_path / "index", sentence_transformers(EmbedderAddress(str(folder), 3))) as library:
        async with database.reading() as session:
            await library.refresh(session)
        await library.wait_until_level()
        assert library.status.dense is DenseState.READY
        found = library.search_clauses("b", region=NATIONAL, on=clock.now().date(), limit=3)
    assert found[0].article == "第二条"
