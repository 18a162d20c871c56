"""A rule tried on the archive: which posts it would have found, which of them are ours already, which would be new."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from language.normalising import normalise
from monitoring.lexicon import Lexicon
from monitoring.reading import LONGEST_READ
from monitoring.relevance import PLACE_MARK
from monitoring.rereading import FiledPost, reread
from monitoring.rule import Rule, parse

EXAMPLES = 5


@dataclass(frozen=True)
class Match:
    """A post that the rule finds, and the words it is found by."""

    post: FiledPost
    words: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """What came of a trial.

    Attributes:
        read: posts looked at.
        of_line: matches that are ours already, by line.
        new: matches that are not ours yet.
        examples: up to EXAMPLES, the new ones first, newest first.
    """

    read: int = 0
    of_line: Mapping[str, int] = field(default_factory=dict)
    new: int = 0
    examples: tuple[Match, ...] = ()

    @property
    def ours(self) -> int:
        return sum(self.of_line.values())

    @property
    def matched(self) -> int:
        return self.ours + self.new


async def try_rule(
    session: AsyncSession,
    text: str,
    lists: Mapping[str, frozenset[str]],
    since: datetime | None,
    progress: Callable[[int], None] = lambda _: None,
) -> Trial:
    """Try one rule on the posts since a moment. Each batch is matched in a thread.

    Args:
        text: the rule.
        lists: the named lists that it may use.
        progress: told how many posts have been read so far.

    Raises:
        RuleError: the rule cannot be read.
    """
    rule = parse(text, lists)
    lexicon = Lexicon(tuple(sorted(rule.all_words())))
    trial = Trial()
    async for batch in reread(session, since):
        trial = _counted(trial, len(batch), await asyncio.to_thread(_matches, batch, rule, lexicon))
        progress(trial.read)
    return trial


def _matches(posts: Sequence[FiledPost], rule: Rule, lexicon: Lexicon) -> list[Match]:
    found = ((post, _words(post, rule, lexicon)) for post in posts)
    return [Match(post, words) for post, words in found if words]


def _words(post: FiledPost, rule: Rule, lexicon: Lexicon) -> tuple[str, ...]:
    text = normalise(f"{post.title}\n{post.text}"[:LONGEST_READ]).text
    hits = dict(lexicon.find(text))
    if post.place:
        hits[PLACE_MARK] = (max(0, text.find(normalise(post.place).text)),)
    return tuple(sorted(rule.found(hits), key=lambda word: hits[word][0]))


def _counted(trial: Trial, read: int, matches: Sequence[Match]) -> Trial:
    of_line, new = dict(trial.of_line), trial.new
    for match in matches:
        if match.post.relevance.is_ours:
            of_line[match.post.line] = of_line.get(match.post.line, 0) + 1
        else:
            new += 1
    examples = sorted((*trial.examples, *matches), key=lambda match: match.post.relevance.is_ours)[:EXAMPLES]
    return replace(trial, read=trial.read + read, of_line=of_line, new=new, examples=tuple(examples))
