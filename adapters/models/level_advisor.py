"""A language model as the advisor on levels: it sees one masked post between marks and answers in three fields."""

import secrets
from typing import Any

from monitoring.advice import Advice, AdvisorUnavailable
from monitoring.lines import LEVEL_NAMES
from prompts import model_prompt, say
from retrieval.errors import ModelUnavailable
from retrieval.model import LanguageModel

LONGEST_READ = 1_500
"""Characters of a post that are shown to the model."""
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"level": {"type": "integer"}, "reason": {"type": "string"}, "quote": {"type": "string"}},
    "required": ["level", "reason", "quote"],
}


class ModelAdvisor:
    """The port is `monitoring.advice.LevelAdvisor`; what may be followed of its advice is decided there."""

    def __init__(self, model: LanguageModel) -> None:
        self.name, self._model = model.name, model

    async def advise(self, title: str, text: str, level: int) -> Advice | None:
        mark = f"=== {secrets.token_hex(6)} ==="
        user = say("monitoring.advisor_asked", name=LEVEL_NAMES[level], level=level, mark=mark, post=f"{title}\n{text}"[:LONGEST_READ])
        try:
            answer = await self._model.complete(model_prompt("level"), user, _SCHEMA)
        except ModelUnavailable as error:
            raise AdvisorUnavailable(str(error)) from error
        said, reason, quote = answer["level"], answer["reason"], answer["quote"]
        if not isinstance(said, int) or not isinstance(reason, str) or not isinstance(quote, str):
            raise AdvisorUnavailable(f"{self.name}: fields of the wrong kind")
        return None if said == level else Advice(said, reason, quote)
