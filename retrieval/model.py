"""The ports to models outside."""

from collections.abc import Callable, Sequence
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


Heard = Callable[[str], None]
"""Told all that a model has said so far whenever it has said more; a second attempt begins anew. Returns at once."""


class LanguageModel(Protocol):
    """A chat model that answers with a JSON object of a given schema. It has no tools."""

    name: str
    domestic: bool

    async def complete(self, system: str, user: str, schema: dict[str, Any], heard: Heard | None = None) -> dict[str, Any]:
        """The model's answer as an object that fits `schema`.

        Args:
            heard: listens while the model speaks.

        Raises:
            ModelUnavailable: down, slow, or talking rubbish after the retries.
        """
        ...
