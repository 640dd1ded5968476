"""What a name has for browsers (EIP-1577): a hash of content, and where it is to be had."""

from __future__ import annotations

import re
from base64 import b32encode
from dataclasses import dataclass
from enum import Enum

from pystatus.errors import LocalError, RemoteError
from pystatus.ethereum.quantities import BadAnswer
from pystatus.typed import token

MAX_DNS_NAME = 253
"""Characters of the name in an IPNS link."""

_SHA2 = bytes.fromhex("1220")
_IPFS = bytes.fromhex("e3010170") + _SHA2
_SWARM = bytes.fromhex("e40101fa011b20")
_IPNS = bytes.fromhex("e501017000")
_DIGEST_SIZE = 32
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
_CID_STARTS = 2
"""Bytes of the namespace before the CID of IPFS begins."""


class Store(Enum):
    """Where content is."""

    IPFS = "ipfs"
    IPNS = "ipns"
    SWARM = "swarm"


_URLS = {Store.IPFS: "ipfs", Store.IPNS: "ipns", Store.SWARM: "bzz"}


@dataclass(frozen=True, slots=True)
class Content:
    """Content of a name."""

    store: Store
    id: str
    """A CID of version 1 (IPFS), a name in DNS that leads to one (IPNS), or 64 hexadecimal digits (Swarm)."""

    @property
    def url(self) -> str:
        """How programs that show it are given it: ``ipfs://…``, ``ipns://…`` or ``bzz://…``."""
        return f"{_URLS[self.store]}://{self.id}"

    @property
    def digest(self) -> bytes | None:
        """The hash of what an IPFS gateway gives as raw blocks, or Swarm; ``None`` for a link."""
        if self.store is Store.SWARM:
            return bytes.fromhex(self.id)
        return None if self.store is Store.IPNS else _from_cid(self.id)[-_DIGEST_SIZE:]


def typed(text: str) -> Content:
    """What a person has given as content of a name.

    :raises LocalError: it is none.
    """
    scheme, _, found = token(text).partition("://")
    store = next((store for store, name in _URLS.items() if name == scheme), None)
    try:
        content = None if store is None else parse(encode(Content(store, found)))
    except (BadAnswer, RemoteError, ValueError):
        content = None
    if content is None:
        raise LocalError(
            "This is no content of a name. Give ipfs:// and a CID of version 1, ipns:// and a name in DNS, or bzz:// "
            "and 64 hexadecimal digits."
        )
    return content


def of_ipfs(digest: bytes) -> Content:
    """What IPFS has under a SHA-256 hash: what names had before EIP-1577."""
    found = parse(_IPFS + digest)
    assert found is not None
    return found


def parse(value: bytes) -> Content | None:
    """
    :param value: as a resolver gives it.
    :returns: ``None``: there is no content, or of a kind that is not known here.

    Implements: EI-19
    """
    if value.startswith(_IPFS) and len(value) == len(_IPFS) + _DIGEST_SIZE:
        cid = b32encode(value[_CID_STARTS:]).decode("ascii").rstrip("=").lower()
        return Content(Store.IPFS, f"b{cid}")
    if value.startswith(_SWARM) and len(value) == len(_SWARM) + _DIGEST_SIZE:
        return Content(Store.SWARM, value[len(_SWARM) :].hex())
    if value.startswith(_IPNS) and len(value) > len(_IPNS):
        size, name = value[len(_IPNS)], value[len(_IPNS) + 1 :]
        text = name.decode("ascii", "replace")
        if size == len(name) <= MAX_DNS_NAME and _HOST.fullmatch(text):
            return Content(Store.IPNS, text)
    return None


def encode(content: Content) -> bytes:
    """The value of a content, to be set at a resolver.

    :raises RemoteError, ValueError: its id is none.
    """
    match content.store:
        case Store.IPFS:
            return bytes.fromhex("e301") + _from_cid(content.id)
        case Store.SWARM:
            return _SWARM + bytes.fromhex(content.id)
        case Store.IPNS:
            return _IPNS + bytes([len(content.id)]) + content.id.encode("ascii")


def _from_cid(cid: str) -> bytes:
    from pystatus.wire import multibase

    found = multibase.decode(cid)
    if found[:4] != b"\x01\x70" + _SHA2 or len(found) != 4 + _DIGEST_SIZE:
        raise BadAnswer("this is no content id of version 1 with SHA-256")
    return found
