"""Files of IPFS, put together of blocks each of which is what its id says (UnixFS in dag-pb, and raw blocks).

A gateway may give anything. A block counts if its SHA-256 is in the id that asked for it, and the first id is in what a
contract or a message says: so nobody on the way chooses what is seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from typing import TypeAlias

from pystatus.errors import RemoteError
from pystatus.wire import multibase, protobuf

MAX_BLOCK = 1 << 20
"""Bytes of a block. Ours: what adds files makes blocks of 256 KiB, or of a mebibyte."""
MAX_BLOCKS = 64
"""Blocks of a file. Ours: a sticker of 300 kB has one or two, and one block above them."""
MAX_LEVELS = 4
"""Blocks above the contents of a file. Ours: two levels hold a file of thirty thousand blocks."""

RAW, DAG_PB = 0x55, 0x70
"""What a block is: contents, or a node with links (github.com/multiformats/multicodec)."""
_VERSION_1 = 1
_SHA2 = b"\x12\x20"
_DIGEST_SIZE = 32

Blocks: TypeAlias = Generator[bytes, bytes, bytes]
"""Yields the ids of blocks, is sent them, and returns the file."""


class BadContent(RemoteError):
    """What a gateway gives is not what was asked for. The message is the end of a sentence."""


def shown(cid: bytes) -> str:
    """An id as gateways take it."""
    return multibase.encode("b", cid)


def cid_of(block: bytes, codec: int = DAG_PB) -> bytes:
    """The id of a block, of version 1."""
    return bytes((_VERSION_1, codec)) + _SHA2 + hashlib.sha256(block).digest()


def contents(cid: bytes, most: int) -> Blocks:
    """The file with an id.

    :param most: bytes that it may have.
    :raises BadContent: a block is another one, it is no file, or it is larger.
    """
    asked = 0
    found = bytearray()
    waiting = [(cid, 0)]
    while waiting:
        wanted, level = waiting.pop()
        asked += 1
        if asked > MAX_BLOCKS or level > MAX_LEVELS:
            raise BadContent(f"it consists of more than {MAX_BLOCKS} blocks, or is nested more than {MAX_LEVELS} deep")
        if _codec(wanted) is None:
            raise BadContent("it is kept in a form that is not read")
        block = yield wanted
        check_block(wanted, block)
        part, links = _read(wanted, block)
        found += part
        if len(found) > most:
            raise BadContent(f"it has more than {most} bytes")
        waiting += [(link, level + 1) for link in reversed(links)]
    return bytes(found)


def check_block(cid: bytes, block: bytes) -> None:
    """
    :param cid: of a form that is read here.
    :raises BadContent: it is not the one with this id.
    """
    if hashlib.sha256(block).digest() != cid[-_DIGEST_SIZE:]:
        raise BadContent("it is something else than its content hash says")


def _codec(cid: bytes) -> int | None:
    """``None``: it is no id of a block that is read here."""
    if len(cid) == len(_SHA2) + _DIGEST_SIZE and cid.startswith(_SHA2):  # version 0
        return DAG_PB
    if len(cid) != 2 + len(_SHA2) + _DIGEST_SIZE or cid[0] != _VERSION_1 or cid[2:4] != _SHA2:
        return None
    return cid[1] if cid[1] in (RAW, DAG_PB) else None


def _read(cid: bytes, block: bytes) -> tuple[bytes, list[bytes]]:
    """What a block has of a file, and the ids of those that follow."""
    if _codec(cid) == RAW:
        return block, []
    from pystatus.wire.proto import ipfs_pb2 as wire

    try:
        node = protobuf.parse(wire.GraphNode, block)
        part = protobuf.parse(wire.FilePart, node.data)
    except RemoteError as error:
        raise BadContent("it is no file") from error
    if part.type not in (wire.FilePart.FILE, wire.FilePart.RAW):
        raise BadContent("it is no file")
    if len(node.links) > MAX_BLOCKS:
        raise BadContent(f"it consists of more than {MAX_BLOCKS} blocks")
    return part.data, [link.hash for link in node.links]
