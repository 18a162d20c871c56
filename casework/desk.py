"""The duty desk: everything about one department that the process needs to know, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta

from casework.checks.kinds import Severity
from casework.deadline import GRAVE
from knowledge_base.region import NATIONAL, Region
from monitoring.watch import Watch


@dataclass(frozen=True)
class Department:
    """Who answers. `region` decides which local rules apply; `names` are what citizens call it; `duty_phone` may stand in any reply."""

    name: str
    short_name: str = ""
    region: Region = NATIONAL
    names: tuple[str, ...] = ()
    duty_phone: str = ""


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
class Approving:
    """How long things wait around an approval; the second of each pair is for I and II.

    Attributes:
        valid_for: an approved text that is not published within is void.
        remind_after: those who are to sign are reminded after so long, and the leader after as much again.
    """

    valid_for: timedelta = timedelta(hours=24)
    grave_valid_for: timedelta = timedelta(hours=12)
    remind_after: timedelta = timedelta(minutes=30)
    grave_remind_after: timedelta = timedelta(minutes=15)

    def validity(self, level: int) -> timedelta:
        """How long an approval at this level may wait to be used."""
        return self.grave_valid_for if level in GRAVE else self.valid_for

    def patience(self, level: int) -> timedelta:
        """How long a submitted text at this level may wait before somebody is reminded."""
        return self.grave_remind_after if level in GRAVE else self.remind_after


@dataclass(frozen=True)
class Desk:
    """The department, how it watches, how it alerts, how it approves and where it publishes.

    Attributes:
        channel_hosts: where the texts of a channel may stand, for the address that a person pastes; a channel that is not named: anywhere.
        checks: how grave the department takes a kind of finding; None: it does not want to see it. Other kinds are as usual.
        ai_label: the notice at the end of what a model wrote; empty: none.
    """

    department: Department
    watch: Watch
    alerting: Alerting = field(default_factory=Alerting)
    allowed_links: tuple[str, ...] = ()
    checks: Mapping[str, Severity | None] = field(default_factory=dict)
    channel_hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ai_label: str = ""
    approving: Approving = field(default_factory=Approving)
