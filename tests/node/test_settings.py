"""Settings of a node that change while it runs: all of them or none, and what is fixed stays."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from pystatus import LocalError, Node, NodeConfig, PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.node import NodeSettings, PeerGone, PeerJoined
from pystatus.node.services import close_all, start_all
from pystatus.waku.bloom import bloom_union, topics_bloom
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.relay.config import RelaySettings
from pystatus.waku.status import RateLimits
from tests.node.test_node import PATIENCE, Recorder

HERE = "127.0.0.1:0"
ONE, OTHER = b"one ", b"othe"


def someone() -> str:
    """A peer that nobody can reach."""
    return str(Enode(PrivateKey.generate(os.urandom).public_key, "192.0.2.1", 30303, 30303))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"min_pow": -1.0}, "not negative"),
    ({"max_envelope_size": 1 << 30}, "Envelopes are limited"),
    ({"byte_rates": RateLimits(peer=1)}, "less than one packet"),
    ({"peers": ("enode://nobody",)}, "enode"),
    ({"listen": "127.0.0.1:1", "full_node": False}, r"^listen, full_node cannot change while it runs"),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG, ids=[said for _, said in WRONG])
async def test_all_of_it_changes_or_nothing(wrong: dict[str, Any], said: str) -> None:
    async with Node(NodeConfig(listen=HERE)) as node:
        before, relay = node.config, node.relay.config
        good: dict[str, Any] = {"peers": (someone(),), "max_peers": 3, "min_pow": 0.5, "light": True}
        with pytest.raises(LocalError, match=said):
            node.configure(replace(before, **{**good, **wrong}))
        assert (node.config, node.relay.config, node.static_peers) == (before, relay, ())
        node.configure(replace(before, **good))
        assert node.config == replace(before, **good)
        assert (node.relay.config.min_pow, node.relay.config.light) == (0.5, True)
        assert [str(static.enode) for static in node.static_peers] == list(node.config.peers)


async def test_a_node_that_would_be_its_own_peer_changes_nothing() -> None:
    async with Node(NodeConfig(listen=HERE)) as node:
        before = node.config
        with pytest.raises(LocalError, match="One of the peers is this node itself"):
            node.configure(replace(before, min_pow=0.5, peers=(someone(), str(node.enode))))
        assert (node.config, node.relay.config.min_pow, node.static_peers) == (before, before.min_pow, ())


async def test_a_node_that_is_its_own_peer_does_not_start_and_may_be_mended() -> None:
    key = PrivateKey.generate(os.urandom)
    own = Enode(key.public_key, "192.0.2.1", 30303, 30303)
    node = Node(NodeConfig(listen=HERE, key=key, peers=(str(own),)))
    with pytest.raises(LocalError, match="One of the peers is this node itself"):
        await node.start()
    node.configure(replace(node.config, peers=()))
    async with node:
        assert node.network.is_listening


def test_a_wrong_type_is_found_where_the_value_is_made() -> None:
    with pytest.raises(TypeError, match="min_pow of NodeConfig"):
        replace(NodeConfig(), min_pow="0.5")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"settings of Node\.configure"):
        Node().configure(0.5)  # type: ignore[arg-type]


def test_a_bridge_does_not_become_light() -> None:
    node = Node(NodeConfig(bridge=True))
    with pytest.raises(LocalError, match="A bridge relays everything"):
        node.configure(replace(node.config, light=True))
    assert not node.relay.config.light


async def test_a_node_that_is_closed_changes_nothing() -> None:
    async with Node() as node:
        before = node.config
    with pytest.raises(LocalError, match="The node is closed"):
        node.configure(replace(before, min_pow=0.5, peers=(someone(),)))
    assert (node.config, node.relay.config.min_pow) == (before, before.min_pow)


def test_settings_that_the_relay_has_are_those_of_the_node() -> None:
    """Else a setting could be changed that never reaches it."""
    named = {each.name for each in fields(NodeSettings)}
    assert {each.name for each in fields(RelaySettings)} - named == {"watched"}


def test_a_node_that_does_not_run_can_be_configured() -> None:
    """There is no event loop yet."""
    node = Node()
    node.configure(replace(node.config, min_pow=0.5, peers=(someone(),)))
    node.watch([ONE])
    assert (node.relay.config.min_pow, node.relay.config.watched) == (0.5, frozenset([ONE]))
    assert node.static_peers == ()


async def test_peers_that_were_configured_before_the_start_are_dialled_then() -> None:
    joined = Recorder()
    async with Node(NodeConfig(listen=HERE)) as relay:
        node = Node(NodeConfig(peers=(someone(),)), on_event=joined)
        node.configure(replace(node.config, peers=(str(relay.enode),)))
        async with node:
            await joined.wait(lambda event: isinstance(event, PeerJoined))
            assert [static.enode.node_id for static in node.static_peers] == [relay.enode.node_id]


async def test_a_peer_that_was_removed_is_no_setting_any_more_and_may_come_back() -> None:
    heard = Recorder()
    async with Node(NodeConfig(listen=HERE)) as relay:
        config = NodeConfig(peers=(str(relay.enode),))
        async with Node(config, on_event=heard) as node:
            await node.wait_for_peer(PATIENCE)
            node.remove_peer(str(relay.enode))
            await heard.wait(lambda event: isinstance(event, PeerGone))
            node.configure(replace(node.config, min_pow=0.5))
            assert (node.config.peers, node.static_peers) == ((), ())
            node.configure(replace(node.config, peers=config.peers))
            await node.wait_for_peer(PATIENCE)


async def test_peers_that_were_added_stay_when_others_are_named() -> None:
    added, first, second = someone(), someone(), someone()
    async with Node(NodeConfig(peers=(first,))) as node:
        node.add_peer(added)
        node.configure(replace(node.config, peers=(second,)))
        assert {str(static.enode) for static in node.static_peers} == {added, second}


Change = Callable[[Node], None]


def asking(interest: Interest | None) -> Change:
    return lambda node: node.configure(replace(node.config, interest=interest))


def watching(*topics: bytes) -> Change:
    return lambda node: node.watch(topics)


BLOOM = topics_bloom([ONE])


@pytest.mark.parametrize("full_node", [False, True])
@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ([watching(ONE), asking(Interest.in_topics([OTHER]))], Interest.in_topics([ONE, OTHER])),
        ([asking(Interest.in_topics([OTHER])), watching(ONE)], Interest.in_topics([ONE, OTHER])),
        (
            [asking(Interest.in_bloom(BLOOM)), watching(OTHER)],
            Interest.in_bloom(bloom_union(BLOOM, topics_bloom([OTHER]))),
        ),
        ([watching(ONE), asking(EVERYTHING)], EVERYTHING),
        ([watching(ONE), asking(Interest.in_topics([OTHER])), watching()], Interest.in_topics([OTHER])),
        ([lambda node: node.open_watch(lambda event: None).set_topics(None)], EVERYTHING),
    ],
)
def test_peers_are_asked_for_the_interest_and_what_is_watched(
    changes: list[Change], asked: Interest, full_node: bool
) -> None:
    node = Node(NodeConfig(full_node=full_node))
    for change in changes:
        change(node)
    assert node.relay.config.interest == asked


@pytest.mark.parametrize(("full_node", "asked"), [(False, Interest.in_topics([ONE])), (True, EVERYTHING)])
def test_without_an_interest_it_depends_on_the_kind_of_node(full_node: bool, asked: Interest) -> None:
    node = Node(NodeConfig(full_node=full_node))
    node.watch([ONE])
    assert node.relay.config.interest == asked
    node.configure(replace(node.config, interest=Interest.in_topics([OTHER])))
    node.configure(replace(node.config, interest=None))
    assert node.relay.config.interest == asked


# The parts that run while the node does


class Part:
    """Writes down what is done with it."""

    def __init__(self, name: str, done: list[str], *, fails: str = "") -> None:
        self._name = name
        self._done = done
        self._fails = fails

    async def start(self) -> None:
        await asyncio.sleep(0)
        if self._fails == "start":
            raise LocalError(f"{self._name} cannot start")
        self._done.append(f"+{self._name}")

    async def close(self) -> None:
        await asyncio.sleep(0)
        self._done.append(f"-{self._name}")
        if self._fails == "close":
            raise OSError(f"{self._name} cannot close")


async def test_parts_are_closed_the_other_way_round() -> None:
    done: list[str] = []
    parts = [Part(name, done) for name in "abc"]
    await start_all(parts)
    await close_all(parts)
    assert done == ["+a", "+b", "+c", "-c", "-b", "-a"]


async def test_if_one_cannot_start_those_before_it_are_closed() -> None:
    done: list[str] = []
    with pytest.raises(LocalError, match="c cannot start"):
        await start_all([Part("a", done), Part("b", done), Part("c", done, fails="start"), Part("d", done)])
    assert done == ["+a", "+b", "-b", "-a"]


async def test_if_one_cannot_close_the_others_do() -> None:
    done: list[str] = []
    with pytest.raises(OSError, match="b cannot close"):
        await close_all([Part("a", done), Part("b", done, fails="close"), Part("c", done)])
    assert done == ["-c", "-b", "-a"]
