"""How patient the WeChat adapter is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """In seconds.

    Attributes:
        call: how long one call to the gateway may take; it has no deadline of its own.
        ping: how often the line is tried when nothing else happens.
        first_pause, longest_pause: pauses between attempts to connect.
        between: pause after each message; WeChat publishes no limit and bans accounts that write faster.
    """

    call: float = 10.0
    ping: float = 30.0
    first_pause: float = 0.5
    longest_pause: float = 30.0
    between: float = 1.0
