"""An invitation: a fleet as a link that people paste, and that one QR code holds.

``pystatus://network/`` and base32 (RFC 4648, no padding) of a frame: version (1 byte), size of the contents (varint),
contents, and the first four bytes of the Keccak-256 of all before. The frame is the same in every version, so that
readers can tell what was cut or altered from what is new. Base32, because it survives capitals and lower case, has no
signs at which a double click stops, and in capitals takes the alphanumeric mode of QR codes, which has room for as many
bytes as base64 has in theirs.

What stands in it: :mod:`~pystatus.fleets.contents`.
"""

from __future__ import annotations

import re

from pystatus import typed
from pystatus.arguments import checked
from pystatus.crypto.hashing import keccak256
from pystatus.errors import LocalError, Refused, RemoteError
from pystatus.fleets import contents
from pystatus.fleets.fleet import Fleet
from pystatus.links.values import INVITATION
from pystatus.wire import varint
from pystatus.wire.base_text import from_base32, to_base32

VERSION = 1
"""Of the contents."""
MAX_BYTES = 600
"""Bytes of a frame: 979 characters with what stands in front, which :data:`pystatus.links.qr_code.MAX_TEXT` lets a QR
code have. What ``pystatus network create`` makes takes some 150; fourteen nodes on hosts of their own fit.
Ours."""
MAX_TYPED = 8_192
"""Characters that are looked at where an invitation is expected, spaces and broken lines included. Ours."""
CHECKSUM_SIZE = 4
"""Bytes of the checksum: of four billion changes one passes."""

SHORTEST_BARE = 40
"""Characters behind ``network/`` from which on it is an invitation without its beginning, and no path: the shortest
invitation that names a node is longer. Ours."""

_BARE = re.compile(rf"(?:pystatus:)?(?://)?network/(?=[a-z2-7]{{{SHORTEST_BARE}}})", re.IGNORECASE)
_BESIDE = " \t\r\n<>()[]{}\"'`*_.,;:!?/"
"""Signs that mails and chats put around a link."""
_BEHIND = re.compile(r"[<>()\[\]{}\"'`*_.,;:!?/]")
"""The first of them ends it."""
_QUOTED = "> |"
"""What stands before each line of a mail that is answered."""
_MOST_DIGITS = -(-8 * MAX_BYTES // 5)
_SIZE_BYTES = 2
"""Of the varint with the size, at most."""
_DIGITS = re.compile(r"[A-Z2-7]*")

_AGAIN = "Ask for it again, and copy all of it."
_OTHERS = {
    "enode://": "This is the address of one node, no invitation. Give it with --peer (a relay), --mailserver or "
    "--bootnode.",
    "enrtree://": "This is a node list in DNS, no invitation. Give it with --dns-list.",
    "enr:": "This is the record of one node, no invitation. What it says is shown by: pystatus enr show",
    "/ip4/": "This is the address of a Rendezvous node, no invitation. Give it with --rendezvous.",
    "/ip6/": "This is the address of a Rendezvous node, no invitation. Give it with --rendezvous.",
    "/dns4/": "This is the address of a Rendezvous node, no invitation. Give it with --rendezvous.",
    "status-im:": "This is a link of Status to a person or a chat, no invitation to a network. Open it with: "
    "pystatus link open",
    "https://join.status.im/": "This is a link of Status to a person or a chat, no invitation to a network. Open it "
    "with: pystatus link open",
}
"""What is pasted in place of an invitation, by its beginning, and what it is."""


class NotAnInvitation(Refused):
    """Text is no invitation to a network. The sentence says what to do, and repeats nothing of the text."""


def is_invitation(text: str) -> bool:
    """Whether an invitation is in ``text``, whole or not: see :func:`invitation_in`."""
    return invitation_in(text) is not None


def invitation_in(text: str) -> str | None:
    """The first invitation in ``text``, as the link itself: alone, within a mail or a message, quoted, with broken
    lines, between signs, or without its beginning where nothing else is there. ``None``: there is none. It may still be
    cut or altered."""
    text = typed.token(text)
    at = text.lower().find(INVITATION)
    if at >= 0:
        return INVITATION + _digits_in(text[at + len(INVITATION) :])
    text = text.strip(_BESIDE)
    bare = _BARE.match(text)
    return INVITATION + _digits_in(text[bare.end() :]) if bare is not None else None


def _digits_in(text: str) -> str:
    """As much of what stands behind the beginning as belongs to an invitation: a link that was broken is put together,
    as its first bytes say how long it is."""
    digits = ""
    for word in text[:MAX_TYPED].split():
        part = _BEHIND.split(word.lstrip(_QUOTED) if digits else word, 1)
        digits += part[0]
        whole = _whole_size(digits)
        is_long_enough = len(digits) >= (_MOST_DIGITS if whole is None else whole)
        if (len(part) > 1 and digits) or is_long_enough:
            break
    return digits


def _whole_size(digits: str) -> int | None:
    """The digits that the whole invitation has, as far as these say."""
    if not _DIGITS.fullmatch(digits.upper()):
        return None
    size = _beginning(digits.upper())
    return None if size is None else -(-8 * size // 5)


def other_link(text: str) -> str | None:
    """A sentence about what ``text`` is, if it begins as something else does that nodes and people are given by."""
    begins = typed.token(text[:256]).lower()
    return next((sentence for start, sentence in _OTHERS.items() if begins.startswith(start)), None)


@checked
def invitation(fleet: Fleet) -> str:
    """The invitation to a fleet, the same each time. Who has it knows all that is in it, the password of the
    mailservers included.

    :raises Refused: the fleet names no node, or more than an invitation holds.
    """
    if fleet.is_empty:
        raise Refused("A fleet without a node is no network. Add a relay or a bootnode.")
    written = contents.written(fleet)
    size = 1 + _SIZE_BYTES + len(written) + CHECKSUM_SIZE
    if size > MAX_BYTES:
        raise Refused(
            f"This fleet takes {size} bytes, and an invitation holds {MAX_BYTES}, which one QR code shows. Leave nodes "
            "out (through one bootnode all others are found), or give others the fleet as a file: pystatus network "
            "export --format toml"
        )
    frame = bytes((VERSION,)) + varint.encode(len(written)) + written
    return INVITATION + to_base32(frame + _checksum(frame)).lower()


@checked
def parse_invitation(text: str) -> Fleet:
    """Read an invitation that a person pasted, with or without what stood around it.

    :raises NotAnInvitation: it is none, or cut, altered, or of a newer version.
    """
    if len(text) > MAX_TYPED:
        raise NotAnInvitation("This is far longer than an invitation. Copy the link alone, pystatus://network/…")
    link = invitation_in(text)
    if link is None:
        raise NotAnInvitation(
            other_link(text) or f"This is no invitation to a network: one begins with {INVITATION}. {_AGAIN}"
        )
    return _framed(link[len(INVITATION) :].upper())


def _framed(digits: str) -> Fleet:
    if not _DIGITS.fullmatch(digits):
        raise NotAnInvitation(f"This invitation has characters that none has: it was altered. {_AGAIN}")
    cut = NotAnInvitation(f"This invitation is cut: its end is missing. {_AGAIN}")
    whole = len(digits) * 5 // 8
    try:
        frame = from_base32(digits)
    except RemoteError as error:  # a number of characters, or bits at the end, that no whole bytes have
        known = _beginning(digits)
        raise cut if known is None or whole < known else _altered() from error
    if not frame:
        raise cut
    try:
        size, used = varint.decode(frame[1:], _SIZE_BYTES)
    except RemoteError as error:
        raise cut if len(frame) < 1 + _SIZE_BYTES else _altered() from error
    end = 1 + used + size
    if len(frame) < end + CHECKSUM_SIZE:
        raise cut
    if len(frame) > end + CHECKSUM_SIZE or len(frame) > MAX_BYTES or frame[end:] != _checksum(frame[:end]):
        raise _altered()
    if frame[0] != VERSION:
        raise NotAnInvitation(
            "This invitation was made by a newer pystatus, and this one cannot read it. Update pystatus, or ask for "
            "the network as a file and give that with --fleet."
        )
    try:
        return contents.read(frame[1 + used : end])
    except (RemoteError, LocalError) as error:
        raise NotAnInvitation(
            "This invitation names nodes in a way that no pystatus writes, though it is whole. Ask for a new one."
        ) from error


def _altered() -> NotAnInvitation:
    return NotAnInvitation(f"This invitation was altered: its checksum is wrong. {_AGAIN}")


def _beginning(digits: str) -> int | None:
    """The bytes that the whole frame has, as far as its first bytes say."""
    first = from_base32(digits[:8]) if len(digits) >= 8 else b""
    try:
        size, used = varint.decode(first[1:], _SIZE_BYTES)
    except RemoteError:
        return None
    return 1 + used + size + CHECKSUM_SIZE


def _checksum(frame: bytes) -> bytes:
    return keccak256(frame)[:CHECKSUM_SIZE]
