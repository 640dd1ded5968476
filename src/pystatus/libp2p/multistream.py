"""multistream-select 1.0: two peers agree on the protocol of a connection or stream (github.com/multiformats/
multistream-select). Each message is a text and a line feed, behind their length."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.errors import RemoteError
from pystatus.wire import varint

PROTOCOL = "/multistream/1.0.0"
"""What both say first."""
MAX_MESSAGE = 1024
"""Bytes of a message, its line feed included, as in current releases of the reference. Ours have less than 30."""
MAX_PROPOSALS = 16
"""Protocols that a peer may propose in vain. Ours; go-libp2p has four for security and two for multiplexers."""

_REFUSAL = "na"
_LENGTH_BYTES = 2


def message(text: str) -> bytes:
    """One message."""
    line = text.encode() + b"\n"
    return varint.encode(len(line)) + line


class Negotiation:
    """One side of an agreement. When :attr:`agreed` is set, :attr:`rest` are bytes of what follows it."""

    __slots__ = ("_buffer", "_greeted", "_output", "_proposals", "_proposed", "_protocols", "agreed", "rest")

    def __init__(self, protocols: Sequence[str], *, proposes: bool) -> None:
        """
        :param protocols: those that we speak, the best first.
        :param proposes: we dialled, or opened the stream.
        """
        self._protocols = protocols
        self._proposed = 0 if proposes else None
        self._proposals = 0
        self._greeted = False
        self._buffer = bytearray()
        self._output = bytearray(message(PROTOCOL))
        if proposes:
            self._output += message(protocols[0])
        self.agreed: str | None = None
        self.rest = b""

    def data_to_send(self) -> bytes:
        """What is to be written now."""
        output = bytes(self._output)
        self._output.clear()
        return output

    def receive_data(self, data: bytes) -> None:
        """Take bytes, cut in any way.

        :raises RemoteError: no multistream, or no protocol in common.
        """
        self._buffer += data
        while self.agreed is None and (text := self._next_message()) is not None:
            self._message(text)
        if self.agreed is not None:
            self.rest = bytes(self._buffer)
            self._buffer.clear()

    def _next_message(self) -> str | None:
        buffer = self._buffer
        if not buffer or (len(buffer) == 1 and buffer[0] > 0x7F):
            return None
        size, start = varint.decode(bytes(buffer[:_LENGTH_BYTES]), _LENGTH_BYTES)
        if not 0 < size <= MAX_MESSAGE:
            raise RemoteError(f"multistream message of {size} bytes: 1 to {MAX_MESSAGE} are taken")
        if len(buffer) < start + size:
            return None
        line = bytes(buffer[start : start + size])
        del buffer[: start + size]
        if not line.endswith(b"\n") or not line.isascii():
            raise RemoteError("multistream message is no line of text")
        return line[:-1].decode()

    def _message(self, text: str) -> None:
        if not self._greeted:
            if text != PROTOCOL:
                raise RemoteError("peer does not speak multistream-select 1.0")
            self._greeted = True
        elif self._proposed is None:
            self._proposal(text)
        else:
            self._answer(text, self._proposed)

    def _proposal(self, text: str) -> None:
        if text in self._protocols:
            self._output += message(text)
            self.agreed = text
            return
        self._proposals += 1
        if self._proposals >= MAX_PROPOSALS:
            raise RemoteError(f"peer proposed {MAX_PROPOSALS} protocols, and none that we speak")
        self._output += message(_REFUSAL)

    def _answer(self, text: str, proposed: int) -> None:
        if text == self._protocols[proposed]:
            self.agreed = text
        elif text != _REFUSAL:
            raise RemoteError("peer answers a proposal with something else than yes or no")
        elif proposed + 1 == len(self._protocols):
            raise RemoteError(f"peer does not speak {' or '.join(self._protocols)}")
        else:
            self._proposed = proposed + 1
            self._output += message(self._protocols[proposed + 1])
