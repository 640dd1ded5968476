"""Which members of a group have a message of ours: what their data sync acknowledges, and nothing else, says so."""

from __future__ import annotations

from collections.abc import Sequence, Set

from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.effects import Continue, Notify
from pystatus.messenger.events import Event
from pystatus.messenger.features.feature import Core
from pystatus.messenger.group_records import Delivery, GroupStore
from pystatus.messenger.people import ROOM
from pystatus.messenger.records import MessageState, short_id
from pystatus.payloads.groups import MembershipUpdateMessage
from pystatus.records import dataclass

MAX_KEPT_BYTES = 32 << 20
"""Bytes of messages of ours, each with the history of its group, that are kept as they were sent because somebody lacks
them. Ours: some 150 with the largest history, 6,000 with that of ten people. Members who acknowledge nothing make
nothing else of it grow; beyond it the oldest cannot be sent again by hand."""

MAX_FORGOTTEN = 20
"""Messages of ours of which one transaction forgets that people lack them who have left: some 15 ms, if a hundred do.
Ours."""


@checked
@dataclass(frozen=True, slots=True, repr=False)
class GroupMessageDelivered(Event):
    """One more member of a group has a message of ours."""

    message_id: bytes
    member: PublicKey
    delivery: Delivery

    def __repr__(self) -> str:
        have = f"{self.delivery.delivered} of {self.delivery.members}"
        return f"<GroupMessageDelivered {short_id(self.message_id)}: {have}>"


class GroupDeliveries:
    """Called inside transactions."""

    def __init__(self, core: Core, store: GroupStore) -> None:
        self._core = core
        self._store = store

    def of(self, message_id: bytes) -> Delivery:
        """
        :raises LocalError: not a message of ours to a group.
        """
        delivery = self._store.delivery(message_id)
        if delivery is None:
            raise LocalError("This device has not sent such a message to a group.")
        return delivery

    def missing(self, message_id: bytes) -> list[PublicKey]:
        """Who lacks a message of ours.

        :raises LocalError: not a message of ours to a group.
        """
        self.of(message_id)
        return [PublicKey.from_bytes(member) for member in self._store.missing(message_id)]

    def unfinished(self, message_id: bytes) -> tuple[MembershipUpdateMessage, list[PublicKey]]:
        """What carried a message, and who lacks it.

        :raises LocalError: all have it, or this device has not sent it.
        """
        payload = self._store.sent_payload(message_id)
        if payload is None:
            raise LocalError("Only a message that this device has sent, and that somebody lacks, can be sent again.")
        people = [PublicKey.from_bytes(member) for member in self._store.missing(message_id)]
        return MembershipUpdateMessage.decode(payload), people

    def sent(
        self, message_id: bytes, chat_id: str, update: MembershipUpdateMessage, people: Sequence[PublicKey]
    ) -> None:
        """A message is on its way to ``people``. Of those who are blocked no acknowledgement is taken, so none is
        expected."""
        members = [person.compressed for person in people if not self._core.people.is_blocked(person)]
        self._store.add_sent(message_id, chat_id, update.encode(), members)
        if not members:  # nobody is left who would ever acknowledge it
            self._store.finish(message_id)
        self._store.trim_payloads(message_id, MAX_KEPT_BYTES, int(MAX_KEPT_BYTES * ROOM))

    def to_groups(self, message_ids: Sequence[bytes]) -> Set[bytes]:
        """Those of these messages of ours that went to a group."""
        return self._store.to_groups(message_ids)

    def acknowledged(self, message_id: bytes, person: PublicKey) -> bool:
        """A device of somebody has a message. Whether it is one to a group."""
        if self._store.delivery(message_id) is None:
            return False
        if self._store.acknowledged(message_id, person.compressed):
            delivery = self.of(message_id)
            self._core.batch.add(Notify(GroupMessageDelivered(message_id, person, delivery)))
            self._look(message_id, delivery)
        return True

    def expect_nothing_of(self, chat_id: str, members: Sequence[bytes]) -> None:
        """Some are not in the group any more. What is too much for one transaction follows in others.

        :param members: compressed keys.
        """
        fewer, left = self._store.expect_nothing_of(chat_id, members, MAX_FORGOTTEN)
        for message_id in fewer:
            self._look(message_id, self.of(message_id))
        if left:
            self._core.batch.add(Continue(lambda _: self.expect_nothing_of(chat_id, left)))

    def _look(self, message_id: bytes, delivery: Delivery) -> None:
        """A message is delivered when all who had joined have it."""
        if delivery.is_complete:
            self._store.finish(message_id)
            if delivery.delivered:
                self._core.states.advance(message_id, MessageState.DELIVERED)
