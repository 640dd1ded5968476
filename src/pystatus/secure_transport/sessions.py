"""Ratchet sessions with single installations: which one is used, what each message changes (secure-transport.md §3,
§4).

A message's changes are written only after its authentication code has matched (secure-transport.md A4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pystatus.crypto.keys import COMPRESSED_SIZE, PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import RemoteError
from pystatus.secure_transport import ratchet, x3dh
from pystatus.secure_transport.bundles import is_installation_id
from pystatus.secure_transport.config import MAX_SESSION_TRIALS, MAX_SESSIONS, EncryptionConfig
from pystatus.secure_transport.errors import DuplicateMessage, Undecryptable, UnknownPreKey, UnknownSession
from pystatus.secure_transport.messages import DirectMessage, X3dhHeader
from pystatus.secure_transport.ratchet import RatchetHeader
from pystatus.secure_transport.store import EncryptionStore, Installation, Session


class Sessions:
    """Encrypts to and decrypts from the installations of others.

    Implements: ST-2, ST-26
    """

    def __init__(
        self,
        identity: PrivateKey,
        installation_id: str,
        store: EncryptionStore,
        random: RandomSource,
        config: EncryptionConfig,
    ) -> None:
        self._identity = identity
        self._installation_id = installation_id
        self._store = store
        self._random = random
        self._config = config

    def seal(
        self, recipient: PublicKey, target: Installation, own_pre_key: bytes, plaintext: bytes, now: float
    ) -> DirectMessage:
        """Encrypt for one installation, in the session that secure-transport.md §4.8 names or in a new one.

        The session is stored; that has to be durable before the message leaves.

        Implements: ST-26, ST-29, ST-49
        """
        # A session on a prekey that its owner has replaced is not sent on any more (secure-transport.md §2.5).
        unexpired = (own_pre_key, target.pre_key)
        session = choose(self._store.sessions(target.identity, target.installation_id, unexpired))
        if session is None:
            session = self._begin(recipient, target, now)
        state, header, payload = ratchet.encrypt(session.state, plaintext)
        self._save(replace(session, state=state, used_at=now))
        x3dh_header = None if session.confirmed else X3dhHeader(session.ephemeral_key, session.bundle_id)
        return DirectMessage(payload, x3dh_header, header, session.bundle_id)

    def open(
        self, sender: PublicKey, installation_id: str, message: DirectMessage, header: RatchetHeader, now: float
    ) -> bytes:
        """Decrypt a ratchet message of ``sender``'s installation; ``header`` is the message's ratchet header.

        :raises DuplicateMessage: it was opened before.
        :raises UnknownPreKey: it begins a session on a prekey that we do not have.
        :raises UnknownSession: it belongs to a session that we do not have.
        :raises Undecryptable: anything else; as with the others, nothing has changed.
        """
        known = self._store.sessions(sender.compressed, installation_id, (message.bundle_id,))
        if message.x3dh is None:
            return self._open_in_any(known, header, message.payload, now)
        if message.x3dh.bundle_id != message.bundle_id:
            raise Undecryptable("the headers of a message name different prekeys")
        for session in known:
            # By x alone: a point and its negative agree with everybody on the same key, so they name the same session.
            if session.ephemeral_key[1:] == message.x3dh.key[1:]:
                return self._open_in(session, header, message.payload, now)
        return self._open_first(sender, installation_id, message.x3dh, header, message.payload, now)

    def limit_stranger(self, identity: bytes) -> None:
        """Keep less of somebody who may be anybody (attack A53)."""
        none = 0  # is spared
        self._store.drop_old_sessions(identity, self._config.stranger_sessions + 1, none)
        self._store.limit_skipped_keys(identity, self._config.stranger_keys)

    def _begin(self, recipient: PublicKey, target: Installation, now: float) -> Session:
        """Do X3DH with the target's prekey; draws the ephemeral and the first ratchet key.

        Implements: ST-21
        """
        pre_key = PublicKey.from_bytes(target.pre_key)
        ephemeral = PrivateKey.generate(self._random)
        shared_key = x3dh.shared_key(x3dh.initiator_agreements(self._identity, ephemeral, recipient, pre_key))
        return Session(
            id=0,
            identity=target.identity,
            installation_id=target.installation_id,
            bundle_id=target.pre_key,
            ephemeral_key=ephemeral.public_key.compressed,
            shared_key=shared_key,
            confirmed=False,
            state=ratchet.initiator(shared_key, pre_key, self._random),
            used_at=now,
        )

    def _save(self, session: Session) -> int:
        """Store a session, new or changed; its id."""
        if session.id:
            self._store.save_session(session)
            return session.id
        session_id = self._store.add_session(session)
        self._store.drop_old_sessions(session.identity, MAX_SESSIONS, session_id)
        return session_id

    def _open_first(
        self,
        sender: PublicKey,
        installation_id: str,
        x3dh_header: X3dhHeader,
        header: RatchetHeader,
        payload: bytes,
        now: float,
    ) -> bytes:
        """Decrypt a message of a session that the sender began and of which nothing has arrived yet."""
        if not is_installation_id(installation_id):
            raise Undecryptable("a session cannot be begun without a proper installation id")
        own = self._store.own_pre_key_named(self._installation_id, x3dh_header.bundle_id)
        if own is None:
            raise UnknownPreKey("a session is begun on a prekey that we do not have")
        if len(x3dh_header.key) != COMPRESSED_SIZE:
            raise Undecryptable(f"an ephemeral key has {COMPRESSED_SIZE} bytes, not {len(x3dh_header.key)}")
        try:
            ephemeral = PublicKey.from_bytes(x3dh_header.key)
        except RemoteError as error:
            raise Undecryptable("an ephemeral key is not a point of secp256k1") from error
        pre_key = PrivateKey(own.private)
        shared_key = x3dh.shared_key(x3dh.responder_agreements(self._identity, pre_key, sender, ephemeral))
        state = ratchet.responder(shared_key, pre_key)
        opened = ratchet.decrypt(state, header, payload, self._random, self._config.max_skip)
        session_id = self._save(
            Session(
                id=0,
                identity=sender.compressed,
                installation_id=installation_id,
                bundle_id=own.public,
                ephemeral_key=x3dh_header.key,
                shared_key=shared_key,
                confirmed=True,
                state=opened.state,
                used_at=now,
            )
        )
        self._keep_skipped(session_id, sender.compressed, opened, now)
        return opened.plaintext

    def _open_in_any(self, sessions: Sequence[Session], header: RatchetHeader, payload: bytes, now: float) -> bytes:
        """Decrypt a message that does not say which of several sessions on one prekey it belongs to."""
        problem: Undecryptable | UnknownSession = UnknownSession("there is no such session")
        for session in sessions[:MAX_SESSION_TRIALS]:
            try:
                return self._open_in(session, header, payload, now)
            except Undecryptable as error:
                problem = error
        raise problem

    def _open_in(self, session: Session, header: RatchetHeader, payload: bytes, now: float) -> bytes:
        state = session.state
        current = header.key == state.remote
        if (current and header.n < state.receiving_n) or (
            not current and self._store.is_past_chain(session.id, header.key)
        ):
            return self._open_skipped(session, header, payload, now)
        opened = ratchet.decrypt(state, header, payload, self._random, self._config.max_skip)
        self._save(replace(session, state=opened.state, confirmed=True, used_at=now))
        if not current and state.remote:
            self._store.add_past_chain(session.id, state.remote, state.derived)
        self._keep_skipped(session.id, session.identity, opened, now)
        return opened.plaintext

    def _open_skipped(self, session: Session, header: RatchetHeader, payload: bytes, now: float) -> bytes:
        """Decrypt a late message by its stored key, which is gone afterwards."""
        key = self._store.skipped_key(session.id, header.key, header.n)
        if key is None or key.seq <= session.state.derived - self._config.key_window:
            raise DuplicateMessage(f"message {header.n} of this chain was opened before, or is too late")
        plaintext = ratchet.unseal(key.message_key, payload, header.encode())
        self._store.drop_skipped_key(session.id, header.key, header.n)
        self._save(replace(session, confirmed=True, used_at=now))
        return plaintext

    def _keep_skipped(self, session_id: int, identity: bytes, opened: ratchet.Decrypted, now: float) -> None:
        """Store the keys of the messages that were passed over, within the limits (secure-transport.md §4.6).

        Implements: ST-48
        """
        if opened.skipped:
            self._store.add_skipped_keys(session_id, opened.skipped, now)
        oldest = opened.state.derived - self._config.key_window
        if opened.skipped or oldest >= 0:
            self._store.trim_session(session_id, self._config.max_stored_keys, oldest)
        if opened.skipped:
            self._store.limit_skipped_keys(identity, self._config.max_keys_of_identity)


def choose(unexpired: Sequence[Session]) -> Session | None:
    """The session to send on (secure-transport.md §4.8): of those on which both sides have been heard the one with the
    lowest key, so that two that were begun at the same moment converge; else the one that we began ourselves.

    Implements: ST-27
    """
    confirmed = [session for session in unexpired if session.confirmed]
    if confirmed:
        return min(confirmed, key=lambda session: session.shared_key)
    return unexpired[0] if unexpired else None
