"""Bytes of a text file or a saved page become text."""

import codecs
import re

from knowledge_base.errors import UnreadableDocument
from prompts import say

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_OTHERS = ("gb18030", "utf-8", "big5hkscs")
_COMMON = frozenset("的一是不在有人我这个和第条市应当管理规定部门关于本法令通知國條應當規這門關為对以上及或者由其他下列二三四年月日城区")
"""What rules and notices are full of; of the bytes that several encodings explain, the words tell which."""
_MOST_DAMAGE = 0.002
"""Share of broken characters up to which a text is taken as what the rest of it is; they are shown, and warned of."""
BROKEN = "\ufffd"


def decode_text(raw: bytes, name: str) -> str:
    """By its byte order mark, else UTF-8, else GB 18030 or Big5 as its words tell; a few broken bytes become U+FFFD.

    Raises:
        UnreadableDocument: it is none of these, or no text at all.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    if b"\0" in raw[:4096]:
        raise UnreadableDocument(say("library.not_text", name=name))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        text = max((raw.decode(encoding, "replace") for encoding in _OTHERS), key=_likeness)
    if text.count(BROKEN) > _MOST_DAMAGE * len(text):
        raise UnreadableDocument(say("library.not_text", name=name))
    return text


def _likeness(text: str) -> float:
    """How much a decoded text looks like a rule: its share of common characters, less its broken ones."""
    sample = text[:100_000]
    return (sum(character in _COMMON for character in sample) - 5 * sample.count(BROKEN)) / max(1, len(sample))


def decode_page(raw: bytes) -> str:
    """By its byte order mark, else as it declares where that fits, else as `decode_text`; what nothing explains becomes U+FFFD."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    declared = _DECLARED.search(raw[:4096])
    labels = [declared[1].decode("ascii", "replace").lower()] if declared else []
    for label in [*labels, "utf-8", "gb18030"]:
        try:
            return raw.decode("gb18030" if label in ("gb2312", "gbk", "gb_2312-80") else label)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", "replace")
