"""Signatures that cost nothing change nothing: one small network with both sorts."""

from __future__ import annotations

import os

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.discovery.discv5.identity import Secp256k1Identity
from pystatus.discovery.discv5.packets import FindNodeHash, decode, encode
from pystatus.errors import RemoteError
from pystatus.simulation.discovery.identity import CheapIdentity, Directory
from pystatus.simulation.discovery.network import DiscoveryNetwork
from pystatus.simulation.discovery.settings import Links, Population


def test_packets_have_the_same_size_and_sender() -> None:
    key = PrivateKey.generate(os.urandom)
    cheap, real = CheapIdentity(key.public_key, Directory()), Secp256k1Identity(key)
    body = FindNodeHash(bytes(32), 1)
    packets = [encode(body, identity) for identity in (cheap, real)]
    assert len(packets[0]) == len(packets[1])
    assert decode(packets[0], cheap)[:2] == decode(packets[1], real)[:2] == (key.public_key.xy, body)
    assert cheap.node_id == real.node_id


def test_what_is_no_key_is_none_here_either() -> None:
    directory = Directory()
    cheap = CheapIdentity(PrivateKey.generate(os.urandom).public_key, directory)
    with pytest.raises(RemoteError):
        cheap.node_id_of(bytes(64), proven=False)
    assert cheap.node_id_of(cheap.node_id.xy, proven=True) is cheap.node_id


def test_everything_that_is_measured_is_the_same_with_real_signatures() -> None:
    """The digest covers each search and lookup, all traffic, and the tables at the end."""
    population = Population(
        nodes=20, bootnodes=2, registering=0.2, searching=0.3, churn=0.9,
        joining=5.0, settling=70.0, seconds=65.0, lookups=10,
    )  # fmt: skip
    cheap, real = (DiscoveryNetwork(population, Links(), 7, real_signatures=signed).run() for signed in (False, True))
    assert cheap.searches > 0
    assert cheap.registered > 0
    assert cheap == real
