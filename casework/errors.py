"""What can go wrong in the people's process. Each message is the sentence that the person sees."""


class CaseworkError(Exception):
    """Root of this package's errors."""


class Refused(CaseworkError):
    """The request is understood and not allowed or not possible now; the message says why and what to do instead. Nothing was changed."""


class ChatError(CaseworkError):
    """A message could not be delivered. Exactly one of the three holds.

    Attributes:
        retry_after_seconds: the platform asked to wait, or is down for now; try again then.
        permanent: trying again is useless; a person must act (the message says how).
        uncertain: it may have been delivered; never resend silently.
        moved_to: the chat has a new id; send there instead.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after_seconds: float | None = None,
        permanent: bool = False,
        uncertain: bool = False,
        moved_to: str | None = None,
    ) -> None:
        super().__init__(message)
        self.retry_after_seconds, self.permanent, self.uncertain, self.moved_to = retry_after_seconds, permanent, uncertain, moved_to


class PublishError(CaseworkError):
    """A reply could not be published. `uncertain` means that it may stand there already; a person looks before anyone tries again."""

    def __init__(self, message: str, *, uncertain: bool = False) -> None:
        super().__init__(message)
        self.uncertain = uncertain
