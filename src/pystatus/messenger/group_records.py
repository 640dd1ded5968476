"""What is kept of private groups, what of it users see, and the storage that it needs."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Protocol

from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.payloads.groups import SignedEvent
from pystatus.payloads.kinds import InvitationState
from pystatus.records import dataclass


@checked
@dataclass(frozen=True, slots=True)
class GroupMember:
    """Somebody in a group. Who has not joined gets the news of the group and none of its messages."""

    person: PublicKey
    has_joined: bool
    is_admin: bool


@checked
@dataclass(frozen=True, slots=True)
class GroupEvent:
    """One signed change of a group (payloads.md §3.3). ``type`` is an
    :class:`~pystatus.payloads.kinds.EventType`, ``clock`` about when it was made, in Unix milliseconds. ``members`` are
    those whom it is about, ``name`` is a new name, empty in other events. ``raw`` is the signature (65 bytes) and what
    is signed, as it travels."""

    type: int
    author: PublicKey
    clock: int
    members: tuple[PublicKey, ...]
    name: str
    raw: bytes


@checked
@dataclass(frozen=True, slots=True)
class GroupState:
    """A group as it stands: who is in it, in the order in which they were added, and the events that made it so."""

    members: tuple[GroupMember, ...]
    events: tuple[GroupEvent, ...]


@checked
@dataclass(frozen=True, slots=True)
class Delivery:
    """How many of the members to whom a message of ours was sent have it: their data sync acknowledged it."""

    delivered: int
    members: int

    @property
    def is_complete(self) -> bool:
        """Whether all of them have it."""
        return self.delivered == self.members


@checked
@dataclass(frozen=True, slots=True)
class JoinRequest:
    """Somebody asks to be taken into a group.

    ``person`` asks ``admin``; one of them is ourselves. ``name`` is what the link calls the group, empty in a request
    of somebody else. ``clock`` is about when it was written, in Unix milliseconds.
    """

    id: bytes
    chat_id: str
    person: PublicKey
    admin: PublicKey
    introduction: str
    name: str
    clock: int
    state: InvitationState


class GroupStore(Protocol):
    """The storage of groups. Nothing is cached, so what a transaction rolls back never was."""

    # events

    def version(self, chat_id: str) -> bytes | None:
        """What :meth:`save_events` was given last; None: there is no such group."""

    def events(self, chat_id: str) -> Sequence[SignedEvent]:
        """In any order."""

    def save_events(self, chat_id: str, version: bytes, events: Sequence[SignedEvent]) -> None:
        """All events of a group, instead of those that it had. Only what differs is written.

        :param version: another one for other events.
        """

    def groups(self) -> Sequence[str]:
        """The ids of all groups."""

    # whom we listen for

    def people(self, chat_id: str | None = None) -> Sequence[bytes]:
        """What :meth:`save_people` was given: of a group, or of all, each once."""

    def save_people(self, chat_id: str, people: Sequence[bytes]) -> None:
        """The other members of a group that we have joined, compressed keys; nobody: we have not."""

    def groups_without_people(self) -> Sequence[str]:
        """The groups for which :meth:`save_people` was never called."""

    # invitations of strangers

    def set_inviter(self, chat_id: str, inviter: bytes | None) -> None:
        """Who brought a group to us that we have not joined, a compressed key; None: it is none of a stranger."""

    def invitations(self) -> Sequence[tuple[str, bytes]]:
        """The groups with an inviter."""

    def forget_group(self, chat_id: str) -> None:
        """Delete a group with its chat and all messages, with little work for each: it gives way to another one."""

    # messages of ours

    def add_sent(self, message_id: bytes, chat_id: str, payload: bytes, members: Sequence[bytes]) -> None:
        """A message of ours goes to ``members``, compressed keys.

        :param payload: the whole update, with the history as it was then.
        """

    def sent_payload(self, message_id: bytes) -> bytes | None:
        """The update that carried a message of ours; None: it is not kept, because all have it."""

    def missing(self, message_id: bytes) -> Sequence[bytes]:
        """Who lacks a message of ours, as compressed keys."""

    def to_groups(self, message_ids: Sequence[bytes]) -> Set[bytes]:
        """Those of these that are messages of ours to a group."""

    def delivery(self, message_id: bytes) -> Delivery | None:
        """None: not a message of ours to a group."""

    def acknowledged(self, message_id: bytes, member: bytes) -> bool:
        """A member has a message of ours; False: that was known, or they were not sent it."""

    def finish(self, message_id: bytes) -> None:
        """All members have a message: its payload is needed no more."""

    def forget_sent(self, message_id: bytes) -> None:
        """A message of ours was deleted here: nothing is kept of it, nor who lacks it."""

    def forget_all_sent(self, chat_id: str) -> None:
        """The same of all messages of ours to a group."""

    def trim_payloads(self, newest: bytes, most: int, wanted: int) -> None:
        """If more than ``most`` bytes of payloads are kept, give up the oldest until there are at most ``wanted``.

        :param newest: the message that is not stored yet: it gives way last.
        """

    def expect_nothing_of(
        self, chat_id: str, members: Sequence[bytes], most: int
    ) -> tuple[Sequence[bytes], Sequence[bytes]]:
        """Some people are not in the group any more: the ids of messages of ours that they lack, which count without
        them from now on; and of which members there may be more.

        :param most: messages that are looked at.
        """

    # requests to join

    def request(self, request_id: bytes) -> JoinRequest | None: ...
    def requests(self, chat_id: str | None = None) -> Sequence[JoinRequest]:
        """Those for a group, or all, the oldest first."""

    def requests_of_others(self, chat_id: str, own: bytes) -> Sequence[bytes]:
        """The ids of those for a group that are of somebody else than ``own``, a compressed key."""

    def save_request(self, request: JoinRequest) -> None:
        """Insert or replace."""

    def forget_request(self, request_id: bytes) -> None: ...
