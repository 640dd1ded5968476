"""The sockets of Discovery v5: what is read, what is sent, and what others can make the event loop do."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import cast

import pytest

from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.discv5.events import Event, LookupDone
from pystatus.discovery.discv5.node import Times
from pystatus.discovery.discv5.outbox import Datagram
from pystatus.discovery.discv5.packets import MAX_PACKET_SIZE
from pystatus.discovery.discv5.service import Discovery
from pystatus.errors import LocalError
from pystatus.net.datagram_backlog import MAX_WAIT
from pystatus.net.listening import datagram_sockets
from pystatus.net.udp_endpoint import BEHIND_SECONDS, READ_AT_ONCE, UdpEndpoint, local_address, machine_times
from tests.net.support import PATIENCE

HERE = ip_address("127.0.0.1")
HERE_6 = ip_address("::1")


class Recorded:
    """In the place of a :class:`Discovery`: remembers what it is given, and has what the test puts into it."""

    def __init__(self) -> None:
        self.received: list[tuple[bytes, tuple[IPAddress, int]]] = []
        self.to_send: list[Datagram] = []
        self.happened: list[Event] = []
        self.next_timer: float | None = None
        self.ticks = 0
        self.on_receive: Callable[[bytes], None] = lambda datagram: None
        self.asked: set[int] = set()
        """Ports that something was asked of."""
        self.on_sorting: Callable[[], None] = lambda: None
        self.sorted_out = 0
        """Datagrams of which it was asked whether they are answers."""
        self.after_tick: Callable[[], float | None] = lambda: None

    def receive(self, datagram: bytes, source: tuple[IPAddress, int], now: Times) -> None:
        self.received.append((datagram, source))
        self.on_receive(datagram)

    def expects(self, source: tuple[IPAddress, int], now: Times) -> bool:
        self.sorted_out += 1
        self.on_sorting()
        return source[1] in self.asked

    def on_timer(self, now: Times) -> None:
        self.ticks += 1
        self.next_timer = self.after_tick()

    def datagrams_to_send(self) -> list[Datagram]:
        found, self.to_send = self.to_send, []
        return found

    def events(self) -> list[Event]:
        found, self.happened = self.happened, []
        return found


class Side:
    """An endpoint with its recorded discovery."""

    def __init__(
        self,
        *hosts: str,
        share: float = 1.0,
        times: Callable[[], Times] = machine_times,
        worked: Callable[[], float] = time.thread_time,
    ) -> None:
        self.discovery = Recorded()
        sockets = datagram_sockets(hosts or ("127.0.0.1",), 0)
        self.address, self.port = local_address(sockets)
        self.events: list[Event] = []
        self.on_event: Callable[[Event], None] = self.events.append
        self.udp = UdpEndpoint(
            cast(Discovery, self.discovery),
            sockets,
            lambda event: self.on_event(event),
            share=share,
            times=times,
            worked=worked,
        )

    def send(self, data: bytes, to: Side, address: IPAddress = HERE) -> None:
        self.discovery.to_send.append(Datagram(data, address, to.port))
        self.udp.wake()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0)


@asynccontextmanager
async def running(*sides: Side) -> AsyncIterator[None]:
    for side in sides:
        side.udp.start()
    try:
        yield
    finally:
        for side in sides:
            side.udp.close()


@pytest.mark.parametrize("address", [HERE, HERE_6])
async def test_a_datagram_comes_with_its_sender_and_is_answered(address: IPAddress) -> None:
    alice, bob = Side("127.0.0.1", "::1"), Side("127.0.0.1", "::1")
    bob.discovery.on_receive = lambda data: bob.discovery.to_send.append(Datagram(b"pong", address, alice.port))
    async with running(alice, bob):
        alice.send(b"ping", bob, address)
        await alice.until(lambda: bool(alice.discovery.received))
    assert bob.discovery.received == [(b"ping", (address, alice.port))]
    assert alice.discovery.received == [(b"pong", (address, bob.port))]


async def test_what_is_longer_than_a_packet_is_dropped_before_anything_is_done_with_it() -> None:
    alice, bob = Side(), Side()
    async with running(alice, bob):
        for size in (MAX_PACKET_SIZE + 1, 60_000, MAX_PACKET_SIZE):
            alice.send(bytes(size), bob)
        await bob.until(lambda: bool(bob.discovery.received))
    assert [len(data) for data, _ in bob.discovery.received] == [MAX_PACKET_SIZE]
    assert bob.udp.oversized == 2


async def test_what_cannot_be_sent_is_counted_and_the_rest_is_sent() -> None:
    alice, bob = Side(), Side()
    async with running(alice, bob):
        alice.send(bytes(70_000), bob)
        alice.send(b"to a family without a socket", bob, HERE_6)
        alice.discovery.to_send.append(Datagram(b"to no port", HERE, 70_000))
        alice.send(b"fine", bob)
        await bob.until(lambda: bool(bob.discovery.received))
    assert [data for data, _ in bob.discovery.received] == [b"fine"]
    assert alice.udp.send_errors == {"EMSGSIZE": 1, "EAFNOSUPPORT": 1, "EINVAL": 1}


async def test_a_flood_leaves_turns_to_others() -> None:
    """However much waits in the socket, what else is to be done in the event loop is done in between."""
    bob = Side()
    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += 1
        asyncio.get_running_loop().call_soon(turn)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flooder:
        for _ in range(100):
            flooder.sendto(bytes(100), ("127.0.0.1", bob.port))
    async with running(bob):
        turn()
        await bob.until(lambda: len(bob.discovery.received) >= 100)
    assert turns >= 100 / READ_AT_ONCE


class Worker:
    """The time of the processor: it passes where a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def work(self, *_: object) -> None:
        self.seconds += 0.01

    def __call__(self) -> float:
        return self.seconds


async def test_of_the_processor_a_flood_gets_its_share() -> None:
    """Each datagram costs a hundredth of a second of the processor, and nothing to look where it comes from."""
    worker = Worker()
    bob = Side(share=0.25, times=lambda: Times(0.0, 0.0), worked=worker)
    bob.discovery.on_receive = worker.work
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flooder:
        for _ in range(40):
            flooder.sendto(bytes(100), ("127.0.0.1", bob.port))
        async with running(bob):
            await bob.until(lambda: bob.discovery.sorted_out == 40 - READ_AT_ONCE)
            assert len(bob.discovery.received) == READ_AT_ONCE, (
                "0.16 seconds of work, of which 0.05 may be done at once"
            )
    assert not bob.udp.passed_over, "they wait"
    assert not bob.udp.rests


async def test_what_is_beyond_the_share_waits_for_it() -> None:
    """A burst of honest questions is answered, later."""
    now = 0.0
    worker = Worker()
    bob = Side(share=0.25, times=lambda: Times(now, 0.0), worked=worker)

    def work(datagram: bytes) -> None:
        nonlocal now
        now += 0.01
        worker.seconds += 0.004

    bob.discovery.on_receive = work
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(40):
            sender.sendto(b"%d" % number, ("127.0.0.1", bob.port))
        async with running(bob):
            await bob.until(lambda: len(bob.discovery.received) == 40)
    assert [int(data) for data, _ in bob.discovery.received] == list(range(40))
    assert not bob.udp.passed_over


async def test_who_has_waited_until_the_answer_is_late_is_dropped() -> None:
    now = 0.0
    worker = Worker()
    bob = Side(share=0.25, times=lambda: Times(now, 0.0), worked=worker)

    def jump() -> None:
        nonlocal now
        if bob.discovery.sorted_out == 40 - READ_AT_ONCE:
            now += 2 * MAX_WAIT

    bob.discovery.on_receive = worker.work
    bob.discovery.on_sorting = jump
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(40):
            sender.sendto(bytes(100), ("127.0.0.1", bob.port))
        async with running(bob):
            await bob.until(lambda: bob.udp.passed_over > 0)
    assert bob.udp.passed_over == 40 - READ_AT_ONCE
    assert len(bob.discovery.received) == READ_AT_ONCE


async def test_while_strangers_have_had_their_share_answers_are_taken() -> None:
    worker = Worker()
    bob = Side(share=0.25, times=lambda: Times(0.0, 0.0), worked=worker)
    bob.discovery.on_receive = worker.work
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flooder,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as friend,
    ):
        friend.bind(("127.0.0.1", 0))
        bob.discovery.asked.add(friend.getsockname()[1])
        async with running(bob):
            for number in range(60):
                flooder.sendto(b"flood", ("127.0.0.1", bob.port))
                if number >= 40:
                    friend.sendto(b"answer", ("127.0.0.1", bob.port))
            await bob.until(lambda: bob.discovery.sorted_out == 80 - READ_AT_ONCE)
            received = [data for data, _ in bob.discovery.received]
    assert (received.count(b"answer"), received.count(b"flood")) == (20, READ_AT_ONCE)


async def test_picking_out_answers_has_its_share_too() -> None:
    """Then the sockets are left alone: it is as if more had come than can be looked at."""
    worker = Worker()
    bob = Side(share=0.25, worked=worker)
    bob.discovery.on_receive = bob.discovery.on_sorting = worker.work
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flooder:
        for _ in range(100):
            flooder.sendto(bytes(100), ("127.0.0.1", bob.port))
        async with running(bob):
            await bob.until(lambda: bob.udp.rests >= 2 or len(bob.discovery.received) + bob.udp.passed_over == 100)
    assert bob.udp.rests >= 1


async def test_where_others_have_the_processor_nothing_waits() -> None:
    """Each datagram lasts a thousandth of a second and costs nothing: the machine is busy with something else."""
    now = 0.0
    bob = Side(share=0.25, times=lambda: Times(now, 0.0), worked=lambda: 0.0)

    def wait(data: bytes) -> None:
        nonlocal now
        now += 0.001

    bob.discovery.on_receive = wait
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(40):
            sender.sendto(bytes(100), ("127.0.0.1", bob.port))
    async with running(bob):
        await bob.until(lambda: len(bob.discovery.received) >= 40)
    assert not bob.udp.rests


async def test_who_falls_behind_takes_answers_first_whatever_they_cost() -> None:
    """Others have the processor, and more waits than is taken: strangers are put aside before the system drops what
    does not fit into its buffer, and have their turn after that."""
    now = 0.0
    bob = Side(share=0.25, times=lambda: Times(now, 0.0), worked=lambda: 0.0)

    def wait(data: bytes) -> None:
        nonlocal now
        now += 0.8 * BEHIND_SECONDS / READ_AT_ONCE

    bob.discovery.on_receive = wait
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as friend,
    ):
        friend.bind(("127.0.0.1", 0))
        bob.discovery.asked.add(friend.getsockname()[1])
        for _ in range(100):
            sender.sendto(b"question", ("127.0.0.1", bob.port))
        friend.sendto(b"answer", ("127.0.0.1", bob.port))
        async with running(bob):
            await bob.until(lambda: len(bob.discovery.received) == 101)
            assert bob.discovery.received[2 * READ_AT_ONCE][0] == b"answer"
            for number in range(READ_AT_ONCE):  # as many as one turn takes: then it is empty, and was all the time
                sender.sendto(b"later %d" % number, ("127.0.0.1", bob.port))
            await bob.until(lambda: bob.discovery.received[-1][0] == b"later %d" % (READ_AT_ONCE - 1))
            now += 10
            sender.sendto(b"much later", ("127.0.0.1", bob.port))
            await bob.until(lambda: bob.discovery.received[-1][0] == b"much later")


async def test_a_timer_that_is_always_due_does_not_fill_the_event_loop() -> None:
    bob = Side()
    bob.discovery.next_timer = 0.0
    bob.discovery.after_tick = lambda: 0.0
    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += 1
        asyncio.get_running_loop().call_soon(turn)

    async with running(bob):
        turn()
        await bob.until(lambda: bob.discovery.ticks >= 3)
    assert turns > 3 * bob.discovery.ticks


@pytest.mark.parametrize("unix", [0.0, 1e12, -1e9])
async def test_a_time_of_day_that_jumps_moves_no_timer(unix: float) -> None:
    wall = 1.6e9
    bob = Side(times=lambda: Times(machine_times().monotonic, wall))
    bob.discovery.next_timer = machine_times().monotonic + 0.01
    async with running(bob):
        wall = unix
        await bob.until(lambda: bob.discovery.ticks == 1)
    assert bob.discovery.next_timer is None


async def test_after_its_end_nothing_comes_and_the_port_is_free() -> None:
    alice, bob = Side(), Side()
    heard: list[Event] = []

    def end(event: Event) -> None:
        heard.append(event)
        bob.udp.close()

    bob.on_event = end
    bob.discovery.on_receive = lambda data: bob.discovery.happened.extend([LookupDone(1, ()), LookupDone(2, ())])
    async with running(alice, bob):
        alice.send(b"ping", bob)
        await bob.until(lambda: bool(heard))
        bob.udp.close()
        bob.udp.wake()
        for one in datagram_sockets(("127.0.0.1",), bob.port):
            one.close()
    assert heard == [LookupDone(1, ())]


async def test_an_error_in_the_code_of_its_user_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    alice, bob = Side(), Side()

    def crash(event: Event) -> None:
        raise ValueError("a fault of ours")

    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(str(context["exception"])))
    bob.on_event = crash
    bob.discovery.on_receive = lambda data: bob.discovery.happened.append(LookupDone(1, ()))
    bob.discovery.next_timer = machine_times().monotonic + 0.01
    async with running(alice, bob):
        alice.send(b"ping", bob)
        alice.send(b"ping", bob)
        await bob.until(lambda: len(bob.discovery.received) == 2 and bob.discovery.ticks == 1)
    assert set(told) == {"a fault of ours"}


def test_a_port_that_is_taken_is_a_sentence() -> None:
    (taken,) = datagram_sockets(("127.0.0.1",), 0)
    port = taken.getsockname()[1]
    with taken, pytest.raises(LocalError, match=rf"^UDP port {port} is already in use on this machine: stop "):
        datagram_sockets(("127.0.0.1",), port)
    with pytest.raises(LocalError, match=r"^Cannot listen on 203\.0\.113\.1 UDP port 0: "):
        datagram_sockets(("203.0.113.1",), 0)
