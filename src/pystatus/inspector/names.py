"""What topics are called, where that can be known: a topic is four bytes of the hash of a name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from pystatus import sanitise
from pystatus.account.alias import alias
from pystatus.crypto.keys import PublicKey
from pystatus.transport import topics

DISCOVERY = "contact-discovery"
"""Where clients wrote to anybody before there were partitions."""


class TopicNames:
    """Names of the chats and people that somebody gave, and of the topics that everybody shares."""

    def __init__(self, chats: Iterable[str] = (), people: Iterable[PublicKey] = ()) -> None:
        self._chosen: dict[bytes, str] = {}
        for chat in chats:
            self._chosen[topics.topic(chat)] = f"#{sanitise.name(chat)}"
        for person in people:
            name = alias(person)
            self._chosen[topics.topic(topics.contact_code(person))] = f"contact code of {name}"
            self._chosen[topics.topic(topics.partitioned(person))] = f"partition {person.x % topics.PARTITIONS}, {name}"
            self._chosen[topics.topic(topics.personal_discovery(person))] = f"discovery of {name}"

    @property
    def chosen(self) -> frozenset[bytes]:
        """The topics of the given chats and people."""
        return frozenset(self._chosen)

    def of(self, topic: bytes) -> str | None:
        """What ``topic`` is called; safe to show."""
        return self._chosen.get(topic) or self._shared.get(topic)

    @cached_property
    def _shared(self) -> dict[bytes, str]:
        named = {
            topics.topic(f"contact-discovery-{number}"): f"partition {number}" for number in range(topics.PARTITIONS)
        }
        named[topics.topic(DISCOVERY)] = "discovery, old clients"
        return named
