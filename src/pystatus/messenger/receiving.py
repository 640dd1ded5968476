"""An envelope on its way up: key, encryption layer, data sync, wrapper, payload, chat (secure-transport.md §8.4).

A failure in one place ends that message alone. Nothing is stored of what is refused but the envelope's hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from pystatus.crypto.keys import PublicKey
from pystatus.datasync.codec import Payload as SyncPayload
from pystatus.errors import LocalError, RemoteError
from pystatus.log_texts import get_logger
from pystatus.messenger.answers import Answers
from pystatus.messenger.batch import Batch
from pystatus.messenger.channels import Channels
from pystatus.messenger.copies import Copies
from pystatus.messenger.decryption_failures import DecryptionFailures
from pystatus.messenger.dispatch import Dispatch, Incoming
from pystatus.messenger.effects import Continue, Notify
from pystatus.messenger.events import DeviceFound
from pystatus.messenger.features.device_sync import DeviceSync
from pystatus.messenger.features.unknown_payloads import UnknownPayloads
from pystatus.messenger.message_states import MessageStates
from pystatus.messenger.one_to_one import OneToOne, ReceivedPayload
from pystatus.messenger.people import People
from pystatus.messenger.records import MessageState
from pystatus.messenger.session_repair import SessionRepair
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.payload import Payload
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.wrapper import ApplicationMessage, unwrap
from pystatus.secure_transport.errors import DuplicateMessage, NoPayload
from pystatus.secure_transport.secure_transport import Kind, Opened, SecureTransport
from pystatus.transport.channels import Channel
from pystatus.waku.envelope import Envelope

log = get_logger(__name__)


class Receiver:
    """Takes received envelopes apart and stores what is in them."""

    def __init__(
        self,
        own: PublicKey,
        store: MessengerStore,
        secure: SecureTransport,
        channels: Channels,
        people: People,
        answers: Answers,
        healing: SessionRepair,
        failures: DecryptionFailures,
        copies: Copies,
        dispatch: Dispatch,
        unknown: UnknownPayloads,
        own_devices: DeviceSync,
        private: OneToOne,
        states: MessageStates,
        batch: Batch,
    ) -> None:
        self._own = own
        self._store = store
        self._secure = secure
        self._channels = channels
        self._people = people
        self._answers = answers
        self._healing = healing
        self._failures = failures
        self._copies = copies
        self._dispatch = dispatch
        self._unknown = unknown
        self._own_devices = own_devices
        self._private = private
        self._states = states
        self._batch = batch

    def receive(self, envelope: Envelope, now: float, *, live: bool = True) -> None:
        """Handle one envelope; one that was seen before is nothing new. Of somebody who is blocked nothing is opened,
        answered or remembered, not even that it has come: so they cannot notice it, and make nothing grow.

        :param live: it has just been sent, so its author is there.

        Implements: PL-21
        """
        opened = self._channels.listener.open(envelope)
        if opened is None:
            return
        (channel, *_), received = opened
        signer = received.signer
        assert signer is not None  # see Listener
        if self._people.is_blocked(signer):
            return
        if self._people.is_known(signer):
            if self._store.mark_seen(envelope.hash, int(now), self._people.config.seen_of_known):
                self._take(signer, received.payload, channel, envelope, now, known=True, live=live)
        elif self._store.mark_seen_of_stranger(envelope.hash, self._people.config.seen):
            self._answers.received(envelope.size)
            self._take(signer, received.payload, channel, envelope, now, known=False, live=live)
            self._people.heard(signer)

    def _take(
        self,
        signer: PublicKey,
        contents: bytes,
        channel: Channel,
        envelope: Envelope,
        now: float,
        *,
        known: bool,
        live: bool,
    ) -> None:
        try:
            opened = self._secure.open(signer, contents, now, known=known)
        except RemoteError as error:
            # What is not encrypted is push traffic at best (secure-transport.md §8.4 step 5), and that is for another
            # layer.
            log.debug("no protocol message in envelope %s: %s", envelope.hash.hex()[:16], error)
            return
        if opened.new_shared_secret is not None:
            self._channels.listen_to_negotiated(signer)
        if signer != self._own and opened.new_installations:
            self._private.device_found(signer, now)
        elif signer != self._own and known and live and (channel.public_name is not None or not opened.payload):
            self._private.heard_from(signer, now)  # of everything else data sync takes note itself
        if signer == self._own:
            self._copies.own_payload(opened, contents, now)
            for installation_id in opened.new_installations:
                self._batch.add(Notify(DeviceFound(installation_id)))
        for bundle_problem in opened.rejected_bundles:
            log.info("a bundle was refused: %s", bundle_problem)
        if opened.payload is None:
            self._take_problem(signer, opened, envelope, now)
        elif (opened.kind is Kind.PUBLIC) != (channel.public_name is not None):
            log.info("a public message came in private, or the other way round: refused")
        else:
            self._take_payload(signer, opened, channel.public_name, envelope, now)

    def _take_problem(self, signer: PublicKey, opened: Opened, envelope: Envelope, now: float) -> None:
        if isinstance(opened.problem, (NoPayload, DuplicateMessage)) or signer == self._own:
            log.debug("nothing for this device: %s", opened.problem)
            return
        log.info("a message could not be opened: %s", opened.problem)
        self._healing.failed(signer, opened, now)
        self._failures.failed(signer, opened, envelope.sent, now)

    def _take_payload(
        self, signer: PublicKey, opened: Opened, channel: str | None, envelope: Envelope, now: float
    ) -> None:
        assert opened.payload is not None
        if opened.kind is Kind.RATCHET:
            self._healing.worked(signer, opened.installation_id)
        if signer == self._own:
            self._own_devices.heard_from(opened.installation_id, now)
        if not opened.payload:  # a bundle advertisement: its bundle is stored already
            return
        received = ReceivedPayload((opened.payload,))
        if channel is None:
            try:
                received = self._private.receive(signer, opened.payload, now)
            except RemoteError as error:
                log.info("a data sync payload was refused: %s", error)
                return
        self._take_part(received, signer, opened, channel, envelope, now)

    def _take_rest(
        self, parts: tuple[SyncPayload, ...], signer: PublicKey, opened: Opened, envelope: Envelope, now: float
    ) -> None:
        """The next part of a private payload that is too long for one transaction."""
        if self._people.is_blocked(signer):  # meanwhile
            return
        received = self._private.receive_rest(signer, parts, now)
        self._take_part(received, signer, opened, None, envelope, now)
        if not self._people.is_known(signer):
            self._people.heard(signer)

    def _take_part(
        self,
        received: ReceivedPayload,
        signer: PublicKey,
        opened: Opened,
        channel: str | None,
        envelope: Envelope,
        now: float,
    ) -> None:
        self._delivered(received.acknowledged, signer)
        unknown_acks = received.unknown_acks
        if signer == self._own and received.other_acks:
            unknown_acks -= self._own_devices.acknowledged(received.other_acks, opened.installation_id)
        if unknown_acks > 0 and opened.for_this_device_alone:
            self._copies.unknown_acknowledgement(signer, now)
        written = [] if received.written_s is None else [received.written_s]
        taken = self._take_bodies(received.bodies, signer, opened, channel, envelope, now)
        # What is sent again by hand is new to data sync.
        written += [payload.timestamp // 1000 for payload, _ in taken if isinstance(payload, ChatMessage)]
        if channel is None and written and signer != self._own:
            self._failures.opened(signer, opened.installation_id, min(written), envelope.sent)
        if received.rest:
            self._batch.add(Continue(lambda then: self._take_rest(received.rest, signer, opened, envelope, then)))

    def _delivered(self, acknowledged: Sequence[bytes], signer: PublicKey) -> None:
        to_many = self._dispatch.carried(acknowledged)
        for message_id in acknowledged:
            if message_id in to_many:
                self._dispatch.acknowledged(message_id, signer)
        to_them = [message_id for message_id in acknowledged if message_id not in to_many]
        self._states.advance_all(to_them, MessageState.DELIVERED)

    def _take_bodies(
        self,
        bodies: Sequence[bytes],
        signer: PublicKey,
        opened: Opened,
        channel: str | None,
        envelope: Envelope,
        now: float,
    ) -> list[tuple[Payload, Incoming]]:
        """What :meth:`_take_body` says of those that are taken. If one cannot be, on this device, that undoes all, and
        each is taken by itself: what else is in a payload has nothing to do with it."""
        try:
            with self._batch.part():
                each = (self._take_body(body, signer, opened, channel, envelope, now) for body in bodies)
                taken = [one for one in each if one is not None]
                self._own_devices.taken(taken)
                return taken
        except LocalError as error:
            if len(bodies) == 1:
                log.warning("a message could not be taken: %s", error)
                return []
        alone = (self._take_bodies([body], signer, opened, channel, envelope, now) for body in bodies)
        return list(chain.from_iterable(alone))

    def _take_body(
        self,
        body: bytes,
        signer: PublicKey,
        opened: Opened,
        channel: str | None,
        envelope: Envelope,
        now: float,
    ) -> tuple[Payload, Incoming] | None:
        """What :meth:`_take_message` says; None, too, if it is refused."""
        try:
            return self._take_message(unwrap(body, signer), signer, opened, channel, envelope, now)
        except RemoteError as error:
            log.info("a message was refused: %s", error)
            return None

    def _take_message(
        self,
        message: ApplicationMessage,
        signer: PublicKey,
        opened: Opened,
        channel: str | None,
        envelope: Envelope,
        now: float,
    ) -> tuple[Payload, Incoming] | None:
        """Its payload, and how it came; None if it is of a type that we do not know: it is kept as it is (accretion
        rule). What somebody passes on of a person who is blocked is dropped.

        Implements: PL-19
        """
        if message.author != signer and self._people.is_blocked(message.author):
            return None
        kind = PAYLOADS.get(message.type)
        sent_ms, now_ms = envelope.sent * 1000, int(now * 1000)
        device = opened.installation_id if signer == self._own else None
        incoming = Incoming(message, channel, opened.kind is Kind.RATCHET, now_ms, sent_ms=sent_ms, device=device)
        if kind is None:
            self._unknown.keep(incoming, signer, sent_ms)
            return None
        if message.is_altered:
            raise RemoteError("a message was handed on in other bytes than those that its author makes")
        # Before it is decoded: what our own devices send has lists, which take strangers few bytes and us long.
        kind.check_author(message.author, signer, self._own)
        payload = kind.decode(message.payload)
        # Nobody vouches for an envelope's time. Were a message refused because somebody dated its envelope back, the
        # genuine one would be a duplicate by now. So what is refused is ahead of the envelope and of ourselves.
        payload.check(max(sent_ms, now_ms), now_ms)
        taker = self._dispatch.taker(kind)
        if taker is None:
            self._unknown.keep(incoming, signer, sent_ms)
            return None
        if not self._own_devices.is_outdated(payload):
            taker.receive(payload, incoming)
        return payload, incoming
