"""适用: whether a law that holds here bears on the matter at all."""

from collections.abc import Iterator, Sequence

from casework.checks.citations import Mention, meant, mentions
from casework.drafting.ask import topic_of_ask
from casework.drafting.matter import Matter
from casework.drafting.topic import Topic, topic_of
from knowledge_base.clause import Clause


def off_topic(text: str, clauses: Sequence[Clause], matter: Matter) -> Iterator[Mention]:
    """The mentions none of whose clauses has a word of what the matter, or one of its asks, is about."""
    main = topic_of(f"{matter.headline}\n{matter.told}", matter.line)
    topics = {main.name: main} | {own.name: own for ask in matter.asks for own in [topic_of_ask(ask, matter.told, matter.line, main)]}
    if not any(topic.terms for topic in topics.values()):
        return
    for mention in mentions(text):
        rows = meant(mention, clauses)
        if rows and not any(_bears(clause, topic, matter) for clause in rows for topic in topics.values()):
            yield mention


def _bears(clause: Clause, topic: Topic, matter: Matter) -> bool:
    said = f"{clause.title}\n{clause.text}"
    return any(word in said for word in (*topic.terms, *topic.words, *topic.penal)) or any(title in clause.title for title in topic.titles)
