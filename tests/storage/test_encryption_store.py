"""The encryption layer's store: both of them keep the same promises, and the real one survives crashes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from pystatus.secure_transport.ratchet import RatchetState, SkippedKey
from pystatus.secure_transport.store import Installation, OwnPreKey, Session
from pystatus.storage.database import Database
from pystatus.storage.encryption import SqlEncryptionStore
from tests.secure_transport.party import NOW, Party
from tests.support.encryption_store import MemoryEncryptionStore, SqlSnapshotStore

ALICE, BOB = b"\x02" + b"a" * 32, b"\x03" + b"b" * 32


def state(number: int) -> RatchetState:
    return RatchetState(
        bytes([number]) * 32, b"\x02" + bytes(32), b"", b"r" * 32, b"s" * 32, number, b"c" * 32, 2**31, 3, 2**40
    )


def session(identity: bytes = ALICE, name: str = "phone", *, used_at: float = NOW, ephemeral: int = 1) -> Session:
    return Session(0, identity, name, b"bundle", bytes([ephemeral]) * 33, b"k" * 32, False, state(1), used_at)


def key(n: int, seq: int, chain: bytes = b"chain") -> SkippedKey:
    return SkippedKey(chain, n, bytes([n % 256]) * 32, seq)


class TwoStores(RuleBasedStateMachine):
    """Every call to both; they must answer alike and end alike."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = MemoryEncryptionStore()
        self.sql = SqlSnapshotStore()
        self.sessions: list[Session] = []
        self.serial = 0

    def teardown(self) -> None:
        self.same_skipped_keys()
        for identity in (ALICE, BOB):
            assert list(self.memory.installations(identity)) == list(self.sql.installations(identity))
        for name in ("phone", "desk"):
            assert self.memory.own_pre_key(name) == self.sql.own_pre_key(name)
        assert list(self.memory.peers()) == list(self.sql.peers())
        self.sql.connection.close()

    def number(self) -> int:
        self.serial += 1
        return self.serial

    @rule(name=st.sampled_from(["phone", "desk"]), at=st.integers(0, 5))
    def own_pre_key(self, name: str, at: int) -> None:
        number = self.number()
        pre_key = OwnPreKey(b"%d" % number, b"private", number, float(at))
        for store in (self.memory, self.sql):
            store.add_own_pre_key(name, pre_key)
            assert store.own_pre_key(name) == pre_key
            store.save_signed_bundle(name, pre_key.public, b"signed", 1.5)
            assert store.own_pre_key_named(name, pre_key.public) == replace(
                pre_key, signed_bundle=b"signed", signed_at=1.5
            )

    @rule(number=st.integers(1, 30), name=st.sampled_from(["phone", "desk"]))
    def own_pre_key_named(self, number: int, name: str) -> None:
        assert self.memory.own_pre_key_named(name, b"%d" % number) == self.sql.own_pre_key_named(name, b"%d" % number)

    @rule(before=st.integers(0, 6))
    def prune(self, before: int) -> None:
        self.memory.prune(before)
        self.sql.prune(before)

    @rule(
        identity=st.sampled_from([ALICE, BOB]),
        name=st.sampled_from("abc"),
        timestamp=st.sampled_from([0, 10**18, 2**63 - 1]),
        flags=st.tuples(st.booleans(), st.booleans()),
    )
    def installation(self, identity: bytes, name: str, timestamp: int, flags: tuple[bool, bool]) -> None:
        entry = Installation(identity, name, timestamp, flags[0], 1, b"pre key", 2**31, timestamp, flags[1])
        for store in (self.memory, self.sql):
            store.save_installation(entry)
            assert entry in store.installations(identity)

    @rule(identity=st.sampled_from([ALICE, BOB]), name=st.sampled_from("abc"))
    def no_installation(self, identity: bytes, name: str) -> None:
        for store in (self.memory, self.sql):
            store.drop_installation(identity, name)
        assert list(self.memory.installations(identity)) == list(self.sql.installations(identity))

    @rule(identity=st.sampled_from([ALICE, BOB]), name=st.sampled_from(["phone", "desk"]), used_at=st.integers(0, 3))
    def add_session(self, identity: bytes, name: str, used_at: int) -> None:
        added = session(identity, name, used_at=float(used_at), ephemeral=self.number())
        ids = {store.add_session(added) for store in (self.memory, self.sql)}
        assert len(ids) == 1
        self.sessions.append(replace(added, id=ids.pop()))

    def known_sessions(self) -> list[Session]:
        """The sessions that are left, the same in both."""
        found: list[Session] = []
        for identity in (ALICE, BOB):
            for name in ("phone", "desk"):
                one, two = (store.sessions(identity, name, [b"bundle", b"?"]) for store in (self.memory, self.sql))
                assert list(one) == list(two)
                found += one
        return found

    @rule(at=st.integers(0, 10), confirmed=st.booleans(), number=st.integers(0, 255))
    def save_session(self, at: int, confirmed: bool, number: int) -> None:
        for changed in self.known_sessions()[at : at + 1]:
            after = replace(changed, confirmed=confirmed, state=state(number), used_at=2.5)
            for store in (self.memory, self.sql):
                store.save_session(after)
            assert after in self.known_sessions()

    @rule(identity=st.sampled_from([ALICE, BOB]), keep=st.integers(1, 4), at=st.integers(0, 10))
    def drop_old_sessions(self, identity: bytes, keep: int, at: int) -> None:
        mine = [known for known in self.known_sessions() if known.identity == identity]
        for protected in mine[at : at + 1]:
            for store in (self.memory, self.sql):
                store.drop_old_sessions(identity, keep, protected.id)
            left = [known for known in self.known_sessions() if known.identity == identity]
            assert protected in left
            assert len(left) == min(keep, len(mine))

    @rule(at=st.integers(0, 10), count=st.integers(0, 5), now=st.integers(0, 5))
    def skip(self, at: int, count: int, now: int) -> None:
        for owner in self.known_sessions()[at : at + 1]:
            keys = [key(number, number) for number in (self.number() for _ in range(count))]
            past = self.number()
            for store in (self.memory, self.sql):
                store.add_skipped_keys(owner.id, keys, float(now))
                store.add_past_chain(owner.id, b"%d" % past, past)

    @rule(at=st.integers(0, 10), keep=st.integers(0, 5), oldest=st.integers(-5, 40))
    def trim(self, at: int, keep: int, oldest: int) -> None:
        for owner in self.known_sessions()[at : at + 1]:
            for store in (self.memory, self.sql):
                store.trim_session(owner.id, keep, oldest)
        self.same_skipped_keys()

    @rule(total=st.integers(0, 10))
    def share(self, total: int) -> None:
        for store in (self.memory, self.sql):
            store.share_skipped_keys(total)
        assert self.same_skipped_keys() <= total

    @rule(identity=st.sampled_from([ALICE, BOB]), keep=st.integers(0, 10))
    def limit(self, identity: bytes, keep: int) -> None:
        before = self.same_skipped_keys()
        for store in (self.memory, self.sql):
            store.limit_skipped_keys(identity, keep)
        assert self.same_skipped_keys() <= before

    @precondition(lambda self: self.serial > 20)
    @rule()
    def forget_ratchets(self) -> None:
        for store in (self.memory, self.sql):
            store.forget_ratchets()
        assert self.known_sessions() == []
        assert self.same_skipped_keys() == 0

    def same_skipped_keys(self) -> int:
        """How many there are, the same in both."""
        found = 0
        for owner in self.sessions:
            for n in range(self.serial + 1):
                one, two = (store.skipped_key(owner.id, b"chain", n) for store in (self.memory, self.sql))
                assert one == two
                found += one is not None
                chain = b"%d" % n
                assert self.memory.is_past_chain(owner.id, chain) == self.sql.is_past_chain(owner.id, chain)
        return found

    @rule(at=st.integers(0, 10), n=st.integers(0, 40))
    def use_key(self, at: int, n: int) -> None:
        for owner in self.known_sessions()[at : at + 1]:
            if self.sql.skipped_key(owner.id, b"chain", n) is not None:
                for store in (self.memory, self.sql):
                    store.drop_skipped_key(owner.id, b"chain", n)
                    assert store.skipped_key(owner.id, b"chain", n) is None

    @rule(identity=st.sampled_from([ALICE, BOB]))
    def peer(self, identity: bytes) -> None:
        assert self.memory.remember_peer(identity) == self.sql.remember_peer(identity)
        assert not self.sql.remember_peer(identity)

    @rule(
        identity=st.sampled_from([ALICE, BOB]),
        name=st.sampled_from("abcd"),
        now=st.integers(0, 5),
        keep=st.integers(1, 3),
    )
    def ephemeral(self, identity: bytes, name: str, now: int, keep: int) -> None:
        answers = {
            store.remember_ephemeral(identity, name.encode(), float(now), keep) for store in (self.memory, self.sql)
        }
        assert len(answers) == 1


TwoStores.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestTwoStores = TwoStores.TestCase


# on disk

DATABASE_KEY = bytes(32)


class Disk:
    """Alice's and Bob's sides of a conversation, Bob's in a real encrypted file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.alice, self.bob = Party("alice-1"), Party("bob-1")
        self.database = Database.open(path, DATABASE_KEY, create=True)
        self.use()
        with self.database.transaction():
            self.alice.meets(self.bob)

    def use(self) -> None:
        self.bob.store = SqlEncryptionStore(self.database)  # type: ignore[assignment]  # takes no snapshots
        self.bob.restarted()

    def crash(self) -> None:
        """The process dies: nothing but the file is left."""
        self.database.connection.close()
        self.database = Database.open(self.path, DATABASE_KEY)
        self.use()

    def alice_sends(self, payload: bytes) -> bytes:
        return self.alice.send(self.bob, payload).data

    def bob_opens(self, data: bytes) -> bytes | str:
        opened = self.bob.receive(self.alice, data)
        return opened.payload if opened.payload is not None else type(opened.problem).__name__


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "profile.db")


def test_a_conversation_survives_a_crash_at_every_step(disk: Disk) -> None:
    for number in range(6):
        lost = disk.alice_sends(b"lost %d" % number)
        data = disk.alice_sends(b"to Bob %d" % number)
        # Bob dies before he has committed what he received: it comes again.
        disk.database.connection.execute("BEGIN IMMEDIATE")
        assert disk.bob_opens(data) == b"to Bob %d" % number
        disk.crash()
        with disk.database.transaction():
            assert disk.bob_opens(data) == b"to Bob %d" % number
        disk.crash()
        with disk.database.transaction():
            assert disk.bob_opens(data) == "DuplicateMessage"
            assert disk.bob_opens(lost) == b"lost %d" % number
        # Bob dies before he has committed what he wanted to say: it never left.
        disk.database.connection.execute("BEGIN IMMEDIATE")
        disk.bob.send(disk.alice, b"never left")
        disk.crash()
        with disk.database.transaction():
            answer = disk.bob.send(disk.alice, b"to Alice %d" % number)
        disk.crash()
        assert disk.alice.receive(disk.bob, answer.data).payload == b"to Alice %d" % number


def test_everything_is_in_the_file(disk: Disk) -> None:
    with disk.database.transaction():
        for data in [disk.alice_sends(b"%d" % number) for number in range(3)][::-1]:
            assert disk.bob_opens(data) is not None
        bundle = disk.bob.transport.bundle(NOW)
    disk.crash()
    assert disk.bob.transport.bundle(NOW) == bundle
    (installation,) = disk.bob.transport.installations(disk.alice.identity.public_key)
    assert installation.answered
    (secret,) = disk.bob.transport.shared_secrets()
    assert secret.peer == disk.alice.identity.public_key
    disk.database.check()


def test_keys_of_a_dropped_session_go_with_it() -> None:
    store = SqlSnapshotStore()
    doomed = store.add_session(session())
    kept = store.add_session(session(ephemeral=2))
    for owner in (doomed, kept):
        store.add_skipped_keys(owner, [key(1, 1)], NOW)
        store.add_past_chain(owner, b"past", 1)
    store.drop_old_sessions(ALICE, 1, kept)
    for table in ("skipped_keys", "past_chains"):
        assert store.connection.execute(f"SELECT session_id FROM {table}").fetchall() == [(kept,)]


def test_an_ordinary_message_costs_few_statements() -> None:
    """In a running conversation: the session is written once, nothing else is."""
    bob, alice = Party("bob-1", "sqlcipher"), Party("alice-1")
    alice.meets(bob)
    assert bob.receive(alice, alice.send(bob, b"first").data).payload == b"first"
    assert alice.receive(bob, bob.send(alice, b"second").data).payload == b"second"
    assert bob.receive(alice, alice.send(bob, b"third").data).payload == b"third"
    incoming = alice.send(bob, b"fourth").data

    def count(action: Callable[[], object]) -> list[str]:
        traced: list[str] = []
        assert isinstance(bob.store, SqlSnapshotStore)
        bob.store.connection.set_trace_callback(traced.append)
        action()
        bob.store.connection.set_trace_callback(None)
        return [statement.split()[0] for statement in traced]

    assert count(lambda: bob.receive(alice, incoming)) == ["SELECT", "UPDATE"]
    assert count(lambda: bob.send(alice, b"fifth")) == ["SELECT", "SELECT", "UPDATE"]
