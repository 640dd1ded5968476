"""A node in the network that its settings name: what comes of its fleet, and what of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from pystatus.apps.cli import networks
from pystatus.errors import Refused
from pystatus.fleets.fleet import Fleet
from pystatus.fleets.fleet_file import written_fleet
from pystatus.fleets.invitation import invitation
from pystatus.settings import mapping, sources
from pystatus.settings.network import joined
from pystatus.settings.sources import Effective
from tests.fleets.support import FULL, HARBOUR, enode, key


def read(file: Path) -> Effective:
    return sources.read(file, {}, {})


def test_its_nodes_are_added_to_those_that_are_named(tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    file.write_text(f'peers = ["{enode(9)}", "{enode(1)}"]\n[discovery]\nbootnodes = ["{enode(8)}"]\nregister = true')
    settings = joined(read(file), FULL).settings
    config = mapping.node_config(settings, key(2))
    assert config.peers == (enode(9), enode(1), enode(3, "relay.example.org", 443))  # it is itself the second relay
    assert config.bootnodes == (enode(8), *FULL.bootnodes)
    assert (config.rendezvous_nodes, config.dns_lists) == (FULL.rendezvous_nodes, FULL.dns_lists)


def test_the_password_of_the_fleet_is_that_of_its_mailserver_unless_it_has_one(tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    file.write_text("")
    assert joined(read(file), FULL).settings.mailserver.password == FULL.mailserver_password
    assert joined(read(file), HARBOUR).settings.mailserver.password == read(file).settings.mailserver.password
    file.write_text('[mailserver]\npassword = "its own"')
    assert joined(read(file), FULL).settings.mailserver.password == "its own"


def test_when_they_are_read_again_it_stays_in_its_network(tmp_path: Path) -> None:
    """Another network would be other nodes; the settings of its own change."""
    fleet, file = tmp_path / "fleet.toml", tmp_path / "node.toml"
    fleet.write_text(written_fleet(HARBOUR))
    file.write_text(f'fleet = "{fleet}"')
    effective, again = networks.of_node(read(file), lambda: read(file))
    assert effective.settings.peers == HARBOUR.relays
    fleet.write_text(written_fleet(Fleet(relays=(enode(7),))))
    file.write_text(f'fleet = "{fleet}"\npeers = ["{enode(6)}"]')
    assert again().settings.peers == (enode(6), *HARBOUR.relays)


def test_without_one_nothing_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    file.write_text("")
    effective = read(file)
    assert networks.of_node(effective, lambda: effective)[0] is effective


def test_of_two_networks_it_is_in_neither(tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    file.write_text(f'fleet = "eth.prod"\njoin = "{invitation(HARBOUR)}"')
    with pytest.raises(Refused, match="These are two networks"):
        networks.of_node(read(file), lambda: read(file))
