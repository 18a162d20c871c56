"""Going straight to a clause that is named: 噪声法 第四十三条, 《行政处罚法》第42条."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from knowledge_base.document import comparable_name
from knowledge_base.structure import article_number

_ARTICLE = r"(?:第\s*(?:[〇零一二三四五六七八九十百千两]+|\d+)|\d+)\s*条(?:之[一二三四五六七八九十\d]+)?"
_KIND = r"(?:实施条例|实施细则|实施办法|条例|细则|办法|规定|规则|通告|通知|决定|法典|法)"
_QUOTED = re.compile(rf"《(?P<title>[^《》]{{2,60}})》\s*(?P<article>{_ARTICLE})?")
_WITH_ARTICLE = re.compile(rf"(?P<title>[\u4e00-\u9fff（）()]{{1,40}}?{_KIND})\s*(?:的|里|中)?\s*(?P<article>{_ARTICLE})")
_NAMED = re.compile(r"(?P<title>[\u4e00-\u9fff（）()]{4,40}?(?:实施条例|实施细则|实施办法|条例|细则))(?P<article>)")
_LEADING = re.compile(r"^(?:请问|根据|按照|依据|依照|违反|查一下|我想问|想问|麻烦|问下|请教|现行|新|旧)+")


@dataclass(frozen=True)
class Mention:
    """A document that a question names, and the article if it names one."""

    title: str
    article: str = ""


def mentioned(question: str) -> Mention | None:
    """The document that a question names: in 《》, before an article, or as a …条例/细则."""
    for pattern in (_QUOTED, _WITH_ARTICLE, _NAMED):
        if match := pattern.search(question):
            title = _LEADING.sub("", match["title"])
            article = re.sub(r"\s", "", match["article"] or "")
            return Mention(title, article if article.startswith("第") or not article else f"第{article}")
    return None


def matching_title(name: str, titles: Collection[str]) -> str | None:
    """The title that a name stands for: the same one, else the shortest that it abbreviates (噪声法, 物业条例).

    Args:
        titles: full titles.
    """
    wanted = comparable_name(name)
    alike = [title for title in titles if _abbreviates(wanted, comparable_name(title))]
    return min(alike, key=lambda title: (comparable_name(title) != wanted, len(title), title), default=None)


def same_article(first: str, second: str) -> bool:
    """Whether two labels name one article (第四十三条, 第43条)."""
    number = article_number(first)
    return first == second or (number is not None and number == article_number(second))


def _abbreviates(short: str, full: str) -> bool:
    """Whether all characters of a name stand in a title, in order, the last at its end."""
    if not short or short[-1] != full[-1] or len(short) > len(full):
        return False
    left = iter(full)
    return all(character in left for character in short)
