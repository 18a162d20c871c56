"""What a search gives back: evidence that names exactly where it stands."""

from dataclasses import dataclass
from datetime import date

from knowledge_base.region import NATIONAL, Region


@dataclass(frozen=True)
class ClauseHit:
    """A clause in force, found. `score` is comparable within one search only; `why` is short and for people."""

    key: str
    clause_id: int
    title: str
    article: str
    text: str
    text_hash: str
    version_date: date | None
    effective_on: date | None
    score: float
    why: str = ""
    ended_on: date | None = None

    def in_force_on(self, day: date) -> bool:
        """Whether it may be cited on `day`; as `knowledge_base.clause.Clause.in_force_on`."""
        return (self.effective_on or self.version_date or day) <= day and (self.ended_on is None or day < self.ended_on)

    def ended_by(self, day: date) -> bool:
        """Whether it held once and no longer does on `day`."""
        return self.ended_on is not None and self.ended_on <= day

    @property
    def short_title(self) -> str:
        return self.title.removeprefix("中华人民共和国")

    @property
    def name(self) -> str:
        """As it is cited: 《噪声污染防治法》第四十三条."""
        return f"《{self.short_title}》{self.article}"


@dataclass(frozen=True)
class CaseHit:
    """A past case, found. `why` is short and for people; `region` is whose reply it was, without a place the department's own."""

    key: str
    question: str
    reply: str
    line: str
    strategy: str
    replied_on: date | None
    score: float
    region: Region = NATIONAL
    why: str = ""

    def other_place(self, here: Region) -> str:
        """The name of the place whose practice it shows; empty where it is of here, or nobody knows whose."""
        if self.region.covers(here) or here.covers(self.region):
            return ""
        return "".join(filter(None, (self.region.province, self.region.city)))


@dataclass(frozen=True)
class Quote:
    """An exact span of a clause's text. Raises ValueError when the span does not stand there word for word."""

    clause: ClauseHit
    text: str

    def __post_init__(self) -> None:
        if self.text not in self.clause.text:
            raise ValueError(f"not a span of {self.clause.key}: {self.text[:20]}…")


@dataclass(frozen=True)
class Answer:
    """An answer to a question of staff. Refused means: no evidence that would carry an answer.

    Attributes:
        text: the whole answer for people, quotes and notes included.
        elsewhere: with a refusal, how other places do it; never a basis here.
        notes: what the answer does not know, or what is odd about it; they stand in `text` too.
        worded_by: the model that put it into words; empty for the embedded answer.
    """

    refused: bool
    text: str
    quotes: tuple[Quote, ...] = ()
    similar_cases: tuple[CaseHit, ...] = ()
    elsewhere: tuple[Quote, ...] = ()
    notes: tuple[str, ...] = ()
    worded_by: str = ""
