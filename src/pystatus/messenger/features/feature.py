"""The base of every feature, and what features are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.payload import Payload

if TYPE_CHECKING:
    from pystatus.crypto.random import RandomSource
    from pystatus.messenger.batch import Batch
    from pystatus.messenger.channels import Channels
    from pystatus.messenger.config import MessengerConfig
    from pystatus.messenger.contact_records import Contact
    from pystatus.messenger.dispatch import Dispatch, Incoming
    from pystatus.messenger.message_states import MessageStates
    from pystatus.messenger.own_profile import SharedProfile
    from pystatus.messenger.people import People
    from pystatus.messenger.sending import Sender
    from pystatus.messenger.sent_records import SentTransaction
    from pystatus.messenger.store import MessengerStore
    from pystatus.secure_transport.secure_transport import SecureTransport

Tables = TypeVar("Tables")
"""The port that a feature has to storage; ``None``: what all features share is enough."""


@dataclass(frozen=True, slots=True)
class Core:
    """What a feature works with: all of one account, and each of it made before the features are."""

    own: PublicKey
    store: MessengerStore
    secure: SecureTransport
    sender: Sender
    channels: Channels
    people: People
    states: MessageStates
    dispatch: Dispatch
    """For payloads that a payload of this feature carries. Empty until all features are made."""
    batch: Batch
    random: RandomSource
    config: MessengerConfig


class Feature(Generic[Tables]):
    """One thing that the messenger does. Called inside transactions: it writes through the store and names effects."""

    PAYLOADS: ClassVar[tuple[type[Payload], ...]] = ()
    """The payloads that :meth:`receive` takes; each belongs to one feature."""
    CARRIES: ClassVar[ChatKind | None] = None
    """The kind of chat for which the feature is the :class:`~pystatus.messenger.dispatch.ChatCarrier`."""

    def __init__(self, core: Core, tables: Tables, now: float) -> None:
        """A profile is opened. ``now`` is Unix seconds, here as everywhere below."""
        self._core = core
        self._tables = tables

    def started(self, now: float) -> None:
        """All features are there: take up where the last run ended."""

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """Take one of :attr:`PAYLOADS`.

        :raises RemoteError: it is refused, and changes nothing.
        """
        raise NotImplementedError  # a feature without payloads is never asked

    def contact_changed(self, contact: Contact, now: float) -> None:
        """Our user has decided something about a person on this device: has added, removed, blocked, unblocked or named
        them. What other devices of ours have decided comes as a payload instead, and is not said here."""

    def chat_joined(self, chat: Chat, now: float) -> None:
        """Our user has joined a public chat on this device."""

    def device_enabled(self, installation_id: str, now: float) -> None:
        """Our user has enabled another device of the account on this one: it takes part from now on."""

    def profile_changed(self, profile: SharedProfile, now: float) -> None:
        """We have another name or picture, set on this device."""

    def transaction_changed(self, transaction: SentTransaction, now: float) -> None:
        """A transaction is about to be handed to a node of Ethereum, or got further: its ``state`` says how far."""

    def person_blocked(self, person: PublicKey, now: float) -> None:
        """Our user is about to block somebody: delete what this feature keeps of them. Whatever comes of them is
        dropped before a feature is asked."""

    def relays_changed(self, connected: bool, now: float) -> None:
        """Whether there is a relay from now on, and no peer suspects our clock. At first there is none."""

    def device_renewed(self, now: float) -> None:
        """The profile has just become a new device of its account."""

    def next_timer(self) -> float | None:
        """When :meth:`on_timer` is due, Unix seconds; ``None``: nothing waits."""
        return None

    def on_timer(self, now: float) -> None:
        """Do what is due. Early calls are harmless."""

    def next_flush(self) -> float | None:
        """When :meth:`flush` has something next, Unix seconds; ``None``: nothing waits."""
        return None

    def flush(self, now: float) -> None:
        """There is a relay: queue what is due to be sent. Called with each batch."""
