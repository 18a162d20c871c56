"""What the watching knows about one department, compiled once: names, rules, gazetteer, grading policy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Watch:
    """To be filled by the analysis."""
