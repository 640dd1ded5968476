"""Which feature takes a payload that has come, which one carries what is said in a kind of chat, and what all hear.

Public and one-to-one chats need no carrier: a payload goes out as it is. A group wraps it and sends it to each member.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.own_profile import SharedProfile
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind, KnownChat
from pystatus.payloads.payload import Payload
from pystatus.payloads.wrapper import ApplicationMessage

if TYPE_CHECKING:
    from pystatus.messenger.sent_records import SentTransaction


@dataclass(frozen=True, slots=True)
class Incoming:
    """How a payload has come. It is decoded and checked, and its author may say it."""

    message: ApplicationMessage
    public_name: str | None
    """The public chat on whose topic it came; ``None``: it came in private."""
    forward_secrecy: bool
    now_ms: int
    """Our own time, Unix milliseconds."""
    group: str | None = None
    """The id of the group that carried it; ``None``: it came by itself."""
    sent_ms: int | None = None
    """The time of its envelope, Unix milliseconds; ``None``: that is not known any more."""
    device: str | None = None
    """The installation id of the device of ours that has brought it; ``None``: it came from somebody else."""

    @property
    def author(self) -> PublicKey:
        """Who wrote it."""
        return self.message.author


@dataclass(frozen=True, slots=True)
class Sent:
    """What was queued, as its recipients see it."""

    message_id: bytes
    """32 bytes."""
    forward_secrecy: bool
    """Whether it travels under a ratchet key."""


class PayloadTaker(Protocol):
    """A feature that takes some types of payloads."""

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """
        :raises RemoteError: it is refused, and changes nothing.
        """


class ChatCarrier(Protocol):
    """A feature that carries everything that is said in chats of one kind."""

    def people(self, chat: Chat | None = None) -> frozenset[PublicKey]:
        """Those whom we listen for because of ``chat``, or of any chat of this kind."""

    def carried(self, message_ids: Sequence[bytes]) -> Set[bytes]:
        """Those of these messages of ours that were said in chats of this kind."""

    def acknowledged(self, message_id: bytes, person: PublicKey) -> bool:
        """A device of somebody acknowledges a message of ours; False: it was said in a chat of another kind."""

    def known(self, chat: Chat) -> KnownChat:
        """What decides whether somebody may speak in ``chat``."""

    def send(self, chat: Chat, payload: Payload, now: float) -> Sent:
        """Queue a payload for everybody in ``chat``.

        :raises LocalError: too large for an envelope, or we may not speak there.
        """

    def send_once(self, chat: Chat, payload: Payload, now: float) -> None:
        """The same without data sync, in one envelope to each: see :meth:`pystatus.messenger.sending.Sender.send_once`.

        :raises LocalError: as :meth:`send`.
        """

    def resend(self, chat: Chat, message: Message, now: float) -> Sent:
        """Queue a message of ours once more; it has the same id for everybody.

        :raises LocalError: as :meth:`send`.
        """


class DecisionListener(Protocol):
    """Every feature: it may do something when our user decides about a person, or about themselves."""

    def contact_changed(self, contact: Contact, now: float) -> None:
        """See :meth:`pystatus.messenger.features.feature.Feature.contact_changed`."""

    def profile_changed(self, profile: SharedProfile, now: float) -> None:
        """See :meth:`pystatus.messenger.features.feature.Feature.profile_changed`."""

    def transaction_changed(self, transaction: SentTransaction, now: float) -> None:
        """See :meth:`pystatus.messenger.features.feature.Feature.transaction_changed`."""

    def person_blocked(self, person: PublicKey, now: float) -> None:
        """See :meth:`pystatus.messenger.features.feature.Feature.person_blocked`."""

    def chat_joined(self, chat: Chat, now: float) -> None:
        """See :meth:`pystatus.messenger.features.feature.Feature.chat_joined`."""

    def device_enabled(self, installation_id: str, now: float) -> None:
        """See :meth:`pystatus.messenger.features.feature.Feature.device_enabled`."""


class Dispatch:
    """The features by what they take and carry. It is filled when all of them are made."""

    def __init__(self) -> None:
        self._takers: dict[type[Payload], PayloadTaker] = {}
        self._carriers: dict[ChatKind, ChatCarrier] = {}
        self._listeners: Sequence[DecisionListener] = ()

    def fill(
        self,
        takers: dict[type[Payload], PayloadTaker],
        carriers: dict[ChatKind, ChatCarrier],
        listeners: Sequence[DecisionListener],
    ) -> None:
        """All features are there."""
        self._takers = takers
        self._carriers = carriers
        self._listeners = listeners

    def contact_changed(self, contact: Contact, now: float) -> None:
        """Our user has decided something about a person on this device; Unix seconds ``now``."""
        for listener in self._listeners:
            listener.contact_changed(contact, now)

    def chat_joined(self, chat: Chat, now: float) -> None:
        """Our user has joined a public chat on this device; Unix seconds ``now``."""
        for listener in self._listeners:
            listener.chat_joined(chat, now)

    def device_enabled(self, installation_id: str, now: float) -> None:
        """Our user has enabled another device of the account on this one; Unix seconds ``now``."""
        for listener in self._listeners:
            listener.device_enabled(installation_id, now)

    def profile_changed(self, profile: SharedProfile, now: float) -> None:
        """We have another name or picture, set on this device."""
        for listener in self._listeners:
            listener.profile_changed(profile, now)

    def transaction_changed(self, transaction: SentTransaction, now: float) -> None:
        """A transaction is about to be sent from here, or got further."""
        for listener in self._listeners:
            listener.transaction_changed(transaction, now)

    def person_blocked(self, person: PublicKey, now: float) -> None:
        """Our user is about to block somebody: every feature deletes what it keeps of them."""
        for listener in self._listeners:
            listener.person_blocked(person, now)

    def taker(self, kind: type[Payload] | None) -> PayloadTaker | None:
        """The feature that takes payloads of a kind; ``None``: there is none."""
        return None if kind is None else self._takers.get(kind)

    def take(self, payload: Payload, incoming: Incoming) -> None:
        """Hand a payload that has come to the feature that takes it. One that no feature takes is ignored.

        :raises RemoteError: it is refused, and changes nothing.
        """
        taker = self._takers.get(type(payload))
        if taker is not None:
            taker.receive(payload, incoming)

    def carrier(self, kind: ChatKind) -> ChatCarrier | None:
        """What carries payloads of chats of a kind; ``None``: they go out as they are."""
        return self._carriers.get(kind)

    def people(self, chat: Chat | None = None) -> frozenset[PublicKey]:
        """Those whom we listen for because of ``chat``, or of any chat that a feature carries."""
        carriers = self._carriers.values() if chat is None else filter(None, [self.carrier(chat.kind)])
        return frozenset().union(*(carrier.people(chat) for carrier in carriers))

    def carried(self, message_ids: Sequence[bytes]) -> Set[bytes]:
        """Those of these messages of ours that a feature has carried."""
        return frozenset().union(*(carrier.carried(message_ids) for carrier in self._carriers.values()))

    def acknowledged(self, message_id: bytes, person: PublicKey) -> bool:
        """A device of somebody acknowledges a message of ours; False: no feature has carried it."""
        return any(carrier.acknowledged(message_id, person) for carrier in self._carriers.values())

    def known(self, chat: Chat) -> KnownChat:
        """What decides whether somebody may speak in ``chat``."""
        carrier = self.carrier(chat.kind)
        return KnownChat(chat.kind) if carrier is None else carrier.known(chat)
