"""Lets wechaty 0.10.7, of 2022, run beside today's libraries, keeps it from touching what is not its own, and names the parts used here.

Four things that it needs have changed since: pyee 12 moved `AsyncIOEventEmitter`, urllib3 2 dropped `get_host`, Python 3.11 refuses
unhashable defaults in dataclasses, Python 3.13 dropped telnetlib. And its import would make a folder in the working directory, and set up
loggers whose lines hold the token and what people say. Importing this module takes more than a second; only an opened chat does it.
"""

import importlib
import logging
import os
import sys
import tempfile
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def _mend_pyee() -> None:
    pyee: Any = importlib.import_module("pyee")
    if not hasattr(pyee, "AsyncIOEventEmitter"):
        pyee.AsyncIOEventEmitter = importlib.import_module("pyee.asyncio").AsyncIOEventEmitter


def _mend_urllib3() -> None:
    urllib3: Any = importlib.import_module("urllib3")
    if not hasattr(urllib3, "get_host"):
        urllib3.get_host = _get_host


def _get_host(url: str) -> tuple[str, str | None, int | None]:
    parts = importlib.import_module("urllib3.util").parse_url(url)
    return parts.scheme or "http", parts.hostname, parts.port


def _mend_telnetlib() -> None:
    """Only its name is needed: the look-up that would use it is not called here."""
    if sys.version_info >= (3, 13):
        _stand_in("telnetlib", Telnet=object)


def _mend_options() -> None:
    importlib.import_module("wechaty_puppet.schemas.puppet").PuppetOptions.__hash__ = object.__hash__


def _silence() -> None:
    logging.getLogger("wechaty").setLevel(logging.CRITICAL)
    _stand_in("wechaty_puppet.config", CACHE_DIR="")
    _stand_in("wechaty_puppet.logger", get_logger=_get_logger)


def _get_logger(name: str | None = None, file: str | None = None) -> logging.Logger:
    return logging.getLogger(f"wechaty.{name}" if name else "wechaty")


def _stand_in(name: str, **contents: object) -> None:
    module = types.ModuleType(name)
    module.__dict__.update(contents)
    sys.modules.setdefault(name, module)


@contextmanager
def _no_folder() -> Iterator[None]:
    """While wechaty is imported it makes a folder wherever CACHE_DIR says; this one exists already, and nothing is written into it."""
    before = os.environ.get("CACHE_DIR")
    os.environ["CACHE_DIR"] = tempfile.gettempdir()
    try:
        yield
    finally:
        del os.environ["CACHE_DIR"]
        if before is not None:
            os.environ["CACHE_DIR"] = before


_mend_pyee()
_mend_urllib3()
_mend_telnetlib()
_silence()
with warnings.catch_warnings(), _no_folder():
    warnings.simplefilter("ignore")
    _mend_options()
    from grpclib.client import Channel
    from grpclib.const import Status
    from grpclib.exceptions import GRPCError, ProtocolError, StreamTerminatedError
    from wechaty import Message, Wechaty, WechatyOptions
    from wechaty_grpc.wechaty import PuppetStub
    from wechaty_puppet import PuppetOptions
    from wechaty_puppet_service import PuppetService

__all__ = [
    "Channel",
    "GRPCError",
    "Message",
    "ProtocolError",
    "PuppetOptions",
    "PuppetService",
    "PuppetStub",
    "Status",
    "StreamTerminatedError",
    "Wechaty",
    "WechatyOptions",
]
