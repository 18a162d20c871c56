"""Ready-made sources: where the platforms are reached, what each needs, what it is known to do badly."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, urlsplit

from monitoring.errors import SourceError
from prompts import say

RSSHUB = "http://localhost:1200"
"""Where an RSSHub of one's own listens unless it is told otherwise."""
_PRIVATE_ENDINGS = (".local", ".lan", ".internal", ".home.arpa")


@dataclass(frozen=True)
class Preset:
    """One ready-made source.

    Attributes:
        route: path on an RSSHub, with {parameters}; empty for a source that needs none.
        address: address of a source that needs no RSSHub; of kinds without address empty.
        options: for the settings, with {parameters}.
        parameters: parameter -> what it is, with an example.
        login: which login RSSHub needs, as it calls its setting; empty for none.
        login_required: False where it goes without, only worse.
        browser: whether RSSHub needs a headless browser for it.
        weakness: what it is known to do badly.
    """

    key: str
    title: str
    kind: str
    tier: str
    weakness: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    route: str = ""
    address: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    login: str = ""
    login_required: bool = False
    browser: bool = False


@cache
def presets() -> Mapping[str, Preset]:
    """All of them, in the order of the file."""
    text = (files("adapters.sources") / "presets.toml").read_text(encoding="utf-8")
    return {key: Preset(key, **values) for key, values in tomllib.loads(text).items()}


def source_of(key: str, parameters: Mapping[str, str], *, rsshub: str = RSSHUB, name: str = "", tier: str = "") -> dict[str, Any]:
    """A source for the settings, from a preset.

    Args:
        parameters: a value for each of the preset's parameters.
        rsshub: address of the RSSHub; one in a private network is allowed by name.

    Raises:
        SourceError: no such preset, or other parameters than it has.
    """
    preset = presets().get(key)
    if preset is None:
        raise SourceError(say("sources.preset_unknown", key=key, known="、".join(presets())))
    if set(parameters) != set(preset.parameters) or not all(parameters.values()):
        wanted = " ".join(f"--{parameter} {what}" for parameter, what in preset.parameters.items())
        raise SourceError(say("sources.preset_parameters", key=key, wanted=wanted))
    quoted = {parameter: quote(value, safe="") for parameter, value in parameters.items()}
    address = f"{rsshub.rstrip('/')}{preset.route.format(**quoted)}" if preset.route else preset.address.format(**parameters)
    options = {option: _filled(value, parameters) for option, value in preset.options.items()}
    if preset.route and (private := _private_host(rsshub)):
        options["private_hosts"] = [private]
    own_name = name or preset.title.format(**parameters)
    return {"name": own_name, "kind": preset.kind, "address": address, "tier": tier or preset.tier, "options": options}


def _filled(value: Any, parameters: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(each, parameters) for each in value]
    return value.format(**parameters) if isinstance(value, str) else value


def _private_host(address: str) -> str:
    """The host of an address that lies in a private network; empty for a public one."""
    host = urlsplit(address).hostname or ""
    try:
        return "" if ip_address(host).is_global else host
    except ValueError:
        return host if "." not in host or host.endswith(_PRIVATE_ENDINGS) else ""
