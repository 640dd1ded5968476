"""What the settings of discovery mean, and which of them go together."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pystatus import LocalError, Node, NodeConfig, PrivateKey
from pystatus.client.network_settings import node_config
from pystatus.client.settings import CLIENT_PEERS, MIN_CLIENT_PEERS
from pystatus.peers.limits import MOBILE_RELAYS
from pystatus.peers.sources import WHISPER, WHISPERMAIL
from tests.support.dns_zone import ZoneResolver, key, link

BOOTNODE = f"enode://{key(1).public_key.xy.hex()}@203.0.113.1:30301"
OTHER = f"enode://{key(2).public_key.xy.hex()}@boot.example.org:30301"
PEER_ID = "16Uiu2HAmSH2XVgZqYHWucap5kuPzLnt2TsNQkoppVxB5eJGvaXwm"
MEET = f"/ip4/203.0.113.1/tcp/30703/ethv4/{PEER_ID}"
LIST = str(link(key(1), "nodes.example.org"))


@pytest.mark.requirement("CL-29", "WK-61")
async def test_without_discovery_the_named_peers_are_all() -> None:
    resolver = ZoneResolver({})
    config = NodeConfig(discovery=False, bootnodes=(BOOTNODE,), rendezvous_nodes=(MEET,), dns_lists=(LIST,))
    async with Node(config, resolver=resolver) as node:
        assert (node.finding, resolver.asked) == (None, [])
    assert not config.is_looking
    assert config.inbound == config.max_peers


@pytest.mark.requirement("CL-12")
def test_bootnodes_are_those_of_the_settings_and_of_nobody_else() -> None:
    """They may change: nothing of the network is built in."""
    assert not NodeConfig().is_looking
    assert NodeConfig(bootnodes=(BOOTNODE, OTHER)).is_looking


@pytest.mark.requirement("CL-23")
@pytest.mark.parametrize(
    ("ways", "sources"),
    [
        ({"bootnodes": (BOOTNODE,)}, ["discv5"]),
        ({"rendezvous_nodes": (MEET,)}, ["rendezvous"]),
        ({"dns_lists": (LIST,)}, ["dns"]),
        (
            {"bootnodes": (BOOTNODE,), "rendezvous_nodes": (MEET,), "dns_lists": (LIST,)},
            ["dns", "discv5", "rendezvous"],
        ),
    ],
)
async def test_all_that_is_named_feeds_the_one_pool(ways: dict[str, tuple[str, ...]], sources: list[str]) -> None:
    config = NodeConfig(enough_peers=0, **ways)  # type: ignore[arg-type]  # tuples of texts
    async with Node(config, resolver=ZoneResolver({})) as node:
        assert node.finding is not None
        assert node.finding.dialer is not None
        assert [source.source for source in node.finding.dialer.sources] == sources
        assert node.finding.topics[WHISPER].limits.max == 0


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"bootnodes": ("x",)}, "is not an enode"),
        ({"bootnodes": (BOOTNODE.partition("@")[0],)}, "does not say where to send to"),
        ({"rendezvous_nodes": ("/ip4/x",)}, "its parts are not a place and a peer id"),
        ({"rendezvous_nodes": tuple(MEET.replace("30703", str(port)) for port in range(1, 100))}, "too many"),
        (
            {"register": True},
            "^Nobody is named with whom to register. Name bootnodes .--bootnode, discovery.bootnodes. or",
        ),
        ({"register": True, "bootnodes": (BOOTNODE,)}, "cannot dial it, as it does not listen"),
        ({"register": True, "bootnodes": (BOOTNODE,), "discovery": False}, "^Discovery is off"),
        ({"min_peers": 9}, "^Of peers at least 9 are wanted, and 8 are enough"),
        ({"dns_lists": (LIST,), "enough_peers": 5000}, "^Of peers of a topic at least"),
        ({"dns_lists": (LIST,), "enough_mailservers": -1}, "^Of peers of a topic at least"),
    ],
)
def test_settings_that_are_wrong(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(LocalError, match=sentence):
        NodeConfig(**settings)  # type: ignore[arg-type]  # any setting


@pytest.mark.parametrize("ways", [{"bootnodes": (BOOTNODE,)}, {"rendezvous_nodes": (MEET,)}])
def test_half_of_the_places_are_for_peers_of_our_choice(ways: dict[str, tuple[str, ...]]) -> None:
    """A44: where strangers can be found, those who dial us may be strangers who work together."""
    assert NodeConfig(max_peers=20, enough_peers=6, **ways).inbound == 10  # type: ignore[arg-type]  # tuples of texts
    assert NodeConfig(max_peers=20, enough_peers=15, **ways).inbound == 5  # type: ignore[arg-type]  # likewise
    assert NodeConfig(max_peers=20, max_inbound_peers=19, **ways).inbound == 19  # type: ignore[arg-type]  # likewise


@pytest.mark.requirement("CL-25")
def test_what_a_client_looks_for() -> None:
    assert (MIN_CLIENT_PEERS, CLIENT_PEERS) == (MOBILE_RELAYS.min, MOBILE_RELAYS.max) == (2, 3)
    with_all = {"peers": (), "bootnodes": (BOOTNODE,), "rendezvous_nodes": (), "dns_lists": ()}
    config = node_config(has_mailserver=False, enough_peers=3, **with_all)
    assert (config.min_peers, config.enough_peers, config.enough_mailservers) == (2, 3, 1)
    assert node_config(has_mailserver=True, enough_peers=1, **with_all).enough_mailservers == 0
    assert node_config(has_mailserver=True, enough_peers=1, **with_all).min_peers == 1
    by_list = node_config(has_mailserver=False, enough_peers=3, **{**with_all, "bootnodes": (), "dns_lists": (LIST,)})
    assert by_list.enough_mailservers == 0  # lists have no topics


async def test_a_node_keeps_good_peers_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "peers.db"
    config = NodeConfig(dns_lists=(LIST,), peers_file=file, enough_mailservers=1)
    async with Node(config, resolver=ZoneResolver({})) as node:
        assert node.finding is not None
        assert set(node.finding.topics) == {WHISPER, WHISPERMAIL}
        assert file.exists()
    with pytest.raises(LocalError, match="Good peers cannot be kept in"):
        await Node(
            NodeConfig(dns_lists=(LIST,), peers_file=tmp_path / "nowhere" / "x"), resolver=ZoneResolver({})
        ).start()


def test_a_node_without_discovery_loads_nothing_of_it() -> None:
    program = (
        "import sys, pystatus; pystatus.NodeConfig(); pystatus.Node; "
        "print([m for m in sys.modules if m.startswith(('pystatus.discovery.discv5', 'pystatus.libp2p',"
        " 'pystatus.peers.pool', 'pystatus.net.dialer', 'pystatus.node.finding'))])"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"


async def test_a_port_that_is_taken_is_a_sentence() -> None:
    """Who cannot be found does not start."""
    key = PrivateKey.generate(os.urandom)
    async with Node(NodeConfig(listen="127.0.0.1:0", bootnodes=(BOOTNODE,), register=True, enough_peers=0)) as first:
        port = first.enode.port
        other = NodeConfig(listen=f"127.0.0.1:{port}", bootnodes=(BOOTNODE,), register=True, key=key)
        with pytest.raises(LocalError, match="already in use"):
            await Node(other).start()
