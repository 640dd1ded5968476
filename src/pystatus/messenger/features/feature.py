"""The base of every feature, and what features are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.batch import Batch
from pystatus.messenger.channels import Channels
from pystatus.messenger.message_states import MessageStates
from pystatus.messenger.people import People
from pystatus.messenger.sending import Sender
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.payload import Payload
from pystatus.payloads.wrapper import ApplicationMessage
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
    batch: Batch


@dataclass(frozen=True, slots=True)
class Incoming:
    """How a payload has come. It is decoded and checked, and its author may say it."""

    message: ApplicationMessage
    public_name: str | None
    """The public chat on whose topic it came; ``None``: it came in private."""
    forward_secrecy: bool
    now_ms: int
    """Our own time, Unix milliseconds."""


class Feature(Generic[Tables]):
    """One thing that the messenger does. Called inside transactions: it writes through the store and names effects."""

    PAYLOADS: ClassVar[tuple[type[Payload], ...]] = ()
    """The payloads that :meth:`receive` takes; each belongs to one feature."""

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

    def device_renewed(self, now: float) -> None:
        """The profile has just become a new device of its account."""

    def next_timer(self) -> float | None:
        """When :meth:`on_timer` is due, Unix seconds; ``None``: nothing waits."""
        return None

    def on_timer(self, now: float) -> None:
        """Do what is due. Early calls are harmless."""
