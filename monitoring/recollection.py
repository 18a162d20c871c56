"""The events so far, held in memory: for measuring on a file, without a database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from monitoring.assignment import HOLDERS_PER_KEY
from monitoring.voices import Voice


class Recollection:
    """An `EventIndex` in memory."""

    def __init__(self) -> None:
        self._holders: dict[int, dict[int, None]] = defaultdict(dict)
        self._voices: dict[int, list[Voice]] = defaultdict(list)

    async def holders(self, keys: Sequence[int]) -> Iterable[tuple[int, int]]:
        return [(key, event) for key in keys for event in sorted(self._holders.get(key, ()), reverse=True)[:HOLDERS_PER_KEY]]

    async def voices(self, events: Sequence[int]) -> Mapping[int, Sequence[Voice]]:
        return {event: self._voices[event] for event in events}

    async def remember(self, event: int, item: int, voice: Voice, keys: Sequence[int]) -> None:
        self._voices[event].append(voice)
        for key in keys:
            self._holders[key][event] = None
