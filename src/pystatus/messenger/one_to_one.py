"""What goes to one person, our other devices included: through data sync, encrypted, into the outbox.

With data sync a message is stored until its recipient acknowledges it; several may share one payload and one envelope.
Without it a message is encrypted at once and sent once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.datasync.codec import Payload, SyncMessage, bodies, read
from pystatus.datasync.config import payload_limit
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.datasync.node import SyncNode
from pystatus.errors import LocalError, StatusError
from pystatus.log_texts import get_logger
from pystatus.messenger.answers import Answers
from pystatus.messenger.channels import Channels
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.outbox import Outbox
from pystatus.messenger.people import People
from pystatus.messenger.records import MESSAGE_ID_SIZE, OutboxEntry
from pystatus.messenger.refusals import LEFT
from pystatus.messenger.store import MessengerStore
from pystatus.records import dataclass
from pystatus.secure_transport.secure_transport import SecureTransport
from pystatus.transport.channels import ChannelKind
from pystatus.transport.sealing import size_for_one

log = get_logger(__name__)

PEERS_AT_ONCE = 16
"""People for whom what is due is sealed in one transaction: some 20 ms of work. Two hundred strangers may wait for an
acknowledgement at the same time. Ours."""

_COPY = b"copy"


@dataclass(frozen=True, slots=True)
class ReceivedPayload:
    """What a decrypted payload contained."""

    bodies: tuple[bytes, ...]
    """The wrapped messages, repeated ones included."""
    acknowledged: tuple[bytes, ...] = ()
    """The ids of our messages that the signer acknowledges."""
    unknown_acks: int = 0
    """How many it acknowledges besides that this device never sent."""
    other_acks: tuple[bytes, ...] = ()
    """The data sync ids of what it acknowledges and data sync has not sent, or was told of before."""
    written_s: int | None = None
    """When the earliest of its messages was written, as the signer's data sync says: Unix seconds."""
    rest: tuple[Payload, ...] = ()
    """What of it is not handled yet, for :meth:`OneToOne.receive_rest` in transactions of their own."""


def _copy_of(message_id: bytes) -> bytes:
    """The tag of a message on its way to our own devices: what becomes of it there says nothing of its recipients."""
    return message_id + _COPY


def _message_ids(tags: Iterable[bytes]) -> tuple[bytes, ...]:
    """Those of the tags that are ids of messages."""
    return tuple(tag for tag in tags if len(tag) == MESSAGE_ID_SIZE)


def _copied(tags: Iterable[bytes]) -> tuple[bytes, ...]:
    """The ids of the messages of which the tags are those of copies."""
    return tuple(tag[:MESSAGE_ID_SIZE] for tag in tags if tag[MESSAGE_ID_SIZE:] == _COPY)


class OneToOne:
    """The way from a wrapped message to the outbox, and for payloads of others the way back."""

    def __init__(
        self,
        identity: PrivateKey,
        store: MessengerStore,
        secure: SecureTransport,
        people: People,
        answers: Answers,
        channels: Channels,
        outbox: Outbox,
        random: RandomSource,
        config: MessengerConfig,
    ) -> None:
        self._own = identity.public_key
        self._store = store
        self._secure = secure
        self._people = people
        self._answers = answers
        self._channels = channels
        self._outbox = outbox
        self._most_of_stranger = config.sync.max_messages_of_stranger
        self._sync = SyncNode(self._own, store.sync, random, config.sync) if config.datasync else None

    # sending

    def send(self, recipient: PublicKey, wrapped: bytes, message_id: bytes, now: float) -> bool:
        """Send to ``recipient``, whom we know thereby, and to our own other devices. Whether it has forward secrecy.

        :param recipient: whom our user has not blocked.
        :raises LocalError: too large for an envelope.

        Implements: ST-33, ST-36, ST-41, WU-20
        """
        self._know(recipient)
        forward_secrecy = self._send(recipient, wrapped, message_id, now)
        self._send_to_own_devices(wrapped, message_id, now)
        return forward_secrecy

    def send_to(
        self,
        recipients: Sequence[PublicKey],
        wrapped: bytes,
        message_id: bytes,
        now: float,
        *,
        own_devices: bool = True,
    ) -> bool:
        """The same to several people. Whether it has forward secrecy for all of them. Nothing of a person who is
        blocked is taken, acknowledgements included: as a member of a group they get it once, without data sync.

        :param own_devices: whether ours get it, too.

        :raises LocalError: too large for an envelope.
        """
        for recipient in recipients:
            self._know(recipient)
            if self._people.is_blocked(recipient):
                self._seal(recipient, wrapped, _message_ids([message_id]), now, once=True)
            else:
                self._send(recipient, wrapped, message_id, now)
        if own_devices:
            self._send_to_own_devices(wrapped, message_id, now)
        return all(self._secure.targets(recipient) for recipient in recipients)

    def _know(self, recipient: PublicKey) -> None:
        """Before anything is sent, listen where the answer may come (10/WAKU-USAGE, a MUST)."""
        self._people.know(recipient)
        self._channels.listen_to_negotiated(recipient)

    def _send_to_own_devices(self, wrapped: bytes, message_id: bytes, now: float) -> None:
        if self._secure.has_paired_devices():
            self._channels.listen_to_negotiated(self._own)
            self._send(self._own, wrapped, _copy_of(message_id), now)

    def send_once(self, recipients: Sequence[PublicKey], wrapped: bytes, now: float) -> None:
        """The same without data sync, confirmed by nobody: in one envelope to each, and one to our own other devices
        (payloads.md §11).

        :raises LocalError: too large for an envelope.
        """
        for recipient in recipients:
            self._know(recipient)
            self._seal(recipient, wrapped, (), now, once=True)
        if self._secure.has_paired_devices():
            self._channels.listen_to_negotiated(self._own)
            self._seal(self._own, wrapped, (), now, once=True)

    def send_to_device(
        self, installation_id: str, wrapped: bytes, written_s: int, now: float, *, copy_of: bytes = b""
    ) -> bytes:
        """Send once to one device of ours, in a message of data sync that the caller repeats until it is acknowledged:
        data sync knows persons, and ends with the acknowledgement of whichever of their devices is the first.

        :param written_s: the time of the message, Unix seconds; the same at each repetition, so it has the same id.
        :param copy_of: the id of the message of a chat that it is, if it is one.
        :return: its data sync id, 32 bytes; none without data sync: then nobody acknowledges it.
        :raises LocalError: the device is not enabled, or it is too large for an envelope.
        """
        self._channels.listen_to_negotiated(self._own)
        if self._sync is None:
            self._seal(self._own, wrapped, (), now, once=True, only=installation_id, copies=_message_ids([copy_of]))
            return b""
        message = SyncMessage(one_to_one_group_id(self._own, self._own), written_s, wrapped)
        payload = Payload(messages=(message,)).encode()
        if len(payload) > payload_limit(1):
            raise LocalError(f"It has {len(payload)} bytes; {payload_limit(1)} fit into an envelope.")
        self._seal(self._own, payload, (), now, once=True, only=installation_id, copies=_message_ids([copy_of]))
        return message.id

    def _send(self, recipient: PublicKey, wrapped: bytes, tag: bytes, now: float) -> bool:
        """To data sync where it is on, else encrypted at once. Whether a device of theirs is known, so that it has
        forward secrecy.

        :param tag: the id of a message, or what :func:`_copy_of` makes of it.

        Implements: DS-17
        """
        targets = len(self._secure.targets(recipient))
        if self._sync is None:
            self._seal(recipient, wrapped, _message_ids([tag]), now, copies=_copied([tag]))
        else:
            self._sync.append(recipient, wrapped, now, tag=tag, max_payload=payload_limit(targets))
        return targets > 0

    def flush(self, now: float, until: float) -> list[bytes]:
        """Encrypt what data sync has to send now, for some of the people for whom it has; :meth:`next_timer` says that
        others wait. The ids of messages that are given up: nobody ever confirmed them.

        :param until: Unix time to count their age from.

        Implements: DS-28
        """
        sync = self._sync
        given_up: list[bytes] = []
        for peer in sync.due(now, PEERS_AT_ONCE) if sync else ():
            assert sync is not None
            if not self._people.is_known(peer) and not self._answers.is_open(now):
                sync.forget(
                    peer
                )  # nothing of ours waits for a stranger, and who waits for an acknowledgement asks again
                continue
            try:
                with self._store.savepoint():
                    given_up += self._flush_peer(sync, peer, now, until)
            except StatusError as error:
                log.warning("nothing can be sent to %r at the moment: %s", peer, error)
                sync.postpone(peer, now)
        return given_up

    def _flush_peer(self, sync: SyncNode, peer: PublicKey, now: float, until: float) -> list[bytes]:
        outgoing = sync.take(peer, now, self._payload_limit(peer), until=until)
        for payload in outgoing.payloads:
            tags = [message.tag for message in payload.messages]
            self._seal(peer, payload.data, _message_ids(tags), now, copies=_copied(tags))
        return list(_message_ids(message.tag for message in outgoing.unconfirmed))

    def _seal(
        self,
        recipient: PublicKey,
        payload: bytes,
        message_ids: tuple[bytes, ...],
        now: float,
        *,
        once: bool = False,
        only: str | None = None,
        copies: tuple[bytes, ...] = (),
    ) -> None:
        """Encrypt for the devices of ``recipient`` and queue: once, so that sending again sends the same bytes.

        :param once: one envelope carries it, and no other follows.
        :param only: see :meth:`SecureTransport.seal_direct`.
        :param copies: the ids of messages that our own devices get by it: those have left from now on.

        Implements: ST-42, ST-43, DS-17, WU-21, WU-23
        """
        known = self._people.is_known(recipient)
        sealed = self._secure.seal_direct(recipient, payload, now, known=known, only=only)
        channel = ChannelKind.NEGOTIATED if sealed.agreed else ChannelKind.PARTITIONED
        entry = OutboxEntry(0, message_ids, channel, recipient.hex, sealed.data)
        if copies:  # whatever becomes of it: what a device of ours has acknowledged, data sync does not know any more
            self._store.note_sent(keccak256(sealed.data), copies, int(now))
        if known:
            (self._outbox.add_once if once else self._outbox.add)(entry)
        elif self._answers.take(size_for_one(len(sealed.data)), now):
            self._outbox.add_once(entry)

    def _payload_limit(self, recipient: PublicKey) -> int:
        return payload_limit(len(self._secure.targets(recipient)))

    def withdraw(self, message_id: bytes) -> None:
        """Send a message nowhere of which no envelope was made, to our other devices neither.

        What shares an entry of the outbox with it is sent by the next repetition of data sync.

        :raises LocalError: there was an envelope of it, or one of our own devices is being sent it.
        """
        copy = _copy_of(message_id)
        if self._sync is None and self._secure.has_paired_devices():  # what is sealed says not which message it is
            raise LocalError(
                "Without data sync, what waits for your other devices cannot be taken back, and they would show "
                "the message. Delete it instead: that removes it here alone."
            )
        if self._store.was_sent(message_id) or (self._sync is not None and self._sync.is_sent(copy)):
            raise LocalError(LEFT)
        for entry in self._store.outbox():
            if message_id in entry.message_ids:
                self._outbox.remove(entry)
        if self._sync is not None:
            self._sync.withdraw(message_id)
            self._sync.withdraw(copy)

    @property
    def repeats(self) -> bool:
        """Whether what is lost on the way is sent again by data sync."""
        return self._sync is not None

    # receiving

    def receive(self, signer: PublicKey, payload: bytes, now: float) -> ReceivedPayload:
        """Take a decrypted payload of ``signer`` apart, or the first part of one that is large.

        :raises RemoteError: more ids or messages than any honest payload has.
        """
        known = self._people.is_known(signer)
        read_payload = read(payload) if known else read(payload, self._most_of_stranger)
        if read_payload is None:
            if self._sync is not None:
                self._sync.heard_from(signer, now)
            return ReceivedPayload((payload,))
        return self.receive_rest(signer, tuple(read_payload.steps()), now)

    def receive_rest(self, signer: PublicKey, parts: tuple[Payload, ...], now: float) -> ReceivedPayload:
        """The first of ``parts``; the others are left."""
        payload, rest = parts[0], parts[1:]
        if self._sync is None:
            return ReceivedPayload(tuple(bodies(payload, self._own, signer)), rest=rest)
        received = self._sync.receive(signer, payload, now, known=self._people.is_known(signer))
        assert received is not None, "it was read before"
        return ReceivedPayload(
            received.bodies,
            _message_ids(message.tag for message in received.acknowledged),
            received.unknown_acks,
            received.other_acks,
            min((message.timestamp for message in received.messages), default=None),
            rest,
        )

    def heard_from(self, person: PublicKey, now: float) -> None:
        """``person`` has signed an envelope, whatever is in it: they are there, and what waits for them is tried.

        Implements: DS-13
        """
        if self._sync is not None:
            self._sync.heard_from(person, now)

    def forget(self, person: PublicKey) -> None:
        """What waits for somebody is not sent any more."""
        if self._sync is not None:
            self._sync.forget(person)
        for entry in self._store.outbox():
            if entry.channel is not ChannelKind.PUBLIC and entry.target == person.hex:
                self._outbox.remove(entry)

    def device_found(self, person: PublicKey, now: float) -> None:
        """Another device of ``person`` has shown itself: what waits for them is sent at once, and begins anew."""
        if self._sync is not None:
            self._sync.hurry(person, now)

    def begin_anew(self, now: float) -> None:
        """This is a new device from now on: data sync sends everything that waits again, to everybody."""
        if self._sync is not None:
            self._sync.begin_anew(now)

    # time

    def next_timer(self) -> float | None:
        """When :meth:`flush` has something next; None: nothing waits."""
        return self._sync.next_timer() if self._sync else None

    def prune(self, until: float) -> None:
        """Forget what is too old, now and then. Ages count from Unix time ``until``."""
        if self._sync is not None:
            self._sync.prune(until)
