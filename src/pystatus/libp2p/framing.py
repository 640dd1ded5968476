"""Messages behind their length: what has come of them, in bounded memory."""

from __future__ import annotations

from pystatus.errors import RemoteError


class FrameBuffer:
    """Cuts a stream of bytes into messages that have their length in front, big-endian."""

    __slots__ = ("_buffer", "_prefix", "max_size")

    def __init__(self, prefix: int, max_size: int) -> None:
        """
        :param prefix: bytes of the length.
        :param max_size: bytes of a message; may be set anew between two messages.
        """
        self._prefix = prefix
        self._buffer = bytearray()
        self.max_size = max_size

    def receive_data(self, data: bytes) -> None:
        """Take bytes, cut in any way."""
        self._buffer += data

    def next_frame(self) -> bytes | None:
        """The next message, None if it is not complete.

        :raises RemoteError: a longer one is announced.
        """
        buffer, prefix = self._buffer, self._prefix
        if len(buffer) < prefix:
            return None
        size = int.from_bytes(buffer[:prefix], "big")
        if size > self.max_size:
            raise RemoteError(f"message of {size} bytes is announced: at most {self.max_size} are taken")
        end = prefix + size
        if len(buffer) < end:
            return None
        frame = bytes(buffer[prefix:end])
        del buffer[:end]
        return frame

    def frame(self, data: bytes) -> bytes:
        """A message of ours."""
        return len(data).to_bytes(self._prefix, "big") + data
