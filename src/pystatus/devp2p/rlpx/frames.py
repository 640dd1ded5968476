"""RLPx frames: the writer of one direction and the reader of the other (overlay.md §2.4).

Frame data is the message id followed by the payload; what they mean is not known here.

This is the hot path of a relay, every envelope passes through it once per peer; hence slots and few, large operations.
"""

from pystatus.crypto.ciphers import aes_ctr_stream, equal
from pystatus.devp2p.rlpx.handshake import Secrets
from pystatus.devp2p.rlpx.mac import MAC_SIZE, FrameMac
from pystatus.errors import LocalError, RemoteError

MAX_FRAME_SIZE = 2**24 - 1
"""Bytes of frame data that the three length bytes can announce (overlay.md §2.4)."""
HEADER_SIZE = 16
BLOCK_SIZE = 16
"""Frame data is padded with zeros to a multiple of this."""

_LENGTH_SIZE = 3
_HEADER_REST = b"\xc2\x80\x80".ljust(HEADER_SIZE - _LENGTH_SIZE, b"\x00")
_SEALED_HEADER_SIZE = HEADER_SIZE + MAC_SIZE
_INITIAL_COUNTER = bytes(16)
_PADDING = tuple(bytes(-size % BLOCK_SIZE) for size in range(BLOCK_SIZE))


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
