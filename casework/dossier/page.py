"""The dossier as one page that needs nothing else: to be read, printed, and filed."""

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

from casework.difference import Change
from casework.dossier.dossier import Dossier
from casework.dossier.record import Record
from language.numerals import from_int
from prompts import say, words

AS_BLOCKS = ("case", "drafts", "versions", "candidates", "chain")
"""Records with long texts or records within: one under the other. All others stand in tables."""
CODES = ("sha256", "hash", "previous_hash", "bound_hash", "head", "details", "key", "snapshot", "frames")
CHANGES = "changes"
_RUNS = {
    Change.STRUCK.value: Markup("<del>{}</del>"),
    Change.ADDED.value: Markup("<ins>{}</ins>"),
    Change.KEPT.value: Markup("<span>{}</span>"),
}
_STYLE = Markup("""
body{font:15px/1.6 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#111}
h1{font-size:1.5em;margin:0}h2{font-size:1.15em;border-bottom:2px solid #111;margin:2em 0 .5em;break-after:avoid}
p.note,small{color:#555}table{border-collapse:collapse;width:100%;margin:.3em 0}
th,td{border:1px solid #bbb;padding:.2em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f2f2f2;font-weight:600;white-space:nowrap}
article{border:1px solid #999;padding:.3em .9em;margin:.7em 0}dl{display:grid;grid-template-columns:8em 1fr;gap:.1em .8em;margin:.3em 0}
dt{color:#555}dd{margin:0;overflow-wrap:anywhere}dd,td,q{white-space:pre-wrap}ul{margin:0;padding-left:1.2em}code{font-size:.8em;overflow-wrap:anywhere}
del{color:#a00}ins{font-weight:700;text-decoration:none;color:#060}
@media print{body{max-width:none;margin:0;font-size:11px}tr,article p{break-inside:avoid}}
""")


def page(dossier: Dossier) -> str:
    """The whole document as HTML; everything in it that came from outside is escaped."""
    title = say("dossier.title", number=dossier.number, headline=_field(dossier, "case", "headline"))
    parts = [_section(number, name, told) for number, (name, told) in enumerate(dossier.sections.items(), 1)]
    return (
        Markup(
            '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
            "<title>{title}</title><style>{style}</style></head><body>\n<h1>{title}</h1>\n"
            '<p class="note">{note}</p>\n<p>{chain}</p>\n<p><small>{mark} <code>{digest}</code></small></p>\n'
        ).format(
            title=title, style=_STYLE, note=say("dossier.note"), mark=say("dossier.digest"), digest=dossier.digest,
            chain=say("dossier.chain_line", **{name: _field(dossier, "chain", name) for name in ("verdict", "entries", "head")}),
        )
        + Markup("\n").join(parts)
        + Markup('\n<p class="note">{}</p>\n</body></html>\n').format(say("dossier.how_to_verify"))
    )  # fmt: skip


def _section(number: int, name: str, told: Record | list[Record]) -> Markup:
    count = say("dossier.count", count=len(told)) if isinstance(told, list) else ""
    title = say("dossier.section", number=from_int(number), title=words("dossier.sections")[name])
    head = Markup('<h2 id="{}">{} <small>{}</small></h2>\n').format(name, title, count)
    note = words("dossier.notes").get(name)
    return head + (Markup('<p class="note">{}</p>\n').format(note) if note else Markup("")) + _value(name, told)


def _value(name: str, value: Any) -> Markup:
    if isinstance(value, Mapping):
        return _block(value)
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        if name == CHANGES:
            return _changes(value)
        return Markup("\n").join(_article(one) for one in value) if name in AS_BLOCKS else _table(value)
    if isinstance(value, list):
        return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(one) for one in value))
    return Markup("<code>{}</code>").format(value) if name in CODES else escape(value)


def _article(one: Record) -> Markup:
    return Markup("<article>{}</article>").format(_block(one))


def _block(one: Mapping[str, Any]) -> Markup:
    rows = (Markup("<dt>{}</dt><dd>{}</dd>").format(_label(name), _value(name, value)) for name, value in one.items())
    return Markup("<dl>{}</dl>").format(Markup("").join(rows))


def _table(rows: Iterable[Record]) -> Markup:
    rows = list(rows)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    head = Markup("").join(Markup("<th>{}</th>").format(_label(name)) for name in columns)
    body = (
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td>{}</td>").format(_value(name, row[name]) if name in row else "") for name in columns)
        )
        for row in rows
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, Markup("\n").join(body))


def _changes(runs: Iterable[Record]) -> Markup:
    return Markup("").join(_RUNS[run["change"]].format(run["text"]) for run in runs)


def _label(name: str) -> str:
    return words("dossier.fields")[name]


def _field(dossier: Dossier, section: str, name: str) -> Any:
    told = dossier.sections.get(section, {})
    return told.get(name, "") if isinstance(told, Mapping) else ""
