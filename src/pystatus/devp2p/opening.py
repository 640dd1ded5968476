"""How a connection begins: keys are agreed, then both sides say Hello (overlay.md §2.1, §2.5, §2.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from pystatus import sanitise
from pystatus.crypto.keys import PublicKey
from pystatus.devp2p.capabilities import Capability, negotiate
from pystatus.devp2p.events import Connected
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.devp2p.local_node import LocalNode
from pystatus.devp2p.messages import DisconnectReason, Hello, HelloError, reason_text
from pystatus.devp2p.rlpx.handshake import Initiator, Responder, Secrets
from pystatus.errors import RemoteError
from pystatus.wording import counted

MAX_GREETING = 40
"""Bytes of what other software says in place of the handshake that are shown: the protocol is at their beginning."""
LEAST_GREETING = 4
"""Printable bytes that are more than chance: of random ones a hundredth is as long."""

Admit: TypeAlias = Callable[[bytes], DisconnectReason | None]
"""Asked with the peer's 64-byte node id whether it may stay; a reason means no (overlay.md §2.8)."""


def admit_everybody(_remote_id: bytes) -> None:
    """No peer check."""


class Opening:
    """Both handshakes of one connection: what they wait for, what they refuse, and how they fail."""

    __slots__ = ("_admit", "_deadline", "_first_byte_deadline", "_handshake", "_limits", "_local", "remote")

    remote: PublicKey | None
    """The key that the peer has proven; None before."""

    def __init__(
        self, local: LocalNode, handshake: Initiator | Responder, now: float, admit: Admit, limits: ConnectionLimits
    ) -> None:
        self._local = local
        self._handshake = handshake
        self._admit = admit
        self._limits = limits
        self._deadline = now + limits.handshake_timeout
        self._first_byte_deadline = now + limits.first_byte_timeout if isinstance(handshake, Responder) else None
        self.remote = None

    # Keys

    def data_to_send(self) -> bytes:
        """Our part of the key agreement."""
        return self._handshake.data_to_send()

    def receive_data(self, data: bytes) -> tuple[Secrets, bytes] | None:
        """Bytes of the key agreement: when it is complete, what was agreed and the bytes behind it.

        :raises RemoteError: the peer cannot be what it should be.
        """
        if data:
            self._first_byte_deadline = None
        agreed = self._handshake.receive_data(data)
        if agreed is not None:
            self.remote = agreed[0].remote
        return agreed

    # Peer checks

    def refusal(self) -> DisconnectReason | None:
        """Why the holder of the proven key may not stay; None: it may."""
        assert self.remote is not None, "the keys are agreed before anybody is admitted"
        if self.remote == self._local.key.public_key:
            return DisconnectReason.SELF
        return self._admit(self.remote.xy)

    def accept(self, hello: Hello) -> Connected:
        """Who the peer is that says this Hello, and what is spoken with it. It is admitted a second time: somebody else
        may have taken the place meanwhile.

        :raises HelloError: it may not stay.
        """
        assert self.remote is not None, "the keys are agreed before a Hello"
        if hello.node_id != self.remote.xy:
            raise HelloError(DisconnectReason.UNEXPECTED_IDENTITY, "the Hello names another key than the proven one")
        shared = negotiate(self._local.subprotocols, hello.capabilities)
        if not shared:
            raise HelloError(
                DisconnectReason.USELESS_PEER,
                f"it is a node of another network: it speaks {_listed(hello.capabilities)}, "
                f"and not {_listed(one.capability for one in self._local.subprotocols)}",
            )
        reason = self.refusal()
        if reason is not None:
            raise HelloError(reason, f"peer not admitted: {reason_text(reason)}")
        # One place cleans the peer's name for itself, so that it can be logged and shown without a thought.
        client_id = "".join(
            character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in hello.client_id
        )
        return Connected(hello.node_id, client_id, hello.capabilities, shared, hello.listen_port)

    # Time

    def next_timer(self) -> float:
        """When to ask :meth:`overdue`."""
        return self._deadline if self._first_byte_deadline is None else min(self._first_byte_deadline, self._deadline)

    def overdue(self, now: float) -> str | None:
        """Why the peer is given up at ``now``; None: it has time left."""
        if now >= self._deadline:
            if self.remote is None and self._dialled:
                patience = counted(self._limits.handshake_timeout, "second")
                return f"it accepts connections and says nothing within {patience}; another program may listen there"
            return "the handshake took too long"
        if self._first_byte_deadline is not None and now >= self._first_byte_deadline:
            return "the peer dialled and said nothing"
        return None

    # Words for what went wrong

    def not_understood(self, data: bytes, error: RemoteError) -> str:
        """What to say of a peer that answers our key agreement with ``data``."""
        if self.remote is None and self._dialled:
            return f"what answers there is no relay{_greeting(data) or f': {error}'}"
        return str(error)

    @property
    def closed_by_peer(self) -> str:
        """What to say of a peer that closes the transport now."""
        if self.remote is None:
            return (
                "the peer closed the connection during the encryption handshake; it may be another node than its enode "
                "or the invitation says (ask for that again), or takes nobody from here at present"
            )
        return "the peer closed the connection instead of saying Hello"

    @property
    def _dialled(self) -> bool:
        return isinstance(self._handshake, Initiator)


def _listed(capabilities: Iterable[Capability]) -> str:
    """``eth/66, les/4``, safe to show. A Hello has 64 at most."""
    return sanitise.one_line(", ".join(map(str, capabilities))) or "nothing"


def _greeting(data: bytes) -> str:
    """How other software greets, which says what it is: ``SSH-2.0-OpenSSH_9.6``. Empty if it greets with no text."""
    line = data[:MAX_GREETING].split(b"\n")[0].rstrip(b"\r")
    if len(line) < LEAST_GREETING or not all(0x20 <= byte < 0x7F for byte in line):
        return ""
    return f' (it says "{line.decode("ascii")}")'
