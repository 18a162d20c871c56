"""Which articles of its own document a clause refers to: 违反本条例第十一条第一款、第十二条规定."""

import re

from knowledge_base.structure import article_number
from language.script import to_simplified

_ARTICLE = r"第[〇零一二三四五六七八九十百千两\d]+条(?:之[一二三四五六七八九十]+)?"
_PART = r"(?:第[一二三四五六七八九十百\d]+[款项目])*"
_OWN = re.compile(
    rf"本(?:法|条例|办法|规定|细则|规则|规范|规程|决定)(?:的)?(?P<articles>{_ARTICLE}{_PART}(?:(?:、|和|或者|以及|至){_ARTICLE}{_PART})*)"
)
_ONE = re.compile(_ARTICLE)


def own_articles_named(text: str) -> frozenset[tuple[int, int]]:
    """Numbers of the articles that a clause names as its own document's."""
    labels = (label for named in _OWN.finditer(to_simplified(text)) for label in _ONE.findall(named["articles"]))
    return frozenset(number for label in labels if (number := article_number(label)) is not None)
