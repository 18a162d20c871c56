"""The ports to models outside."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns texts and questions into vectors whose product says how well one answers the other.

    `identity` changes whenever the vectors would; the dense index is rebuilt then.
    """

    identity: str
    dimensions: int

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text, shape (len(texts), dimensions). Blocking; call it in a thread.

        Raises:
            ModelUnavailable: an embedder outside does not answer; search goes on lexically.
        """
        ...

    def embed_question(self, question: str) -> NDArray[np.float32]:
        """The vector of a question, shape (dimensions,); as `embed` otherwise."""
        ...


class LanguageModel(Protocol):
    """A chat model that answers with a JSON object of a given schema. It has no tools."""

    name: str
    domestic: bool

    async def complete(self, system: str, user: str, schema: dict[str, Any]) -> dict[str, Any]:
        """The model's answer as an object that fits `schema`.

        Raises:
            ModelUnavailable: down, slow, or talking rubbish after the retries.
        """
        ...
