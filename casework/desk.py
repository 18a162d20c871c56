"""The duty desk: everything about one department that the process needs to know, as one value."""

from dataclasses import dataclass, field
from datetime import time, timedelta

from knowledge_base.region import NATIONAL, Region
from monitoring.watch import Watch


@dataclass(frozen=True)
class Department:
    """Who answers. `region` decides which local rules apply; `names` are what citizens call it."""

    name: str
    short_name: str = ""
    region: Region = NATIONAL
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alerting:
    """When cards go out.

    Attributes:
        group_wait: how long a III (and a ringing IV) waits for more posts of the same event; I and II go at once.
        update_every: shortest time between two edits of one card.
        ringing_levels: levels that send a message of their own; the others wait for the digest.
        digest_times: times of day (China Standard Time) of the digest.
        quiet_from, quiet_until: III and IV are held back between these times of day unless they are hot; I and II never are. Two equal
            times are no quiet hours.
        flood_cards: so many messages may ring in one chat within `flood_window`; further ones of III and IV are folded into one list.
    """

    group_wait: timedelta = timedelta(seconds=30)
    update_every: timedelta = timedelta(minutes=5)
    ringing_levels: tuple[int, ...] = (1, 2, 3)
    digest_times: tuple[time, ...] = (time(8, 0), time(17, 30))
    quiet_from: time | None = time(22, 30)
    quiet_until: time | None = time(7, 0)
    flood_cards: int = 5
    flood_window: timedelta = timedelta(minutes=30)


@dataclass(frozen=True)
class Desk:
    """The department, how it watches and how it alerts."""

    department: Department
    watch: Watch
    alerting: Alerting = field(default_factory=Alerting)
    allowed_links: tuple[str, ...] = ()
