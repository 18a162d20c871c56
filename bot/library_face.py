"""How policy documents are shown on the command line."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from knowledge_base.comparing import ChangeKind, ClauseChange, Piece, PieceKind
from knowledge_base.document import PolicyDocument
from knowledge_base.preparing import Prepared
from knowledge_base.region import NATIONAL, Region
from prompts import say, words

CLAUSES_SHOWN = 3
LONGEST_LINE = 60
KEPT_AROUND = 16
"""Characters of unchanged words that are shown on either side of a change."""


def prepared_fields(prepared: Prepared) -> dict[str, Any]:
    """What was recognised in a file, by the names of `library.fields`."""
    parsed = prepared.parsed
    return {
        "title": parsed.title, "document_number": parsed.document_number, "authority": parsed.authority, "region": place(prepared.region),
        "version_date": parsed.version_date, "effective_on": prepared.effective_on, "repealed_on": prepared.repealed_on,
        "ends": [repeal.name + "、".join(repeal.articles) for repeal in prepared.ends], "clauses": len(prepared.spans),
    }  # fmt: skip


def document_fields(document: PolicyDocument, clauses: int) -> dict[str, Any]:
    """What is stored of a document, by the names of `library.fields`."""
    return {
        "title": document.title, "state": words("library.states")[document.state],
        "document_number": document.document_number, "authority": document.authority, "region": place(document.region),
        "version_date": document.version_date, "effective_on": document.effective_on,
        "repealed_on": document.repealed_on, "superseded_on": document.superseded_on, "file_name": document.file_name, "clauses": clauses,
    }  # fmt: skip


def place(region: Region) -> str:
    """A region as it is read: 江屿云川, 全国."""
    return say("library.nationwide") if region == NATIONAL else "".join(filter(None, (region.province, region.city)))


def description(fields: Mapping[str, Any], warnings: Iterable[str]) -> Iterator[str]:
    """One line a field, what is not known said; then what a person should check."""
    names = words("library.fields")
    for name, value in fields.items():
        shown = "、".join(f"《{one}》" for one in value) if isinstance(value, list) else value
        if shown in (None, "") and name in ("version_date", "effective_on"):
            shown = say("library.unknown_date")
        if shown not in (None, "") or name in ("document_number", "authority"):
            yield say("library.preview_field", name=names[name], value=shown or say("library.unknown"))
    yield from (say("library.warning_line", warning=warning) for warning in warnings)


def clause_lines(clauses: Sequence[tuple[str, str]], most: int | None = CLAUSES_SHOWN) -> Iterator[str]:
    """The first clauses, shortened; None shows all of them whole."""
    for article, text in islice(clauses, most):
        yield say("library.preview_clause", article=article, text=text if most is None else _short(text))
    if most is not None and len(clauses) > most:
        yield say("library.preview_more", count=len(clauses))


def diff_lines(older: PolicyDocument, newer: PolicyDocument, changes: Sequence[ClauseChange], *, as_json: bool) -> Iterator[str]:
    """What changed, clause by clause; what stayed is only counted."""
    if as_json:
        rows = [_change_row(change) for change in changes if change.kind is not ChangeKind.SAME]
        yield json.dumps({"old": older.id, "new": newer.id, "changes": rows}, ensure_ascii=False)
        return
    yield say("library.diff_head", title=newer.title, old=dated(older), new=dated(newer))
    if older.work != newer.work:
        yield say("library.other_work", one=older.title, other=newer.title)
    count = {kind.value: sum(change.kind is kind for change in changes) for kind in ChangeKind}
    yield say("library.diff_counts", **count)
    if count["changed"]:
        yield say("library.diff_hint")
    yield from (change_line(change) for change in changes if change.kind is not ChangeKind.SAME)


def dated(document: PolicyDocument) -> str:
    """By which day a version is told from others."""
    return str(document.version_date or document.effective_on or say("library.unknown_date"))


def change_line(change: ClauseChange) -> str:
    """One change in words: `～ 第五条　……罚款[-五十-]{+二百+}元……`."""
    old, new = change.old, change.new
    if old is None or new is None:
        clause = new or old
        return say(f"library.diff_{change.kind.value}", article=clause.article if clause else "", text=clause.text if clause else "")
    if change.kind is ChangeKind.RENUMBERED:
        return say("library.diff_renumbered", old=old.article, new=new.article)
    text = marked(change.pieces)
    if old.article == new.article:
        return say("library.diff_changed", article=new.article, text=text)
    return say("library.diff_changed_renumbered", old=old.article, new=new.article, text=text)


def marked(pieces: Sequence[Piece]) -> str:
    """Changed words in their brackets, with a little of what stands around them."""
    shown = []
    for number, piece in enumerate(pieces):
        if piece.kind is PieceKind.KEPT:
            shown.append(_around(piece.text, first=number == 0, last=number == len(pieces) - 1))
        else:
            shown.append(f"[-{piece.text}-]" if piece.kind is PieceKind.CUT else f"{{+{piece.text}+}}")
    return "".join(shown)


def _around(text: str, *, first: bool, last: bool) -> str:
    if len(text) <= 2 * KEPT_AROUND + 4:
        return text
    head, tail = "" if first else text[:KEPT_AROUND], "" if last else text[-KEPT_AROUND:]
    return f"{head}……{tail}"


def _change_row(change: ClauseChange) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "old": {"article": change.old.article, "text": change.old.text} if change.old else None,
        "new": {"article": change.new.article, "text": change.new.text} if change.new else None,
        "pieces": [[piece.kind.value, piece.text] for piece in change.pieces],
    }


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}……"
