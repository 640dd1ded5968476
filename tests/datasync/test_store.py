"""Data sync's store: both of them keep the same promises, and the real one survives crashes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from pystatus.datasync.node import SyncNode
from pystatus.datasync.store import Peer, Record, RecordType
from pystatus.storage.database import Database
from pystatus.storage.datasync import SqlSyncStore
from tests.datasync.pair import ALICE, BOB, LIMIT, NOW, Party
from tests.support.datasync_store import MemorySyncStore, SqlSnapshotSyncStore

PEERS = st.sampled_from([b"a" * 33, b"b" * 33])
IDS = st.lists(st.integers(0, 40).map(lambda number: b"%032d" % number), max_size=20)
TIMES = st.integers(0, 8).map(float)


class TwoStores(RuleBasedStateMachine):
    """Every call to both; they must answer alike."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = MemorySyncStore()
        self.sql = SqlSnapshotSyncStore()
        self.stores = (self.memory, self.sql)
        self.serial = 0

    def teardown(self) -> None:
        self.look(8.0)
        self.sql.connection.close()

    def all_records(self, peer: bytes) -> list[Record]:
        ids = [b"%032d" % number for number in range(41)]
        one, two = (sorted(store.records(peer, ids), key=repr) for store in self.stores)
        assert one == two
        return one

    @rule(time=TIMES)
    def look(self, time: float) -> None:
        assert self.memory.next_due() == self.sql.next_due()
        assert list(self.memory.due_peers(time)) == list(self.sql.due_peers(time))
        assert list(self.memory.peers_due_after(time)) == list(self.sql.peers_due_after(time))
        assert self.memory.count_requests(None) == self.sql.count_requests(None)
        for peer in (b"a" * 33, b"b" * 33):
            self.all_records(peer)
            assert self.memory.peer(peer) == self.sql.peer(peer)
            assert self.memory.next_deadline(peer) == self.sql.next_deadline(peer)
            assert self.memory.count_requests(peer) == self.sql.count_requests(peer)
            assert list(self.memory.due_records(peer, time)) == list(self.sql.due_records(peer, time))

    @rule(identity=PEERS, due=TIMES | st.none(), acks=TIMES | st.none(), at=TIMES, flags=st.integers(0, 3))
    def save_peer(self, identity: bytes, due: float | None, acks: float | None, at: float, flags: int) -> None:
        peer = Peer(
            identity, due, acks, at, 8.0 - at, bool(flags & 1), flags, flags, at, bool(flags & 2), b"o" * flags, b"p"
        )
        for store in self.stores:
            store.save_peer(peer)
            assert store.peer(identity) == peer

    @rule(peer=PEERS)
    def forget_peer(self, peer: bytes) -> None:
        for store in self.stores:
            store.forget_peer(peer)
            assert store.peer(peer) is None
        assert self.all_records(peer) == []

    @rule(peer=PEERS, ids=IDS, kind=st.sampled_from(RecordType), at=TIMES, deadline=TIMES | st.none())
    def add_records(self, peer: bytes, ids: list[bytes], kind: RecordType, at: float, deadline: float | None) -> None:
        there = {record.message_id for record in self.all_records(peer)}
        for message_id in ids[:3]:
            if message_id in there:
                continue
            there.add(message_id)
            record = Record(peer, message_id, kind, 0, deadline, at, ephemeral=at > 4, tag=message_id[-2:])
            for store in self.stores:
                store.add_record(record, None if kind is RecordType.REQUEST else b"body of " + message_id)

    @rule(peer=PEERS, kind=st.sampled_from([RecordType.OFFER, RecordType.MESSAGE]), to=TIMES | st.none())
    def update(self, peer: bytes, kind: RecordType, to: float | None) -> None:
        pending = [record for record in self.all_records(peer) if record.deadline is not None]
        ours = [record for record in pending if record.type is not RecordType.REQUEST][:4]
        changed = [replace(record, type=kind, send_count=record.send_count + 1, deadline=to) for record in ours]
        for store in self.stores:
            store.update_records(changed)
            if to is None:
                store.drop_bodies(peer, [record.message_id for record in ours])
        assert set(changed) <= set(self.all_records(peer))

    @rule(peer=PEERS, ids=IDS)
    def remove(self, peer: bytes, ids: list[bytes]) -> None:
        for store in self.stores:
            store.remove_records(peer, ids)
            assert list(store.records(peer, ids)) == []

    @rule(peer=PEERS, one=TIMES, two=TIMES)
    def move_deadlines(self, peer: bytes, one: float, two: float) -> None:
        for store in self.stores:
            store.lower_deadlines(peer, one)
            store.hold_repetitions(peer, min(one, two), max(one, two))

    @rule(peer=PEERS, one=TIMES, two=TIMES, most=st.integers(1, 4))
    def bring_forward(self, peer: bytes, one: float, two: float, most: int) -> None:
        for store in self.stores:
            store.bring_forward(peer, min(one, two), max(one, two), most)

    @rule(peer=PEERS, at=TIMES)
    def begin_anew(self, peer: bytes, at: float) -> None:
        for store in self.stores:
            store.begin_anew(peer, at)

    @rule(peer=PEERS, ids=IDS, at=TIMES)
    def know(self, peer: bytes, ids: list[bytes], at: float) -> None:
        known = [store.known(peer, ids) for store in self.stores]
        assert known[0] == known[1]
        for store in self.stores:
            store.add_known(peer, [message_id for message_id in dict.fromkeys(ids) if message_id not in known[0]], at)
            assert store.known(peer, ids) == set(ids)

    @rule(peer=PEERS, message_id=st.integers(0, 40).map(lambda number: b"%032d" % number))
    def hold(self, peer: bytes, message_id: bytes) -> None:
        is_held = bool(self.sql.known(peer, [message_id]) or self.sql.records(peer, [message_id]))
        assert [store.holds(peer, message_id) for store in self.stores] == [is_held, is_held]

    @rule(peer=PEERS, ids=IDS, again=st.booleans(), limit=st.integers(1, 30))
    def acknowledge(self, peer: bytes, ids: list[bytes], again: bool, limit: int) -> None:
        for store in self.stores:
            store.add_acks(peer, ids, again=again)
        taken = {tuple(store.take_acks(peer, limit)) for store in self.stores}
        assert len(taken) == 1

    @rule(before=TIMES, known=st.integers(0, 30), idle=st.integers(0, 2))
    def prune(self, before: float, known: int, idle: int) -> None:
        for store in self.stores:
            store.prune(before, known, idle)


TwoStores.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestTwoStores = TwoStores.TestCase


def test_large_numbers_of_ids() -> None:
    """More than fit into one statement, and every size of a last one."""
    for count in (1, 2, 8, 9, 64, 65, 512, 513, 1_500):
        store = SqlSnapshotSyncStore()
        ids = [b"%032d" % number for number in range(count)]
        store.add_known(b"a", ids, NOW)
        store.add_acks(b"a", ids, again=False)
        for message_id in ids:
            store.add_record(Record(b"a", message_id, RecordType.MESSAGE, 0, NOW, NOW), b"body")
        assert store.known(b"a", [*ids, b"?"]) == set(ids)
        assert len(store.records(b"a", [b"?", *ids])) == count
        store.drop_bodies(b"a", ids)
        assert store.connection.execute("SELECT COUNT(*) FROM sync_bodies").fetchone() == (0,)
        store.remove_records(b"a", ids)
        assert list(store.records(b"a", ids)) == []
        assert [message_id for _ in range(3) for message_id in store.take_acks(b"a", 512)] == ids


def test_bodies_go_with_their_records() -> None:
    alice = Party(ALICE, "sqlcipher")
    alice.node.append(BOB, b"hello", NOW)
    alice.node.forget(BOB)
    assert isinstance(alice.store, SqlSnapshotSyncStore)
    for table in ("sync_records", "sync_bodies"):
        assert alice.store.connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (0,)


KEY = bytes(32)


def test_a_crash_at_every_commit(tmp_path: Path) -> None:
    """datasync.md D1, D2, D3 and attack A48: what was committed is there, what was not never was."""
    alice = Party(ALICE)
    path = tmp_path / "profile.db"
    database = Database.open(path, KEY, create=True)

    def restarted() -> SyncNode:
        nonlocal database
        database.connection.close()
        database = Database.open(path, KEY)
        return SyncNode(BOB, SqlSyncStore(database), bytes)

    for number in range(5):
        now = NOW + 100 * number
        sent = alice.node.append(BOB, b"%d" % number, now)
        (payload,) = alice.take(BOB, now).payloads

        bob = restarted()  # dies before the commit: neither the message nor the acknowledgement
        database.connection.execute("BEGIN IMMEDIATE")
        bob.receive(ALICE, payload.data, now)
        bob = restarted()
        assert bob.due(now + 1) == []
        with database.transaction():
            received = bob.receive(ALICE, payload.data, now)
        assert received is not None
        assert [message.new for message in received.messages] == [True]

        bob = restarted()  # dies after it: the acknowledgement is still owed
        database.connection.execute("BEGIN IMMEDIATE")
        assert len(bob.take(ALICE, now + 1, LIMIT).payloads) == 1
        bob = restarted()
        with database.transaction():
            (ack,) = bob.take(ALICE, now + 1, LIMIT).payloads
        heard = alice.node.receive(BOB, ack.data, now + 1)
        assert heard is not None
        assert [tracked.id for tracked in heard.acknowledged] == [sent]

        bob = restarted()
        with database.transaction():
            assert bob.take(ALICE, now + 2, LIMIT).payloads == ()
            again = bob.receive(ALICE, payload.data, now + 2)
            assert again is not None
            assert [message.new for message in again.messages] == [False]
            bob.append(ALICE, b"answer", now + 3)
        bob = restarted()
        with database.transaction():
            (answer,) = bob.take(ALICE, now + 3, LIMIT).payloads
        alice.node.receive(BOB, answer.data, now + 3)
        bob = restarted()
        with database.transaction():
            for back in alice.take(BOB, now + 4).payloads:
                bob.receive(ALICE, back.data, now + 4)
            assert bob.next_timer() is None
    database.check()
    database.close()


def test_an_ordinary_message_costs_few_statements() -> None:
    """In a running conversation over the real store."""
    alice, bob = Party(ALICE, "sqlcipher"), Party(BOB)
    alice.node.append(BOB, b"first", NOW)
    bob.receive(ALICE, alice.payload(BOB, NOW), NOW)
    alice.receive(BOB, bob.payload(ALICE, NOW + 1), NOW + 1)
    assert isinstance(alice.store, SqlSnapshotSyncStore)
    traced: list[str] = []
    alice.store.connection.set_trace_callback(lambda statement: traced.append(statement.split()[0]))
    alice.node.append(BOB, b"second", NOW + 2)
    assert traced == ["SELECT", "INSERT", "INSERT", "INSERT", "INSERT"]
    traced.clear()
    (payload,) = alice.take(BOB, NOW + 2).payloads
    assert traced == ["SELECT", "SELECT", "UPDATE", "SELECT", "INSERT"]
    bob.node.receive(ALICE, payload.data, NOW + 2)
    ack = bob.payload(ALICE, NOW + 3).encode()
    traced.clear()
    alice.node.receive(BOB, ack, NOW + 3)
    # The body's deletion comes with the record's.
    assert traced == ["SELECT", "DELETE", "DELETE", "SELECT", "INSERT"]
