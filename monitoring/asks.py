"""What a post asks for: its distinct questions and requests in its own words, shortened."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from language.numerals import NUMERAL
from monitoring.item import Relevance
from monitoring.pressure import is_hot_title
from monitoring.reading import Reading, Span
from prompts import words

MOST_ASKS = 4
LONGEST_ASK = 16
SHORTEST_ASK = 4
_SAME_FROM = 0.5
_LONG_HEADLINE = 12

_QUESTION = re.compile(r"[?？]|吗$|呢$|为何|为什么|什么时候|何时|如何|怎么|是否|能否|能不能|可不可以|哪里|哪个|多久|凭什么|谁来|合理|合法")
_REQUEST = re.compile(r"希望|请求|恳请|恳求|建议|要求|(?<![希盼期])望(?!川|江|湖)|请(?!假|客)|呼吁|期盼|盼望|诉求[:：]|求(?![^，]*说法)")
_BUREAUS = (
    r"各位|各级|贵|上级|有关|相关|主管|职能|监管|城管|管理|执法|行政|领导|部门|单位|平台|媒体|书记|市长|县长|区长|局长|政府|街道|社区|人员"
    r"|[a-z]?\d*[市区县]|市|区|县|局|队"
)
_MANNERS = (
    r"能够?|可以|给予|给与|予以|以|尽快|尽早|早日|及时|立即|马上|一下|帮忙|帮助|协助|重视|出面|关注|督促|协调|介入|我们|我|居民|业主|老百姓|大家"
    r"|彻底|认真|切实|务必|高度|严格|赶快|抓紧|再次|并|进行|对|来|们|将|把|的|和|、|,|，| "
)
_LEAD_IN = re.compile(
    rf"^.*(?:希望|请求|恳请|恳求|强烈要求|要求|建议|呼吁|期盼|盼望|诉求[:：]|(?<![希盼期])望|请问|想问|(?<![申恳])请|求)(?:{_BUREAUS}|{_MANNERS})*",
    re.IGNORECASE,
)
_POLITE = re.compile(r"(?:谢谢|感谢|万分|不胜|为盼|望回复|望批准|此致|敬礼|您好|你好|尊敬的).*$")
_EMPTY = re.compile(
    rf"^(?:{_BUREAUS}|{_MANNERS}|处理|解决|回复|答复|调查|核实|支持|批准|采纳|整治|查处|整改|落实|曝光|给个|说法|公道|该|此|这个|这件|这些|问题|情况|事情|事|一个|吧|下|为|望|谢|还|为民做主|主持|百忙之中|抽出时间|[^\w])*$",
    re.IGNORECASE,
)
_EDGE = " ，,。；;！!？?\n：:…、“”\"'（）()【】[]1234567890.①②③④⑤"
_ORDINAL = re.compile(rf"^(?:问题现象|诉求|影响)?(?:[{NUMERAL}]{{1,2}}|\d{{1,2}})[、.．:：)）]")
_HEAD_PREFIX = re.compile(r"^(?:关于|反映|投诉|举报|咨询|建议|请求|求助|请问|强烈|希望|一下|的)+")
_HEAD_SUFFIX = re.compile(r"(?:的?(?:问题|情况|投诉|建议|咨询|疑问|现象|求助|诉求)(?:及.{0,4})?|[,，]?求解决|严重|现象)$")
_FILLERS = re.compile(
    r"严重(?!超标)|长期|经常|频繁|一直|非常|十分|特别|极其|仍然|依然|小区内?|居民|业主们?|我们?|本人|整个|[东西南北]{1,2}侧|附近|周边|一些|某些|进行|相关|有关|已经|竟然|简直|里面"
)


def find_asks(reading: Reading, relevance: Relevance, place: str | None) -> tuple[str, ...]:
    """One to four phrases; none for noise. What the headline complains of comes first, then what the text asks in so many words.

    A bare headline asks nothing itself: then stand the questions that the public will ask.
    """
    if relevance is Relevance.NOISE:
        return ()
    if is_hot_title(reading):
        return tuple(words("monitoring.public_questions").values())
    asks: list[str] = []
    for phrase in _phrases(reading, place):
        if not any(_same(phrase, other) for other in asks):
            asks.append(phrase)
        if len(asks) == MOST_ASKS:
            break
    return tuple(asks)


def _phrases(reading: Reading, place: str | None) -> Iterator[str]:
    head = reading.headline
    if head:
        yield from _headline_asks(reading.normal.quote(head.start, head.end), place)
    body = [sentence for sentence in reading.sentences if head is None or sentence.start >= head.end]
    for sentence in body:
        yield from _asks_of(reading, sentence, place)
    if head is None and body:
        yield from _headline_asks(reading.normal.quote(body[0].start, body[0].end), place)


def _asks_of(reading: Reading, sentence: Span, place: str | None) -> Iterator[str]:
    question = sentence.text.rstrip().endswith(("?", "？"))
    for clause in reading.clauses:
        if not sentence.start <= clause.start < sentence.end:
            continue
        asked = reading.normal.quote(clause.start, clause.end)
        if _REQUEST.search(clause.text):
            yield from _usable(_without_place(_LEAD_IN.sub("", _bare(asked)), place))
        elif question and _QUESTION.search(clause.text):
            yield from _usable(_without_place(_bare(asked), place))


def _headline_asks(headline: str, place: str | None) -> Iterator[str]:
    """The headline without place, courtesy and fillers; a long one falls apart at its commas."""
    core = _HEAD_SUFFIX.sub("", _HEAD_PREFIX.sub("", _without_place(_bare(headline), place)))
    parts = re.split(r"[，,、；; ]", core) if len(core) > _LONG_HEADLINE else [core]
    for part in parts:
        short = _FILLERS.sub("", part)
        yield from _usable(short if len(short) >= SHORTEST_ASK else part)


def _bare(text: str) -> str:
    return _POLITE.sub("", _ORDINAL.sub("", text.strip(" \n"))).strip(_EDGE)


def _without_place(text: str, place: str | None) -> str:
    """The place has its own field; what stands of it in the phrase, and what leads up to it, is left out."""
    if not place:
        return text
    match = SequenceMatcher(None, text, place, autojunk=False).find_longest_match()
    if match.size < min(SHORTEST_ASK, len(place)):
        return text
    rest = text[match.a + match.size :].strip(_EDGE + "的")
    return rest if len(rest) >= SHORTEST_ASK else text[: match.a].strip(_EDGE + "的")


def _usable(phrase: str) -> Iterator[str]:
    phrase = phrase.strip(_EDGE).lstrip("内让的").strip(_EDGE)[:LONGEST_ASK].strip(_EDGE)
    if len(phrase) >= SHORTEST_ASK and not _EMPTY.match(phrase):
        yield phrase


def _same(first: str, second: str) -> bool:
    shared = len(set(first) & set(second))
    return shared / min(len(set(first)), len(set(second))) >= _SAME_FROM
