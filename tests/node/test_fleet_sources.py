"""A fleet that is named: by its name, an invitation, a file, a picture, a directory, or a web address."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pystatus.errors import LocalError, Refused
from pystatus.fleets.fleet import Fleet
from pystatus.fleets.fleet_file import MAX_FILE, written_fleet
from pystatus.fleets.invitation import NotAnInvitation, invitation
from pystatus.fleets.published import published_fleet
from pystatus.links.qr_code import QrCode
from pystatus.node import Node, NodeConfig
from pystatus.node.fleet_sources import NETWORK_FILE, checked_source, find_fleet, find_fleets, fleets_now
from tests.fleets.support import FULL, HARBOUR, LIST, enode

LINK = invitation(HARBOUR)


async def test_by_its_name_or_by_an_invitation() -> None:
    assert await find_fleet("eth.prod") == published_fleet("eth.prod")
    assert await find_fleet(f" {LINK}\n") == HARBOUR


MAIL = f"Subject: our network\n\nDear Bob,\n\nthe way in is <{LINK}>.\n\nAlice\n"


@pytest.mark.parametrize("content", [written_fleet(HARBOUR), f"\ufeff{LINK}\n", LINK.upper(), MAIL])
async def test_by_a_file_with_its_nodes_or_with_an_invitation(tmp_path: Path, content: str) -> None:
    (tmp_path / "a file").write_text(content, encoding="utf-8")
    assert await find_fleet(str(tmp_path / "a file")) == HARBOUR


async def test_by_a_picture_of_an_invitation(tmp_path: Path) -> None:
    picture = tmp_path / "invitation.png"
    picture.write_bytes(QrCode(LINK.upper()).png())
    assert await find_fleet(str(picture)) == HARBOUR
    picture.write_bytes(QrCode("https://join.status.im/status").png())
    with pytest.raises(NotAnInvitation, match="a link of Status to a person or a chat"):
        await find_fleet(str(picture))
    picture.write_bytes(b"no picture")
    with pytest.raises(LocalError, match="cannot be read"):
        await find_fleet(str(picture))


async def test_by_the_directory_of_a_network(tmp_path: Path) -> None:
    (tmp_path / NETWORK_FILE).write_text(written_fleet(HARBOUR))
    assert await find_fleet(str(tmp_path)) == HARBOUR


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = (written_fleet(FULL) if self.path == "/fleet.toml" else LINK).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the server calls it
        """Nothing on standard error."""


def test_by_a_web_address_also_where_nothing_can_be_awaited() -> None:
    with HTTPServer(("127.0.0.1", 0), _Site) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}"
            assert fleets_now([f"{url}/fleet.toml"]) == FULL
            assert fleets_now([f"{url}/invitation"]) == HARBOUR
        finally:
            server.shutdown()
            serving.join()
    assert fleets_now([]).is_empty
    with pytest.raises(Refused, match="is neither a file or directory that is there"):
        fleets_now(["nowhere"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("eth.prd", '"eth.prd" is neither a file or directory that is there, nor an invitation. Did you mean eth.'),
        ("x" * 10_000, "is neither a file or directory that is there, nor an invitation. Give an invitation"),
        ("a\0b", "is neither a file or directory that is there, nor an invitation. Give an invitation"),
        ("~nobody-here/fleet", "is neither a file or directory that is there, nor an invitation. Give an invitation"),
        ("enode://00", "This is the address of one node"),
        ("http://example.org/", "is not encrypted"),
    ],
)
async def test_what_is_none(text: str, sentence: str) -> None:
    with pytest.raises(LocalError) as caught:
        await find_fleet(text)
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 600


async def test_a_file_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"#" * (MAX_FILE + 1))
    with pytest.raises(LocalError, match="cannot be read: it has more than"):
        await find_fleet(str(tmp_path / "large"))
    with pytest.raises(LocalError, match="is neither a file or directory that is there"):
        await find_fleet(str(tmp_path))


async def test_several_add_up_if_they_are_of_one_network(tmp_path: Path) -> None:
    more = tmp_path / "more.toml"
    more.write_text(f'bootnodes = ["{enode(8)}"]')
    both = await find_fleets([LINK, str(more)])
    assert both.bootnodes == (*HARBOUR.bootnodes, enode(8))
    with pytest.raises(Refused, match="These are two networks"):
        await find_fleets([LINK, "eth.prod"])


def test_what_can_be_seen_without_reading_anything_is_seen_at_once() -> None:
    for good in (LINK, "eth.prod", "/nowhere/fleet.toml", "https://example.org/fleet.toml"):
        assert checked_source(good) == good
    for bad in (LINK[:50], "http://example.org/", LIST):
        with pytest.raises(LocalError):
            checked_source(bad)


@pytest.mark.requirement("CL-12")
async def test_a_node_takes_a_fleet_whole() -> None:
    config = NodeConfig(peers=(enode(9), enode(1)), register=True, listen="127.0.0.1:0", fleet=FULL)
    assert config.peers == (enode(9), *FULL.relays)
    assert (config.bootnodes, config.rendezvous_nodes) == (FULL.bootnodes, FULL.rendezvous_nodes)
    assert config.dns_lists == FULL.dns_lists
    assert Node(NodeConfig(fleet=Fleet(relays=(enode(1),)))).config.peers == (enode(1),)
    with pytest.raises(TypeError, match=r"fleet of NodeConfig\(\) is to be Fleet or None, not str"):
        NodeConfig(fleet="eth.prod")  # type: ignore[arg-type]
