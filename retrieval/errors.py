"""What can go wrong while searching."""


class RetrievalError(Exception):
    """Root of this package's errors."""


class ModelUnavailable(RetrievalError):
    """A model or embedder outside did not answer in time or not usably; the embedded way goes on instead.

    Attributes:
        retry_after_seconds: when another attempt makes sense; None where the settings must be mended first.
    """

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class IndexUnavailable(RetrievalError):
    """A derived index cannot be read or written; search goes on without it, and the next start makes it anew."""
