"""不该出现的话: what no model may put into a reply, whoever told it to."""

import re
from functools import lru_cache

from casework.checks.exposure import diversions, links, personal_data
from casework.checks.wording import check_wording
from casework.drafting.matter import Matter
from casework.drafting.slots import SLOT
from casework.drafting.veil import veiled
from language.normalising import normalise
from monitoring.machine_talk import speaks_to_machine
from prompts import model_prompt

LEAKED_RUN = 9
"""So many characters in a row of our own prompt are a leak of it."""
PARROTED_RUN = 10
"""So many characters in a row of a post, without saying whose words they are, make them ours."""

ATTRIBUTED = re.compile(r"您(?:反映|说|提|问|的)|网友|来信|留言|诉求|以往同类")
_QUOTED = re.compile(r"“[^”]*”|《[^》]*》")
_NO_WORD = re.compile(r"[\W_]+")


def is_unfit(text: str, matter: Matter, prompt: str) -> bool:
    """Whether a sentence holds an address, personal data, a blocked wording, an order to machines, our prompt, or a post's words as ours.

    Args:
        prompt: name of the prompt that the model was given.
    """
    return bool(
        links(text)
        or diversions(text)
        or veiled(text)
        or personal_data(text, matter.facts.values())
        or any(finding.blocking for finding in check_wording(text))
        or speaks_to_machine(SLOT.sub(r"\1", text))
        or leaks(text, prompt)
        or _parrots(text, matter)
    )


def leaks(text: str, prompt: str) -> bool:
    """Whether a run of our own prompt stands in the text."""
    return bool(_runs(text, LEAKED_RUN) & _runs(model_prompt(prompt), LEAKED_RUN))


def _parrots(text: str, matter: Matter) -> bool:
    """Whether the text says what a post says as if we said it; what the matter is called may be named."""
    if ATTRIBUTED.search(text):
        return False
    said = _runs(_QUOTED.sub("", text), PARROTED_RUN) & _runs(matter.told, PARROTED_RUN)
    return bool(said - _runs(matter.headline, PARROTED_RUN))


@lru_cache(256)
def _runs(text: str, length: int) -> frozenset[str]:
    """Every run of so many characters, in one script and width and without punctuation."""
    bare = _NO_WORD.sub("", normalise(text).text)
    return frozenset(bare[start : start + length] for start in range(len(bare) - length + 1))
