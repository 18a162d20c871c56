"""The pages of one case: what is known, its draft, the clauses and past cases behind it."""

from starlette.routing import Route

from adapters.chat.staff_room.site import Site


class Casefile:
    """Pages of cases."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Where they answer."""
        return []
