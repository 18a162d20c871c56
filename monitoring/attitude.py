"""How a post stands to the department: blame or praise, and whom it is meant for."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitoring.conduct import MISDEEDS
from monitoring.cues import Cues
from monitoring.item import Attitude
from monitoring.reading import Reading
from monitoring.sign import Sign
from monitoring.telling import Telling
from monitoring.tenor import Tenor

NEGATIVE_FROM = 0.5
MODEL_TRUST = 0.5
"""Of the model's logit of blame; 0.3 and 1.0 do as well by cross-validation."""
_LEAST = 0.03
"""No words of blame are no proof of contentment."""
PRAISE = "表扬"
_OPEN_BLAME = 0.62
"""Blame that fits nobody but an authority."""
_AIMED_BLAME = 0.42
_LOOSE_BLAME = 0.16
_ELSEWHERE_BLAME = 0.07
_WEARY = 0.06
_MOST_WEARY = 4
_CONDUCT = "执法行为"
_LONG = r"(?:[半几数一两二三四五六七八九十\d]+(?:多|来)?(?:个)?(?:月|年|天|周|星期)|好久|至今)"
_IRONY = Telling(
    rf"(?:效率|速度|动作|办事)(?:真|好|可真|实在|就是)[^，。！？\n]{{0,3}}[高快][^。！？\n]{{0,16}}{_LONG}|(?:真是|真会|好一个)(?:为人民|为民|人民)[^。！？\n]{{0,20}}"
    rf"|感谢[^。！？\n]{{0,8}}让我们?[^。！？\n]{{0,10}}(?:闻|忍|熬|吸|受|听)了|厉害了我?的?(?:城管|执法|部门|政府)"
    r"|(?:来了|到了)[^。！？\n]{0,16}(?:拍|看|转)[^。！？\n]{0,8}(?:走了|就走|走人)|(?:城管|队员|执法|所里|部门)[^。！？\n]{0,12}(?:抽[根支]?烟|吃了?顿?饭|打游戏|聊天|喝茶)"
    r"|(?:难道|是不是要|非得)[^。！？\n]{0,16}(?:你们|城管|政府|部门|局)[^。！？\n]{0,12}[?？才]|你们[^。！？\n]{0,10}(?:干嘛|干什么|干啥)[^。！？\n]{0,6}|还要你们|谁信",
    needs="效率|速度|动作|办事|人民|为民|感谢|厉害了|走了|就走|走人|烟|饭|打游戏|聊天|喝茶|难道|是不是要|非得|干嘛|干什么|干啥|谁信|还要你们",
)
"""Praise with a long time behind it, thanks for what had to be borne, officers who come, look and leave, questions that ask nothing."""


@dataclass(frozen=True)
class AttitudeVerdict:
    """Attitude, how likely it is negative (0..1), and the words that say so."""

    attitude: Attitude
    score: float
    words: tuple[str, ...] = ()


def judge_attitude(reading: Reading, cues: Cues, *, relevance_score: float, tenor: Tenor, deeds: Sequence[Sign]) -> AttitudeVerdict:
    """Weigh the blame that falls on the department or the government; blame on shops, neighbours and managers of estates hardly counts.

    Args:
        relevance_score: a post that is likely somebody else's business is likely no blame either.
        tenor: what the model makes of the post: it hears blame that is only implied.
        deeds: what the post tells to have been done.
    """
    weights = list(_blames(reading, cues, deeds))
    acquitted = 1.0
    for _, weight in weights:
        acquitted *= 1 - weight
    score = _together(1 - acquitted, tenor.blame) * min(1.0, 0.3 + relevance_score)
    words = tuple(dict.fromkeys(word for word, weight in sorted(weights, key=lambda pair: -pair[1]) if weight >= _LOOSE_BLAME))
    if score >= NEGATIVE_FROM:
        return AttitudeVerdict(Attitude.NEGATIVE, score, words)
    thanks = _praise(reading, cues)
    asks = cues.occur(reading, "help_plea", "suggest", "consult")
    if (thanks or not asks) and tenor.praises(certain=not thanks) and score < NEGATIVE_FROM / 2:
        return AttitudeVerdict(Attitude.POSITIVE, score / 2, thanks)
    return AttitudeVerdict(Attitude.NEUTRAL, score, words)


def _together(by_words: float, blame: float) -> float:
    """The likelihood by the words of blame, moved by the model's logit."""
    bounded = min(max(by_words, _LEAST), 1 - _LEAST)
    return 1 / (1 + math.exp(-(math.log(bounded / (1 - bounded)) + MODEL_TRUST * blame)))


def _blames(reading: Reading, cues: Cues, deeds: Sequence[Sign]) -> Iterator[tuple[str, float]]:
    """Each word of blame once, with its weight where it stands best."""
    best: dict[str, float] = {}
    if any(sign.name in MISDEEDS for sign in deeds):
        best[_CONDUCT] = _OPEN_BLAME
    for word, _ in cues.starts(reading, "blame_official"):
        best[word] = _OPEN_BLAME
    if irony := _IRONY.search(reading.text):
        best[irony.group()] = _OPEN_BLAME
    for word, start in cues.starts(reading, "blame"):
        best[word] = max(best.get(word, 0.0), _aim(reading, cues, start))
    yield from best.items()
    weary = sorted({word for word, _ in cues.starts(reading, "weary")})
    yield from ((word, _WEARY) for word in weary[:_MOST_WEARY])


def _aim(reading: Reading, cues: Cues, start: int) -> float:
    """Whom a word of blame is meant for: who stands nearest before it in its sentence, else after it, else nobody named."""
    sentence = reading.sentence_at(start)
    official = [place for _, place in cues.starts(reading, "official") if sentence.start <= place < sentence.end]
    private = [place for _, place in cues.starts(reading, "private") if sentence.start <= place < sentence.end]
    if not official:
        return _ELSEWHERE_BLAME if private else _LOOSE_BLAME
    if not private or _distance(official, start) <= _distance(private, start):
        return _AIMED_BLAME
    return _LOOSE_BLAME


def _distance(places: list[int], start: int) -> int:
    """To the nearest before `start`; one that comes after counts as twice as far."""
    return min(start - place if place <= start else 2 * (place - start) for place in places)


def _praise(reading: Reading, cues: Cues) -> tuple[str, ...]:
    """Words of praise that are not the courtesy at the end of a request."""
    if not cues.occur(reading, "praise"):
        return ()
    polite = [(start, start + len(word)) for word, start in cues.starts(reading, "courtesy")]
    requests = not reading.found.isdisjoint(cues["complain"] - cues["praise"])
    words = dict.fromkeys(
        word for word, start in cues.starts(reading, "praise") if not any(first <= start < last for first, last in polite)
    )
    in_headline = any(start < reading.head_end for word in words for start in reading.hits[word])
    return tuple(words) if in_headline or not requests else ()
