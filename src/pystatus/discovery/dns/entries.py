"""What the TXT records of a node list in DNS say (EIP-1459, overlay.md §5.1).

Implements: WK-60
"""

from __future__ import annotations

import re
from typing import TypeAlias

from pystatus import typed
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import SIGNATURE_SIZE, PublicKey, is_low
from pystatus.devp2p.enr import TEXT_PREFIX, NodeRecord
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.wire.base_text import from_base32, from_base64url, to_base32

MAX_TEXT = 512
"""Characters of a TXT record (EIP-1459: what fits into a DNS packet over UDP)."""
MAX_DOMAIN = 200
"""Characters of a list's domain: with the longest name of an entry in front, a DNS name has at most 253 (RFC 1035)."""
MAX_LABELS = 16
"""Labels of a list's domain. Ours: each of them takes time in each of the thousands of records that an answer may
have."""
NAME_BYTES = 16
"""Bytes of the hash that names an entry, as the reference and the EIP's example have it."""
MIN_NAME_BYTES, MAX_NAME_BYTES = 12, 32
"""What is accepted (overlay.md §5.1): later versions of the reference shorten the hash differently."""
MAX_SEQUENCE = 2**64 - 1
"""The highest number of a list's version."""

# 53 characters are 33 bytes, a compressed key; the EIP says 32.
_LINK = re.compile(r"enrtree://([A-Z2-7]{53})@([A-Za-z0-9._-]{1,200})")
_ROOT = re.compile(r"(enrtree-root:v1 e=([A-Z2-7]+) l=([A-Z2-7]+) seq=([0-9]{1,20})) sig=([A-Za-z0-9_-]{87})")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")

ROOT_PREFIX = "enrtree-root:v1 "
"""What the TXT record of a root begins with."""
LINK_PREFIX = "enrtree://"
"""What a link to a list begins with."""
BRANCH_PREFIX = "enrtree-branch:"
"""What an entry begins with that names others."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a list is, and whose it is."""

    public_key: PublicKey
    domain: str
    """In lower case."""

    @classmethod
    def decode(cls, text: str) -> Link:
        """Read ``enrtree://<key>@<domain>``.

        :raises RemoteError: anything else, or no public key.
        """
        found = _LINK.fullmatch(text)
        domain = found[2].lower().removesuffix(".") if found else ""
        labels = domain.split(".")
        if not found or len(labels) > MAX_LABELS or not all(map(_LABEL.fullmatch, labels)):
            raise RemoteError("a link to a list has the form enrtree://<key>@<domain>")
        return cls(PublicKey.from_bytes(from_base32(found[1])), domain)

    @classmethod
    def parse(cls, text: str) -> Link:
        """The same for what a person has written.

        :raises LocalError: the sentence says what is wrong.
        """
        try:
            return cls.decode(typed.token(text))
        except RemoteError as error:
            raise LocalError(
                f'"{text[:200]}" is not a node list: {error}. It looks like enrtree://<53 characters>@domain.'
            ) from error

    def __str__(self) -> str:
        return f"{LINK_PREFIX}{to_base32(self.public_key.compressed)}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Root:
    """The signed version of a list."""

    nodes: str
    """The name of the entry from which all nodes are reached."""
    links: str
    """The same for the lists that it refers to."""
    seq: int
    """A newer version has a higher one."""

    @classmethod
    def decode(cls, text: str, signer: PublicKey) -> Root:
        """Read the TXT record of a root.

        :raises RemoteError: malformed, or not signed by ``signer``.
        """
        found = _ROOT.fullmatch(text)
        if not found:
            raise RemoteError("root of a list is not enrtree-root:v1 e= l= seq= sig=")
        signature = from_base64url(found[5])[: SIGNATURE_SIZE - 1]
        if not is_low(signature):  # as go-ethereum has it (overlay.md §11)
            raise RemoteError("signature of a list's root has a high s")
        if not signer.has_signed(keccak256(found[1].encode()), signature):
            raise RemoteError("root of a list is not signed by its key")
        seq = int(found[4])
        if seq > MAX_SEQUENCE:
            raise RemoteError("version of a list is above 64 bits")
        return cls(checked_name(found[2]), checked_name(found[3]), seq)


@dataclass(frozen=True, slots=True)
class Branch:
    """An entry that names others."""

    names: tuple[str, ...]


Entry: TypeAlias = Branch | Link | NodeRecord


def decode_entry(text: str) -> Entry | None:
    """What an entry says; ``None``: it is of a kind that is not known here.

    :raises RemoteError: malformed.
    """
    if text.startswith(BRANCH_PREFIX):
        names = text.removeprefix(BRANCH_PREFIX)
        return Branch(tuple(checked_name(name) for name in names.split(",")) if names else ())
    if text.startswith(LINK_PREFIX):
        return Link.decode(text)
    if text.startswith(TEXT_PREFIX):
        return NodeRecord.parse(text)
    return None


def entry_name(text: str) -> str:
    """The name of the entry with this text, below the domain of the list."""
    return to_base32(keccak256(text.encode())[:NAME_BYTES])


def checked_name(name: str) -> str:
    """``name``, if an entry can have it.

    :raises RemoteError: not base32, or of an odd size.
    """
    if not MIN_NAME_BYTES <= len(from_base32(name)) <= MAX_NAME_BYTES:
        raise RemoteError("name of an entry is not a hash of 12 to 32 bytes")
    return name


def is_named(text: str, name: str) -> bool:
    """Whether an entry with this text may stand under a name that is checked."""
    begin = from_base32(name)
    return keccak256(text.encode())[: len(begin)] == begin
