"""Stands in for sentence-transformers, whose models weigh gigabytes: the same calls, over a folder that names its letters.

The interface is that of sentence-transformers 5 as langchain-huggingface 1.2 uses it: a folder with `modules.json`, `encode` to an array.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class SentenceTransformer:
    """Vectors count the letters that `letters.json` in the folder names."""

    def __init__(self, model_name_or_path: str, *, cache_folder: str | None = None, local_files_only: bool = False, **_: Any) -> None:
        folder = Path(model_name_or_path)
        if not (folder / "modules.json").is_file():
            where = "offline" if local_files_only else "on the hub"
            raise OSError(f"{model_name_or_path} is no local folder, and looking for it {where} failed")
        self._letters: list[str] = json.loads((folder / "letters.json").read_text(encoding="utf-8"))

    def encode(self, sentences: list[str], *, show_progress_bar: bool | None = None, **_: Any) -> NDArray[np.float32]:
        if not all(isinstance(sentence, str) for sentence in sentences):
            raise TypeError("sentences are strings")
        return np.array([[sentence.count(letter) for letter in self._letters] for sentence in sentences], np.float32)
