"""The encryption layer as its user sees it: payloads in, ProtocolMessages out, and back (secure-transport.md §8)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.records import dataclass
from pystatus.sanitise import quoted
from pystatus.secure_transport import plain_dh
from pystatus.secure_transport.bundles import Bundle, is_installation_id
from pystatus.secure_transport.config import MAX_BUNDLES, MAX_EPHEMERALS, EncryptionConfig
from pystatus.secure_transport.errors import (
    BadBundle,
    DuplicateMessage,
    EncryptionProblem,
    NoPayload,
    NotForThisDevice,
    Undecryptable,
)
from pystatus.secure_transport.installations import Accepted, Installations
from pystatus.secure_transport.messages import ANY_DEVICE, DirectMessage, ProtocolMessage
from pystatus.secure_transport.own_bundle import OwnBundle
from pystatus.secure_transport.sessions import Sessions
from pystatus.secure_transport.store import EncryptionStore, Installation

NEGOTIATION_VERSION = 1
"""Protocol version from which an installation can use the negotiated topic (secure-transport.md §6.6)."""
_CACHED = 1_024
"""Results of pure computations kept: one verified bundle, and one agreement, for each of the people who talk."""


class Kind(Enum):
    """How a message was protected by this layer."""

    PUBLIC = "public"
    """Not at all."""
    RATCHET = "ratchet"
    """For this device, with forward secrecy."""
    ANY_DEVICE = "any device"
    """Plain Diffie-Hellman, without forward secrecy."""
    NONE = "none"
    """There is nothing in it for this device."""


@dataclass(frozen=True, slots=True)
class SealedMessage:
    """A direct message ready to be sent, once the transaction that made it is durable."""

    data: bytes
    """The serialized ProtocolMessage."""
    installation_ids: tuple[str, ...]
    """The installations addressed; empty if any device can open it."""
    shared_secret: bytes
    """The secret that names the negotiated topic (32 bytes), to be listened to before sending."""
    agreed: bool
    """Every installation addressed has shown that it knows the secret: send on the negotiated topic."""
    forward_secrecy: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """What a received ProtocolMessage contained. Its verified bundles are stored whatever else is wrong."""

    kind: Kind
    installation_id: str
    """The sender's; empty if what came is none (secure-transport.md §2.3)."""
    payload: bytes | None = None
    """None if there is a problem. Empty in a bundle advertisement, which is to be ignored quietly (secure-transport.md
    §7)."""
    problem: EncryptionProblem | None = None
    """Why there is no payload. The session is as it was before."""
    for_this_device_alone: bool = False
    """A direct message that was encrypted for this installation and no other."""
    bundled_ns: int = 0
    """When the newest of its bundles was signed, as they say: Unix nanoseconds; 0 without one."""
    new_installations: tuple[str, ...] = ()
    """The sender's installations that were not known before."""
    new_shared_secret: bytes | None = None
    """A secret to listen to from now on that was not known before (32 bytes)."""
    rejected_bundles: tuple[EncryptionProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """The agreement of the two identity keys, which names the negotiated topic of a pair (secure-transport.md §6.6)."""

    peer: PublicKey
    secret: bytes


class SecureTransport:
    """One installation of one identity.

    All state is in ``store``; every method runs inside a transaction of the caller's, and what it returns may be used
    only after that has committed. Times are Unix seconds.
    """

    def __init__(
        self,
        identity: PrivateKey,
        installation_id: str,
        store: EncryptionStore,
        random: RandomSource,
        config: EncryptionConfig | None = None,
    ) -> None:
        """
        :param installation_id: 1 to 64 bytes, never used with another database: a client that lost its own or restored
            it from a backup takes a new one (secure-transport.md §2.5).
        :raises LocalError: an id of another length, or the word that addresses every device.
        """
        if not is_installation_id(installation_id) or installation_id == ANY_DEVICE:
            raise LocalError(f"{installation_id!r} cannot be an installation id: take a new UUID.")
        config = self._config = config or EncryptionConfig()
        self.identity = identity
        self.installation_id = installation_id
        self._store = store
        self._random = random
        self._own_identity = identity.public_key.compressed
        self._installations = Installations(self._own_identity, installation_id, store)
        self._own_bundle = OwnBundle(identity, installation_id, self._installations, store, random, config)
        self._sessions = Sessions(identity, installation_id, store, random, config)
        # Both are functions of their argument alone, so a transaction that is rolled back does not touch them.
        self._verify = lru_cache(_CACHED)(_verified)
        self._agree = lru_cache(_CACHED)(identity.agree)

    # sending

    def bundle(self, now: float) -> Bundle:
        """Our signed bundle, as every message carries it.

        Implements: ST-11, ST-13, AC-7
        """
        return self._own_bundle.current(now)[1]

    def seal_public(self, payload: bytes, now: float) -> bytes:
        """A ProtocolMessage with ``payload`` in clear: public chats and contact codes.

        Implements: ST-1, ST-13
        """
        return ProtocolMessage(self.installation_id, (self.bundle(now),), public=payload).encode()

    def seal_direct(
        self, recipient: PublicKey, payload: bytes, now: float, *, known: bool = True, only: str | None = None
    ) -> SealedMessage:
        """Encrypt for the recipient's installations in use; if none is known, for any device (secure-transport.md
        §6.2).

        :param known: whether it is somebody we know. A stranger is not told that we can use the negotiated topic, which
            we do not listen to, and goes on writing to our partitioned one (attack A49).
        :param only: the one installation that it is for; ``None``: all that take part.
        :raises LocalError: that one does not take part.

        Implements: ST-1, ST-13, ST-23, ST-36, ST-42, DS-15, AC-7
        """
        targets = self._installations.targets(recipient.compressed)
        if only is not None:
            targets = [target for target in targets if target.installation_id == only]
            if not targets:
                raise LocalError(f"The device {quoted(only)} is not enabled. Enable it first.")
        if known and not any(target.answered for target in targets):  # else it has been noted
            self._store.remember_peer(recipient.compressed)
        secret = self._agree(recipient)
        if not targets:
            return SealedMessage(self._sealed_for_any(recipient, payload, now, known), (), secret, False, False)
        pre_key, bundle = self._own_bundle.current(now)
        entries = {
            target.installation_id: self._sessions.seal(recipient, target, pre_key.public, payload, now)
            for target in targets
        }
        return SealedMessage(
            ProtocolMessage(self.installation_id, (self._shown(bundle, known),), entries).encode(),
            tuple(entries),
            secret,
            agreed=known and all(target.answered for target in targets),
            forward_secrecy=True,
        )

    def seal_for_any_device(
        self, recipient: PublicKey, payload: bytes, now: float, *, known: bool = True
    ) -> SealedMessage:
        """Encrypt by plain Diffie-Hellman in any case: pairing, and with an empty payload a bundle advertisement.

        The answer of somebody we know may come on the negotiated topic, since this message shows the recipient that we
        can use it; see :meth:`seal_direct` for strangers.
        """
        if known:
            self._store.remember_peer(recipient.compressed)
        return SealedMessage(
            self._sealed_for_any(recipient, payload, now, known),
            (),
            self._agree(recipient),
            agreed=False,
            forward_secrecy=False,
        )

    def _sealed_for_any(self, recipient: PublicKey, payload: bytes, now: float, known: bool) -> bytes:
        """One ciphertext for every device, under the name of none.

        Implements: ST-13, ST-23, ST-51
        """
        entry = plain_dh.seal(recipient, payload, self._random)
        bundle = self._shown(self.bundle(now), known)
        return ProtocolMessage(self.installation_id, (bundle,), {ANY_DEVICE: entry}).encode()

    def _shown(self, bundle: Bundle, known: bool) -> Bundle:
        """Our bundle as it goes to somebody in a direct message. What its installations can do is not signed
        (secure-transport.md §1.3)."""
        return bundle if known else bundle.without_negotiation()

    # receiving

    def open(self, sender: PublicKey, data: bytes, now: float, *, known: bool = True) -> Opened:
        """Take a ProtocolMessage apart.

        :param sender: who signed the Waku message.
        :param known: whether it is somebody we know. With a stranger there is no negotiated topic, and fewer sessions
            and skipped keys are kept (attacks A49, A53).
        :raises RemoteError: not a ProtocolMessage at all; everything else is told by ``Opened.problem``.

        Implements: ST-18, ST-19
        """
        message = ProtocolMessage.decode(data)
        accepted, rejected = self._take_bundles(sender, message.bundles, now)
        new = tuple(dict.fromkeys(name for one in accepted for name in one.new))
        kind, entry = self._entry(message)
        payload, problem, secret = None, None, None
        try:
            payload = self._payload(sender, message, entry, now)
        except EncryptionProblem as error:
            problem = error
        else:
            if entry is not None:
                secret = self._negotiate(sender, message.installation_id, accepted, now, known)
            if kind is Kind.RATCHET and not known:
                self._sessions.limit_stranger(sender.compressed)
        installation_id = message.installation_id if is_installation_id(message.installation_id) else ""
        alone = kind is Kind.RATCHET and len(message.direct) == 1
        bundled = max((bundle.timestamp for bundle in message.bundles[:MAX_BUNDLES]), default=0)
        return Opened(kind, installation_id, payload, problem, alone, bundled, new, secret, rejected)

    def _take_bundles(
        self, sender: PublicKey, bundles: tuple[Bundle, ...], now: float
    ) -> tuple[list[Accepted], tuple[EncryptionProblem, ...]]:
        """Verify first, store then (secure-transport.md T1); a bad bundle is left out and spoils nothing else
        (secure-transport.md T19).

        Implements: ST-17, ST-18
        """
        accepted: list[Accepted] = []
        rejected: list[EncryptionProblem] = []
        for bundle in bundles[:MAX_BUNDLES]:
            try:
                if bundle.identity != sender.compressed:
                    raise BadBundle("a bundle of somebody else than the sender")
                self._verify(bundle)
                accepted.append(self._installations.accept(bundle, now))
            except BadBundle as error:
                rejected.append(error)
        if len(bundles) > MAX_BUNDLES:
            rejected.append(BadBundle(f"more than {MAX_BUNDLES} bundles in one message; the others were looked at"))
        if sender.compressed == self._own_identity and any(one.pre_keys_changed for one in accepted):
            self._own_bundle.sign_again()
        return accepted, tuple(rejected)

    def _entry(self, message: ProtocolMessage) -> tuple[Kind, DirectMessage | None]:
        """Which part of a message is ours; a public payload goes before any direct one (secure-transport.md §1.1).

        Implements: ST-51
        """
        if message.public:
            return Kind.PUBLIC, None
        entry = message.direct.get(self.installation_id) or message.direct.get(ANY_DEVICE)
        if entry is None:
            return Kind.NONE, None
        return (Kind.ANY_DEVICE if entry.ratchet is None else Kind.RATCHET), entry

    def _payload(self, sender: PublicKey, message: ProtocolMessage, entry: DirectMessage | None, now: float) -> bytes:
        if message.public:
            return message.public
        if entry is None:
            if message.direct:
                raise NotForThisDevice(f"a message for other devices ({len(message.direct)})")
            raise NoPayload("neither a public nor a direct message")
        if entry.ratchet is not None:
            return self._sessions.open(sender, message.installation_id, entry, entry.ratchet, now)
        if entry.dh_key is None:
            raise Undecryptable("a direct message has no header")
        payload = plain_dh.unseal(self.identity, entry.dh_key, entry.payload)
        # By x alone: the negative of the ephemeral key opens the same message, and must not make it a new one.
        if not self._store.remember_ephemeral(sender.compressed, entry.dh_key[1:], now, MAX_EPHEMERALS):
            raise DuplicateMessage("a plain Diffie-Hellman message was opened before")
        return payload

    # housekeeping

    def prune(self, until: float) -> None:
        """Forget replaced prekeys, skipped keys and traces of plain-DH messages that are too old (secure-transport.md
        T7, T9), and keep the limits that are for everybody together. Now and then.

        :param until: Unix time to count their age from, see :class:`pystatus.vouched_time.VouchedTime`.
        """
        self._store.prune(until - self._config.retention)
        self._store.share_skipped_keys(self._config.max_stored_keys_in_total)

    # devices and topics

    def _negotiate(
        self, sender: PublicKey, installation_id: str, accepted: list[Accepted], now: float, known: bool
    ) -> bytes | None:
        """After a direct message was opened: its installation is active, and can use the negotiated topic if its bundle
        says so (secure-transport.md §6.6) and we know whose it is.

        The secret, if it was not known before.
        """
        if not accepted:
            return None
        listed = accepted[0].bundle.entry(installation_id)
        can_negotiate = known and listed is not None and listed.protocol_version >= NEGOTIATION_VERSION
        installation = accepted[-1].known.get(installation_id)
        if installation is not None:
            self._installations.mark_active(installation, now, answered=can_negotiate)
            if installation.answered:  # then the secret is known
                return None
        return self._agree(sender) if can_negotiate and self._store.remember_peer(sender.compressed) else None

    def shared_secrets(self) -> Iterable[SharedSecret]:
        """Every negotiated topic to listen to, at start."""
        for identity in self._store.peers():
            peer = PublicKey.from_bytes(identity)
            yield SharedSecret(peer, self._agree(peer))

    def installations(self, identity: PublicKey) -> list[Installation]:
        """The known devices of somebody, the most recently active first; of ourselves all but this one."""
        return list(self._store.installations(identity.compressed))

    def targets(self, recipient: PublicKey) -> list[Installation]:
        """The devices that a message to somebody is encrypted for; none: any device can open it (secure-transport.md
        §6.2)."""
        return self._installations.targets(recipient.compressed)

    def has_paired_devices(self) -> bool:
        """Whether our messages go to another device of ours as well (secure-transport.md §6.4)."""
        return bool(self._installations.targets(self._own_identity))

    def set_enabled(self, identity: PublicKey, installation_id: str, enabled: bool) -> None:
        """Include a device in sending or not; of our own, also list it in our bundle or not (secure-transport.md §6.5).

        :raises LocalError: it is unknown, or three devices are enabled already.

        Implements: ST-30, ST-34
        """
        self._installations.set_enabled(identity.compressed, installation_id, enabled)
        if identity.compressed == self._own_identity:
            self._own_bundle.sign_again()


def _verified(bundle: Bundle) -> PublicKey:
    """The identity that signed ``bundle``, if it may be stored at all.

    :raises BadBundle: not signed by its identity, or out of range.
    """
    bundle.check_limits()
    return bundle.verify()
