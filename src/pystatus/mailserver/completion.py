"""What ends the answer to a history request: P2P Request Complete (waku.md §7.7).

request id(32) ‖ hash of the last envelope(32) ‖ cursor(36)               when there is more
request id(32) ‖ hash of the last envelope(32) ‖ lacking(0, 8, 16, 24, 32)   when it is the last page
"ERROR=" ‖ request id(32) ‖ text                                          when it failed

What a mailserver lacks of it is stated as :mod:`pystatus.mailserver.lacking` says; others state nothing.
"""

from __future__ import annotations

from typing import TypeAlias

from pystatus.crypto.hashing import KECCAK_SIZE
from pystatus.errors import RemoteError
from pystatus.mailserver import lacking
from pystatus.mailserver.cursor import CURSOR_SIZE
from pystatus.mailserver.time_ranges import TimeRange
from pystatus.records import dataclass
from pystatus.waku import packets

NOTHING_SENT = bytes(KECCAK_SIZE)
"""The last hash of an answer without envelopes."""

_ERROR = b"ERROR="
_ERROR_HEAD = len(_ERROR) + KECCAK_SIZE
_LONGEST = 2 * KECCAK_SIZE + CURSOR_SIZE


@dataclass(frozen=True, slots=True)
class Completed:
    """The page has been sent.

    Implements: WM-8
    """

    request_id: bytes
    """32 bytes."""
    last_hash: bytes = NOTHING_SENT
    """Hash of the last envelope in the server's order; zeros if there was none."""
    cursor: bytes = b""
    """36 bytes if there is more, else empty."""
    lacking: tuple[TimeRange, ...] = ()
    """On the last page: what was asked for and is not here, the newest first. See :func:`~.lacking.state`."""

    def encode(self) -> bytes:
        """The body of the packet: one RLP string, which every known client reads (waku.md D4)."""
        rest = self.cursor or lacking.pack(self.lacking)
        return packets.encode_request_complete(self.request_id + self.last_hash + rest)


@dataclass(frozen=True, slots=True)
class Failed:
    """The request failed; what has come of the page may be incomplete."""

    request_id: bytes
    text: str
    """The server's words."""

    def encode(self) -> bytes:
        """The body of the packet."""
        return packets.encode_request_complete(_ERROR + self.request_id + self.text.encode())


Completion: TypeAlias = Completed | Failed


def decode_completion(payload: bytes) -> Completion:
    """Read the body of a P2P Request Complete in any of its three encodings.

    :raises RemoteError: malformed.
    """
    return parse_completion(packets.decode_request_complete(payload))


def parse_completion(content: bytes) -> Completion:
    """Read what is in the body, as the relay reports it.

    :raises RemoteError: malformed.

    Implements: WM-17
    """
    if content.startswith(_ERROR) and len(content) >= _ERROR_HEAD:
        return Failed(content[len(_ERROR) : _ERROR_HEAD], content[_ERROR_HEAD:].decode("utf-8", "replace"))
    if not KECCAK_SIZE <= len(content) <= _LONGEST:
        raise RemoteError(f"a completion of {len(content)} bytes")
    last_hash = content[KECCAK_SIZE : 2 * KECCAK_SIZE]
    rest = content[2 * KECCAK_SIZE :]
    return Completed(
        content[:KECCAK_SIZE],
        last_hash if len(last_hash) == KECCAK_SIZE else NOTHING_SENT,
        rest if len(rest) == CURSOR_SIZE else b"",
        lacking.unpack(rest) if len(rest) in lacking.STATED_SIZES else (),
    )
