"""The settings of status-go v0.64.0: what its own checks ask of them (params.NodeConfig.Validate)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pystatus.fleets.fleet import Fleet
from pystatus.fleets.published import published_fleet
from pystatus.fleets.status_go import status_go_settings
from tests.fleets.support import FULL, HARBOUR, LIST, enode

STATUS_GO_KEYS = {
    "NetworkId",
    "NoDiscovery",
    "Rendezvous",
    "LightEthConfig",
    "WhisperConfig",
    "WakuConfig",
    "ClusterConfig",
    "RequireTopics",
}
"""Fields of its NodeConfig."""


def settings_of(fleet: Fleet) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(status_go_settings(fleet).text)
    return found


@pytest.mark.parametrize("fleet", [HARBOUR, FULL, published_fleet("eth.test"), Fleet(relays=(enode(1),))])
def test_its_own_checks_let_them_pass(fleet: Fleet) -> None:
    found = settings_of(fleet)
    cluster = found["ClusterConfig"]
    assert found.keys() == STATUS_GO_KEYS
    assert found["NoDiscovery"] or cluster["BootNodes"]
    assert not found["Rendezvous"] or cluster["RendezvousNodes"]
    assert cluster["Fleet"] == ""  # any name that it does not know is an error
    assert (cluster["StaticNodes"], cluster["TrustedMailServers"]) == (list(fleet.relays), list(fleet.mailservers))
    looks = not found["NoDiscovery"] or found["Rendezvous"]
    assert found["RequireTopics"] == ({"whisper": {"Min": 2, "Max": 2}} if looks else {})


def test_they_take_the_place_of_the_fleet_that_it_has_by_itself() -> None:
    """A list that is absent would stay that of eth.prod."""
    cluster = settings_of(Fleet(relays=(enode(1),)))["ClusterConfig"]
    assert cluster == {
        "Enabled": True,
        "Fleet": "",
        "StaticNodes": [enode(1)],
        "BootNodes": [],
        "TrustedMailServers": [],
        "PushNotificationsServers": [],
        "RendezvousNodes": [],
    }


def test_bootnodes_that_it_would_not_take_are_left_out_and_named() -> None:
    named = enode(2, "boot.example.org")
    made = status_go_settings(Fleet(bootnodes=(enode(1), named), dns_lists=(LIST,), mailserver_password="x"))
    assert json.loads(made.text)["ClusterConfig"]["BootNodes"] == [enode(1)]
    assert len(made.left_out) == 3
    assert named in made.left_out[0]
    assert settings_of(Fleet(bootnodes=(named,)))["NoDiscovery"] is True
    assert status_go_settings(HARBOUR).left_out == ()
