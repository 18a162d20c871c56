"""Secrets in a source's settings: they name the environment's variables, never the secrets themselves."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from monitoring.errors import SourceError
from prompts import say

_NAMED = re.compile(r"\$\{(\w+)\}")
_PREFIX = "WENSHENG_"
"""Other variables belong to other programs and are sent nowhere."""
_SECRET_HEADERS = re.compile(r"authorization|cookie|token|secret|(?:^|[-_])key$|password", re.IGNORECASE)


@dataclass(frozen=True)
class Filled:
    """An address and headers with their secrets filled in.

    Attributes:
        secrets: the values that were filled in; they must not be stored.
    """

    address: str
    headers: Mapping[str, str]
    secrets: tuple[str, ...]


def fill(address: str, headers: Mapping[str, str], environment: Mapping[str, str] | None = None) -> Filled:
    """Put the environment's values in place of `${WENSHENG_…}`.

    Args:
        environment: variable -> value; the process's own where it is not given.

    Raises:
        SourceError: a variable is not set or not ours, or a header holds a secret in plain words.
    """
    variables = os.environ if environment is None else environment
    for name, value in headers.items():
        if _SECRET_HEADERS.search(name) and not _NAMED.search(str(value)):
            raise SourceError(say("sources.secret_in_settings", header=name))
    names = {match[1] for text in (address, *map(str, headers.values())) for match in _NAMED.finditer(text)}
    for name in sorted(names):
        if not name.startswith(_PREFIX) or not variables.get(name):
            raise SourceError(say("sources.secret_missing", name=name))

    def filled(text: str) -> str:
        return _NAMED.sub(lambda match: variables[match[1]], text)

    secrets = tuple(variables[name] for name in sorted(names))
    return Filled(filled(address), {name: filled(str(value)) for name, value in headers.items()}, secrets)
