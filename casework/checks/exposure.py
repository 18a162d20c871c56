"""外泄: personal data and addresses that a public text must not carry, however they are spelt."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from casework.checks.plain import plain
from casework.checks.span import Span, span_of
from language.masking import mask_personal_data

_TOP = (
    "com cn net org gov edu mil int info biz top xyz cc io me site club vip tv co im la ly gl gd ws pw tk ml ga cf gq icu app dev link "
    "live work shop store online tech fun ink red wang ltd group pro name mobi asia us uk hk tw mo jp kr ru de fr eu ca au sg my so ai "
    "page wiki zone space website press news xin win bid men date party click world run cloud host social network plus pub video buzz"
)
_DOT = r"(?:\s?\.\s?|。|·|\s?点\s?|\s?\[\.\]\s?|\s?\(\.\)\s?|\s?（\.）\s?|\s?\[点\]\s?|\s?（点）\s?|\s?\[?dot\]?\s)"
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_LINK = re.compile(
    rf"(?:(?:https?|hxxps?|ftp|wss?)\s?[:：]\s?[/\\]{{2}}\s?[^\s，。；、）)】”]+(?:。{_LABEL})*[^\s，。；、）)】”]*)"
    rf"|w\s?w\s?w{_DOT}[^\s，。；、）)】”]+(?:{_DOT}{_LABEL})*[^\s，。；、）)】”]*"
    rf"|(?<![@a-z0-9._-])(?:{_LABEL}{_DOT})+(?:{'|'.join(_TOP.split())})(?![a-z0-9])(?:[/:?][^\s，。；、）)】”]*)?"
    r"|(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])(?::\d+)?(?:/[^\s，。；、）)】”]*)?"
    r"|[\w\u4e00-\u9fff-]{1,20}\.(?:中国|公司|网络|网址|政务|公益|商城|在线)(?![\u4e00-\u9fff])"
    r"|(?<![@a-z0-9._-])[a-z0-9-]{2,}(?:\.[a-z0-9-]{2,})*\.[a-z]{2,}/[^\s，。；、）)】”]+",
    re.IGNORECASE,
)
_DIVERSION = re.compile(
    r"[扫识][描一别]{0,2}(?:上方|下方|图中|这个|此|该)?(?:的)?(?:二维码|码)|二维码|扫码|长按识别|公众号|小程序|视频号|企业微信|[加进入][^，。；]{0,8}(?:微信群|QQ群|交流群|业主群|群聊)|群号"
    r"|(?:下载|安装)[^，。；]{0,12}(?:APP|客户端|软件)|(?:抖音|快手|小红书|微信|百度|B站|哔哩哔哩)(?:里|上|中)?(?:搜索?|搜一搜|直播间?)|直播间",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s\-—–.·_/~()（）]")


def links(text: str, allowed: Collection[str] = ()) -> tuple[Span, ...]:
    """The addresses in a text whose host is not on the list, nor below a host of it."""
    hosts = {_host(entry) for entry in allowed}
    return tuple(span_of(link) for link in _LINK.finditer(plain(text)) if not _is_below(_host(link[0]), hosts))


def diversions(text: str, allowed: Collection[str] = ()) -> tuple[Span, ...]:
    """Where a text sends its readers to codes, accounts and apps; a sentence that names one of the list may."""
    lines = re.finditer(r"[^。！？；\n]+", plain(text))
    found = [(line, hit) for line in lines for hit in _DIVERSION.finditer(line[0])]
    return tuple(Span(hit[0], line.start() + hit.start()) for line, hit in found if not any(entry in line[0] for entry in allowed))


def personal_data(text: str, verified: Collection[str] = ()) -> tuple[Span, ...]:
    """The pieces of personal data in a text, except what stands in a verified fact (the duty phone), however it is written there."""
    known = [_SEPARATORS.sub("", plain(value)) for value in verified]
    spans = (Span(text[piece.start : piece.end], piece.start) for piece in mask_personal_data(text).found)
    return tuple(span for span in spans if not any(_SEPARATORS.sub("", plain(span.text)) in value for value in known))


def _host(address: str) -> str:
    bare = re.sub(r"\s|[\[\]()（）]", "", address).lower().replace("：", ":").replace("hxxp", "http").replace("\\", "/")
    bare = re.sub(r"(?<=[a-z0-9])(?:。|·|点|dot)(?=[a-z0-9])", ".", bare)
    try:
        host = urlsplit(bare if "//" in bare else f"//{bare}").hostname or bare
    except ValueError:
        host = bare
    return host.removeprefix("www.")


def _is_below(host: str, allowed: Collection[str]) -> bool:
    return any(host == entry or host.endswith(f".{entry}") for entry in allowed)
