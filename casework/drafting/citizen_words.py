"""The citizen's own words, quoted so that he sees that somebody read them: short, word for word, without personal data or abuse."""

import re

from casework.drafting.matter import Matter, Post
from casework.drafting.topic import Topic

SUBJECT_LENGTH = 26

_BREAK = re.compile(r"[。！？!?\n；;…~～【】]+")
_BRACKETED = re.compile(r"\s*【([^】\n]{2,60})】")
_COMMA = re.compile(r"[，,、：:\s]+")
_LEAD = re.compile(r"^(?:【|\[|#|《)*(?:关于|反映|投诉|举报|咨询|请问|建议|求助)*")
_TAIL = re.compile(r"(?:的?(?:问题|情况|请求|建议|投诉|咨询))+$|[】\]#》，,、：:（(]+$")
_MASK = re.compile(r"\*+|@\S+")
_NUMBERING = re.compile(r"^[\d一二三四五六七八九十]{1,2}[,，、.．:：)）]\s*")


def subject_of(matter: Matter, topic: Topic, longest: int = SUBJECT_LENGTH) -> str:
    """What the matter is called in the reply: the title, or the first phrase of the post that names the topic, word for word."""
    first = matter.posts[0] if matter.posts else Post(matter.headline, "")
    bracketed = _BRACKETED.match(first.text)
    title = first.title or (bracketed[1] if bracketed else "")
    phrases = [phrase.strip() for phrase in _BREAK.split(title or first.text) if phrase.strip()] or [matter.headline]
    phrase = next((phrase for phrase in phrases if any(word in phrase for word in topic.words)), phrases[0])
    subject = _shorten(_TAIL.sub("", _LEAD.sub("", _NUMBERING.sub("", phrase))).strip(), topic, longest)
    return subject or without_marks(matter.headline)[:longest]


def without_marks(text: str) -> str:
    """A text that can stand inside a sentence: no sentence ends, no masks."""
    return _MASK.sub("某", _BREAK.sub(" ", text)).strip(" 。，,")


def _shorten(phrase: str, topic: Topic, longest: int) -> str:
    """The phrase, or where it is too long the longest run of its parts that fits, one that names the topic before others."""
    phrase = _MASK.sub("某", re.sub(r"[“”\"【】]", "", phrase))
    if len(phrase) <= longest:
        return phrase
    starts = [0, *(found.end() for found in _COMMA.finditer(phrase))]
    ends = [*(found.start() for found in _COMMA.finditer(phrase)), len(phrase)]
    runs = [phrase[start:end] for start in starts for end in ends if 0 < end - start <= longest]
    if not runs:
        cut = phrase[:longest]
        return re.sub(r"[0-9A-Za-z.]+$", "", cut) or cut
    return max(runs, key=lambda run: (any(word in run for word in topic.words), len(run), -phrase.index(run)))
