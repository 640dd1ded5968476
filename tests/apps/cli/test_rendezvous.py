"""``pystatus rendezvous``: processes and real sockets."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import stat
import urllib.request
from pathlib import Path

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.rendezvous.client import discover_request, read_records, register_request
from pystatus.discovery.rendezvous.messages import MessageType
from pystatus.libp2p.multiaddr import PeerAddress
from pystatus.libp2p.peer_id import PeerId
from pystatus.net.rendezvous_link import RendezvousLink
from tests.apps.cli.scraping import samples_of
from tests.apps.support import Cli, Running

LOOPBACK = ("--listen", "127.0.0.1:0")


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode())


def register_and_ask(address: str, ip: bytes) -> list[NodeRecord]:
    """What is registered as whisper at ``address``, when one that names ``ip`` has tried to be."""
    key = PrivateKey.generate(os.urandom)
    record = NodeRecord.sign(key, 0, {b"ip": ip, b"tcp": 30303})

    async def ask() -> list[NodeRecord]:
        link = await RendezvousLink.open(key, PeerAddress.parse(address), os.urandom)
        await link.ask(MessageType.REGISTER_RESPONSE, register_request("whisper", record))
        body = await link.ask(MessageType.DISCOVER_RESPONSE, discover_request("whisper"))
        await link.close()
        return list(read_records(body, link.address).records)

    return asyncio.run(ask())


@pytest.mark.requirement("CL-18")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_address_first_serves_and_stops_when_told(tmp_path: Path, how: signal.Signals) -> None:
    with Running(tmp_path, "rendezvous", *LOOPBACK) as node:
        address = node.line()
        assert re.fullmatch(r"/ip4/127\.0\.0\.1/tcp/[1-9][0-9]*/ethv4/16Uiu2HA\w+", address)
        assert len(register_and_ask(address, bytes((127, 0, 0, 1)))) == 1
        assert len(register_and_ask(address, bytes((9, 9, 9, 9)))) == 1
        assert node.stop(how) == 0
        assert (node.rest(), node.errors()) == ([], ["Stopped."])


def test_programs_get_the_same_as_events(tmp_path: Path) -> None:
    with Running(tmp_path, "rendezvous", *LOOPBACK, "--json") as node:
        started = json.loads(node.line())
        assert started.keys() == {"event", "address", "peer_id"}
        assert started["address"].endswith(started["peer_id"])
        assert node.stop(signal.SIGTERM) == 0
        assert [json.loads(line) for line in node.rest()] == [{"event": "stopped"}]
        assert node.errors() == []


def test_it_has_a_key_of_its_own_that_it_keeps_and_nobody_else_uses(tmp_path: Path) -> None:
    addresses = []
    for option in ("--advertise=rdv.example.org", "--nat=extip:203.0.113.7"):
        with Running(tmp_path / "data", "rendezvous", *LOOPBACK, option) as node:
            addresses.append(PeerAddress.parse(node.line()))
            second = Cli(tmp_path / "data").error("rendezvous", *LOOPBACK)
            assert "rendezvous.key is in use by" in second
            with Running(tmp_path / "data", "bootnode", *LOOPBACK) as beside:
                assert beside.line()
            node.stop(signal.SIGTERM)
    assert [(one.network, one.host) for one in addresses] == [("dns4", "rdv.example.org"), ("ip4", "203.0.113.7")]
    file = tmp_path / "data" / "rendezvous.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = PrivateKey(bytes.fromhex(file.read_text()))
    assert {one.peer for one in addresses} == {PeerId(key.public_key)}


def test_a_port_in_use(cli: Cli) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert cli.error("rendezvous", "--listen", f"127.0.0.1:{port}").startswith(f"Port {port} is already in use")


def test_behind_a_proxy_records_name_any_address(tmp_path: Path) -> None:
    """That the client shows it is another matter: this one lets its server send it nowhere but to public addresses."""
    with Running(tmp_path, "rendezvous", *LOOPBACK, "--any-address", "--tell-address") as node:
        (found,) = register_and_ask(node.line(), bytes((9, 9, 9, 9)))
        assert str(found.address) == "9.9.9.9"


def test_metrics_and_health(tmp_path: Path) -> None:
    arguments = ("rendezvous", *LOOPBACK, "--metrics-port", "0", "--log-level", "info")
    with Running(tmp_path, *arguments, PYSTATUS_METRICS_MIN_PEERS="1") as node:
        while "metrics at " not in (line := node.next_complaint()):
            pass
        url = line.partition("metrics at ")[2].strip()
        address = node.line()
        assert get(url.replace("/metrics", "/health")) == "OK"
        with pytest.raises(urllib.error.HTTPError, match="503"):
            get(url.replace("/metrics", "/ready"))
        register_and_ask(address, bytes((127, 0, 0, 1)))
        samples = samples_of(get(url))
        assert samples["pystatus_rendezvous_registrations", "whisper"] == 1
        assert samples["pystatus_rendezvous_registrations", "other"] == 0
        assert samples["pystatus_rendezvous_requests_total", "register", "0"] == 1
        assert samples["pystatus_rendezvous_records_total",] == 1
        assert get(url.replace("/metrics", "/ready")) == "OK"
        node.stop(signal.SIGTERM)


def test_settings_are_read_again(tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    file.write_text('[log]\nlevel = "info"\n')
    with Running(tmp_path, "rendezvous", *LOOPBACK, "--config", str(file)) as node:
        assert node.line()
        node.process.send_signal(signal.SIGHUP)
        assert "settings read again" in node.next_complaint()
        file.write_text("nonsense")
        node.process.send_signal(signal.SIGHUP)
        assert "the settings stay as they were" in node.next_complaint()
        assert node.stop(signal.SIGTERM) == 0
