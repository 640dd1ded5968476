"""Clients and relays whose clocks are apart, over real sockets: what is said, what is called sent, what goes out."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TypeVar

import pytest

from pystatus import (
    Account,
    Client,
    ClockAgrees,
    ClockSuspected,
    MessageReceived,
    MessageState,
    MessageStateChanged,
    Node,
    NodeConfig,
    PrivateKey,
    Profiles,
)
from pystatus.apps.cli.commands.send import ClockIsWrong, send_text
from pystatus.apps.cli.output import Output
from pystatus.net.clock import SystemClock

PASSWORD = "correct horse"
PATIENCE = 60.0

T = TypeVar("T")


class Shifted(SystemClock):
    """This machine's clock, off by some seconds until it is put right."""

    def __init__(self, error: float) -> None:
        self.error = error

    def now(self) -> float:
        return super().now() + self.error


def client(directory: Path, name: str, relay: Node, clock: SystemClock) -> Client:
    Profiles(directory).create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name)
    return Client.open(name, PASSWORD, data_dir=directory, peers=[str(relay.enode)], clock=clock)


def next_of(client: Client, kind: type[T]) -> asyncio.Future[T]:
    """The first event of a kind."""
    found: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    @client.on(kind)
    def _on(event: T) -> None:
        if not found.done():
            found.set_result(event)

    return found


@pytest.mark.parametrize("error", [-300.0, 60.0], ids=["five minutes behind", "a minute ahead"])
async def test_what_is_refused_for_its_time_is_not_sent_and_goes_out_when_the_clock_is_right(
    tmp_path: Path, error: float
) -> None:
    clock = Shifted(error)
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        bob, alice = client(tmp_path, "bob", relay, SystemClock()), client(tmp_path, "alice", relay, clock)
        heard = next_of(bob, MessageReceived)
        suspected, agrees = next_of(alice, ClockSuspected), next_of(alice, ClockAgrees)
        states: list[MessageState] = []
        alice.on(MessageStateChanged)(lambda event: states.append(event.state))
        async with bob, alice:
            await bob.join("status")
            await bob.wait_for_peer()
            await alice.join("status")
            await alice.wait_for_peer()
            receipt = await alice.send_text("status", "hello")
            event = await suspected
            assert abs(event.offset + error) <= 2
            assert event.peers == 1
            with pytest.raises(TimeoutError):
                await receipt.sent(1.0)
            assert states == []
            assert not heard.done()
            clock.error = 0.0
            await agrees
            await receipt.sent()
            assert (await heard).message.text == "hello"
            assert MessageState.FAILED not in states


async def test_sending_by_command_line_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        alice = client(tmp_path, "alice", relay, Shifted(-300))
        with pytest.raises(ClockIsWrong, match="about 5 minutes behind") as raised:
            await send_text(alice, "#status", "hello", PATIENCE, Output(as_json=False))
        assert raised.value.exit_code == 3
        assert capsys.readouterr().out.startswith("sending 0x")
        again = Client.open("alice", PASSWORD, data_dir=tmp_path, peers=[str(relay.enode)])
        sent = next_of(again, MessageStateChanged)
        async with again:
            assert (await sent).state == MessageState.SENT


async def test_a_listener_whose_clock_is_behind_is_told(tmp_path: Path) -> None:
    """Of what others send, it sees nothing."""
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        alice, bob = client(tmp_path, "alice", relay, SystemClock()), client(tmp_path, "bob", relay, Shifted(-300))
        suspected = next_of(bob, ClockSuspected)
        async with alice, bob:
            await bob.join("status")
            await bob.wait_for_peer()
            await alice.join("status")
            for number in range(3):
                await alice.send_text("status", f"message {number}")
            assert "about 5 minutes behind" in (await suspected).sentence
            assert bob.history("status") == []


async def test_a_relay_whose_clock_is_behind_blames_itself_and_not_its_peers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        Node(NodeConfig(listen="127.0.0.1:0"), clock=Shifted(-3_600)) as relay,
    ):
        clients = [client(tmp_path, name, relay, SystemClock()) for name in ("alice", "bob", "carol")]
        suspected = [next_of(each, ClockSuspected) for each in clients]
        async with clients[0], clients[1], clients[2]:
            await asyncio.gather(*suspected)  # each has this one relay only
            while not relay.clock.is_shared:  # noqa: ASYNC110 - the node tells its log
                await asyncio.sleep(0)
        assert abs(relay.clock.offset - 3_600) <= 2
        assert "the clock of this machine is about 60 minutes behind" in caplog.text
        assert relay.network.bans == ()
