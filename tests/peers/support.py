"""Nodes that a pool may know, without a network: addresses of the documentation count as public there."""

from __future__ import annotations

import random

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enode import Enode
from pystatus.peers.candidates import DialCandidate, DialCandidates
from pystatus.peers.sources import WHISPER, Source

PORT = 30303


def drawn(seed: int = 1) -> RandomSource:
    """Random bytes that are the same in each run."""
    return random.Random(seed).randbytes


def key(number: int) -> PrivateKey:
    return PrivateKey((number + 1).to_bytes(32, "big"))


KEYS: dict[int, Enode] = {}


def enode(number: int, host: str | None = None, port: int = PORT) -> Enode:
    """The node of this number; without a host each is in a network of its own."""
    known = KEYS.setdefault(number, Enode(key(number).public_key))
    return Enode(known.public_key, host or f"8.{number // 256}.{number % 256}.1", port, port)


def anybody(_: Enode) -> bool:
    return True


def add(
    candidates: DialCandidates, *nodes: Enode, source: Source = Source.DNS, topic: str = WHISPER, now: float = 0.0
) -> list[bool]:
    """Find them all."""
    return [candidates.add(source, topic, one, now) for one in nodes]


def of(candidates: DialCandidates, node: Enode) -> DialCandidate:
    """What is known of a node."""
    found = candidates.get(node.node_id)
    assert found is not None, "it is a candidate"
    return found
