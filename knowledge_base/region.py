"""Where a rule applies."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """A place by province and city; both None is the whole country."""

    province: str | None = None
    city: str | None = None

    def covers(self, other: "Region") -> bool:
        """Whether a rule of this region applies at `other`: national everywhere, provincial in its province, municipal in its city."""
        if self.province is None:
            return True
        return self.province == other.province and self.city in (None, other.city)


NATIONAL = Region()
