"""Why a clause was found, in a few words for people."""

from language.script import to_simplified
from prompts import say
from retrieval.bridging import Bridge
from retrieval.everyday import rule_words
from retrieval.subject import telling_words
from retrieval.terms import terms

MOST_WORDS = 3


class Reasons:
    """The reasons of one query's hits; what only the query decides is worked out once."""

    def __init__(self, query: str, bridges: tuple[Bridge, ...]) -> None:
        self._bridges, self._words = bridges, telling_words(query)

    def why(self, text: str) -> str:
        """Which lay word led to which official word or phrase of a text; else the words that text and query share."""
        text = to_simplified(text)
        held = set(terms(text))
        for bridge in self._bridges:
            if phrase := bridge.phrase_in(held):
                return say("knowledge.why_bridged", lay=bridge.lay_words[0], official=phrase)
        for word in self._words:
            if word not in text and (called := next((called for called in rule_words(word) if called in text), None)):
                return say("knowledge.why_bridged", lay=word, official=called)
        shared = [word for word in self._words if word in text][:MOST_WORDS]
        return say("knowledge.why_words", words="、".join(shared)) if shared else say("knowledge.why_alike")
