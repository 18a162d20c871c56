"""诉求: what a reply has to answer, as phrases that can be answered one by one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from casework.drafting.spoken import Way
from casework.drafting.topic import CONDUCT, topic_of
from casework.drafting.weighing import MOST_ASKS, distinct, weightiest, wishes
from prompts import frames

MANY_POSTS = 4
"""From so many posts on, what they have in common counts, and not the words of one."""
LEAST_ASKING = 2
"""So many posts must want a thing for it to be everybody's, and so many things must be wanted."""
MOST_PUBLIC = 3
PRAISE = "表扬"
NEWS_INTENTS = ("中性资讯", "谣言或不实")

_COURSE = "经过"
"""What happened is asked first of all of officers' conduct; no other ask says it again."""
_PUBLIC = re.compile("是否|原因|依据|结果|责任|隐患")
"""What the public asks of a piece of news is a question; other phrases of it are only the news itself."""


@dataclass(frozen=True)
class Heard:
    """One post as it is searched for asks: its words, and the asks that the analysis found in it, the weightiest first."""

    text: str
    phrases: tuple[str, ...] = ()


def asks_of(text: str, line: str, intent: str, phrases: Sequence[str], place: str | None = None) -> tuple[str, ...]:
    """The distinct asks of one post; see `asks_of_posts`."""
    return asks_of_posts([Heard(text, tuple(phrases))], line, intent, place)


def asks_of_posts(posts: Sequence[Heard], line: str, intent: str, place: str | None = None) -> tuple[str, ...]:
    """The distinct asks of a matter, at most five, the weightiest first.

    Args:
        posts: the decisive one first, copies left out.
        line: the business line.
        intent: of the decisive post; praise asks only what it says outright, news and rumours have the questions that the public
            always asks.
        place: as the posts write it; a reply names it anyway.
    """
    found = [wish for rank, post in enumerate(posts) for wish in wishes(post.text, line, post.phrases, place, decisive=rank == 0)]
    if intent == PRAISE:
        return weightiest(wish for wish in found if wish.source in (Way.REQUEST, Way.QUESTION))
    public = tuple(frames("asks")["public"])
    if intent in NEWS_INTENTS:
        return distinct([*(phrase for post in posts for phrase in post.phrases if _PUBLIC.search(phrase)), *public], MOST_PUBLIC)
    asked = weightiest(found)
    if line == CONDUCT:
        return distinct([*public, *(ask for ask in asked if _COURSE not in ask)])
    return asked or (topic_of("", line).ask,)


def asks_of_many(posts: Sequence[str], intent: str) -> tuple[str, ...]:
    """What most of many posts want to know, in sober words and in the order of `prompts/frames/asks.toml`; empty where too few tell.

    Args:
        posts: the posts of one event, copies left out.
        intent: of the decisive post; praise asks nothing.
    """
    if len(posts) < MANY_POSTS or intent == PRAISE:
        return ()
    asked = {want["name"]: sum(any(word in post for word in want["words"]) for post in posts) for want in frames("asks")["want"]}
    most = sorted(asked, key=lambda name: -asked[name])[:MOST_ASKS]
    wanted = tuple(name for name in asked if name in most and asked[name] >= LEAST_ASKING)
    return wanted if len(wanted) >= LEAST_ASKING else ()
