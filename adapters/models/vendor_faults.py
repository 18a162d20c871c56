"""What the libraries of model vendors raise when a server is down, refuses, breaks off, or answers something else than it should."""

from importlib import import_module

_NAMED = (
    "httpx:HTTPError",
    "httpx:InvalidURL",
    "httpx2:HTTPError",
    "httpx2:InvalidURL",
    "openai:OpenAIError",
    "ollama:RequestError",
    "ollama:ResponseError",
)
"""Module and error; which of them is installed depends on the vendor's library (openai 3 speaks through httpx2)."""


def vendor_faults() -> tuple[type[Exception], ...]:
    """Every error that means: no usable answer.

    Answers of a wrong shape surface as errors of the language itself, several ways to connect that all failed as a group.
    """
    plain = (OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError, AssertionError, ExceptionGroup)
    return (*plain, *(found for named in _NAMED if (found := _installed(*named.split(":")))))


def _installed(module: str, error: str) -> type[Exception] | None:
    try:
        found: type[Exception] = getattr(import_module(module), error)
    except ImportError:
        return None
    return found
