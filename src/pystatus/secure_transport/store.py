"""The storage that this layer needs, as a port, and the records in it.

Everything runs inside a transaction that the caller owns; the layer keeps no state of its own besides. Identities are
compressed keys (33 bytes), times are Unix seconds. An implementation stores what it is given and decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pystatus.records import dataclass
from pystatus.secure_transport.ratchet import RatchetState, SkippedKey


@dataclass(frozen=True, slots=True)
class OwnPreKey:
    """A prekey of this installation, and our bundle as it was last signed with it."""

    public: bytes
    private: bytes
    version: int
    created_at: float
    signed_bundle: bytes = b""
    """Serialized; empty if it has to be signed (again)."""
    signed_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Installation:
    """A device of somebody, possibly our own other one, with its newest prekey (secure-transport.md §6.1)."""

    identity: bytes
    installation_id: str
    timestamp: int
    """Nanoseconds: the newest bundle that listed it, which is its last activity."""
    enabled: bool
    protocol_version: int
    """The highest ever seen."""
    pre_key: bytes
    pre_key_version: int
    pre_key_timestamp: int
    """Nanoseconds: the newest bundle that listed this very prekey."""
    answered: bool = False
    """A direct message that can negotiate a topic was decrypted from it (secure-transport.md §6.6)."""


@dataclass(frozen=True, slots=True)
class Session:
    """A ratchet session with one installation of somebody.

    Named by the peer's identity and installation, the responder's prekey and the initiator's ephemeral key: nobody but
    the identity itself can touch it (secure-transport.md T2), and a peer that begins anew on the same prekey gets a
    second one (secure-transport.md §3.5).

    Implements: ST-25
    """

    id: int
    """Given by the store; 0 before."""
    identity: bytes
    installation_id: str
    bundle_id: bytes
    ephemeral_key: bytes
    shared_key: bytes
    """The X3DH key. Of two sessions the one with the lower key is used (secure-transport.md §4.8)."""
    confirmed: bool
    """Something arrived on it. Until then we are its initiator and send the X3DH header with every message
    (secure-transport.md §3.4)."""
    state: RatchetState
    used_at: float


class EncryptionStore(Protocol):
    """The tables of the encryption layer."""

    def own_pre_key(self, installation_id: str) -> OwnPreKey | None:
        """Our current prekey: the one that was not replaced."""

    def own_pre_key_named(self, installation_id: str, public: bytes) -> OwnPreKey | None:
        """One of our prekeys, replaced ones included."""

    def add_own_pre_key(self, installation_id: str, pre_key: OwnPreKey) -> None:
        """Make ``pre_key`` the current one; its predecessor counts as replaced at its ``created_at``."""

    def save_signed_bundle(self, installation_id: str, public: bytes, signed_bundle: bytes, signed_at: float) -> None:
        """Keep our bundle as signed with the prekey ``public``; empty makes it be signed again."""

    def installations(self, identity: bytes) -> Sequence[Installation]:
        """All known installations of ``identity``, the most recently active first, then by id."""

    def save_installation(self, installation: Installation) -> None:
        """Insert or replace, by identity and id."""

    def drop_installation(self, identity: bytes, installation_id: str) -> None: ...

    def sessions(self, identity: bytes, installation_id: str, bundle_ids: Sequence[bytes]) -> Sequence[Session]:
        """The sessions with one installation on these prekeys, the most recently used first."""

    def add_session(self, session: Session) -> int:
        """Insert and return the id."""

    def save_session(self, session: Session) -> None:
        """Replace what changes: ``confirmed``, ``state``, ``used_at``."""

    def drop_old_sessions(self, identity: bytes, keep: int, protected: int) -> None:
        """Keep the ``keep`` most recently used sessions with ``identity``, and ``protected`` in any case; the others go
        with their skipped keys and past chains."""

    def skipped_key(self, session_id: int, ratchet_key: bytes, n: int) -> SkippedKey | None: ...

    def add_skipped_keys(self, session_id: int, keys: Sequence[SkippedKey], now: float) -> None: ...

    def drop_skipped_key(self, session_id: int, ratchet_key: bytes, n: int) -> None: ...

    def trim_session(self, session_id: int, keep: int, oldest_seq: int) -> None:
        """Keep the ``keep`` youngest skipped keys of a session, and of its keys and past chains only those whose
        ``seq`` is above ``oldest_seq``."""

    def limit_skipped_keys(self, identity: bytes, keep: int) -> None:
        """Keep the ``keep`` skipped keys that were stored last of all sessions with ``identity``. The work does not
        grow with the sessions of others."""

    def share_skipped_keys(self, total: int) -> None:
        """If more than ``total`` keys are stored of people we know altogether, who holds most loses the oldest ones.
        What strangers hold is another budget, which this store leaves alone."""

    def is_past_chain(self, session_id: int, ratchet_key: bytes) -> bool: ...

    def add_past_chain(self, session_id: int, ratchet_key: bytes, seq: int) -> None:
        """Remember a ratchet key that the peer has given up; ``seq`` as in skipped keys."""

    def remember_peer(self, identity: bytes) -> bool:
        """Note that there is a shared secret with ``identity``; False if that was known."""

    def peers(self) -> Sequence[bytes]:
        """Every identity given to :meth:`remember_peer`."""

    def remember_ephemeral(self, identity: bytes, key: bytes, now: float, keep: int) -> bool:
        """Note a plain-DH message by the x coordinate of its ephemeral key, keeping the last ``keep`` of an identity;
        False if known."""

    def forget_ratchets(self) -> None:
        """Delete all our prekeys, and all sessions with their skipped keys and past chains."""

    def prune(self, before: float) -> None:
        """Delete prekeys of ours that were replaced, and skipped and ephemeral keys that were stored, before then. Of
        very many some are deleted, and the others the next time."""
