"""Which field of a JSON record becomes which field of a post, by dotted paths (`user.name`, `stats.0.count`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from adapters.sources.markup import plain_text, web_address
from adapters.sources.record import content_key, read_count, read_time
from monitoring.errors import SourceError
from monitoring.post import RawPost
from prompts import say

MOST_RECORDS = 1_000
_KNOWN_NAMES_SHOWN = 20
_TRUE = frozenset({"true", "1", "yes", "video", "gifv", "是", "有"})

USUAL_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "key": ("pid", "id"), "title": ("title",), "text": ("text", "content"), "time": ("time",), "url": ("url",), "author": ("author",),
        "likes": ("likes",), "dislikes": ("dislikes",), "reposts": ("reposts",), "comments": ("comments",), "video": ("video",),
        "due": ("due",),
    }
)  # fmt: skip
"""Field of a post -> the paths at which it is looked for where no mapping is given, first found first taken."""


class RecordError(ValueError):
    """A record that makes no post. The message is one sentence for the administrator, without the record's number."""


@dataclass(frozen=True)
class FieldMapping:
    """How records become posts.

    Args:
        paths: field of a post -> where to look for it.
        named: the fields that the department named itself; one that a record lacks is told of.
    """

    paths: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: USUAL_FIELDS)
    named: frozenset[str] = frozenset()

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "FieldMapping":
        """The mapping that settings name; none named is the usual one.

        Raises:
            SourceError: a field that no post has, or a path that is no text.
        """
        for name, path in fields.items():
            if name not in USUAL_FIELDS or not isinstance(path, str) or not path:
                raise SourceError(say("sources.mapping_unknown", field=name, known="、".join(USUAL_FIELDS)))
        if not fields:
            return cls()
        if "text" not in fields and "title" not in fields:
            raise SourceError(say("sources.mapping_no_text"))
        return cls(MappingProxyType({name: (path,) for name, path in fields.items()}), frozenset(fields))

    def post(self, record: Any, now: datetime) -> RawPost:
        """The post of one record.

        Args:
            now: the moment of reading; the post's time where the record has none.

        Raises:
            RecordError: it is no object, lacks a named text or key, says nothing, or has a time that cannot be understood.
        """
        if not isinstance(record, dict):
            raise RecordError(say("sources.record_no_object"))
        self._refuse_missing(record)
        title, text = (plain_text(_words(self._find(record, field))) for field in ("title", "text"))
        if not title and not text:
            raise RecordError(say("sources.record_says_nothing"))
        url, key = web_address(_words(self._find(record, "url"))), _words(self._find(record, "key"))
        return RawPost(
            key=key or content_key(url or f"{title}\n{text}"), text=text, title=title, url=url,
            posted_at=self._time(record, "time", now) or now, due_at=self._time(record, "due", now),
            author=_words(self._find(record, "author")), has_video=_words(self._find(record, "video")).lower() in _TRUE,
            likes=read_count(self._find(record, "likes")), dislikes=read_count(self._find(record, "dislikes")),
            reposts=read_count(self._find(record, "reposts")), comments=read_count(self._find(record, "comments")),
        )  # fmt: skip

    def posts(self, records: Iterable[Any], now: datetime) -> tuple[list[RawPost], tuple[str, ...]]:
        """The posts of many records, and one sentence for each record that makes none.

        Raises:
            SourceError: not one of several records makes a post: the mapping does not fit what the source gives.
        """
        posts, errors = [], []
        for number, record in enumerate(records, 1):
            try:
                posts.append(self.post(record, now))
            except RecordError as error:
                errors.append(say("sources.record_numbered", number=number, problem=error))
        if len(errors) > 1 and not posts:
            raise SourceError(say("sources.mapping_fits_nothing", count=len(errors), problem=errors[0]))
        return posts, tuple(errors)

    def _find(self, record: Any, name: str) -> Any:
        found = (value_at(record, path) for path in self.paths.get(name, ()))
        return next((value for value in found if value is not None), None)

    def _refuse_missing(self, record: dict[str, Any]) -> None:
        for name in ("text", "title", "key", "time"):
            if name in self.named and not has(record, self.paths[name][0]):
                known = "、".join(list(map(str, record))[:_KNOWN_NAMES_SHOWN])
                raise RecordError(say("sources.record_lacks", path=self.paths[name][0], field=name, known=known))

    def _time(self, record: Any, name: str, now: datetime) -> datetime | None:
        value = self._find(record, name)
        try:
            return read_time(value, now)
        except (ValueError, OverflowError) as error:
            raise RecordError(say("sources.record_time_unreadable", value=str(value)[:40])) from error


def records_at(document: Any, path: str) -> Sequence[Any]:
    """The records of a document, at most MOST_RECORDS; a single object counts as a list of one.

    Args:
        path: dotted path of the list; empty where the document itself is the list.

    Raises:
        SourceError: there is no list at that path.
    """
    found = value_at(document, path) if path else document
    if isinstance(found, dict) and not path:
        found = [found]
    if isinstance(found, list):
        return found[:MOST_RECORDS]
    known = "、".join(list(map(str, document))[:_KNOWN_NAMES_SHOWN]) if isinstance(document, dict) else type(document).__name__
    raise SourceError(say("sources.records_missing", path=path, known=known))


def value_at(document: Any, path: str) -> Any:
    """What stands at a dotted path; None where nothing does. Numbers are indexes into lists."""
    for step in path.split("."):
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document


def has(document: Any, path: str) -> bool:
    """Whether a path leads somewhere, be it to an empty value."""
    parent, _, last = path.rpartition(".")
    holder = value_at(document, parent) if parent else document
    return last in holder if isinstance(holder, dict) else value_at(document, path) is not None


def _words(value: Any) -> str:
    """A scalar as text; objects and lists are no words."""
    if isinstance(value, bool):
        return "true" if value else ""
    return str(value).strip() if isinstance(value, str | int | float) else ""
