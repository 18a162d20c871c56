"""The citizen's own words, quoted so that he sees that somebody read them: short, word for word, without personal data or abuse."""

import re

from casework.drafting.matter import Matter, Post
from casework.drafting.topic import Topic

SUBJECT_LENGTH = 26
POINT_LENGTHS = range(10, 42)

_BREAK = re.compile(r"[。！？!?\n；;…~～【】]+")
_BRACKETED = re.compile(r"\s*【([^】\n]{2,60})】")
_COMMA = re.compile(r"[，,、：:\s]+")
_LEAD = re.compile(r"^(?:【|\[|#|《)*(?:关于|反映|投诉|举报|咨询|请问|建议|求助)*")
_TAIL = re.compile(r"(?:的?(?:问题|情况|请求|建议|投诉|咨询))+$|[】\]#》，,、：:（(]+$")
_MASK = re.compile(r"\*+|@\S+")
_CONCRETE = re.compile(r"[\d一二三四五六七八九十两几]+多?(?:点|天|年|月|次|栋|楼|户|个|家|米|元|人|岁|度|分贝|小时|辆)")
_NUMBERING = re.compile(r"^[\d一二三四五六七八九十]{1,2}[,，、.．:：)）]\s*")
_UNFIT = re.compile(
    r"领导|书记|市长|您好|你好|谢谢|希望|请|敬|曝光|联系|电话|保护伞|黑社会|腐败|骗|无良|讽刺|猖獗|可恨|气愤|恶劣|最|居然|竟|"
    r"政府|部门|本人|[“”\"‘’【】《》]|https?:"
)
"""What is better not repeated in public: forms of address, accusations, anger."""
_TIME = re.compile(r"凌晨|早上|上午|中午|下午|晚上|夜里|半夜|深夜|每天|天天|周末|节假日|\d+[:：点]|\d+[年月日]|[一二三四五六七八九十两]+点")


def subject_of(matter: Matter, topic: Topic, longest: int = SUBJECT_LENGTH) -> str:
    """What the matter is called in the reply: the title, or the first phrase of the post that names the topic, word for word."""
    first = matter.posts[0] if matter.posts else Post(matter.headline, "")
    bracketed = _BRACKETED.match(first.text)
    title = first.title or (bracketed[1] if bracketed else "")
    phrases = [phrase.strip() for phrase in _BREAK.split(title or first.text) if phrase.strip()] or [matter.headline]
    phrase = next((phrase for phrase in phrases if any(word in phrase for word in topic.words)), phrases[0])
    subject = _shorten(_TAIL.sub("", _LEAD.sub("", _NUMBERING.sub("", phrase))).strip(), topic, longest)
    return subject or without_marks(matter.headline)[:longest]


def told_points(matter: Matter, subject: str, most: int = 2) -> tuple[str, ...]:
    """Concrete things that the first post says (when, where, how often), word for word, those that name a time first."""
    if not matter.posts:
        return ()
    phrases = [_NUMBERING.sub("", part.strip()) for sentence in _BREAK.split(matter.posts[0].text) for part in _joined(sentence)]
    usable = [phrase for phrase in phrases if _is_point(phrase) and phrase not in subject and subject not in phrase]
    ranked = sorted(dict.fromkeys(usable), key=lambda phrase: -len(_TIME.findall(phrase)))
    chosen = set(ranked[:most])
    return tuple(phrase for phrase in dict.fromkeys(usable) if phrase in chosen)


def without_marks(text: str) -> str:
    """A text that can stand inside a sentence: no sentence ends, no masks."""
    return _MASK.sub("某", _BREAK.sub(" ", text)).strip(" 。，,")


def _is_point(phrase: str) -> bool:
    concrete = _CONCRETE.search(phrase) or _TIME.search(phrase)
    fit = not _UNFIT.search(phrase) and not _MASK.search(phrase) and phrase.count("（") == phrase.count("）")
    return len(phrase) in POINT_LENGTHS and concrete is not None and fit


def _joined(sentence: str) -> list[str]:
    """The phrases between commas, neighbours joined while they stay short: one phrase alone says too little."""
    joined: list[str] = []
    for part in re.split(r"(?<=[，,])", sentence):
        if joined and len(joined[-1]) + len(part) < POINT_LENGTHS.stop:
            joined[-1] += part
        else:
            joined.append(part)
    return [part.rstrip("，,、：: ") for part in joined]


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
