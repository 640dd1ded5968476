"""Transactions between two people: asked for, answered, announced, received; and how much anybody can make us keep."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from pystatus.account.address import address_of, checksummed
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.messenger import announcements
from pystatus.messenger.announcements import (
    LONGEST_PAUSE,
    MAX_ANSWERS,
    MAX_KNOWN,
    MAX_OF_PERSON,
    MAX_OF_STRANGER,
    MAX_STRANGERS,
    OFTEN,
    ROUND,
    ROUND_OF_KNOWN,
    ROUND_OF_STRANGERS,
    AnnouncementChanged,
    Unanswered,
)
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.events import ChatOpened, MessageReceived, RenewalReason
from pystatus.messenger.features.conversations import Conversations
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.features.search import Query, Search, parsed
from pystatus.messenger.features.transaction_arrivals import MAX_STEPS
from pystatus.messenger.features.transactions import Transactions
from pystatus.messenger.people import Budget, StrangerConfig
from pystatus.messenger.records import Message, MessageState
from pystatus.messenger.transaction_records import (
    MAX_AMOUNT,
    Announcement,
    AnnouncementState,
    ChainStatus,
    ChainTransaction,
    Transaction,
    TransactionState,
)
from pystatus.payloads.payload import Payload
from pystatus.payloads.transactions import (
    AcceptRequestAddressForTransaction,
    DeclineRequestAddressForTransaction,
    DeclineRequestTransaction,
    RequestTransaction,
    SendTransaction,
    sign_transaction,
)
from pystatus.payloads.wrapper import unwrap, wrap
from tests.adversary.hostile import Stranger
from tests.messenger.test_devices import enable_each_other
from tests.messenger.test_devices import pair as introduce
from tests.support.people import Network, Person

TOKEN = checksummed(bytes([7] * 20))
WALLETS = {name: PrivateKey(bytes([number] * 32)) for number, name in enumerate(("alice", "bob", "carol"), 11)}
State = TransactionState


def address(name: str) -> str:
    return checksummed(address_of(WALLETS[name].public_key))


def config(name: str, *, chain: bool = True) -> MessengerConfig:
    return MessengerConfig(wallets=(address_of(WALLETS[name].public_key),), has_chain=chain)


@pytest.fixture
def pair(network: Network) -> tuple[Person, Person]:
    """Alice and Bob, who have talked; both have a wallet and a chain."""
    alice, bob = (network.add(name, config=config(name)) for name in ("alice", "bob"))
    alice.say(alice.meet(bob), "hello")
    bob.say(alice.key.hex, "hello yourself")
    network.wait(1)
    return alice, bob


def of(person: Person) -> Transactions:
    return person.messenger.feature(Transactions)


def do(person: Person, act: Callable[[Transactions, float], Transaction]) -> Transaction:
    step = person.do(lambda: act(of(person), person.network.now))
    person.network.wait(1)
    return step


def shown(person: Person) -> list[tuple[str, State]]:
    """The transactions of all chats as they are shown, by author, the newest first."""
    names = {one.key: one.name for one in person.network.people}
    return [(names[step.author], step.state) for step in of(person).listed(None)]


def texts(person: Person, other: Person) -> list[str]:
    """What a page of history holds, the oldest first, after the greetings."""
    return [message.text for message in person.store.messages(other.key.hex, 50, None)][-3::-1]


hashes = count(1)


def new_hash() -> str:
    return f"0x{next(hashes).to_bytes(32, 'big').hex()}"


def signed(person: PublicKey, transaction_hash: str, wallet: str) -> bytes:
    return sign_transaction(WALLETS[wallet], person, bytes.fromhex(transaction_hash[2:]))


def ether(sender: str, to: str, value: int, status: ChainStatus = ChainStatus.SUCCEEDED) -> ChainTransaction:
    sender_, to_ = (address_of(WALLETS[name].public_key) for name in (sender, to))
    return ChainTransaction(status, sender_, to_, value)


def answer(person: Person, transaction_hash: str, found: ChainTransaction | Unanswered | None) -> None:
    person.do(lambda: of(person).looked_up(transaction_hash, found, person.network.now))


def announced(person: Person) -> list[Announcement]:
    return list(of(person).announced(None))


def handed(person: Person, author: PrivateKey, payload: Payload) -> None:
    """A payload has come, signed by ``author``.

    :raises RemoteError: it is refused.
    """
    message = unwrap(wrap(payload.encode(), payload.TYPE, author), author.public_key)
    now_ms = int(person.network.now * 1000)
    payload.check(now_ms, now_ms)
    person.do(lambda: of(person).receive(payload, Incoming(message, None, False, now_ms)))


def announcement(author: PrivateKey, wallet: str, now: float, **changes: object) -> SendTransaction:
    transaction_hash = new_hash()
    payload = SendTransaction(
        clock=int(now * 1000),
        transaction_hash=transaction_hash,
        signature=signed(author.public_key, transaction_hash, wallet),
    )
    return replace(payload, **changes)  # type: ignore[arg-type]


# what two people do


@pytest.mark.requirement("PL-5", "PL-24")
def test_somebody_asks_where_to_pay_and_pays(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    asked = do(alice, lambda it, now: it.request_address(bob.key.hex, 10**21, TOKEN, now))
    assert (asked.from_address, asked.author) == (address("alice"), alice.key)
    assert texts(bob, alice) == ["Request address for transaction"]
    assert bob.store.chat(alice.key.hex).unread == 2  # type: ignore[union-attr]

    request = of(bob).get(asked.message_id)
    assert request is not None
    assert (request.state, request.value, request.contract) == (State.ADDRESS_REQUESTED, 10**21, TOKEN)
    do(bob, lambda it, now: it.accept(request.message_id, None, now))
    for person in pair:
        assert shown(person) == [("bob", State.ADDRESS_ACCEPTED)]
        assert [step.address for step in of(person).listed(None)] == [address("bob")]
        assert texts(person, alice if person is bob else bob) == ["Request address for transaction accepted"]

    paid = new_hash()
    signature = signed(alice.key, paid, "alice")
    sent = do(alice, lambda it, now: it.announce_answer(asked.message_id, paid, signature, now))
    assert (sent.command_id, sent.value, sent.address) == (asked.message_id, 10**21, address("bob"))
    assert texts(alice, bob) == ["Transaction sent"]
    assert shown(bob) == [("bob", State.ADDRESS_ACCEPTED)], "a claim is no payment"
    assert [one.state for one in announced(bob)] == [AnnouncementState.UNVERIFIED]

    alice.network.wait(ROUND)
    assert bob.looked_up[-1] == (paid,)
    bob.do(lambda: None)
    call = bytes.fromhex("a9059cbb") + bytes(12) + address_of(WALLETS["bob"].public_key) + (10**21).to_bytes(32, "big")
    mined = ChainTransaction(
        ChainStatus.SUCCEEDED, address_of(WALLETS["alice"].public_key), bytes([7] * 20), 0, call, has_transfer_log=True
    )
    answer(bob, paid, mined)
    assert shown(bob) == [("alice", State.SENT)]
    assert texts(bob, alice) == ["Transaction received"]
    (received,) = of(bob).listed(None)
    assert (received.value, received.contract, received.as_asked) == (10**21, TOKEN, True)
    assert received.from_address == address("alice")
    assert [step.state for step in of(bob).steps(asked.message_id)] == [
        State.ADDRESS_REQUESTED,
        State.ADDRESS_ACCEPTED,
        State.SENT,
    ]
    assert bob.heard[-1] == "Transaction received"


def test_somebody_asks_to_be_paid_and_the_other_declines(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    asked = do(bob, lambda it, now: it.request_payment(alice.key.hex, 2_000, "", None, now))
    assert [step.address for step in of(alice).listed(None)] == [address("bob")]
    do(alice, lambda it, now: it.decline(asked.message_id, now))
    assert shown(alice) == shown(bob) == [("alice", State.PAYMENT_DECLINED)]
    assert texts(bob, alice) == ["Transaction request declined"]
    for act in (
        lambda it, now: it.decline(asked.message_id, now),
        lambda it, now: it.announce_answer(asked.message_id, new_hash(), bytes(65), now),
    ):
        with pytest.raises(LocalError, match=r"answered already|Nobody waits"):
            do(alice, act)


def test_an_address_may_be_refused(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    asked = do(alice, lambda it, now: it.request_address(bob.key.hex, 1, "", now))
    do(bob, lambda it, now: it.decline(asked.message_id, now))
    assert shown(alice) == shown(bob) == [("bob", State.ADDRESS_DECLINED)]


def test_a_payment_that_nobody_asked_for(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    paid = new_hash()
    signature = signed(alice.key, paid, "alice")
    sent = do(alice, lambda it, now: it.announce(bob.key.hex, paid, signature, now, value=5))
    assert (sent.command_id, sent.from_address) == (sent.message_id, address("alice"))
    answer(bob, paid, ether("alice", "bob", 7))
    (received,) = of(bob).listed(None)
    assert (received.value, received.as_asked, received.message_id) == (7, None, sent.message_id)


def test_less_than_asked_for_says_so(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    asked = do(bob, lambda it, now: it.request_payment(alice.key.hex, 2_000, "", None, now))
    paid = new_hash()
    do(alice, lambda it, now: it.announce_answer(asked.message_id, paid, signed(alice.key, paid, "alice"), now))
    answer(bob, paid, ether("alice", "bob", 1_999))
    (received,) = of(bob).listed(None)
    assert (received.value, received.as_asked) == (1_999, False)


def test_an_address_that_we_have_given_is_ours(network: Network) -> None:
    """An account of an imported key has no wallet: its person says where to pay."""
    alice, bob = network.add("alice", config=config("alice")), network.add("bob")
    alice.say(alice.meet(bob), "hello")
    bob.meet(alice)
    with pytest.raises(LocalError, match="has no wallet"):
        do(bob, lambda it, now: it.request_payment(alice.key.hex, 1, "", None, now))
    asked = do(bob, lambda it, now: it.request_payment(alice.key.hex, 1, "", address("bob"), now))
    paid = new_hash()
    do(alice, lambda it, now: it.announce_answer(asked.message_id, paid, signed(alice.key, paid, "alice"), now))
    answer(bob, paid, ether("alice", "bob", 1))
    assert shown(bob) == [("alice", State.SENT)]


def test_a_second_payment_does_not_hide_the_first(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    asked = do(bob, lambda it, now: it.request_payment(alice.key.hex, 2_000, "", None, now))
    for value in (2_000, 500):
        paid = announcement(alice.identity, "alice", bob.network.now, id=f"0x{asked.message_id.hex()}")
        handed(bob, alice.identity, paid)
        answer(bob, paid.transaction_hash, ether("alice", "bob", value))
    assert [step.value for step in of(bob).listed(None)] == [500, 2_000]


def test_what_cannot_be_asked_for_is_said_in_a_sentence(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    alice.join("status")
    request = do(bob, lambda it, now: it.request_payment(alice.key.hex, 1, "", None, now))
    paid = announcement(bob.identity, "bob", alice.network.now)
    handed(alice, bob.identity, paid)
    answer(alice, paid.transaction_hash, ether("bob", "alice", 1))
    (received, *_) = of(alice).listed(None)
    wrong = "0xAbcdef" + "0" * 34
    sentences: dict[str, Callable[[Transactions, float], object]] = {
        "two people": lambda it, now: it.request_address("status", 1, "", now),
        "not in the chat": lambda it, now: it.request_address("0x04", 1, "", now),
        "from 0 to": lambda it, now: it.request_address(bob.key.hex, -1, "", now),
        "from 0 to 2": lambda it, now: it.request_payment(bob.key.hex, MAX_AMOUNT + 1, "", None, now),
        "is no contract": lambda it, now: it.request_address(bob.key.hex, 1, "0x12", now),
        "is no address": lambda it, now: it.request_payment(bob.key.hex, 1, "", "12", now),
        "A digit": lambda it, now: it.request_payment(bob.key.hex, 1, "", wrong, now),
        "no request": lambda it, now: it.accept(bytes(32), None, now),
        "is no request": lambda it, now: it.announce_answer(bytes(32), new_hash(), bytes(65), now),
        "Only a request for an address": lambda it, now: it.accept(request.message_id, None, now),
        "a payment, and no request": lambda it, now: it.decline(received.message_id, now),
        "no hash": lambda it, now: it.announce(bob.key.hex, "0x12", bytes(65), now),
        "no signature": lambda it, now: it.announce(bob.key.hex, new_hash(), bytes(65), now),
    }
    for sentence, act in sentences.items():
        before = shown(alice)
        with pytest.raises(LocalError, match=sentence):
            do(alice, act)  # type: ignore[arg-type]
        assert shown(alice) == before
    with pytest.raises(LocalError, match="is yours"):
        do(bob, lambda it, now: it.accept(request.message_id, None, now))


# what others may not do


def test_an_answer_to_what_is_no_command_changes_nothing(pair: tuple[Person, Person]) -> None:
    """The id of a text of ours, of nothing at all, of a step that is not the first: the reference crashes at the
    first."""
    alice, bob = pair
    said = alice.say(bob.key.hex, "a text of ours")
    asked = do(alice, lambda it, now: it.request_address(bob.key.hex, 1, "", now))
    accepted = do(bob, lambda it, now: it.accept(asked.message_id, None, now))
    before = shown(alice), texts(alice, bob)
    clock = int(alice.network.now * 1000)
    for named in (f"0x{said.id.hex()}", f"0x{bytes(32).hex()}", "nothing", f"0x{accepted.message_id.hex()}"):
        for payload in (
            AcceptRequestAddressForTransaction(clock, named, address("bob")),
            DeclineRequestAddressForTransaction(clock, named),
            DeclineRequestTransaction(clock, named),
        ):
            with pytest.raises(RemoteError):
                handed(alice, bob.identity, payload)
    assert (shown(alice), texts(alice, bob)) == before


def test_answers_repeat_and_contradict_each_other_within_a_bound(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    asked = do(alice, lambda it, now: it.request_address(bob.key.hex, 1, "", now))
    named = f"0x{asked.message_id.hex()}"
    refused = 0
    for number in range(3 * MAX_STEPS):
        clock = int(alice.network.now * 1000) + number
        to = checksummed(number.to_bytes(20, "big"))
        payload = AcceptRequestAddressForTransaction(clock, named, to)
        try:
            handed(alice, bob.identity, payload if number % 3 else DeclineRequestAddressForTransaction(clock, named))
        except RemoteError:
            refused += 1
    assert len(of(alice).steps(asked.message_id)) == MAX_STEPS
    assert refused == 2 * MAX_STEPS + 1
    assert shown(alice)[:2] == [("bob", State.ADDRESS_DECLINED), ("bob", State.ADDRESS_ACCEPTED)]


def test_transactions_are_not_for_the_public(pair: tuple[Person, Person]) -> None:
    alice, _ = pair
    alice.join("status")
    stranger = Stranger(alice.network.now)
    payload = RequestTransaction(int(alice.network.now * 1000), address("carol"), "1")
    alice.receive(stranger.public(wrap(payload.encode(), payload.TYPE, stranger.identity)))
    assert shown(alice) == []


@pytest.mark.parametrize("value", ["0.5", "1e3", "1_000", " 5", "٣", str(2**256), "9" * 300])
def test_an_amount_is_whole_and_has_an_end(pair: tuple[Person, Person], value: str) -> None:
    alice, bob = pair
    with pytest.raises(RemoteError):
        handed(alice, bob.identity, RequestTransaction(1, address("bob"), value))
    assert shown(alice) == []


@pytest.mark.parametrize("to", ["not an address", "0x12", address("bob")[2:], address("bob") + "\n"])
def test_an_address_is_one(pair: tuple[Person, Person], to: str) -> None:
    alice, bob = pair
    for payload in (RequestTransaction(1, to, "1"), RequestTransaction(1, address("bob"), "1", to)):
        with pytest.raises(RemoteError):
            handed(alice, bob.identity, payload)
    assert shown(alice) == []


# the chain


def test_without_a_chain_a_claim_stays_one(network: Network) -> None:
    alice = network.add("alice", config=config("alice", chain=False))
    bob = Stranger(network.now)
    handed(alice, bob.identity, announcement(bob.identity, "bob", network.now))
    network.wait(86_400)
    assert alice.looked_up == []
    assert [one.state for one in announced(alice)] == [AnnouncementState.UNVERIFIED]
    assert shown(alice) == []
    assert not any(isinstance(event, MessageReceived | ChatOpened) for event in alice.events)
    told = [event.announcement for event in alice.events if isinstance(event, AnnouncementChanged)]
    assert [one.state for one in told] == [AnnouncementState.UNVERIFIED]


def test_it_is_asked_every_30_seconds_and_again_after_a_restart(network: Network) -> None:
    alice = network.add("alice", config=config("alice"))
    bob = Stranger(network.now)
    claim = announcement(bob.identity, "bob", network.now)
    handed(alice, bob.identity, claim)
    network.wait(ROUND)
    assert alice.looked_up == [(claim.transaction_hash,)]
    alice.restart()  # nothing has come of the question
    assert alice.looked_up[1:] == [(claim.transaction_hash,)]
    answer(alice, claim.transaction_hash, None)
    network.wait(ROUND - 1)
    assert len(alice.looked_up) == 2
    network.wait(2)
    assert len(alice.looked_up) == 3
    answer(alice, claim.transaction_hash, ether("bob", "alice", 9, ChainStatus.PENDING))
    alice.restart()
    network.wait(ROUND + 1)
    answer(alice, claim.transaction_hash, ether("bob", "alice", 9))
    assert [step.value for step in of(alice).listed(None)] == [9]
    before = len(alice.looked_up)
    network.wait(10 * ROUND)
    assert len(alice.looked_up) == before, "nothing is left to ask"


def test_what_a_stranger_has_paid_opens_their_chat(network: Network) -> None:
    alice = network.add("alice", config=config("alice"))
    bob = Stranger(network.now)
    claim = announcement(bob.identity, "bob", network.now)
    handed(alice, bob.identity, claim)
    assert alice.store.chat(bob.key.hex) is None
    answer(alice, claim.transaction_hash, ether("bob", "alice", 9))
    chat = alice.store.chat(bob.key.hex)
    assert chat is not None
    assert (chat.active, chat.unread) == (True, 1)
    assert alice.heard == ["Transaction received"]
    assert alice.store.people.totals(writes=True).people == 1, "the stranger counts among those who write"


def test_a_chain_that_is_away_costs_no_patience(network: Network) -> None:
    alice = network.add("alice", config=config("alice"))
    bob = Stranger(network.now)
    claim = announcement(bob.identity, "bob", network.now)
    handed(alice, bob.identity, claim)
    for _ in range(2 * MAX_ANSWERS):
        answer(alice, claim.transaction_hash, Unanswered())
    (one,) = announced(alice)
    assert (one.state, one.answers) == (AnnouncementState.UNVERIFIED, 0)


def test_the_pauses_grow_and_end(network: Network) -> None:
    alice = network.add("alice", config=config("alice"))
    bob = Stranger(network.now)
    claim = announcement(bob.identity, "bob", network.now)
    handed(alice, bob.identity, claim)
    pauses = []
    for _ in range(MAX_ANSWERS):
        answer(alice, claim.transaction_hash, None)
        (one,) = announced(alice)
        pauses.append(one.due - network.now)
    assert pauses[:OFTEN] == pytest.approx([ROUND] * OFTEN)
    assert max(pauses) == pytest.approx(LONGEST_PAUSE)
    assert pauses[:-1] == sorted(pauses[:-1])
    assert one.state is AnnouncementState.NOT_FOUND
    network.wait(86_400)
    assert not alice.looked_up
    assert shown(alice) == []


def test_a_clock_that_was_ahead_makes_nothing_wait(network: Network) -> None:
    alice = network.add("alice", config=config("alice"))
    bob = Stranger(network.now)
    network.now += 86_400
    claim = announcement(bob.identity, "bob", network.now)
    handed(alice, bob.identity, claim)
    network.now -= 86_400
    network.wait(LONGEST_PAUSE + ROUND)
    assert alice.looked_up


@pytest.mark.requirement("PL-24")
def test_a_token_that_has_transferred_nothing_has_no_log(network: Network) -> None:
    """A contract may take a call and do nothing: then the transaction succeeds all the same."""
    alice = network.add("alice", config=config("alice"))
    bob = Stranger(network.now)
    call = bytes.fromhex("a9059cbb") + bytes(12) + address_of(WALLETS["alice"].public_key) + bytes(31) + b"\x09"
    for has_log in (False, True):
        claim = announcement(bob.identity, "bob", network.now)
        handed(alice, bob.identity, claim)
        found = replace(ether("bob", "alice", 0), recipient=bytes([7] * 20), data=call, has_transfer_log=has_log)
        answer(alice, claim.transaction_hash, found)
        assert len(of(alice).listed(None)) == has_log


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (ether("bob", "alice", 9, ChainStatus.FAILED), "failed"),
        (ether("carol", "alice", 9), "has not signed"),
        (ether("bob", "carol", 9), "none of our addresses"),
        (replace(ether("bob", "alice", 9), recipient=None), "makes a contract"),
        (replace(ether("bob", "alice", 9), recipient=b""), "makes a contract"),
        (replace(ether("bob", "alice", 9), sender=b""), "has not signed"),
        (replace(ether("bob", "alice", 9), data=bytes(1 << 20)), "no transfer"),
        (replace(ether("bob", "alice", 9), value=-1), "impossible"),
        (replace(ether("bob", "alice", 9), value=2**256), "impossible"),
    ],
)
def test_what_is_not_true_is_refused_for_good(network: Network, found: ChainTransaction, problem: str) -> None:
    alice = network.add("alice", config=config("alice"))
    bob = Stranger(network.now)
    claim = announcement(bob.identity, "bob", network.now)
    handed(alice, bob.identity, claim)
    answer(alice, claim.transaction_hash, found)
    (one,) = announced(alice)
    assert one.state is AnnouncementState.REFUSED
    assert problem in one.problem
    assert shown(alice) == []
    network.wait(ROUND + 1)
    assert not alice.looked_up
    with pytest.raises(RemoteError, match="already"):
        handed(alice, bob.identity, claim)


def test_one_payment_is_received_once(network: Network) -> None:
    """Its payer has two chat keys, and signs for both; and says it again after it was deleted here."""
    alice = network.add("alice", config=config("alice"))
    bob, other = Stranger(network.now), Stranger(network.now)
    paid = new_hash()
    for who in (bob, other):
        claim = announcement(
            who.identity, "bob", network.now, transaction_hash=paid, signature=signed(who.key, paid, "bob")
        )
        handed(alice, who.identity, claim)
    answer(alice, paid, ether("bob", "alice", 9))
    assert [step.author for step in of(alice).listed(None)] == [bob.key]
    alice.do(lambda: alice.messenger.feature(Conversations).delete(bob.key.hex))
    assert of(alice).announced(bob.key) == []
    again = announcement(
        bob.identity,
        "bob",
        network.now + 1,
        transaction_hash=paid,
        signature=signed(bob.key, paid, "bob"),
    )
    handed(alice, bob.identity, again)
    answer(alice, paid, ether("bob", "alice", 9))
    assert shown_count(alice) == 0


def shown_count(person: Person) -> int:
    return len(of(person).listed(None))


# how much anybody can make us keep


def test_a_stranger_who_announces_ten_thousand(network: Network) -> None:
    alice = network.add("alice", config=config("alice"))
    mallory = Stranger(network.now)
    wallet = sign_transaction(WALLETS["carol"], mallory.key, bytes(32))

    def flood(numbers: range) -> None:
        now_ms = int(network.now * 1000)
        for number in numbers:
            payload = SendTransaction(now_ms, "", f"0x{number:064x}", wallet)
            message = unwrap(wrap(payload.encode(), payload.TYPE, mallory.identity), mallory.key)
            of(alice).receive(payload, Incoming(message, None, False, now_ms))

    for start in range(0, 10_000, 1_000):
        alice.do(lambda numbers=range(start, start + 1_000): flood(numbers))  # type: ignore[misc]
    assert len(announced(alice)) == MAX_OF_STRANGER
    network.wait(10 * ROUND)
    assert max(map(len, alice.looked_up)) <= MAX_OF_STRANGER


def test_many_strangers_share_what_is_kept_and_asked(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    honest = announcement(bob.identity, "bob", alice.network.now)
    handed(alice, bob.identity, honest)
    for _ in range(MAX_STRANGERS + 50):
        stranger = PrivateKey.generate(os.urandom)
        handed(alice, stranger, announcement(stranger, "carol", alice.network.now))
    strangers = [one for one in announced(alice) if one.author != bob.key]
    assert MAX_STRANGERS / 2 < len(strangers) <= MAX_STRANGERS
    assert honest.transaction_hash in [one.transaction_hash for one in announced(alice)]
    alice.looked_up.clear()
    alice.network.wait(ROUND + 1)
    (first, *_) = alice.looked_up
    assert len(first) == ROUND_OF_STRANGERS + 1
    assert honest.transaction_hash in first, "strangers do not crowd out whom we know"


def test_somebody_we_know_displaces_their_own(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    carol = alice.network.contact(alice, "carol")
    honest = announcement(carol.identity, "carol", alice.network.now)
    handed(alice, carol.identity, honest)
    for _ in range(3 * MAX_OF_PERSON):
        handed(alice, bob.identity, announcement(bob.identity, "bob", alice.network.now))
    assert len(of(alice).announced(bob.key)) == MAX_OF_PERSON
    assert len(of(alice).announced(carol.key)) == 1
    alice.looked_up.clear()
    alice.network.wait(ROUND + 1)
    assert max(map(len, alice.looked_up)) <= ROUND_OF_KNOWN


def test_all_whom_we_know_share_a_bound(pair: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    alice, bob = pair
    monkeypatch.setattr(announcements, "MAX_KNOWN", 20)
    assert MAX_KNOWN > announcements.MAX_KNOWN
    for _ in range(60):
        handed(alice, bob.identity, announcement(bob.identity, "bob", alice.network.now))
    assert len(announced(alice)) <= 20


def test_settled_ones_go_before_those_that_wait(network: Network) -> None:
    alice = network.add("alice", config=config("alice"))
    bob = Stranger(network.now)
    claims = [announcement(bob.identity, "bob", network.now) for _ in range(MAX_OF_STRANGER + 1)]
    for claim in claims[:-1]:
        handed(alice, bob.identity, claim)
    answer(alice, claims[1].transaction_hash, ether("bob", "carol", 1))
    handed(alice, bob.identity, claims[-1])
    kept = {one.transaction_hash for one in announced(alice)}
    assert kept == {claim.transaction_hash for place, claim in enumerate(claims) if place != 1}


def test_strangers_who_ask_give_way_as_those_who_write(network: Network) -> None:
    small = StrangerConfig(writers=Budget(30, 60_000), message_bytes=8_000)
    alice = network.add("alice", config=replace(config("alice"), strangers=small))
    greedy = Stranger(network.now)
    for number in range(40):
        request = RequestTransaction(int(network.now * 1000) + number, address("carol"), str(number + 1))
        alice.receive(greedy.private(alice.key, wrap(request.encode(), request.TYPE, greedy.identity)))
    kept = of(alice).listed(None)
    assert 2 < len(kept) < 10
    assert kept[0].value == 40, "the oldest go"
    for _ in range(100):
        stranger = Stranger(network.now)
        request = RequestTransaction(int(network.now * 1000), address("carol"), "1")
        alice.receive(stranger.private(alice.key, wrap(request.encode(), request.TYPE, stranger.identity)))
    assert len(of(alice).listed(None)) <= 40


def test_the_oldest_of_what_was_received_is_forgotten(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = network.add("alice", config=config("alice"))
    monkeypatch.setattr(announcements, "MAX_RECEIVED", 2)
    bob = Stranger(network.now)
    claims = [announcement(bob.identity, "bob", network.now) for _ in range(3)]
    for claim in claims:
        handed(alice, bob.identity, claim)
        answer(alice, claim.transaction_hash, ether("bob", "alice", 1))
    tables = alice.store.tables(Transactions)
    assert [tables.is_received(claim.transaction_hash) for claim in claims] == [False, True, True]


# beside other things


def test_what_is_replaced_is_neither_shown_nor_found(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    asked = do(alice, lambda it, now: it.request_address(bob.key.hex, 1, "", now))

    def found(words: str) -> list[bytes]:
        return [one.message.id for one in alice.messenger.feature(Search).find(Query(parsed(words)), 10, None)]

    assert found("Request address") == [asked.message_id]
    accepted = do(bob, lambda it, now: it.accept(asked.message_id, None, now))
    for _ in range(2):
        assert found("Request address") == [accepted.message_id]
        alice.network.wait(3_600)  # indexed since


def test_deleting_a_message_deletes_what_it_is_about(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    asked = do(alice, lambda it, now: it.request_address(bob.key.hex, 1, "", now))
    alice.do(lambda: alice.messenger.feature(Conversations).delete_message(asked.message_id))
    assert of(alice).get(asked.message_id) is None
    do(bob, lambda it, now: it.accept(asked.message_id, None, now))
    assert shown(alice) == [], "there is no request any more that this would answer"


def test_clearing_a_chat_deletes_claims_and_what_comes_late_of_them(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    claim = announcement(bob.identity, "bob", alice.network.now)
    handed(alice, bob.identity, claim)
    handed(alice, bob.identity, RequestTransaction(claim.clock + 1, address("bob"), "1"))
    alice.do(lambda: alice.messenger.feature(Conversations).clear(bob.key.hex))
    assert (announced(alice), shown(alice)) == ([], [])
    handed(alice, bob.identity, claim)
    handed(alice, bob.identity, RequestTransaction(claim.clock, address("bob"), "2"))
    assert (announced(alice), shown(alice)) == ([], [])


def test_nothing_is_asked_for_somebody_who_is_blocked(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    claim = announcement(bob.identity, "bob", alice.network.now)
    handed(alice, bob.identity, claim)
    alice.do(lambda: of(alice).person_blocked(bob.key, alice.network.now))
    alice.network.wait(2 * ROUND)
    assert (announced(alice), alice.looked_up) == ([], [])
    answer(alice, claim.transaction_hash, ether("bob", "alice", 1))
    assert shown(alice) == [], "an answer that was under way finds nothing"


def test_a_request_that_was_given_up_is_sent_again_as_what_it_is(network: Network) -> None:
    alice, bob = (network.add(name, config=replace(config(name), datasync=False)) for name in ("alice", "bob"))
    alice.meet(bob)
    alice.disconnect()
    asked = do(alice, lambda it, now: it.request_address(bob.key.hex, 1, "", now))
    with alice.store.transaction():
        assert alice.store.set_message_state(asked.message_id, MessageState.FAILED)
        for entry in alice.store.outbox():
            alice.store.remove_from_outbox(entry.number)
    alice.restart()
    alice.connect()
    resent = alice.do(lambda: alice.messenger.feature(Messages).resend(asked.message_id, network.now))
    assert isinstance(resent, Message)
    assert resent.id == asked.message_id
    network.wait(10)
    assert shown(bob) == [("alice", State.ADDRESS_REQUESTED)]


def test_a_request_that_waits_is_sealed_anew_by_a_new_device(network: Network) -> None:
    alice, bob = (network.add(name, config=replace(config(name), datasync=False)) for name in ("alice", "bob"))
    alice.meet(bob)
    alice.disconnect()
    do(alice, lambda it, now: it.request_address(bob.key.hex, 1, "", now))
    alice.close()
    alice.reopen(renewal=RenewalReason.ASKED)
    alice.connect()
    network.wait(10)
    assert shown(bob) == [("alice", State.ADDRESS_REQUESTED)]


def test_another_device_follows_what_we_answer(network: Network) -> None:
    alice, bob = (network.add(name, config=config(name)) for name in ("alice", "bob"))
    laptop = network.add("alice's laptop", identity=alice.identity, config=config("alice"))
    introduce(alice)
    introduce(laptop)
    enable_each_other(alice, laptop)
    bob.say(bob.meet(alice), "hello")
    alice.say(bob.key.hex, "hello yourself")
    network.wait(2)
    asked = do(bob, lambda it, now: it.request_payment(alice.key.hex, 1, "", None, now))
    network.wait(2)
    assert of(laptop).get(asked.message_id) is not None
    paid = new_hash()
    do(alice, lambda it, now: it.announce_answer(asked.message_id, paid, signed(alice.key, paid, "alice"), now))
    network.wait(2)
    (step,) = of(laptop).listed(None)
    assert (step.state, step.author, step.transaction_hash) == (State.SENT, alice.key, paid)
    assert [one.text for one in laptop.store.messages(bob.key.hex, 1, None)] == ["Transaction sent"]


def test_our_own_payment_without_a_request_names_nobody(pair: tuple[Person, Person]) -> None:
    alice, _ = pair
    with pytest.raises(RemoteError, match="no request"):
        handed(alice, alice.identity, announcement(alice.identity, "alice", alice.network.now))
    assert announced(alice) == []
