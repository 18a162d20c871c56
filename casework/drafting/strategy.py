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
    Standing.ORDINARY: ((_S.EARLY_NOTICE, _C.TICKET), (_S.FACTS, _C.TICKET), (_S.APOLOGY, _C.TICKET)),
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

_CHANNEL_WORDS = {
    "评论": _C.COMMENT, "12345": _C.TICKET, "留言板": _C.TICKET, "工单": _C.TICKET, "答复": _C.TICKET,
    "公众号": _C.ARTICLE, "正文": _C.ARTICLE, "长文": _C.ARTICLE, "微博": _C.COMMENT, "通报": _C.BULLETIN,
}  # fmt: skip
"""What people call the channels; the first word that fits decides."""
_SHORT_NAMES = {
    "告知": _S.EARLY_NOTICE, "说明": _S.FACTS, "解答": _S.POLICY, "政策": _S.POLICY, "致歉": _S.APOLOGY, "道歉": _S.APOLOGY,
    "辟谣": _S.CLARIFICATION, "澄清": _S.CLARIFICATION, "转办": _S.REFERRAL, "进展": _S.PROGRESS, "续报": _S.PROGRESS, "办结": _S.CLOSING,
}  # fmt: skip
"""What people call the strategies for short."""


def plan(matter: Matter, wanted: Plan = ()) -> Plan:
    """The strategies and channels to propose, the recommended first.

    Args:
        matter: what is known. Where nothing points at a fault of ours, an apology makes way for an explanation of the rules.
        wanted: what a person asked for by name; it comes first, and the usual ones of other strategies follow.
    """
    chosen = _PLANS[matter.standing]
    if matter.standing in (Standing.ORDINARY, Standing.PRESSING) and not _may_be_at_fault(matter):
        chosen = (*chosen[:2], (Strategy.POLICY, Channel.TICKET))
    named = {strategy for strategy, _ in wanted}
    return (*wanted, *(pair for pair in chosen if pair[0] not in named))


def _may_be_at_fault(matter: Matter) -> bool:
    """Whether an apology is worth preparing: our own people are blamed, or our records hold what we left undone."""
    return matter.blames_us or bool(matter.history.broken or matter.history.unanswered or matter.returns)


def wanted_in(words: str, matter: Matter) -> Plan | None:
    """The candidate that a person asks for: “致歉整改 微博评论”, “道歉 通报”, or only one of the two.

    Args:
        words: what was typed after the case's number.
        matter: names the usual channel of a strategy, and the recommended strategy of a channel.

    Returns:
        Nothing to add where nothing was typed; None where the words name neither strategy nor channel.
    """
    if not words.strip():
        return ()
    strategy = next((s for s in Strategy if s.value in words), None) or next((s for w, s in _SHORT_NAMES.items() if w in words), None)
    left = words.replace(strategy.value, "") if strategy else words
    channel = next((c for c in Channel if c.value in left), None) or next((c for w, c in _CHANNEL_WORDS.items() if w in left), None)
    if strategy is None and channel is None:
        return None
    usual = _PLANS[matter.standing]
    first = strategy or usual[0][0]
    return ((first, channel or next((c for s, c in usual if s is first), Channel.TICKET)),)
