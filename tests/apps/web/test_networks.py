"""The network of the page: it stays chosen, and one of one's own is made, runs beside the page, and runs again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pystatus import Client, Node, NodeConfig
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.page_network import DIRECTORY, PageNetwork
from pystatus.apps.web import networks
from pystatus.crypto.keys import PrivateKey
from pystatus.fleets.fleet import Fleet
from pystatus.fleets.invitation import invitation, parse_invitation
from pystatus.storage.descriptions import Profile
from tests.apps.web.support import PASSWORD, window
from tests.apps.web.test_opening import stored


def enode(number: int) -> str:
    key = PrivateKey(bytes(31) + bytes([number])).public_key
    return f"enode://{key.xy.hex()}@192.0.2.{number}:30303"


def in_network(tmp_path: Path) -> Callable[..., Client]:
    """Clients that join the network of the page."""

    def make(profile: Profile, password: str | None, network: Fleet | None) -> Client:
        return Client.open(
            profile.account.key_uid, password or "", data_dir=tmp_path / "data", fleet=network, discovery=False
        )

    return make


def own(tmp_path: Path) -> PageNetwork:
    return PageNetwork(tmp_path / "data", Output(as_json=False))


async def test_a_network_is_made_and_others_join_it_by_its_invitation(tmp_path: Path) -> None:
    stored(tmp_path)
    async with window(tmp_path, in_network(tmp_path), own_network=own(tmp_path)) as browser:
        state = (await browser.call("web_state"))["network"]
        assert state == {"known": False, "named": False, "name": "", "own": "none"}
        made = await browser.call("web_network_make", name="harbour", host="127.0.0.1")
        assert made["state"] == "running"
        assert made["used"]
        assert "nobody but this machine" in made["reach"]
        state = (await browser.call("web_state"))["network"]
        assert state == {"known": True, "named": True, "name": "harbour", "own": "running"}
        assert (await browser.call("web_network_invitation"))["link"] == made["link"]

        await browser.call("web_unlock", profile="alice", password=PASSWORD)
        client = browser.served.page.opening.client
        assert client is not None
        await client.wait_for_peer()
        fleet = parse_invitation(made["link"])
        async with Node(NodeConfig(listen=None, peers=fleet.relays, discovery=False)) as other:
            await other.wait_for_peer()
        told = await browser.error("web_network_make", name="pier")
        assert "Lock it" in told["message"]


async def test_what_was_chosen_and_made_is_there_after_the_next_start(tmp_path: Path) -> None:
    stored(tmp_path)
    async with window(tmp_path, in_network(tmp_path), own_network=own(tmp_path)) as browser:
        made = await browser.call("web_network_make", name="harbour", host="127.0.0.1")
    async with window(tmp_path, in_network(tmp_path), own_network=own(tmp_path)) as browser:
        assert await browser.call("web_own_network") == made
        told = await browser.error("web_network_make", name="pier")
        assert "There is a network" in told["message"]
        stopped = await browser.call("web_network_stop")
        assert (stopped["state"], stopped["link"]) == ("stopped", "")
        assert (await browser.heard("state"))["network"]["own"] == "stopped"
    async with window(tmp_path, in_network(tmp_path), own_network=own(tmp_path)) as browser:
        state = (await browser.call("web_state"))["network"]
        assert state == {"known": True, "named": True, "name": "harbour", "own": "stopped"}
        assert (await browser.call("web_network_start"))["link"] == made["link"]
        await browser.call("web_join", invitation="")
        assert not (await browser.call("web_state"))["network"]["known"]


async def test_what_is_in_the_way_of_a_network_is_told_in_the_page(tmp_path: Path) -> None:
    stored(tmp_path)
    async with window(tmp_path, in_network(tmp_path), own_network=own(tmp_path)) as browser:
        told = await browser.error("web_network_make", name="harbour", host="no host!")
        assert "neither an IP address nor a name" in told["message"]
        assert not told["message"].startswith("--host")
        await browser.call("web_network_make", name="harbour", host="127.0.0.1")
    (tmp_path / "data" / DIRECTORY / "relay" / "node.key").unlink()
    async with window(tmp_path, in_network(tmp_path), own_network=own(tmp_path)) as browser:
        shown = await browser.call("web_own_network")
        assert shown["state"] == "stopped"
        assert "Put it back from a backup" in shown["problem"]
        await browser.error("web_network_start")


async def test_the_network_of_the_command_is_used_instead_and_a_large_one_has_no_invitation(tmp_path: Path) -> None:
    stored(tmp_path)
    large = Fleet(name="large", relays=tuple(enode(number) for number in range(1, 21)))
    async with window(tmp_path, in_network(tmp_path)) as browser:
        await browser.call("web_join", invitation=invitation(Fleet(name="harbour", relays=(enode(1),))))
    async with window(tmp_path, in_network(tmp_path), network=large) as browser:
        assert (await browser.call("web_state"))["network"]["name"] == "large"
        assert await browser.call("web_network_invitation") is None
        assert (await browser.call("web_own_network"))["state"] == "not-offered"
        assert "pystatus network create" in (await browser.error("web_network_make", name="pier"))["message"]
    async with window(tmp_path, in_network(tmp_path)) as browser:
        assert (await browser.call("web_state"))["network"]["name"] == "harbour"


@pytest.mark.parametrize("contents", [b"{", b'{"network": 5}', b'{"network": "pystatus://network/nothing"}'])
async def test_a_file_that_is_damaged_counts_as_none(tmp_path: Path, contents: bytes) -> None:
    stored(tmp_path)
    (tmp_path / "data" / networks.FILE).write_bytes(contents)
    async with window(tmp_path, in_network(tmp_path), own_network=own(tmp_path)) as browser:
        assert not (await browser.call("web_state"))["network"]["known"]
