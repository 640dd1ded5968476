"""A network where nothing is open but a proxy: on this machine, and on hosts of their own where that can be done."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pystatus import Account, Client, Node, NodeConfig, PrivateKey, Profiles
from pystatus.mailserver.server.server import Server
from pystatus.messenger.events import MessageReceived
from pystatus.net.rendezvous_server import RendezvousServer
from pystatus.peers.sources import Source
from pystatus.storage.archive.sqlite import SqliteArchive
from tests.mailserver.support import KEY
from tests.net.test_proxy import only_addresses
from tests.scenarios.test_history import PATIENCE, until
from tests.support.hosts import Host, Hosts, why_not
from tests.support.processes import Agent, Process, Relay
from tests.support.socks import SocksProxy

PASSWORD = "correct horse"
RELAY = "relay.example"
BOOTNODE = f"enode://{PrivateKey(bytes([1] * 32)).public_key.xy.hex()}"


def client(folder: Path, name: str, **more: object) -> Client:
    Profiles(folder).create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name)
    return Client.open(name, PASSWORD, data_dir=folder, **more)  # type: ignore[arg-type]  # any setting


async def heard(listening: Client, text: str) -> None:
    async for event in listening.events():
        if isinstance(event, MessageReceived) and event.message.text == text:
            return


async def test_a_conversation_with_history_by_a_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The relay is a name that only the proxy knows; a second one is found by Rendezvous, and nobody is asked over
    UDP."""
    monkeypatch.setattr(socket, "getaddrinfo", only_addresses(socket.getaddrinfo))
    mailserver = Node(NodeConfig(listen="127.0.0.1:0"))
    mailserver.keep_history(await SqliteArchive.open(tmp_path / "archive.db"), Server(KEY))
    rendezvous = RendezvousServer(PrivateKey.generate(os.urandom), ("127.0.0.1",), 0, os.urandom)
    async with asyncio.timeout(PATIENCE), SocksProxy({RELAY: "127.0.0.1"}, ("me", "s3cret")) as proxy, mailserver:
        await rendezvous.start()
        meeting_point = str(rendezvous.address(None))
        found = Node(NodeConfig(listen="127.0.0.1:0", rendezvous_nodes=(meeting_point,), register=True))
        server = str(mailserver.enode)
        async with found, client(tmp_path, "bob", peers=[server]) as bob:
            await bob.wait_for_peer()
            await bob.join("town")
            await (await bob.send_text("town", "before")).sent()
            archived = mailserver.mailserver
            assert archived is not None
            await until(lambda: archived.archiver.archived >= 1)
            by_name = server.replace("127.0.0.1", RELAY)
            alice = client(
                tmp_path,
                "alice",
                mailservers=[by_name],
                bootnodes=[f"{BOOTNODE}@127.0.0.1:30301"],
                rendezvous_nodes=[meeting_point],
                proxy=proxy.url,
            )
            with caplog.at_level(logging.WARNING):
                async with alice:
                    await alice.join("town")
                    await heard(alice, "before")
                    await until(lambda: len(alice.node.peers) == 2)
                    assert {(peer.source, peer.remote_address) for peer in alice.node.peers} == {
                        (Source.STATIC, f"{RELAY}:{mailserver.enode.port}"),
                        (Source.RENDEZVOUS, f"127.0.0.1:{found.enode.port}"),
                    }
                    assert alice.node.finding is not None
                    assert alice.node.finding.discv5 is None
                    listening = asyncio.create_task(heard(bob, "hello"))
                    await alice.send_text("town", "hello")
                    await listening
        await rendezvous.close()
    assert {host for host, _ in proxy.asked} == {RELAY, "127.0.0.1"}
    assert "Bootnodes are not asked" in caplog.text
    assert "s3cret" not in caplog.text


# On hosts of their own

PORT = 443
PROXY_PORT = 9050


class Censored:
    """A proxy, a mailserver and a Rendezvous node, Bob beside them, and Alice, who reaches the proxy alone."""

    def __init__(self, directory: Path, hosts: Hosts, ends: ExitStack) -> None:
        self._directory = directory
        self._ends = ends
        self.proxy, self.servers, self.bobs, self.alices = (hosts.add() for _ in range(4))
        for host in (self.servers, self.bobs):
            self._on(host, "ip", "route", "add", "blackhole", f"{self.alices.address}/32")
        self._on(self.alices, "ip", "route", "add", "default", "dev", "eth0")  # so that it would be seen
        rendezvous = self._relay("rendezvous", 9090, field="address")
        self.meeting_point = rendezvous.enode
        registering = ("--register", "--rendezvous", self.meeting_point, "--advertise", self.servers.address)
        self.mailserver = self._relay("mailserver", PORT, *registering)
        self.known = f"{RELAY}={self.servers.address}"
        self.proxy_url = f"socks5://{self.proxy.address}:{PROXY_PORT}"
        self._process("-m", "tests.support.socks", f"{self.proxy.address}:{PROXY_PORT}", self.known, at=self.proxy)
        self.wire = self._process("-m", "tests.support.wire", self.proxy.address, str(PROXY_PORT), at=self.alices)

    def _on(self, host: Host, *command: str) -> None:
        subprocess.run([*host.command, *command], check=True)

    def _relay(self, command: str, port: int, *options: str, field: str = "enode") -> Relay:
        relay = Relay(
            self._directory / command,
            f"{self.servers.address}:{port}",
            *options,
            command=command,
            at=self.servers.command,
            field=field,
        )
        self._ends.callback(relay.kill)
        return relay

    def _process(self, *arguments: str, at: Host) -> Process:
        process = Process(*arguments, at=at.command)
        self._ends.callback(process.kill)
        process.wait_for("started")
        return process

    def person(self, name: str, at: Host, **settings: object) -> Agent:
        person = Agent.new(self._directory / name, name, "", settings=settings, at=at.command)
        self._ends.callback(person.kill)
        return person

    def knock(self) -> None:
        """Alice's host tries what her client must not: Bob's host, which her client has no reason to know."""
        words = f"import socket; socket.create_connection(('{self.bobs.address}', {PORT}), 0.2)"
        subprocess.run([*self.alices.command, "python3", "-c", words], check=False, capture_output=True)


@pytest.fixture
def censored(tmp_path: Path) -> Iterator[Censored]:
    if (why := why_not()) is not None:
        pytest.skip(f"hosts of their own cannot be made here: {why}")
    with Hosts(0.0) as hosts, ExitStack() as ends:
        yield Censored(tmp_path, hosts, ends)


def test_nothing_bypasses_the_proxy(censored: Censored) -> None:
    bob = censored.person("bob", censored.bobs, peers=[censored.mailserver.enode])
    bob.join("town")
    bob.send("town", "before")
    bob.wait_for("sent")
    by_name = censored.mailserver.enode.replace(censored.servers.address, RELAY)
    alice = censored.person(
        "alice",
        censored.alices,
        peers=[censored.mailserver.enode],
        mailservers=[by_name],
        bootnodes=[f"{BOOTNODE}@{censored.servers.address}:{PORT}", f"{BOOTNODE}@bootnode.example:30301"],
        rendezvous_nodes=[censored.meeting_point],
        dns_lists=["enrtree://AM5FCQLWIZX2QFPNJAP7VUERCCRNGRHWZG3YYHIUV7BVDQ5FDPRT2@nodes.example"],
        dns_server=censored.servers.address,
        proxy=censored.proxy_url,
    )
    alice.join("town")
    alice.wait_for("received", text="before")
    alice.open(bob)
    alice.send(bob.key, "hello")
    bob.wait_for("received", text="hello", chat=alice.key)
    bob.send(alice.key, "hello to you")
    alice.wait_for("received", text="hello to you", chat=bob.key)
    assert alice.stop() == 0

    censored.knock()  # the wire is watched, and nothing else came before this
    first = censored.wire.wait_for("elsewhere")
    assert first["what"] == f"who has {censored.bobs.address}? by eth0"
