"""What can go wrong while watching."""


class MonitoringError(Exception):
    """Root of this package's errors."""


class SourceError(MonitoringError):
    """A source could not be read. The message is one sentence for the administrator.

    Attributes:
        retry_after_seconds: when another attempt makes sense; None where a person must act first.
    """

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class PolicyError(MonitoringError):
    """A rule, lexicon or grading policy that cannot be used: says file, line and what to write instead."""
