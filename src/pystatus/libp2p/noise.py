"""Noise: the handshake of today's libp2p peers (Noise_XX_25519_ChaChaPoly_SHA256, noiseprotocol.org revision 34;
github.com/libp2p/specs, noise).

    -> e
    <- e, ee, s, es, payload
    -> s, se, payload

A payload is a protobuf with the peer's key, and its signature of the static key of Noise. Every message, and after the
handshake every frame, has two bytes of length in front.
"""

from __future__ import annotations

import hashlib

from pystatus.crypto.agreement import X25519_SIZE, X25519Key
from pystatus.crypto.ciphers import WrongTag, chacha20_poly1305, hmac_sha256
from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import RemoteError
from pystatus.libp2p.framing import FrameBuffer
from pystatus.libp2p.limits import MAX_FRAME_SIZE, MAX_HANDSHAKE_MESSAGE
from pystatus.libp2p.peer_id import PeerId
from pystatus.libp2p.secure import check_peer
from pystatus.wire.proto import libp2p_pb2
from pystatus.wire.protobuf import parse

PROTOCOL = "/noise"
"""Its name in multistream-select."""
NAME = b"Noise_XX_25519_ChaChaPoly_SHA256"
"""32 bytes: as long as a hash, so they are the first one."""
SIGNATURE_PREFIX = b"noise-libp2p-static-key:"
"""What stands before the static key in what is signed."""
TAG_SIZE = 16
"""Bytes of the tag of ChaCha20-Poly1305."""
MAX_PLAINTEXT = MAX_FRAME_SIZE - TAG_SIZE
"""Bytes of what one frame carries."""

_LENGTH_BYTES = 2


class CipherState:
    """A key and how often it was used; without a key nothing is encrypted."""

    __slots__ = ("_cipher", "_count")

    def __init__(self, key: bytes | None = None) -> None:
        self._cipher = None if key is None else chacha20_poly1305(key)
        self._count = 0

    def encrypt(self, data: bytes, associated: bytes = b"") -> bytes:
        """The ciphertext and its tag."""
        if self._cipher is None:
            return data
        return self._cipher.encrypt(self._nonce(), data, associated)

    def decrypt(self, data: bytes, associated: bytes = b"") -> bytes:
        """The inverse.

        :raises RemoteError: the tag is wrong.
        """
        if self._cipher is None:
            return data
        try:
            return self._cipher.decrypt(self._nonce(), data, associated)
        except WrongTag as error:
            raise RemoteError("frame of Noise was changed, or is not for us") from error

    def _nonce(self) -> bytes:
        count = self._count
        self._count += 1  # 2^64 frames are never sent
        return bytes(4) + count.to_bytes(8, "little")


class SymmetricState:
    """The hash of all that was said, and the keys that come of it (noiseprotocol.org, The SymmetricState object)."""

    __slots__ = ("_chaining_key", "_cipher", "_hash")

    def __init__(self, prologue: bytes = b"") -> None:
        self._hash = self._chaining_key = NAME
        self._cipher = CipherState()
        self.mix_hash(prologue)

    def mix_hash(self, data: bytes) -> None:
        """Add what was said."""
        self._hash = hashlib.sha256(self._hash + data).digest()

    def mix_key(self, secret: bytes) -> None:
        """Add an agreed secret."""
        self._chaining_key, key = _hkdf(self._chaining_key, secret)
        self._cipher = CipherState(key)

    def encrypt_and_hash(self, data: bytes) -> bytes:
        """Encrypt, if there is a key, and add the ciphertext."""
        sealed = self._cipher.encrypt(data, self._hash)
        self.mix_hash(sealed)
        return sealed

    def decrypt_and_hash(self, data: bytes) -> bytes:
        """The inverse.

        :raises RemoteError: the tag is wrong.
        """
        opened = self._cipher.decrypt(data, self._hash)
        self.mix_hash(data)
        return opened

    def split(self) -> tuple[CipherState, CipherState]:
        """The keys of both directions, the initiator's first."""
        one, other = _hkdf(self._chaining_key, b"")
        return CipherState(one), CipherState(other)


def _hkdf(chaining_key: bytes, secret: bytes) -> tuple[bytes, bytes]:
    extracted = hmac_sha256(chaining_key, secret)
    first = hmac_sha256(extracted, b"\x01")
    return first, hmac_sha256(extracted, first + b"\x02")


class XX:
    """The pattern XX on its own: messages in and out, one after the other, payloads of any kind."""

    __slots__ = ("_ephemeral", "_initiates", "_messages", "_remote_ephemeral", "_state", "_static", "remote_static")

    def __init__(self, static: X25519Key, ephemeral: X25519Key, prologue: bytes = b"", *, initiates: bool) -> None:
        self._state = SymmetricState(prologue)
        self._static = static
        self._ephemeral = ephemeral
        self._initiates = initiates
        self._messages = 0
        self._remote_ephemeral = b""
        self.remote_static = b""
        """32 bytes, once its message was read."""

    @property
    def is_over(self) -> bool:
        """Whether all three messages were said."""
        return self._messages == 3

    @property
    def writes(self) -> bool:
        """Whether the next message is ours."""
        return not self.is_over and (self._messages % 2 == 0) == self._initiates

    def write(self, payload: bytes) -> bytes:
        """Our next message."""
        state, ephemeral, number = self._state, self._ephemeral, self._messages
        self._messages += 1
        if number == 2:
            sealed = state.encrypt_and_hash(self._static.public)
            state.mix_key(self._static.agree(self._remote_ephemeral))
            return sealed + state.encrypt_and_hash(payload)
        state.mix_hash(ephemeral.public)
        if number == 0:
            return ephemeral.public + state.encrypt_and_hash(payload)
        state.mix_key(ephemeral.agree(self._remote_ephemeral))
        sealed = state.encrypt_and_hash(self._static.public)
        state.mix_key(self._static.agree(self._remote_ephemeral))
        return ephemeral.public + sealed + state.encrypt_and_hash(payload)

    def read(self, message: bytes) -> bytes:
        """The payload of the peer's next message.

        :raises RemoteError: cut short, a wrong tag, or a key of small order.
        """
        state, number = self._state, self._messages
        self._messages += 1
        if number < 2:
            self._remote_ephemeral, message = _cut(message, X25519_SIZE)
            state.mix_hash(self._remote_ephemeral)
            if number == 0:
                return state.decrypt_and_hash(message)
            state.mix_key(self._ephemeral.agree(self._remote_ephemeral))
        sealed, message = _cut(message, X25519_SIZE + TAG_SIZE)
        self.remote_static = state.decrypt_and_hash(sealed)
        state.mix_key(self._ephemeral.agree(self.remote_static))
        return state.decrypt_and_hash(message)

    def split(self) -> tuple[CipherState, CipherState]:
        """After the last message: our key, and the peer's."""
        first, second = self._state.split()
        return (first, second) if self._initiates else (second, first)


def _cut(message: bytes, size: int) -> tuple[bytes, bytes]:
    if len(message) < size:
        raise RemoteError("message of Noise is cut short")
    return message[:size], message[size:]


class NoiseChannel:
    """See :class:`~pystatus.libp2p.secure.SecureChannel`."""

    __slots__ = ("_egress", "_expected", "_frames", "_ingress", "_output", "_payload", "_xx", "remote")

    _egress: CipherState
    _ingress: CipherState

    def __init__(self, key: PrivateKey, random: RandomSource, expected: PeerId | None, *, initiates: bool) -> None:
        """
        :param key: our identity.
        :param expected: who must be at the other end; None: anybody.
        """
        static = X25519Key.generate(random)
        self._payload = libp2p_pb2.NoisePayload(
            identity_key=PeerId(key.public_key).key, identity_signature=key.sign_der(SIGNATURE_PREFIX + static.public)
        ).SerializeToString()
        self._xx = XX(static, X25519Key.generate(random), initiates=initiates)
        self._expected = expected
        self._frames = FrameBuffer(_LENGTH_BYTES, MAX_HANDSHAKE_MESSAGE)
        self._output: list[bytes] = []
        self.remote: PeerId | None = None
        if initiates:
            self._write(b"")

    def data_to_send(self) -> bytes:
        output = b"".join(self._output)
        self._output.clear()
        return output

    def receive_data(self, data: bytes) -> bytes:
        frames = self._frames
        frames.receive_data(data)
        opened: list[bytes] = []
        while (frame := frames.next_frame()) is not None:
            if self.remote is None:
                self._handshake(frame)
            else:
                opened.append(self._ingress.decrypt(frame))
        return b"".join(opened)

    def seal(self, data: bytes) -> bytes:
        pieces = range(0, len(data), MAX_PLAINTEXT)
        return b"".join(
            self._frames.frame(self._egress.encrypt(data[start : start + MAX_PLAINTEXT])) for start in pieces
        )

    def _handshake(self, frame: bytes) -> None:
        payload = self._xx.read(frame)
        remote = self._identify(payload) if self._xx.remote_static else None
        if self._xx.writes:
            self._write(self._payload)
        if self._xx.is_over:
            self._egress, self._ingress = self._xx.split()
            self._frames.max_size = MAX_FRAME_SIZE
            self.remote = remote

    def _write(self, payload: bytes) -> None:
        self._output.append(self._frames.frame(self._xx.write(payload)))

    def _identify(self, payload: bytes) -> PeerId:
        said = parse(libp2p_pb2.NoisePayload, payload)
        peer = PeerId.from_key(said.identity_key)
        signed = SIGNATURE_PREFIX + self._xx.remote_static
        if not peer.public_key.has_signed_der(signed, said.identity_signature):
            raise RemoteError("peer has not signed its static key of Noise")
        check_peer(peer, self._expected)
        return peer
