"""Who is who behind the gateway.

WeChat's ids change at each login, so that groups are known by their topic, and people by the remark (备注) that the bot's own account gave
them.
A nickname would not do: everybody may take any.
"""

import asyncio

from adapters.chat.wechat.link import Link
from casework.errors import ChatError
from prompts import say


class Addresses:
    """Topics and remarks, asked of the gateway whenever they are needed: groups are renamed, remarks are given, and both are few."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def room(self, topic: str) -> str:
        """The id of the one group with this topic.

        Raises:
            ChatError: there is none, or more than one, or the gateway cannot be asked.
        """
        found = [room for room, known in (await self._topics()).items() if known == topic]
        if not found:
            raise ChatError(say("wechat.unknown_room", chat=topic), permanent=True)
        if len(found) > 1:
            raise ChatError(say("wechat.same_topic", chat=topic, count=len(found)), permanent=True)
        return found[0]

    async def topic(self, room: str) -> str:
        """The topic of a group. Raises ChatError as `room` does, so that nobody acts in a group that only bears the same name."""
        payload = await self._link.call(self._link.gateway.room_payload(room))
        await self.room(payload.topic)
        return str(payload.topic)

    async def remark(self, contact: str) -> str:
        """What the bot's account calls a person; empty where it has not given a remark. Raises ChatError."""
        payload = await self._link.call(self._link.gateway.contact_payload(contact))
        return str(payload.alias)

    async def name(self, contact: str) -> str:
        """What a person, or the bot, is called in WeChat. Raises ChatError."""
        payload = await self._link.call(self._link.gateway.contact_payload(contact))
        return str(payload.name)

    async def members(self, room: str, remarks: tuple[str, ...]) -> dict[str, str]:
        """Ids and WeChat names of those people in a group that bear one of the remarks. Raises ChatError."""
        ids = await self._link.call(self._link.gateway.room_members(room))
        people = await asyncio.gather(*(self._link.call(self._link.gateway.contact_payload(one)) for one in ids))
        return {person.id: person.name for person in people if person.alias in remarks}

    async def _topics(self) -> dict[str, str]:
        rooms = await self._link.call(self._link.gateway.room_list())
        payloads = await asyncio.gather(*(self._link.call(self._link.gateway.room_payload(room)) for room in rooms))
        return {room: payload.topic for room, payload in zip(rooms, payloads, strict=True)}
