"""Files of IPFS beside the chain: cut into blocks as what adds them to IPFS does, and served by their ids."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence

from google.protobuf.message import Message

from pystatus.ethereum import ipfs
from pystatus.wire.proto import ipfs_pb2 as wire

CHUNK = 256 << 10
"""Bytes of a file in one block, as programs that add files to IPFS make them."""
_CONTENT_HASH = bytes.fromhex("e301")
"""What stands before the id of a file of IPFS in a content hash (EIP-1577)."""


def add(blocks: MutableMapping[str, bytes], data: bytes, chunk: int = CHUNK) -> bytes:
    """Serve a file; its content hash.

    :param blocks: by their ids.
    """
    parts = [data[at : at + chunk] for at in range(0, len(data), chunk)] or [b""]
    made = [_node(wire.FilePart(type=wire.FilePart.FILE, data=part, size=len(part)), []) for part in parts]
    root = made[0]
    if len(made) > 1:
        top = wire.FilePart(type=wire.FilePart.FILE, size=len(data), sizes=[len(part) for part in parts])
        root = _node(top, [wire.GraphLink(hash=ipfs.cid_of(one), size=len(one)) for one in made])
    for block in (*made, root):
        blocks[ipfs.shown(ipfs.cid_of(block))] = block
    return _CONTENT_HASH + ipfs.cid_of(root)


def _node(part: Message, links: Sequence[wire.GraphLink]) -> bytes:
    return wire.GraphNode(data=part.SerializeToString(), links=links).SerializeToString()
