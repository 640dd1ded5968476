"""RLPx frames: the writer of one direction, the reader of the other, and the message in a frame: its id, and its
payload as a raw Snappy block (overlay.md §2.4, §2.5, EIP-706). What messages mean is not known here.

This is the hot path of a relay, every envelope passes through it once per peer; hence slots and few, large operations.
"""

from dataclasses import dataclass
from functools import cache

import cramjam

from pystatus.crypto.ciphers import aes_ctr_stream, aes_ecb_stream, equal
from pystatus.crypto.hashing import KeccakState
from pystatus.devp2p.rlpx.handshake import Secrets
from pystatus.errors import LocalError, RemoteError
from pystatus.wire import rlp, varint

MAX_FRAME_SIZE = 2**24 - 1
"""Bytes of frame data that the three length bytes can announce (overlay.md §2.4)."""
HEADER_SIZE = 16
BLOCK_SIZE = 16
"""Frame data is padded with zeros to a multiple of this."""
MAC_SIZE = 16
"""Bytes of a header MAC and of a frame MAC."""
MAX_MESSAGE_ID_SIZE = 3
"""Bytes in front of a payload: every id below 65536, which is far beyond any set of capabilities."""
SNAPPY_VERSION = 5
"""Payloads are compressed with peers that announce at least this version of the base protocol."""

_LENGTH_SIZE = 3
_HEADER_REST = b"\xc2\x80\x80".ljust(HEADER_SIZE - _LENGTH_SIZE, b"\x00")
_SEALED_HEADER_SIZE = HEADER_SIZE + MAC_SIZE
_INITIAL_COUNTER = bytes(16)
_PADDING = tuple(bytes(-size % BLOCK_SIZE) for size in range(BLOCK_SIZE))
_MAX_LENGTH_BYTES = 5  # a Snappy length is a 32-bit number
# The densest element of Snappy, a copy of 64 bytes, takes three bytes.
_MAX_COPY = 64
_COPY_SIZE = 3
_decompress_raw = cramjam.snappy.decompress_raw


class FrameMac:
    """Absorbs what travels in one direction. Its sender and receiver stay in step or never agree again."""

    __slots__ = ("_block_cipher", "_digest", "_state")

    def __init__(self, mac_secret: bytes, state: KeccakState) -> None:
        self._block_cipher = aes_ecb_stream(mac_secret)
        self._state = state
        self._digest = state.digest()[:MAC_SIZE]

    @property
    def digest(self) -> bytes:
        """The whole 32-byte digest of the state, for comparison with known answers."""
        return self._state.digest()

    def header(self, block: bytes) -> bytes:
        """Absorb 16 bytes, encrypted and mixed with the digest; the MAC of a header if they are the encrypted header.

        The digest is kept because reading it costs as much as absorbing 200 bytes, and the next step begins with it.
        """
        state = self._state
        mask = self._block_cipher.update(self._digest)
        seed = int.from_bytes(mask, "big") ^ int.from_bytes(block, "big")
        state.update(seed.to_bytes(MAC_SIZE, "big"))
        self._digest = digest = state.digest()[:MAC_SIZE]
        return digest

    def absorb(self, encrypted_part: bytes) -> None:
        """Absorb the first bytes of an encrypted body whose rest is still to come."""
        self._state.update(encrypted_part)

    def body(self, encrypted_body: bytes) -> bytes:
        """Absorb the encrypted body, or what was still missing of it; the frame MAC."""
        self._state.update(encrypted_body)
        self._digest = digest = self._state.digest()[:MAC_SIZE]
        return self.header(digest)


class FrameWriter:
    """Encrypts and authenticates the frames that we send."""

    __slots__ = ("_cipher", "mac")

    def __init__(self, secrets: Secrets) -> None:
        self._cipher = aes_ctr_stream(secrets.aes, _INITIAL_COUNTER)
        self.mac = FrameMac(secrets.mac, secrets.egress)

    def frame(self, message_id: bytes, payload: bytes) -> bytes:
        """All bytes of one frame.

        :param message_id: the RLP of the id.
        :raises LocalError: more data than a frame holds.
        """
        size = len(message_id) + len(payload)
        if size > MAX_FRAME_SIZE:
            raise LocalError(f"A frame holds at most {MAX_FRAME_SIZE} bytes, not {size}.")
        plain = b"".join(
            (size.to_bytes(_LENGTH_SIZE, "big"), _HEADER_REST, message_id, payload, _PADDING[size % BLOCK_SIZE])
        )
        encrypted = self._cipher.update(plain)
        header, body = encrypted[:HEADER_SIZE], encrypted[HEADER_SIZE:]
        return b"".join((header, self.mac.header(header), body, self.mac.body(body)))


class FrameReader:
    """Checks and decrypts the frames that we receive, however their bytes are cut. A large one is worked on while it
    comes, so that no single call takes long; nothing of it is given away before its MAC was found to match.

    Holds at most one unfinished frame of ``max_size`` and what came in the last chunk. After a :class:`RemoteError`
    the two sides are out of step for ever: the connection is to be closed and the reader not used again.
    """

    __slots__ = ("_begun", "_buffer", "_cipher", "_missing", "_position", "_size", "mac", "max_size")

    max_size: int
    """Largest frame data in bytes to accept; more is refused when announced. May be changed between frames."""

    def __init__(self, secrets: Secrets, max_size: int) -> None:
        self._cipher = aes_ctr_stream(secrets.aes, _INITIAL_COUNTER)
        self.mac = FrameMac(secrets.mac, secrets.ingress)
        self.max_size = max_size
        self._buffer = b""
        self._position = 0
        self._size: int | None = None
        self._missing = 0
        self._begun = (
            bytearray()
        )  # not a list of parts: of a peer that sends byte by byte it would be fifty times as large

    @property
    def buffered(self) -> int:
        """Bytes held back because their frame is not complete."""
        return len(self._buffer) - self._position + len(self._begun)

    def receive_data(self, data: bytes) -> None:
        """Take bytes from the wire. Call :meth:`next_frame` until it has no more.

        What is left from before is less than a header or a MAC, so that to copy it costs nothing.
        """
        self._buffer += data

    def next_frame(self) -> bytes | None:
        """The data of the next complete frame (message id and payload), or None if bytes are missing.

        :raises RemoteError: a MAC does not match, or the frame is announced larger than ``max_size``.
        """
        buffer = self._buffer
        size = self._size
        if size is None:
            start = self._position
            end = start + _SEALED_HEADER_SIZE
            if end > len(buffer):
                self._cut_off()
                return None
            header = buffer[start : start + HEADER_SIZE]
            if not equal(self.mac.header(header), buffer[start + HEADER_SIZE : end]):
                raise RemoteError("MAC of a frame header does not match")
            self._position = end
            size = int.from_bytes(self._cipher.update(header)[:_LENGTH_SIZE], "big")
            if size > self.max_size:
                raise RemoteError(f"frame of {size} bytes announced where at most {self.max_size} are taken")
            self._size = size
            self._missing = size + -size % BLOCK_SIZE
        start = self._position
        body_end = start + self._missing
        end = body_end + MAC_SIZE
        if end > len(buffer):
            self._begin_body()
            self._cut_off()
            return None
        body = buffer[start:body_end]
        if not equal(self.mac.body(body), buffer[body_end:end]):
            raise RemoteError("MAC of a frame does not match")
        self._position = end
        self._size = None
        data = self._cipher.update(body)
        if self._begun:
            self._begun += data
            data = bytes(self._begun)
            self._begun = bytearray()
        return data if len(data) == size else data[:size]

    def forget(self) -> None:
        """Nothing more is read: hold no bytes."""
        self._buffer = b""
        self._begun = bytearray()
        self._position = 0

    def _begin_body(self) -> None:
        """Absorb and decrypt what is there of a body."""
        part = self._buffer[self._position : self._position + self._missing]
        if part:
            self.mac.absorb(part)
            self._begun += self._cipher.update(part)
            self._position += len(part)
            self._missing -= len(part)

    def _cut_off(self) -> None:
        """Forget what was read: only when nothing more can be read, so that the work stays linear in the bytes."""
        self._buffer = self._buffer[self._position :]
        self._position = 0


@cache
def encode_message_id(message_id: int) -> bytes:
    """The id as it stands in front of a payload. Only ids that we send come here, so the cache is bounded.

    Implements: WK-13
    """
    return rlp.encode(message_id)


def split_message(frame_data: bytes) -> tuple[int, bytes]:
    """Frame data as (message id, payload).

    :raises RemoteError: it does not begin with an integer in canonical RLP.
    """
    if frame_data and 0 < frame_data[0] < 0x80:
        return frame_data[0], frame_data[1:]
    is_list, start, end = rlp.header(frame_data)
    if is_list:
        raise RemoteError("message id is a list")
    return rlp.as_int(frame_data[start:end]), frame_data[end:]


@dataclass(slots=True)
class _Latest:
    """What was compressed last."""

    payload: bytes
    block: bytes


_latest = _Latest(b"", b"\x00")


def compress(payload: bytes) -> bytes:
    """The raw block of ``payload``. What a relay sends to many peers, one after the other, is compressed once."""
    latest = _latest
    if payload is not latest.payload:
        latest.block = bytes(cramjam.snappy.compress_raw(payload))
        latest.payload = payload
    return latest.block


def decompress(data: bytes, max_size: int) -> bytes:
    """The contents of a raw block. The announced length is checked before anything is allocated.

    :raises RemoteError: more than ``max_size`` bytes announced, more than such a block can hold, or not Snappy.
    """
    if len(data) > 2 and data[0] > 0x7F and 0 < data[1] < 0x80:  # 128 to 16,383 bytes, as nearly all packets have
        size, length_size = data[0] & 0x7F | data[1] << 7, 2
    else:
        size, length_size = varint.decode(data, _MAX_LENGTH_BYTES)
    if size > max_size:
        raise RemoteError(f"compressed payload announces {size} bytes where at most {max_size} are taken")
    if size * _COPY_SIZE > (len(data) - length_size) * _MAX_COPY:
        raise RemoteError(f"compressed payload announces {size} bytes, more than Snappy can pack into it")
    try:
        return bytes(_decompress_raw(data))
    except cramjam.DecompressionError as error:
        raise RemoteError("payload is not a Snappy block") from error


def max_compressed_size(size: int) -> int:
    """The most bytes that a compressor may make of ``size`` bytes (Snappy's own bound)."""
    return 32 + size + size // 6
