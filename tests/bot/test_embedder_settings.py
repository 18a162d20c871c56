"""The embedder that the settings name."""

from pathlib import Path

import pytest

from bot.bootstrap import open_house
from bot.settings import SettingsError, load_settings

DEPARTMENT = '[department]\nname = "云川市城市管理局"\nprovince = "江屿"\ncity = "云川"\n'


def _written(folder: Path, embedder: str) -> Path:
    path = folder / "wensheng.toml"
    path.write_text(f"{DEPARTMENT}\n{embedder}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("embedder", "identity"),
    [
        ("", "trained-ngrams/256/"),
        ('[embedder]\nkind = "ollama"\nmodel = "bge-m3"\ndimensions = 1024\nbase_url = "http://127.0.0.1:9"\n', "ollama/bge-m3/1024"),
        ('[embedder]\nkind = "openai"\nmodel = "e"\ndimensions = 8\nbase_url = "http://127.0.0.1:9/v1"\n', "openai/e/8"),
        ('[embedder]\nkind = "sentence_transformers"\nmodel = "/srv/bge"\ndimensions = 512\n', "sentence_transformers//srv/bge/512"),
    ],
)
async def test_the_house_opens_with_it_whether_its_server_answers_or_not(tmp_path: Path, embedder: str, identity: str) -> None:
    async with open_house(load_settings(_written(tmp_path, embedder))) as house:
        assert house.library.embedder.identity.startswith(identity)


@pytest.mark.parametrize("left_out", ["model", "dimensions"])
def test_a_half_named_one_is_refused_in_one_sentence(tmp_path: Path, left_out: str) -> None:
    lines = {"kind": '"ollama"', "model": '"bge-m3"', "dimensions": "1024"}
    embedder = "[embedder]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items() if name != left_out)
    with pytest.raises(SettingsError, match="embedder") as refused:
        load_settings(_written(tmp_path, embedder))
    assert "model 和 dimensions 都要填" in str(refused.value)
