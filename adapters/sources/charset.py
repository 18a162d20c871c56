"""Bytes of the web become text: by the rules of the WHATWG Encoding Standard, and past labels that lie.

Order of trust: byte order mark, then the header's charset, then the page's own declaration, then what the bytes look like. A label whose
encoding the bytes do not fit gives way to the next one; one that fits everything (Latin-1) is believed only where nothing Chinese shows.
"""

import codecs
import re
from collections.abc import Iterator

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
"""Longest first where one begins another. UTF-32 is no encoding of the web's standard, but some feeds are written in it."""
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DECLARED = (
    re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{1,40})", re.IGNORECASE),
    re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE),
)
_DECLARATION_BYTES = 4_096
"""WHATWG looks through 1,024; pages of China's older systems put scripts before it."""
_SAMPLE_BYTES = 65_536
_WIDE = ("gb18030", "big5hkscs", "cp932", "cp949")
_FITS_ALL = frozenset({"windows-1252", "iso-8859-1", "latin-1", "latin_1", "iso8859-1", "cp1252"})
_MOST_DAMAGE = 0.02
"""Share of characters that may be broken (a cut end, one bad byte) before a label is taken for a lie."""
_BELIEVABLE = 0.05
"""Share of frequent characters at which the first of several labels that contradict each other is believed."""
_COMMON = {
    "gb18030": "的一是不了在有人我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没",
    "big5hkscs": "的一是不了在有人我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可裡後小麼心多天而能好都然沒",
    "cp932": "のにはをたがでてとしれさあるいなもかまこすりだくらっよんき",
    "cp949": "이다는의에을가고한를은하지로서도기사시인나어라그대일해",
}
"""What is frequent in the language that an encoding is for."""


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a page, feed or document; what no encoding explains becomes U+FFFD.

    Args:
        content_type: the header as it was sent; may be empty or wrong.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    if wide := _without_mark(body):
        return body.decode(wide, "replace")
    labels = list(dict.fromkeys(_labels(body, content_type)))
    for encoding in labels:
        text = body.decode(encoding, "replace")
        damaged = text.count("\ufffd") > _MOST_DAMAGE * len(text) or _is_utf8_in_disguise(body, encoding)
        if not damaged and (len(labels) == 1 or _likeliness(body[:_SAMPLE_BYTES], encoding) >= _BELIEVABLE):
            return text
    return _guess(body, labels)


def _labels(body: bytes, content_type: str) -> Iterator[str]:
    """The encodings that header and page name, by Python's names; those that fit all bytes are left to `_guess`."""
    header = _HEADER.search(content_type)
    start = body[:_DECLARATION_BYTES]
    named = [header[1]] if header else []
    named += [match[1].decode("ascii", "replace") for pattern in _DECLARED if (match := pattern.search(start))]
    for label in named:
        encoding = python_name(label)
        if encoding and encoding not in _FITS_ALL:
            yield "utf-8" if encoding.startswith("utf-16") else encoding  # a page in UTF-16 could not have said so in ASCII


def python_name(label: str) -> str | None:
    """The codec for a label of the web: gb2312 and gbk are read as GB 18030, which holds them. None for an unknown label."""
    import webencodings

    encoding = webencodings.lookup(label)
    if encoding is None or encoding.name in ("replacement", "x-user-defined"):
        return None
    if encoding.name in ("gbk", "gb18030"):
        return "gb18030"
    return str(encoding.codec_info.name)


def _without_mark(body: bytes) -> str | None:
    """UTF-16 shows by its zeros: of ASCII every second byte is one."""
    start = body[:512]
    if start.count(0) < max(2, len(start) // 20):
        return None
    even, odd = start[::2].count(0), start[1::2].count(0)
    if min(even, odd) * 4 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _is_utf8_in_disguise(body: bytes, encoding: str) -> bool:
    """Bytes that are valid UTF-8 beyond ASCII are UTF-8: those of another encoding hardly ever happen to be."""
    return encoding != "utf-8" and not body.isascii() and _is_utf8(body)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(body: bytes, labels: list[str]) -> str:
    if _is_utf8(body):
        return body.decode("utf-8")
    sample = body[:_SAMPLE_BYTES]
    best = max((*labels, "utf-8", *_WIDE), key=lambda encoding: _likeliness(sample, encoding))
    if _likeliness(sample, best) <= 0 and not labels:
        best = "windows-1252"
    return body.decode(best, "replace")


def _likeliness(sample: bytes, encoding: str) -> float:
    """Frequent characters of the encoding's language, less the broken ones, for each character beyond ASCII."""
    text = sample.decode(encoding, "replace")
    beyond = [character for character in text if character > "\x7f"]
    if not beyond:
        return 0.0
    common = set(_COMMON.get(encoding, _COMMON["gb18030"] + _COMMON["big5hkscs"]))
    return (sum(character in common for character in beyond) - 5 * text.count("\ufffd")) / len(beyond)
