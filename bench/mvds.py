"""Data sync: messages through two nodes, and payloads for each message of a conversation over a lossy network."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from bench.harness import MINIMUM_SECONDS, Measurement
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.datasync.config import payload_limit
from pystatus.datasync.node import SyncNode
from pystatus.datasync.payload_builder import OutgoingPayload
from pystatus.datasync.store import SyncStore
from pystatus.storage.database import Database
from pystatus.storage.datasync import SqlSyncStore
from tests.datasync.network import Network
from tests.support.datasync_store import MemorySyncStore

BODY = os.urandom(300)
"""About a short signed chat message."""
BURST = 15
"""Messages that share a payload: what 10 ms of pacing collect at 1,500 a second."""
TRANSACTION = 150
"""Messages that share a commit: 0.1 s at 1,500 a second."""
MINUTES = 10
"""Length of the conversation with one message a second from each side."""

ALICE, BOB = PrivateKey(b"\x30" * 32).public_key, PrivateKey(b"\x32" * 32).public_key
LIMIT = payload_limit(1)

Transaction = Callable[[], AbstractContextManager[None]]


class Side:
    """A node, and what its writes happen in."""

    def __init__(self, node: SyncNode, transaction: Transaction) -> None:
        self.node = node
        self.transaction = transaction


def exchange(alice: Side, bob: Side, now: float) -> int:
    """A transaction's worth of messages from append to acknowledged: how many."""
    payloads: list[OutgoingPayload] = []
    with alice.transaction():
        for number in range(TRANSACTION // BURST):
            at = now + number * 0.02
            for index in range(BURST):
                alice.node.append(BOB, b"%d %d %f" % (number, index, now) + BODY, at, tag=BODY[:32])
            payloads += alice.node.take(BOB, at, LIMIT).payloads
    with bob.transaction():
        for payload in payloads:
            bob.node.receive(ALICE, payload.data, now)
        acks = bob.node.take(ALICE, now + 1, LIMIT).payloads
    with alice.transaction():
        acknowledged = 0
        for payload in acks:
            received = alice.node.receive(BOB, payload.data, now + 1)
            assert received is not None
            acknowledged += len(received.acknowledged)
    assert acknowledged == TRANSACTION
    assert alice.node.next_timer() is None
    return acknowledged


def through_nodes(name: str, alice: Side, bob: Side, note: str) -> Measurement:
    now = 1_600_000_000.0
    count = 0
    exchange(alice, bob, now)
    start = time.perf_counter()
    while time.perf_counter() - start < MINIMUM_SECONDS:
        now += 2
        count += exchange(alice, bob, now)
    return Measurement(name, round(count / (time.perf_counter() - start), 1), "1/s", note)


def side(own: PublicKey, store: SyncStore, transaction: Transaction = nullcontext) -> Side:
    return Side(SyncNode(own, store, os.urandom), transaction)


def payloads_per_message(loss: float) -> float:
    net = Network("ada", "bea", seed=1, loss=loss)
    for second in range(MINUTES * 60):
        net.after(second, lambda body=b"a%d" % second: net["ada"].send("bea", body))  # type: ignore[misc]  # loop value
        net.after(second + 0.5, lambda body=b"b%d" % second: net["bea"].send("ada", body))  # type: ignore[misc]  # loop value
    net.run()
    delivered = sum(len(end.shown) for end in net.ends.values())
    assert delivered == 2 * MINUTES * 60
    return net.posted / delivered


def measure() -> Iterator[Measurement]:
    path = f"append, send, receive, acknowledge; {BURST} in a payload"
    yield through_nodes("mvds.messages", side(ALICE, MemorySyncStore()), side(BOB, MemorySyncStore()), path)
    with tempfile.TemporaryDirectory() as folder:
        databases = [Database.open(Path(folder) / name, bytes(32), create=True) for name in ("alice", "bob")]
        alice, bob = (
            side(key, SqlSyncStore(database), database.transaction)
            for key, database in zip((ALICE, BOB), databases, strict=True)
        )
        note = f"both sides encrypted on disk, {TRANSACTION} messages in a durable commit"
        yield through_nodes("mvds.messages_stored", alice, bob, note)
        for database in databases:
            database.close()
    note = f"one message a second from each side for {MINUTES} minutes"
    for percent in (0, 5, 20):
        value = round(payloads_per_message(percent / 100), 3)
        yield Measurement(f"mvds.payloads_per_message_loss_{percent}", value, "", note)
