"""诉求: what a reply has to answer. The analysis gives the post's own phrases; here they become asks that can be answered one by one."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from casework.drafting.topic import CONDUCT, topic_of, topics_of
from prompts import frames

MOST_ASKS = 5
MANY_POSTS = 4
"""From so many posts on, what they have in common counts, and not the words of one."""
LEAST_ASKING = 2
"""So many posts must want a thing for it to be everybody's, and so many things must be wanted."""
SAME_ASK = 0.75
"""Two asks that share this much of their characters are one."""
LONGEST = 22
"""An ask of this length was cut off by the analysis."""
PRAISE = "表扬"
NEWS_INTENTS = ("中性资讯", "谣言或不实")

_REQUEST = re.compile(
    r"(?:请|希望)?(?:退还|退回|退款|赔偿|拆除|更换|换掉|公示|公开|公布|清理|清走|修复|修好|维修|查处|处理好|整治|取缔|制止|停止|恢复|疏通|安装|加装|增设|增加|降低|"
    r"调低|管好|修剪|养护|开具|补齐|消除|退赔|成立|解决|告知|说明|拉通|检查|明确|改善|出示|开通|放开|处理|协调|核查|调查|迁走|搬走|搬离|扶正|引入|拓宽|禁止)"
)
_QUESTION = re.compile(r"为何|为什么|何时|什么时候|多久|是否|能否|能不能|合法|合理|合规|怎样|如何|怎么|多少|哪里|谁来|吗$|呢$|依据")
_UNFIT = re.compile(
    r"领导|书记|有关部门|相关部门|曝光|公道|介入|一定|我们|本人|大家|某某|勾结|未|没|难道|政府|部门|\*|[“”‘’《》【】]|[的和与在把了]$"
    r"|至于|凭什么|不会吗|不是都|还是人"
)
"""Words of a phrase that is no ask of its own: who is addressed, what was cut off, a question that wants no answer."""


def asks_of(text: str, line: str, intent: str, phrases: Sequence[str]) -> tuple[str, ...]:
    """The distinct asks of a matter, at most five.

    Args:
        text: what the citizens wrote.
        line: the business line.
        intent: of the decisive post; praise asks nothing, news and rumours have the questions that the public always asks.
        phrases: the asks that the analysis found, in the posts' own words.
    """
    if intent == PRAISE:
        return ()
    public = tuple(frames("asks")["public"])
    if intent in NEWS_INTENTS:
        return public
    main, *others = topics_of(text, line) or (topic_of(text, line),)
    wishes = [main.ask_in(text), *(topic.ask_in(text) for topic in others if any(word in text for word in topic.sure))]
    own = [phrase for phrase in phrases if _is_clear(phrase.strip())]
    if line == CONDUCT:
        return distinct([*public, *own, *wishes[1:]])
    usual = () if any(_REQUEST.match(phrase) for phrase in own) else wishes[:1]
    return distinct([*usual, *own, *wishes[1:]]) or (topic_of("", line).ask,)


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


def distinct(asks: Sequence[str], most: int = MOST_ASKS) -> tuple[str, ...]:
    """The asks without those that repeat another in other words, or say less than another (整治噪音, where 整治酒吧噪音 stands)."""
    kept: list[str] = []
    for ask in asks:
        said = any(_says_less(ask, other) for other in asks) or any(_alike(ask, other) for other in kept)
        if ask.strip() and not said:
            kept.append(ask.strip())
    return tuple(kept[:most])


def _says_less(ask: str, other: str) -> bool:
    """Whether all characters of an ask stand in the other in the same order."""
    rest = iter(other)
    return len(ask) < len(other) and all(character in rest for character in ask)


def _alike(ask: str, other: str) -> bool:
    return SequenceMatcher(None, ask, other).ratio() >= SAME_ASK


def _is_clear(phrase: str) -> bool:
    """Whether a phrase of the post is a question or a request that can stand in the reply as it is."""
    return bool(_QUESTION.search(phrase) or _REQUEST.match(phrase)) and len(phrase) < LONGEST and not _UNFIT.search(phrase)
