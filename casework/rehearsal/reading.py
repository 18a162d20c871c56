"""Two hostile readings of a reply by rules: what an angry citizen and a journalist would take hold of. Needs no model."""

from dataclasses import replace

from casework.drafting.matter import Matter
from casework.rehearsal.attack import Attack, both_readers
from casework.rehearsal.page import Page, weight
from casework.rehearsal.silences import silences
from casework.rehearsal.weak_lines import weak_lines
from language.script import to_simplified


def rehearse(text: str, matter: Matter) -> tuple[Attack, ...]:
    """The gravest attacks of both readers, the gravest first. Sentences whose facts are still open are left in peace.

    Args:
        text: the reply, in either script.
        matter: what the posts say, ask and show, and what was published before.
    """
    page = Page(to_simplified(text), matter)
    found = sorted([*silences(page), *weak_lines(page)], key=lambda attack: -weight(attack.name))
    return both_readers(_as_written(attack, text) for attack in found)


def _as_written(attack: Attack, text: str) -> Attack:
    """The attack with its words in the script of the reply."""
    return replace(attack, span=text[attack.start : attack.start + len(attack.span)]) if attack.span else attack
