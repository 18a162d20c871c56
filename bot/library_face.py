"""How policy documents are shown on the command line."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from casework.library_page import change_words, counts, dated
from knowledge_base.comparing import ChangeKind, ClauseChange
from knowledge_base.document import PolicyDocument
from knowledge_base.preparing import Prepared
from knowledge_base.region import NATIONAL, Region
from prompts import say, words

CLAUSES_SHOWN = 3
LONGEST_LINE = 60


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
    yield counts(changes)
    yield say("library.diff_hint")
    yield from ("　".join(change_words(change)) for change in changes if change.kind is not ChangeKind.SAME)


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
