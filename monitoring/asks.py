"""What a post asks for: its distinct questions and requests in its own words, shortened."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from monitoring.item import Relevance
from monitoring.reading import Reading, Span

MOST_ASKS = 4
LONGEST_ASK = 22
SHORTEST_ASK = 4
_SAME_FROM = 0.6

_QUESTION = re.compile(r"[?？]|吗$|呢$|为何|为什么|什么时候|何时|如何|怎么|是否|能否|能不能|可不可以|哪里|哪个|多久|凭什么|谁来|合理|合法")
_REQUEST = re.compile(r"(?:希望|请求|恳请|恳求|要求|建议|强烈要求|望|请|呼吁|求|期盼|盼望|诉求[:：])")
_LEAD_IN = re.compile(
    r"^.*?(?:希望|请求|恳请|恳求|强烈要求|要求|建议|呼吁|期盼|盼望|诉求[:：]|(?<![希盼期])望|请问|想问|(?<![申恳])请|求)"
    r"(?:(?:各位|贵|上级|有关|相关|市|区|县|政府|职能|主管|监管|城管|管理|执法|领导|部门|单位|平台|媒体|书记|市长|局|能够?|可以|给予|予以|尽快|尽早|早日|及时|立即|马上|一下|帮忙|帮助|协助|重视|出面|关注|督促|协调|我们|居民|老百姓|大家|彻底|认真|切实|务必|高度|并|进行|的|来|们|和|、|,|，))*"
)
_POLITE = re.compile(r"(?:谢谢|感谢|万分|不胜|为盼|望回复|望批准|此致|敬礼|您好|你好|尊敬的).*$")
_EMPTY = re.compile(
    r"^(?:处理|解决|回复|答复|关注|重视|帮助|帮忙|协调|调查|核实|支持|批准|采纳|查处|整改|落实|给个说法|该问题|此问题|这个问题|问题|一下|尽快|一个|的|吧|下|相关|有关|部门|领导|我们|此事|这件事|为|望|谢|[^\w])*$"
)
_EDGE = " ，,。；;！!？?\n：:…、“”\"'（）()【】1234567890.①②③④⑤"
_ORDINAL = re.compile(r"^(?:[一二三四五六七八九十]{1,2}|\d{1,2})[、.．:：)）]|^(?:问题现象|诉求|影响)?[一二三四五六七八九\d][、:：]")
_HEAD_PREFIX = re.compile(r"^(?:关于|反映|投诉|举报|咨询|建议|请求|求助|请问|强烈)+")
_HEAD_SUFFIX = re.compile(r"(?:的(?:问题|情况|投诉|建议|咨询|疑问)(?:[,，]?.{0,8})?|问题|情况|严重)$")


def find_asks(reading: Reading, relevance: Relevance, place: str | None) -> tuple[str, ...]:
    """One to four phrases; none for noise. What the headline complains of comes first, then what the text asks in so many words."""
    if relevance is Relevance.NOISE:
        return ()
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
        yield from _usable(_headline_ask(reading.normal.quote(head.start, head.end), place))
    body = [sentence for sentence in reading.sentences if head is None or sentence.start >= head.end]
    for sentence in body:
        yield from _asks_of(reading, sentence, place)
    if head is None and body:
        yield from _usable(_headline_ask(reading.normal.quote(body[0].start, body[0].end), place))


def _asks_of(reading: Reading, sentence: Span, place: str | None) -> Iterator[str]:
    question = _QUESTION.search(sentence.text) is not None and sentence.text.rstrip().endswith(("?", "？"))
    for clause in reading.clauses:
        if not sentence.start <= clause.start < sentence.end:
            continue
        asked = reading.normal.quote(clause.start, clause.end)
        if _REQUEST.search(clause.text):
            yield from _usable(_without_place(_LEAD_IN.sub("", _bare(asked)), place))
        elif _QUESTION.search(clause.text) and (question or clause.text.rstrip().endswith(("?", "？"))):
            yield from _usable(_without_place(_bare(asked), place))


def _headline_ask(headline: str, place: str | None) -> str:
    return _HEAD_SUFFIX.sub("", _HEAD_PREFIX.sub("", _without_place(_bare(headline), place)))


def _bare(text: str) -> str:
    return _POLITE.sub("", _ORDINAL.sub("", text.strip(_EDGE))).strip(_EDGE)


def _without_place(text: str, place: str | None) -> str:
    """The place has its own field; what of it opens the phrase is left out."""
    if not place:
        return text
    match = SequenceMatcher(None, text, place, autojunk=False).find_longest_match()
    return (text[: match.a] + text[match.a + match.size :]).strip(_EDGE + "的") if match.size >= 4 else text


def _usable(phrase: str) -> Iterator[str]:
    phrase = phrase.strip(_EDGE)[:LONGEST_ASK].strip(_EDGE)
    if len(phrase) >= SHORTEST_ASK and not _EMPTY.match(phrase):
        yield phrase


def _same(first: str, second: str) -> bool:
    shared = len(set(first) & set(second))
    return shared / min(len(set(first)), len(set(second))) >= _SAME_FROM
