"""From values to pages. Everything that comes from outside is escaped; nothing here asks the database."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

import prompts
from adapters.chat.staff_room.session import Visitor
from adapters.chat.staff_room.transcript import Standing
from casework.checks.finding import Finding
from casework.difference import Change, Run
from casework.message import Card, CardKind

_HERE = Path(__file__).parent
STATIC = _HERE / "static"

_RUNS = {Change.KEPT: Markup("{}"), Change.STRUCK: Markup("<del>{}</del>"), Change.ADDED: Markup("<ins>{}</ins>")}
_WEB = re.compile(r"https?://[^\s/]")
_SLOT = "【待核实：[^【】]*】"
_MARKED = re.compile(rf"(?P<slot>{_SLOT})|\*\*(?P<bold>[^*\n]+)\*\*")


class Pages:
    """The templates, with what all of them need."""

    def __init__(self, department: str) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        filters = (marks, quoted, checked, changed, folded, hour, day, left, role_names, circled)
        self._templates.filters.update((filter_.__name__, filter_) for filter_ in filters)
        browser_words = {**prompts.words("pages.browser"), **prompts.words("pages.time")}
        self._templates.globals.update(
            say=prompts.say, words=prompts.words, t=_page_words, command=_command, link=link,
            browser_words=json.dumps(browser_words, ensure_ascii=False), department=department, edition=_edition(),
        )  # fmt: skip

    def render(self, template: str, visitor: Visitor | None = None, **values: object) -> str:
        """One page, or one part of it."""
        return self._templates.get_template(template).render(visitor=visitor, base=visitor.base if visitor else "", **values)

    def message(self, standing: Standing, visitor: Visitor) -> Markup:
        """One message as it stands, as this person sees it."""
        card = standing.latest.face
        return Markup(self.render("message.html", visitor, standing=standing, card=card, page=page_of(card, visitor.base) if card else ""))  # noqa: S704 - escaped by the template


def marks(text: str) -> Markup:
    """Text for a page: facts that are still unknown stand out, **this** is bold, everything else is plain text."""
    return Markup("").join(_marked(text))


def quoted(text: str, quote: str) -> Markup:
    """Text with the quoted span highlighted; without it when the span does not stand there word for word."""
    before, found, after = text.partition(quote) if quote else (text, "", "")
    return Markup("{}<mark class='quote'>{}</mark>{}").format(before, found, after) if found else escape(text)


def checked(text: str, findings: Sequence[Finding]) -> Markup:
    """A reply's text with the words that the checks are about marked, each with its sentence."""
    spans = {finding.span: finding for finding in reversed(findings) if finding.span}
    wanted = [*map(re.escape, sorted(spans, key=len, reverse=True)), _SLOT]
    parts, end = [], 0
    for found in re.finditer("|".join(wanted), text):
        finding = spans.get(found[0])
        kind = "slot" if re.fullmatch(_SLOT, found[0]) else finding.severity.value if finding else ""
        mark = Markup("<mark class='{}' title='{}'>{}</mark>").format(kind, finding.message if finding else "", found[0])
        parts += [escape(text[end : found.start()]), mark]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def changed(runs: Iterable[Run]) -> Markup:
    """A text with what was struck out and what was added."""
    return Markup("").join(_RUNS[run.change].format(run.text) for run in runs)


def folded(findings: Iterable[Finding]) -> list[tuple[Finding, list[Finding]]]:
    """Findings of the same kind in one line: the first, and the others of its kind that name other words."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.name if finding.span else finding.message, []).append(finding)
    return [(kind[0], kind[1:]) for kind in kinds.values()]


def _marked(text: str) -> Iterator[Markup]:
    end = 0
    for found in _MARKED.finditer(text):
        yield escape(text[end : found.start()])
        yield (
            Markup("<mark class='slot'>{}</mark>").format(found["slot"])
            if found["slot"]
            else Markup("<strong>{}</strong>").format(found["bold"])
        )
        end = found.end()
    yield escape(text[end:])


def link(target: str, base: str) -> str:
    """Where a link of a card may lead: a path of this site, or a public web address; "" for anything else."""
    if target.startswith("/") and not target.startswith(("//", "/\\")):
        return base + target
    return target if _WEB.match(target) else ""


def page_of(card: Card, base: str) -> str:
    """Where a card opens, "" for nowhere: a draft and an approval open the case where its drafts are."""
    drafts = card.kind in (CardKind.DRAFT, CardKind.APPROVAL) and card.page == f"/cases/{card.case_number}"
    return link(f"{card.page}/draft" if drafts else card.page, base)


def hour(moment: datetime) -> str:
    """Time of day: 18:42."""
    return moment.strftime("%H:%M")


def day(moment: datetime) -> str:
    """Day and time: 3月6日 18:42."""
    return prompts.say("pages.moment", month=moment.month, date=moment.day, time=hour(moment))


def left(due: datetime, now: datetime) -> str:
    """The time until `due`, in words; what it is over by when it has passed."""
    minutes = round((due - now).total_seconds() / 60)
    return prompts.words("pages.time")["left" if minutes >= 0 else "over"].format(span=_span(abs(minutes)))


def _span(minutes: int) -> str:
    days, hours = minutes // (24 * 60), minutes // 60
    unit = "days" if days >= 2 else "hours" if hours else "minutes"
    return prompts.words("pages.time")[unit].format(days=days, hours=hours, minutes=minutes % 60)


def circled(ordinal: int) -> str:
    """A candidate's number as it is written on buttons: ①."""
    return chr(ord("①") + ordinal - 1)


def _page_words(key: str, /, **fields: object) -> str:
    return prompts.say(f"pages.{key}", **fields)


def _command(verb: str, /, **fields: object) -> str:
    return prompts.words("pages.commands")[verb].format(**fields)


def role_names(visitor: Visitor) -> str:
    """What a person may do, in words: 值班员 起草人."""
    names = prompts.words("staff_room.role_names")
    return " ".join(names[role] for role in visitor.roles)


def _edition() -> str:
    """A short hash of scripts and styles; pages name it so that browsers fetch changed ones."""
    return sha256(b"".join(path.read_bytes() for path in sorted(STATIC.iterdir()))).hexdigest()[:10]
