"""The cards of 换语气: what was changed, struck through and bold, what could not be done, and how to go on or back."""

from collections.abc import Sequence

from casework.alert_card import case_page
from casework.case import Case
from casework.checks.finding import Finding
from casework.difference import changed_places, difference
from casework.drafting.card import CIRCLED, checks_line
from casework.drafting.draft import ReplyVersion
from casework.drafting.rewording import Revised
from casework.drafting.slots import open_slots
from casework.message import Button, Card, CardKind, Row
from prompts import say, words

COMMON_WISHES = ("soften", "shorten", "colloquial", "formal", "no_clause")


def revision_card(case: Case, version: ReplyVersion, before: str, revised: Revised, findings: Sequence[Finding], *, level: int = 0) -> Card:
    """A version that a wish brought.

    Args:
        before: the text before.
        findings: what the checks said of the new text.
    """
    labels, runs = words("drafting.labels"), difference(before, version.text)
    rows = [
        *([Row(labels["done"], "\n".join(revised.done))] if revised.done else []),
        *_undone_rows(revised),
        Row(labels["checks"], checks_line(findings, version.text), detail="\n".join(finding.message for finding in findings)),
    ]
    head = say(
        "drafting.revision_head", case=case.number, version=version.number, candidate=CIRCLED[version.candidate_ordinal - 1],
        places=changed_places(runs), before=len(before), length=len(version.text),
    )  # fmt: skip
    onward = "fill" if open_slots(version.text) else "submit_one"
    return Card(
        CardKind.DRAFT, head, rows=tuple(rows), changes=runs, buttons=(_buttons(case, version, "revise_more", "undo", onward),),
        hint=say("drafting.revision_hint", case=case.number, candidate=version.candidate_ordinal),
        level=level, case_number=case.number, page=case_page(case.number),
    )  # fmt: skip


def restored_card(case: Case, version: ReplyVersion, before: str, findings: Sequence[Finding], *, level: int = 0) -> Card:
    """A version that took a change back."""
    return revision_card(case, version, before, Revised(version.text, done=(say("drafting.restored"),)), findings, level=level)


def unrevised_card(case: Case, ordinal: int, revised: Revised, *, level: int = 0) -> Card:
    """Nothing was changed, and why."""
    head = say("drafting.unrevised_head", case=case.number, candidate=CIRCLED[ordinal - 1])
    return _asking(case, ordinal, head, tuple(_undone_rows(revised)), level)


def wishes_card(case: Case, ordinal: int, *, level: int = 0) -> Card:
    """What may be wished for, the usual wishes as buttons."""
    return _asking(case, ordinal, say("drafting.wishes_head", case=case.number, candidate=CIRCLED[ordinal - 1]), (), level)


def _asking(case: Case, ordinal: int, head: str, rows: tuple[Row, ...], level: int) -> Card:
    wishes = words("drafting.wishes")
    buttons = tuple(
        Button(wishes[name], say("drafting.wish_command", case=case.number, candidate=ordinal, wish=wishes[name])) for name in COMMON_WISHES
    )
    return Card(
        CardKind.DRAFT, head, rows=rows, buttons=(buttons[:3], buttons[3:]), level=level, case_number=case.number,
        hint=say("drafting.wishes_hint", case=case.number, candidate=ordinal), page=case_page(case.number),
    )  # fmt: skip


def _undone_rows(revised: Revised) -> list[Row]:
    return [Row(words("drafting.labels")["undone"], "\n".join(revised.undone))] if revised.undone else []


def _buttons(case: Case, version: ReplyVersion, *names: str) -> tuple[Button, ...]:
    labels, commands = words("drafting.buttons"), words("drafting.commands")
    fields = {"case": case.number, "candidate": version.candidate_ordinal}
    return tuple(Button(labels[name], commands[name].format(**fields)) for name in names)
