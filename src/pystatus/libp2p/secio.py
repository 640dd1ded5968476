"""SECIO: the handshake that the libp2p peers of 2019 and 2020 speak, and status-go v0.64.0 alone (go-libp2p-secio 0.2;
overlay.md §4.1).

Both say what they know and a nonce (Propose), then an ephemeral key with a signature of all that (Exchange), then, as
the first frame, the nonce of the other. A frame is ciphertext and HMAC behind four bytes of length.

One choice of each kind is offered: P-256, AES-256, SHA256. Every implementation of it knows them.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from pystatus.crypto.agreement import P256Key
from pystatus.crypto.ciphers import aes_ctr_stream, equal, hmac_sha256
from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import RemoteError
from pystatus.libp2p.framing import FrameBuffer
from pystatus.libp2p.limits import MAX_FRAME_SIZE, MAX_HANDSHAKE_MESSAGE
from pystatus.libp2p.peer_id import PeerId
from pystatus.libp2p.secure import check_peer
from pystatus.wire.proto import libp2p_pb2
from pystatus.wire.protobuf import parse

PROTOCOL = "/secio/1.0.0"
"""Its name in multistream-select."""
NONCE_SIZE = 16
EXCHANGE = b"P-256"
CIPHER = b"AES-256"
HASH = b"SHA256"
MAC_SIZE = 32
MAX_PLAINTEXT = MAX_FRAME_SIZE - MAC_SIZE
"""Bytes of what one frame carries."""

_LENGTH_BYTES = 4
_IV_SIZE = 16
_CIPHER_KEY_SIZE = 32
_MAC_KEY_SIZE = 20
_SEED = b"key expansion"


class StretchedKeys(NamedTuple):
    """The keys of one direction."""

    iv: bytes
    cipher_key: bytes
    mac_key: bytes


def stretch(secret: bytes) -> tuple[StretchedKeys, StretchedKeys]:
    """The keys of both directions out of the agreed secret; the first are those of the side with the higher order."""
    half = _IV_SIZE + _CIPHER_KEY_SIZE + _MAC_KEY_SIZE
    stretched = b""
    state = hmac_sha256(secret, _SEED)
    while len(stretched) < 2 * half:
        stretched += hmac_sha256(secret, state + _SEED)
        state = hmac_sha256(secret, state)
    return _keys(stretched[:half]), _keys(stretched[half : 2 * half])


def _keys(part: bytes) -> StretchedKeys:
    cipher_key_end = _IV_SIZE + _CIPHER_KEY_SIZE
    return StretchedKeys(part[:_IV_SIZE], part[_IV_SIZE:cipher_key_end], part[cipher_key_end:])


def agreed_secret(ours: P256Key, point: bytes) -> bytes:
    """The x coordinate of the shared point as the reference writes it: a number, so without leading zero bytes.

    :raises RemoteError: not a point of P-256.
    """
    return ours.agree(point).lstrip(b"\0")


class _Direction:
    """Ciphertext and MAC of one direction; the key stream runs on from frame to frame."""

    __slots__ = ("_cipher", "_mac_key")

    def __init__(self, keys: StretchedKeys) -> None:
        self._cipher = aes_ctr_stream(keys.cipher_key, keys.iv)
        self._mac_key = keys.mac_key

    def seal(self, data: bytes) -> bytes:
        sealed = self._cipher.update(data)
        return sealed + hmac_sha256(self._mac_key, sealed)

    def open(self, frame: bytes) -> bytes:
        sealed, mac = frame[:-MAC_SIZE], frame[-MAC_SIZE:]
        if not equal(hmac_sha256(self._mac_key, sealed), mac):
            raise RemoteError("frame of SECIO was changed, or is not for us")
        return self._cipher.update(sealed)


class SecioChannel:
    """See :class:`~pystatus.libp2p.secure.SecureChannel`. Both sides do the same; who dialled makes no difference."""

    __slots__ = (
        "_egress",
        "_ephemeral",
        "_expected",
        "_frames",
        "_ingress",
        "_key",
        "_nonce",
        "_output",
        "_peer",
        "_proposal",
        "_remote_nonce",
        "_remote_proposal",
        "_takes_first",
        "remote",
    )

    _egress: _Direction
    _takes_first: bool
    """Whether the first of the stretched keys are ours."""
    _peer: PeerId
    """Who the peer says it is."""
    _remote_nonce: bytes

    def __init__(self, key: PrivateKey, random: RandomSource, expected: PeerId | None) -> None:
        """
        :param key: our identity.
        :param expected: who must be at the other end; None: anybody.
        """
        self._key = key
        self._expected = expected
        self._nonce = random(NONCE_SIZE)
        self._ephemeral = P256Key.generate(random)
        self._frames = FrameBuffer(_LENGTH_BYTES, MAX_HANDSHAKE_MESSAGE)
        self._remote_proposal: bytes | None = None
        self._ingress: _Direction | None = None
        self.remote: PeerId | None = None
        self._proposal = libp2p_pb2.SecioPropose(
            nonce=self._nonce,
            public_key=PeerId(key.public_key).key,
            exchanges=EXCHANGE,
            ciphers=CIPHER,
            hashes=HASH,
        ).SerializeToString()
        self._output: list[bytes] = [self._frames.frame(self._proposal)]

    def data_to_send(self) -> bytes:
        output = b"".join(self._output)
        self._output.clear()
        return output

    def receive_data(self, data: bytes) -> bytes:
        frames = self._frames
        frames.receive_data(data)
        opened: list[bytes] = []
        while (frame := frames.next_frame()) is not None:
            if self._remote_proposal is None:
                self._proposed(frame)
            elif self._ingress is None:
                self._ingress = self._exchanged(frame, self._remote_proposal)
            elif self.remote is None:
                self._confirmed(self._ingress.open(frame))
            else:
                opened.append(self._ingress.open(frame))
        return b"".join(opened)

    def seal(self, data: bytes) -> bytes:
        pieces = range(0, len(data), MAX_PLAINTEXT)
        return b"".join(self._frames.frame(self._egress.seal(data[start : start + MAX_PLAINTEXT])) for start in pieces)

    def _proposed(self, frame: bytes) -> None:
        said = parse(libp2p_pb2.SecioPropose, frame)
        if len(said.nonce) != NONCE_SIZE:
            raise RemoteError(f"nonce of SECIO has {len(said.nonce)} bytes, not {NONCE_SIZE}")
        self._peer = PeerId.from_key(said.public_key)
        check_peer(self._peer, self._expected)
        for what, ours, theirs in (
            ("exchange", EXCHANGE, said.exchanges), ("cipher", CIPHER, said.ciphers), ("hash", HASH, said.hashes),
        ):  # fmt: skip
            if ours not in theirs.split(b","):
                raise RemoteError(f"peer of SECIO does not know the {what} {ours.decode()}")
        theirs = hashlib.sha256(said.public_key + self._nonce).digest()
        ours = hashlib.sha256(PeerId(self._key.public_key).key + said.nonce).digest()
        if theirs == ours:
            raise RemoteError("peer of SECIO repeats what we say")
        self._takes_first = theirs > ours
        self._remote_nonce = said.nonce
        self._remote_proposal = frame
        point = self._ephemeral.public
        signature = self._key.sign_der(self._proposal + frame + point)
        exchange = libp2p_pb2.SecioExchange(point=point, signature=signature)
        self._output.append(self._frames.frame(exchange.SerializeToString()))

    def _exchanged(self, frame: bytes, remote_proposal: bytes) -> _Direction:
        said = parse(libp2p_pb2.SecioExchange, frame)
        if not self._peer.public_key.has_signed_der(remote_proposal + self._proposal + said.point, said.signature):
            raise RemoteError("peer of SECIO has not signed its ephemeral key")
        first, second = stretch(agreed_secret(self._ephemeral, said.point))
        egress, ingress = (first, second) if self._takes_first else (second, first)
        self._egress = _Direction(egress)
        self._output.append(self.seal(self._remote_nonce))
        return _Direction(ingress)

    def _confirmed(self, nonce: bytes) -> None:
        if not equal(nonce, self._nonce):
            raise RemoteError("peer of SECIO does not send our nonce back")
        self._frames.max_size = MAX_FRAME_SIZE
        self.remote = self._peer
