"""策略与渠道: the eight ways to answer, the four places to answer in, and which to propose for the state of a case."""

from enum import StrEnum

from casework.drafting.matter import Matter, Standing


class Strategy(StrEnum):
    """The eight strategies of a reply; `frame` is the file of its reply frames."""

    EARLY_NOTICE = "先行告知"
    FACTS = "事实说明"
    POLICY = "政策解答"
    APOLOGY = "致歉整改"
    CLARIFICATION = "辟谣澄清"
    REFERRAL = "转办告知"
    PROGRESS = "进展续报"
    CLOSING = "办结回访"

    @property
    def frame(self) -> str:
        return self.name.lower()


class Channel(StrEnum):
    """Where the reply stands."""

    COMMENT = "微博评论"
    ARTICLE = "微博/公众号正文"
    TICKET = "12345/留言板答复"
    BULLETIN = "情况通报"

    @property
    def longest(self) -> int:
        """The most characters that the channel takes (REPLIES 渠道)."""
        return _LENGTHS[self][1]

    @property
    def shortest(self) -> int:
        """Below this the channel's readers miss something."""
        return _LENGTHS[self][0]


_LENGTHS = {Channel.COMMENT: (0, 140), Channel.ARTICLE: (300, 800), Channel.TICKET: (200, 600), Channel.BULLETIN: (150, 400)}

Plan = tuple[tuple[Strategy, Channel], ...]

_S, _C = Strategy, Channel
_PLANS: dict[Standing, Plan] = {
    Standing.URGENT: ((_S.EARLY_NOTICE, _C.COMMENT), (_S.FACTS, _C.BULLETIN), (_S.APOLOGY, _C.BULLETIN)),
    Standing.PRESSING: ((_S.EARLY_NOTICE, _C.TICKET), (_S.FACTS, _C.BULLETIN), (_S.APOLOGY, _C.TICKET)),
    Standing.ORDINARY: ((_S.FACTS, _C.TICKET), (_S.EARLY_NOTICE, _C.COMMENT), (_S.APOLOGY, _C.TICKET)),
    Standing.VERIFIED: ((_S.FACTS, _C.TICKET), (_S.PROGRESS, _C.COMMENT), (_S.APOLOGY, _C.TICKET)),
    Standing.AT_FAULT: ((_S.APOLOGY, _C.TICKET), (_S.FACTS, _C.BULLETIN), (_S.EARLY_NOTICE, _C.COMMENT)),
    Standing.RUMOUR: ((_S.CLARIFICATION, _C.BULLETIN), (_S.EARLY_NOTICE, _C.COMMENT), (_S.FACTS, _C.ARTICLE)),
    Standing.NOT_OURS: ((_S.REFERRAL, _C.TICKET), (_S.EARLY_NOTICE, _C.COMMENT), (_S.FACTS, _C.TICKET)),
    Standing.QUESTION: ((_S.POLICY, _C.TICKET), (_S.EARLY_NOTICE, _C.COMMENT), (_S.FACTS, _C.TICKET)),
    Standing.ANSWERED: ((_S.PROGRESS, _C.TICKET), (_S.CLOSING, _C.TICKET), (_S.FACTS, _C.BULLETIN)),
    Standing.SETTLED: ((_S.CLOSING, _C.TICKET), (_S.PROGRESS, _C.COMMENT), (_S.FACTS, _C.ARTICLE)),
    Standing.NEWS: ((_S.EARLY_NOTICE, _C.COMMENT), (_S.FACTS, _C.BULLETIN), (_S.CLARIFICATION, _C.BULLETIN)),
    Standing.PRAISE: ((_S.CLOSING, _C.COMMENT), (_S.EARLY_NOTICE, _C.TICKET), (_S.FACTS, _C.ARTICLE)),
}
"""What to propose for each standing, the recommended first."""


def plan(matter: Matter, *, has_clause: bool) -> Plan:
    """The strategies and channels to propose, the recommended first.

    Args:
        matter: what is known.
        has_clause: whether a clause was found that bears on the matter; then an unproved apology makes way for an explanation of the rules.
    """
    chosen = _PLANS[matter.standing]
    if has_clause and matter.standing in (Standing.ORDINARY, Standing.PRESSING) and not matter.blames_us:
        return (*chosen[:2], (Strategy.POLICY, Channel.TICKET))
    return chosen
