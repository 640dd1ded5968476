"""Two people and a network that may do anything: hypothesis looks for a schedule that breaks the promises.

No wrong plaintext, nothing opened twice, a failure leaves the ratchets as they were, whatever was sent can be opened
when it arrives at last, and both end up in the same session.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from pystatus.secure_transport.bundles import Bundle, SignedPreKey
from pystatus.secure_transport.config import DAY, HOUR
from pystatus.secure_transport.errors import DuplicateMessage
from pystatus.secure_transport.messages import DirectMessage, ProtocolMessage, X3dhHeader
from pystatus.secure_transport.ratchet import RatchetHeader
from pystatus.secure_transport.secure_transport import Kind, Opened
from pystatus.secure_transport.sessions import choose
from pystatus.secure_transport.store import Session
from tests.secure_transport.party import Party
from tests.support.encryption_store import MemoryEncryptionStore

LONGEST_DELAY = 25 * DAY
"""Below the month after which prekeys and skipped keys are given up."""
WHO = st.sampled_from(["alice", "bob"])
WHICH = st.integers(0, 200)


@dataclass
class Packet:
    sender: Party
    receiver: Party
    data: bytes
    payload: bytes
    opened: bool = False


class Conversation(RuleBasedStateMachine):
    """In memory; the subclass below holds it over the real store."""

    kind_of_store = "memory"

    @initialize(alice_knows=st.booleans(), bob_knows=st.booleans())
    def meet(self, alice_knows: bool, bob_knows: bool) -> None:
        self.alice, self.bob = Party("alice-1", self.kind_of_store), Party("bob-1", self.kind_of_store)
        self.start = self.alice.now
        self.packets: list[Packet] = []
        if alice_knows:
            self.alice.meets(self.bob)
        if bob_knows:
            self.bob.meets(self.alice)

    def pair(self, who: str) -> tuple[Party, Party]:
        return (self.alice, self.bob) if who == "alice" else (self.bob, self.alice)

    @rule(who=WHO, count=st.sampled_from([1, 1, 1, 5]))
    def send(self, who: str, count: int) -> None:
        sender, receiver = self.pair(who)
        for _ in range(count):
            payload = b"message %d" % len(self.packets)
            self.packets.append(Packet(sender, receiver, sender.send(receiver, payload).data, payload))

    @rule(who=WHO)
    def send_but_crash(self, who: str) -> None:
        sender, receiver = self.pair(who)
        before = sender.store.snapshot()
        sender.send(receiver, b"never left")
        sender.store.restore(before)

    @precondition(lambda self: self.packets)
    @rule(at=WHICH)
    def deliver(self, at: int) -> None:
        """Perhaps for the second time."""
        self.arrive(self.packets[at % len(self.packets)])

    def arrive(self, packet: Packet) -> None:
        if packet.opened:
            before = ratchets(packet.receiver)
            assert isinstance(packet.receiver.receive(packet.sender, packet.data).problem, DuplicateMessage)
            assert ratchets(packet.receiver) == before
        else:
            opened = packet.receiver.receive(packet.sender, packet.data)
            assert opened.problem is None
            assert opened.payload == packet.payload
            assert opened.rejected_bundles == ()
            packet.opened = True

    @precondition(lambda self: self.packets)
    @rule(at=WHICH)
    def deliver_but_crash(self, at: int) -> None:
        packet = self.packets[at % len(self.packets)]
        before = packet.receiver.store.snapshot()
        packet.receiver.receive(packet.sender, packet.data)
        packet.receiver.store.restore(before)

    @precondition(lambda self: self.packets)
    @rule(at=WHICH, bit=st.integers(0, 8 * 300))
    def corrupt(self, at: int, bit: int) -> None:
        packet = self.packets[at % len(self.packets)]
        message = ProtocolMessage.decode(packet.data)
        ((name, entry),) = message.direct.items()
        damaged = bytearray(entry.encode())
        damaged[bit // 8 % len(damaged)] ^= 1 << bit % 8
        before = ratchets(packet.receiver)
        try:
            changed = DirectMessage.decode(bytes(damaged))
        except RemoteError:
            return
        opened = packet.receiver.receive(packet.sender, replace(message, direct={name: changed}).encode())
        if opened.payload is None:
            assert ratchets(packet.receiver) == before
        else:  # the damage was where nothing depends on it, such as an X3DH header that is repeated
            assert opened.payload == packet.payload
            assert not packet.opened
            packet.opened = True

    @rule(who=WHO)
    def restart(self, who: str) -> None:
        self.pair(who)[0].restarted()

    @rule(who=WHO)
    def contact_code(self, who: str) -> None:
        one, two = self.pair(who)
        one.meets(two)

    @precondition(lambda self: self.alice.now - self.start < LONGEST_DELAY - DAY)
    @rule(hours=st.sampled_from([1, 20, 24]))
    def time_passes(self, hours: int) -> None:
        self.alice.now += hours * HOUR
        self.bob.now = self.alice.now

    @invariant()
    def each_has_at_most_one_session_that_nobody_answered(self) -> None:
        for who in ("alice", "bob"):
            if hasattr(self, "packets"):
                one, two = self.pair(who)
                unanswered = [session for session in usable(one, two) if not session.confirmed]
                assert len(unanswered) <= 1

    def teardown(self) -> None:
        if not hasattr(self, "packets"):
            return
        for packet in reversed(self.packets):
            if not packet.opened:
                self.arrive(packet)
        for _ in range(3):
            for who in ("alice", "bob"):
                self.send(who, 1)
                self.arrive(self.packets[-1])
        chosen = [choose(usable(*self.pair(who))) for who in ("alice", "bob")]
        keys = {session.shared_key for session in chosen if session is not None}
        assert len(keys) == 1
        for packet in self.packets:
            self.arrive(packet)


def usable(one: Party, two: Party) -> list[Session]:
    """The sessions in which ``one`` could send to ``two``."""
    pre_key = one.store.own_pre_key(one.name)
    known = one.store.installations(two.public_key)
    if pre_key is None or not known:
        return []
    return one.sessions(two, pre_key.public, known[0].pre_key)


def ratchets(party: Party) -> Any:
    """Everything in a store that a message, not a bundle, can change."""
    snapshot = party.store.snapshot()
    if isinstance(party.store, MemoryEncryptionStore):
        names = ("sessions", "skipped", "past_chains", "peers", "ephemerals")
        return [getattr(snapshot, name) for name in names]
    return {name: rows for name, rows in snapshot.items() if name not in ("own_pre_keys", "installations")}


class ConversationOnDisk(Conversation):
    """The same over SQL."""

    kind_of_store = "sqlcipher"


Conversation.TestCase.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
ConversationOnDisk.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestConversation = Conversation.TestCase
TestConversationOnDisk = ConversationOnDisk.TestCase


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(["a\x00b", "alice-1", "none"])
KEY = st.sampled_from([PrivateKey(bytes([n] * 32)).public_key.compressed for n in (1, 2)]) | st.binary(max_size=34)
NUMBER = st.integers(0, 2**32 - 1)


@settings(max_examples=200, deadline=None)
@given(
    name=TEXT,
    entries=st.lists(
        st.builds(SignedPreKey, TEXT, KEY, NUMBER, NUMBER), max_size=4, unique_by=lambda e: e.installation_id
    ),
    timestamp=st.integers(-(2**63), 2**63 - 1) | st.integers(1_600_000_000, 1_700_000_000).map(lambda s: s * 10**9),
    direct=st.dictionaries(
        TEXT,
        st.builds(
            DirectMessage,
            payload=st.binary(max_size=60),
            x3dh=st.none() | st.builds(X3dhHeader, KEY, KEY),
            ratchet=st.none() | st.builds(RatchetHeader, KEY, NUMBER, NUMBER),
            bundle_id=KEY,
            dh_key=st.none() | KEY,
        ),
        max_size=3,
    ),
)
def test_whatever_a_contact_signs_is_opened_or_refused(
    name: str, entries: list[SignedPreKey], timestamp: int, direct: dict[str, DirectMessage]
) -> None:
    """Over the real store, whose columns have types and ranges."""
    alice, bob = Party("alice-1", "sqlcipher"), Party("bob-1")
    own = alice.transport.bundle(alice.now).signed_pre_keys[0].public
    direct = {key: replace(entry, bundle_id=own) for key, entry in direct.items()} if timestamp % 2 else direct
    bundle = Bundle.sign(bob.identity, entries, timestamp)
    opened = alice.receive(bob, ProtocolMessage(name, (bundle,), direct).encode())
    assert (opened.payload is None) == (opened.problem is not None)
    assert len(opened.rejected_bundles) <= 1
    for installation in alice.transport.installations(bob.identity.public_key):
        assert bundle.entry(installation.installation_id) is not None
    assert alice.send(bob, b"still working").data


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_opened_or_refused(data: bytes) -> None:
    alice, bob = Party("alice-1"), Party("bob-1")
    try:
        opened = alice.receive(bob, data)
    except RemoteError:
        return
    assert isinstance(opened, Opened)
    assert (opened.payload is None) == (opened.problem is not None)


@settings(max_examples=300, deadline=None)
@given(position=st.integers(0, 1_000), value=st.integers(0, 255), cut=st.booleans(), public=st.booleans())
def test_a_damaged_message_is_opened_or_refused(position: int, value: int, cut: bool, public: bool) -> None:
    alice, bob = Party("alice-1"), Party("bob-1")
    bob.meets(alice)
    data = bytearray(bob.transport.seal_public(b"payload", bob.now) if public else bob.send(alice, b"payload").data)
    at = position % len(data)
    if cut:
        del data[at:]
    else:
        data[at] = value
    try:
        opened = alice.receive(bob, bytes(data))
    except RemoteError:
        return
    assert (opened.payload is None) == (opened.problem is not None)
    if opened.kind is not Kind.PUBLIC:
        assert opened.payload in (None, b"payload")
