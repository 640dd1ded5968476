"""The RLPx encryption handshake as initiator and responder (overlay.md §2.2, §2.3).

We start in the EIP-8 form. A responder answers in the form in which it was spoken to, EIP-8 or the older fixed layout.
"""

from __future__ import annotations

from dataclasses import field

from pystatus.crypto import ecies
from pystatus.crypto.hashing import KeccakState, keccak256, keccak_state
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.devp2p.rlpx.packets import NONCE_SIZE, Ack, Auth, PacketReader, Read, ack_reader, auth_reader, seal
from pystatus.errors import RemoteError
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a handshake agrees on. ``egress`` and ``ingress`` are running states: they belong to one connection only."""

    remote: PublicKey
    """The key that the peer uses; it is proven by the first frame whose MAC matches."""
    aes: bytes = field(repr=False)
    """32 bytes; the AES-256-CTR key of both directions."""
    mac: bytes = field(repr=False)
    """32 bytes; the AES-256 key inside the MACs."""
    egress: KeccakState = field(repr=False)
    ingress: KeccakState = field(repr=False)


class Initiator:
    """The side that dialled. :meth:`data_to_send` is the auth packet; :meth:`receive_data` reads the ack."""

    __slots__ = ("_auth_packet", "_ephemeral", "_nonce", "_output", "_reader", "_remote")

    def __init__(self, key: PrivateKey, remote: PublicKey, random: RandomSource) -> None:
        self._remote = remote
        self._nonce = random(NONCE_SIZE)
        self._ephemeral = PrivateKey.generate(random)
        auth = make_auth(key, remote, self._ephemeral, self._nonce)
        self._auth_packet = seal(auth.encode(), remote, random)
        self._output = self._auth_packet
        self._reader: PacketReader[Ack] = ack_reader(key)

    def data_to_send(self) -> bytes:
        """Bytes for the peer, once."""
        output, self._output = self._output, b""
        return output

    def receive_data(self, data: bytes) -> tuple[Secrets, bytes] | None:
        """Take bytes from the wire: None while the ack is incomplete, then the secrets and the bytes behind the ack.

        :raises RemoteError: not an ack for us.
        """
        read = self._reader.receive_data(data)
        if read is None:
            return None
        return initiator_secrets(self._remote, self._ephemeral, self._nonce, self._auth_packet, read), read.rest


class Responder:
    """The side that was dialled. :meth:`receive_data` reads the auth packet; :meth:`data_to_send` is then the ack."""

    __slots__ = ("_key", "_output", "_random", "_reader")

    def __init__(self, key: PrivateKey, random: RandomSource) -> None:
        self._key = key
        self._random = random
        self._output = b""
        self._reader: PacketReader[Auth] = auth_reader(key)

    def data_to_send(self) -> bytes:
        """Bytes for the peer, once; none before the auth packet was read."""
        output, self._output = self._output, b""
        return output

    def receive_data(self, data: bytes) -> tuple[Secrets, bytes] | None:
        """Take bytes from the wire: None while the auth is incomplete, then the secrets and the bytes behind the auth.

        :raises RemoteError: not an auth for us, or one that no honest node makes.
        """
        read = self._reader.receive_data(data)
        if read is None:
            return None
        remote, remote_ephemeral = proven_keys(self._key, read.message)
        nonce = self._random(NONCE_SIZE)
        ephemeral = PrivateKey.generate(self._random)
        ack = Ack(ephemeral.public_key.xy, nonce)
        if read.is_eip8:
            ack_packet = seal(ack.encode(), remote, self._random)
        else:
            ack_packet = ecies.encrypt(remote, ack.encode_plain(), self._random)
        self._output = ack_packet
        return responder_secrets(remote, remote_ephemeral, ephemeral, nonce, read, ack_packet), read.rest


def make_auth(key: PrivateKey, remote: PublicKey, ephemeral: PrivateKey, nonce: bytes) -> Auth:
    """What the holder of ``key`` says to ``remote``: the signature proves the static and carries the ephemeral key."""
    return Auth(ephemeral.sign(_xor(key.agree(remote), nonce)), key.public_key.xy, nonce)


def proven_keys(key: PrivateKey, auth: Auth) -> tuple[PublicKey, PublicKey]:
    """The initiator's static and ephemeral public key, out of an auth packet sent to ``key``.

    :raises RemoteError: keys, signature or nonce that no honest node sends.
    """
    _check_nonce(auth.nonce)
    remote = PublicKey.from_xy(auth.public_key)
    ephemeral = PublicKey.recover(_xor(key.agree(remote), auth.nonce), auth.signature)
    # The reference does not look at this hash; the devp2p text asks for it (overlay.md §12).
    if auth.ephemeral_hash is not None and auth.ephemeral_hash != keccak256(ephemeral.xy):
        raise RemoteError("auth names another ephemeral key than the one that signed it")
    return remote, ephemeral


def initiator_secrets(
    remote: PublicKey, ephemeral: PrivateKey, nonce: bytes, auth_packet: bytes, ack: Read[Ack]
) -> Secrets:
    """What the initiator derives (overlay.md §2.3).

    :raises RemoteError: a key or nonce in the ack that no honest node sends.
    """
    remote_nonce = ack.message.nonce
    _check_nonce(remote_nonce)
    aes, mac = _derive(ephemeral.agree(PublicKey.from_xy(ack.message.ephemeral)), nonce, remote_nonce)
    egress = keccak_state(_xor(mac, remote_nonce) + auth_packet)
    ingress = keccak_state(_xor(mac, nonce) + ack.packet)
    return Secrets(remote, aes, mac, egress, ingress)


def responder_secrets(
    remote: PublicKey,
    remote_ephemeral: PublicKey,
    ephemeral: PrivateKey,
    nonce: bytes,
    auth: Read[Auth],
    ack_packet: bytes,
) -> Secrets:
    """What the responder derives (overlay.md §2.3)."""
    remote_nonce = auth.message.nonce
    aes, mac = _derive(ephemeral.agree(remote_ephemeral), remote_nonce, nonce)
    egress = keccak_state(_xor(mac, remote_nonce) + ack_packet)
    ingress = keccak_state(_xor(mac, nonce) + auth.packet)
    return Secrets(remote, aes, mac, egress, ingress)


def _xor(a: bytes, b: bytes) -> bytes:
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).to_bytes(len(a), "big")


def _check_nonce(nonce: bytes) -> None:
    if not any(nonce):
        raise RemoteError("handshake nonce is zero")


def _derive(agreed: bytes, initiator_nonce: bytes, responder_nonce: bytes) -> tuple[bytes, bytes]:
    shared = keccak256(agreed + keccak256(responder_nonce + initiator_nonce))
    aes = keccak256(agreed + shared)
    return aes, keccak256(agreed + aes)
