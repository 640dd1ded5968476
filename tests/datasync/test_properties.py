"""The properties of datasync.md §15, P1 to P8, over lossy networks in simulated time."""

from __future__ import annotations

import math
from collections.abc import Collection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.datasync.codec import Payload
from pystatus.datasync.config import MAX_ATTEMPTS, SyncConfig
from pystatus.datasync.sending import Mode
from pystatus.datasync.store import Record
from pystatus.simulation.clock import START
from tests.datasync.network import Network
from tests.support.datasync_store import MemorySyncStore

STUBBORN = SyncConfig(max_attempts=10**6, max_attempts_unanswered=10**6, max_age=math.inf)
"""Never gives up."""

chances = st.floats(0, 0.7)


def chat(net: Network, count: int, *, mixed: bool = False, over: float = 120.0) -> dict[str, set[bytes]]:
    """Everybody writes ``count`` messages to everybody else: what each has to get."""
    expected: dict[str, set[bytes]] = {name: set() for name in net.ends}
    for sender in net.ends:
        for receiver in net.ends:
            if sender == receiver:
                continue
            for number in range(count):
                body = f"{sender} to {receiver} {number}".encode()
                expected[receiver].add(body)
                mode = net.random.choice(list(Mode)) if mixed else Mode.BATCH
                net.after(
                    net.random.uniform(0, over),
                    lambda sender=sender, receiver=receiver, body=body, mode=mode: (  # type: ignore[misc]  # loop values
                        net[sender].send(receiver, body, mode=mode)
                    ),
                )
    return expected


def check_everything_arrived(net: Network, expected: dict[str, set[bytes]]) -> None:
    assert net.quiet
    for name, end in net.ends.items():
        assert end.shown == dict.fromkeys(expected[name], 1)  # datasync.md P1, P2
        sent = {body for bodies in expected.values() for body in bodies if body.startswith(f"{name} ".encode())}
        assert {tracked.tag for tracked in end.confirmed} >= sent  # datasync.md P3
        assert end.unconfirmed == []
    posted = net.posted
    net.run()
    assert net.posted == posted  # datasync.md P6


@settings(max_examples=60)
@given(st.integers(0, 2**32), chances, chances, st.booleans(), st.sampled_from([0.3, 5.0, 60.0]))
def test_p1_p2_p6_everything_arrives_once_and_then_there_is_silence(
    seed: int, loss: float, duplicates: float, mixed: bool, latency: float
) -> None:
    """datasync.md P1, P2, P6: under any loss below one, in both modes, with duplicates and reordering up to a
    minute."""
    net = Network(
        "ada",
        "bea",
        "cy",
        seed=seed,
        loss=loss,
        duplicates=duplicates,
        meta=mixed,
        config=STUBBORN,
        skew=8.0,
        latency=(0.01, latency),
    )
    expected = chat(net, 8, mixed=mixed)
    net.run(400 * 86_400)
    check_everything_arrived(net, expected)


@pytest.mark.parametrize("store", ["memory", "sqlcipher"])
@settings(max_examples=15)
@given(seed=st.integers(0, 2**32), loss=st.floats(0, 0.5), crash=st.floats(0.05, 0.5), mixed=st.booleans())
def test_p7_crashes_at_any_point(store: str, seed: int, loss: float, crash: float, mixed: bool) -> None:
    """datasync.md P7: a client that dies before or after a commit, with its payloads posted or not, loses and repeats
    nothing."""
    net = Network(
        "ada", "bea", seed=seed, loss=loss, duplicates=0.2, crash=crash, meta=mixed, store=store, config=STUBBORN
    )
    expected = chat(net, 8, mixed=mixed)
    net.run(400 * 86_400)
    check_everything_arrived(net, expected)


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.floats(0, 0.95))
def test_p3_a_record_goes_only_with_an_acknowledgement_or_is_given_up(seed: int, loss: float) -> None:
    """datasync.md P3: and an acknowledgement means that the receiver has it."""
    net = Network("ada", "bea", seed=seed, loss=loss)
    expected = chat(net, 20)
    for _ in range(40):
        net.run(30.0)
        for sender, receiver in (("ada", "bea"), ("bea", "ada")):
            end = net[sender]
            confirmed = {tracked.tag for tracked in end.confirmed}
            assert confirmed <= set(net[receiver].shown)
            store = net.stores[sender]
            assert isinstance(store, MemorySyncStore)
            pending = {record.tag for record in store.tables.records.values()}
            known = len(store.tables.known) - len(net[sender].shown)
            assert len(pending | confirmed) == known
    net.run()
    for sender, receiver in (("ada", "bea"), ("bea", "ada")):
        told = {tracked.tag for tracked in [*net[sender].confirmed, *net[sender].unconfirmed]}
        assert told == expected[receiver]
        assert len(net[sender].confirmed) == len({tracked.id for tracked in net[sender].confirmed})


@pytest.mark.parametrize("seed", range(5))
def test_p4_no_acknowledgement_is_ever_sent_on_a_timer(seed: int) -> None:
    """datasync.md P4: each goes once for each time that the message came."""
    sent = {"ada": 0, "bea": 0}

    def count(sender: str, to: str, payload: Payload) -> float:
        sent[sender] += len(payload.acks)
        return 0.4

    net = Network("ada", "bea", seed=seed, loss=count)
    chat(net, 20)
    net.run()
    for name, end in net.ends.items():
        assert sent[name] <= len(end.messages)
        store = net.stores[name]
        assert isinstance(store, MemorySyncStore)
        assert store.tables.acks == {}


class WatchedStore(MemorySyncStore):
    """Asserts datasync.md P5 with each repetition."""

    def update_records(self, records: Collection[Record]) -> None:
        for record in records:
            (old,) = self.records(record.peer, [record.message_id])
            if record.send_count > old.send_count:
                assert record.send_count == old.send_count + 1
                assert old.deadline is not None
                assert record.deadline is not None
                assert record.deadline > old.deadline
        super().update_records(records)


@settings(max_examples=20)
@given(st.integers(0, 2**32), chances, st.booleans())
def test_p5_count_and_deadline_grow_with_each_repetition(seed: int, loss: float, mixed: bool) -> None:
    """datasync.md P5 (DS-12)."""
    net = Network("ada", "bea", seed=seed, loss=loss, meta=mixed)
    for name in net.ends:
        opted_in = net.stores[name].snapshot()
        net.stores[name] = WatchedStore()
        net.stores[name].restore(opted_in)
        net.restart(name)
    chat(net, 10, mixed=mixed)
    net.run()
    assert net.quiet


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.floats(0, 1))
def test_p8_what_is_sent_for_a_message_is_bounded(seed: int, loss: float) -> None:
    """datasync.md P8: by the schedule, whatever the network does."""
    carried: dict[bytes, int] = {}

    def count(sender: str, to: str, payload: Payload) -> float:
        for message in payload.messages:
            carried[message.id] = carried.get(message.id, 0) + 1
        return loss

    net = Network("ada", "bea", seed=seed, loss=count)
    chat(net, 30)
    net.run()
    assert net.quiet
    assert len(carried) == 60
    assert max(carried.values()) <= MAX_ATTEMPTS


@pytest.mark.parametrize("seed", range(3))
def test_somebody_who_is_online_a_tenth_of_the_time(seed: int) -> None:
    """datasync.md §16, with a mailserver that replays on return, twice."""
    net = Network("ada", "bea", seed=seed)
    missed: list[bytes] = []
    bea = net["bea"]
    receive = bea.receive

    def receive_or_archive(sender: str, data: bytes) -> None:
        if not bea.online:
            missed.append(data)
        receive(sender, data)

    bea.receive = receive_or_archive  # type: ignore[method-assign]  # the archive listens here

    def come_back() -> None:
        net.set_online("bea", True)
        for data in missed * 2:
            receive("ada", data)
        missed.clear()

    for hour in range(48):
        net.after(hour * 3_600, come_back)
        net.after(hour * 3_600 + 360, lambda: net.set_online("bea", False))
    for number in range(200):
        net.after(net.random.uniform(0, 24 * 3_600), lambda number=number: net["ada"].send("bea", b"%d" % number))  # type: ignore[misc]  # loop value
    net.run()
    assert bea.shown == {b"%d" % number: 1 for number in range(200)}
    assert {tracked.tag for tracked in net["ada"].confirmed} == set(bea.shown)
    assert net["ada"].payloads["bea"] < 5 * 200


# what a conversation costs


def conversation(loss: float, phase: float, minutes: int = 10, seed: int = 1) -> Network:
    """One message a second from each side."""
    net = Network("ada", "bea", seed=seed, loss=loss)
    for second in range(minutes * 60):
        for name, other, offset in (("ada", "bea", 0.0), ("bea", "ada", phase)):
            net.after(
                second + offset,
                lambda name=name, other=other, second=second: (  # type: ignore[misc]  # loop values
                    net[name].send(other, b"%d from %s" % (second, name.encode()))
                ),
            )
    net.run()
    for end in net.ends.values():
        assert len(end.shown) == minutes * 60
        assert set(end.shown.values()) == {1}
    return net


@pytest.mark.parametrize("phase", [0.0, 0.2, 0.5, 0.8])
def test_a_conversation_costs_two_payloads_a_message(phase: float) -> None:
    """At most; acknowledgements ride on answers where they can."""
    assert conversation(0.0, phase).posted <= 2.0 * 1_200


@pytest.mark.parametrize("loss", [0.05, 0.1, 0.2])
def test_a_conversation_over_a_lossy_network_costs_three(loss: float) -> None:
    assert conversation(loss, 0.5).posted <= 3.0 * 1_200


def test_a_burst_costs_a_tenth_of_a_payload_a_message() -> None:
    """1,500 messages in a second: well below the 1.1 that are allowed, and nobody waits."""
    net = Network("ada", "bea", latency=(0.02, 0.02))
    arrived: dict[bytes, float] = {}
    receive = net["bea"].receive

    def note(sender: str, data: bytes) -> None:
        for message in Payload.decode(data).messages:
            arrived.setdefault(message.body, net.now)
        receive(sender, data)

    net["bea"].receive = note  # type: ignore[method-assign]  # a look at the wire
    for number in range(1_500):
        net.after(number / 1_500, lambda number=number: net["ada"].send("bea", b"%d" % number))  # type: ignore[misc]  # loop value
    net.run()
    assert len(net["bea"].shown) == len(net["ada"].confirmed) == 1_500
    assert net.posted <= 0.1 * 1_500
    delays = sorted(at - START - int(body) / 1_500 for body, at in arrived.items())
    assert delays[len(delays) // 2] < 0.02 + 0.01
    assert delays[-1] < 0.02 + 0.011
