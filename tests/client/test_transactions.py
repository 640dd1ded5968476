"""``client.transactions``, with people and a network in memory, and a chain that the test plays."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from pystatus import Chat, LocalError, MessageReceived, PrivateKey
from pystatus.account.address import address_of, checksummed
from pystatus.client.chain import MAX_QUESTIONS, QUESTION_SECONDS
from pystatus.client.features.transactions import (
    Announcement,
    AnnouncementChanged,
    AnnouncementState,
    ChainStatus,
    ChainTransaction,
    Transaction,
    Transactions,
    TransactionState,
)
from pystatus.messenger.announcements import ROUND
from pystatus.payloads.transactions import sign_transaction
from pystatus.testing import Network, run
from pystatus.testing.network import Person

WALLET = PrivateKey(bytes([11] * 32))
OURS = bytes([12] * 20)
HASH = f"0x{7:064x}"


class FakeChain:
    """Knows what the test says. A value that can be called is called: to raise, to wait, to lie."""

    def __init__(self) -> None:
        self.known: dict[bytes, object] = {}
        self.asked = 0
        self.most_at_once = 0
        self._at_once = 0

    async def transaction(self, transaction_hash: bytes) -> ChainTransaction | None:
        self.asked += 1
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            found = self.known.get(transaction_hash)
            if asyncio.iscoroutinefunction(found):
                found = await found()
            elif callable(found):
                found = found()
            return found  # type: ignore[return-value] # a chain may lie
        finally:
            self._at_once -= 1

    def mine(self, transaction_hash: str, value: int, status: ChainStatus = ChainStatus.SUCCEEDED) -> None:
        self.known[bytes.fromhex(transaction_hash[2:])] = ChainTransaction(
            status, address_of(WALLET.public_key), OURS, value
        )


def of(person: Person) -> Transactions:
    return person.client.feature(Transactions)


async def asked_for(network: Network, chain: FakeChain | None) -> tuple[Person, Person, Chat, Transaction]:
    """Bob, who has a chain, asks Alice to pay him."""
    alice, bob = await network.person("alice"), await network.person("bob", chain=chain)
    chat = await bob.client.open_chat(alice.client.public_key)
    request = await of(bob).request_payment(chat, 10**20, address=checksummed(OURS))
    await network.wait(2)
    return alice, bob, chat, request


def announced(person: Person) -> Announcement:
    (one,) = of(person).announcements()
    return one


def test_a_payment_from_the_request_to_the_chain() -> None:
    async def story(network: Network) -> None:
        chain = FakeChain()
        alice, bob, chat, request = await asked_for(network, chain)
        (asked,) = of(alice).all()
        assert (asked.state, asked.value, asked.address) == (
            TransactionState.PAYMENT_REQUESTED,
            10**20,
            checksummed(OURS),
        )
        assert alice.texts == ["Request transaction"]
        assert of(alice).get(alice.messages[0]) == asked
        told: list[AnnouncementState] = []
        bob.client.on(AnnouncementChanged)(lambda event: told.append(event.announcement.state))

        sent = await of(alice).announce(asked, HASH, wallet=WALLET)
        assert (sent.state, sent.replaces) == (TransactionState.SENT, asked.message_id)
        await network.wait(ROUND + 1)
        assert announced(bob).state is AnnouncementState.UNVERIFIED
        assert bob.texts == [], "the chain does not know it yet"
        chain.mine(HASH, 10**20, ChainStatus.PENDING)
        await network.wait(ROUND)
        assert bob.texts == []
        chain.mine(HASH, 10**20)
        await network.wait(ROUND)
        assert bob.texts == ["Transaction received"]
        (received,) = of(bob).all(chat)
        assert (received.as_asked, received.value, received.author) == (True, 10**20, alice.client.public_key)
        assert [step.state for step in of(bob).steps(request)] == [
            TransactionState.PAYMENT_REQUESTED,
            TransactionState.SENT,
        ]
        assert [one.text for one in bob.client.history(chat)] == ["Transaction received"]
        assert told == [AnnouncementState.UNVERIFIED, AnnouncementState.RECEIVED]
        asked_until_now = chain.asked
        await network.wait(10 * ROUND)
        assert chain.asked == asked_until_now

    run(story)


def test_without_a_chain_it_stays_unverified() -> None:
    async def story(network: Network) -> None:
        alice, bob, chat, request = await asked_for(network, None)
        await of(alice).announce(request.command_id, HASH, wallet=WALLET)
        await network.wait(10 * ROUND)
        assert announced(bob).state is AnnouncementState.UNVERIFIED
        assert of(bob).announcements(chat) == of(bob).announcements()
        assert bob.texts == []

    run(story)


def test_an_address_is_asked_for_and_given_or_not() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        chat = await alice.client.open_chat(bob.client.public_key)
        first, second = [await of(alice).request_address(chat, value) for value in (1, 2)]
        await network.wait(2)
        await of(bob).accept(bob.messages[0], checksummed(OURS))
        await of(bob).decline(second)
        await network.wait(2)
        assert {step.command_id: step.state for step in of(alice).all(chat)} == {
            first.message_id: TransactionState.ADDRESS_ACCEPTED,
            second.message_id: TransactionState.ADDRESS_DECLINED,
        }
        signature = sign_transaction(WALLET, alice.client.public_key, bytes.fromhex(HASH[2:]))
        sent = await of(alice).announce(first, HASH, signature=signature)
        assert (sent.address, sent.from_address) == (checksummed(OURS), checksummed(address_of(WALLET.public_key)))

    run(story)


def test_a_payment_that_nobody_asked_for() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        chat = await alice.client.open_chat(bob.client.public_key)
        sent = await of(alice).announce(chat, HASH, wallet=WALLET, value=5, address=checksummed(OURS))
        assert (sent.value, sent.address, sent.command_id) == (5, checksummed(OURS), sent.message_id)
        await network.wait(2)
        assert (announced(bob).transaction_hash, announced(bob).command_id) == (HASH, None)

    run(story)


async def _hang() -> None:
    await asyncio.Event().wait()


async def _forbid() -> None:
    raise ValueError("401 Unauthorized")


def _break() -> None:
    raise KeyError("result")


@pytest.mark.parametrize(
    "answer",
    [
        _hang,
        _forbid,
        _break,
        "yes",
        lambda: {"status": "success"},
        lambda: ChainTransaction(1, b"", b"", 0),  # type: ignore[arg-type]
        lambda: ChainTransaction(ChainStatus.SUCCEEDED, "0x", None, 0),  # type: ignore[arg-type]
    ],
    ids=["hangs", "refuses", "breaks", "says yes", "says something", "makes numbers up", "makes texts up"],
)
def test_a_chain_that_hangs_or_lies_is_asked_again(answer: Callable[[], object] | str) -> None:
    async def story(network: Network) -> None:
        chain = FakeChain()
        chain.known[bytes.fromhex(HASH[2:])] = answer
        alice, bob, _, request = await asked_for(network, chain)
        await of(alice).announce(request.command_id, HASH, wallet=WALLET)
        await network.wait(3 * ROUND + QUESTION_SECONDS)
        assert chain.asked >= 2
        assert (announced(bob).state, announced(bob).answers) == (AnnouncementState.UNVERIFIED, 0)
        await bob.say(alice, "all else goes on")
        await network.wait(2)
        assert alice.texts[-1] == "all else goes on"
        chain.mine(HASH, 10**20)
        await network.wait(2 * ROUND + QUESTION_SECONDS)
        assert bob.texts == ["Transaction received"]

    run(story)


def test_a_chain_that_is_away_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async def story(network: Network) -> None:
        chain = FakeChain()
        chain.known[bytes.fromhex(HASH[2:])] = _forbid
        alice, _, _, request = await asked_for(network, chain)
        await of(alice).announce(request.command_id, HASH, wallet=WALLET)
        await network.wait(10 * ROUND)
        chain.mine(HASH, 1)
        await network.wait(2 * ROUND)

    with caplog.at_level(logging.WARNING, "pystatus.client.chain"):
        run(story)
    first, second = (record.getMessage() for record in caplog.records if record.name == "pystatus.client.chain")
    assert first == "the chain does not answer: ValueError: 401 Unauthorized"
    assert second.startswith("the chain answers again, after ")


def test_few_questions_are_under_way_and_none_after_the_end() -> None:
    async def story(network: Network) -> None:
        chain = FakeChain()
        alice = await network.person("alice")
        async with network.client("bob", chain=chain) as bob:
            chat = await alice.client.open_chat(bob.public_key)
            for number in range(3):
                transaction_hash = f"0x{number:064x}"
                chain.known[bytes.fromhex(transaction_hash[2:])] = _hang
                await of(alice).announce(chat, transaction_hash, wallet=WALLET)
            await bob.open_chat(alice.client.public_key)
            for number in range(3, 3 * MAX_QUESTIONS):
                transaction_hash = f"0x{number:064x}"
                chain.known[bytes.fromhex(transaction_hash[2:])] = _hang
                await of(alice).announce(chat, transaction_hash, wallet=WALLET)
            await network.wait(ROUND + 1)
            assert chain.most_at_once == MAX_QUESTIONS
        asked = chain.asked
        await network.wait(10 * ROUND)
        assert chain.asked == asked
        async with network.client("bob", chain=chain):
            await network.wait(ROUND + 1)
            assert chain.asked > asked, "what was not answered is asked for again"

    run(story)


def test_what_cannot_be_done_is_said_in_a_sentence() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        chat = await alice.client.open_chat(bob.client.public_key)
        await alice.client.join("news")
        request = await of(alice).request_address(chat, 1)
        it = of(alice)
        with pytest.raises(LocalError, match="one of them"):
            await it.announce(chat, HASH)
        with pytest.raises(LocalError, match="one of them"):
            await it.announce(chat, HASH, signature=bytes(65), wallet=WALLET)
        with pytest.raises(LocalError, match="no hash"):
            await it.announce(chat, "0x12", wallet=WALLET)
        with pytest.raises(LocalError, match="Leave value"):
            await it.announce(request, HASH, wallet=WALLET, value=1)
        with pytest.raises(LocalError, match="32 bytes"):
            await it.decline(b"short")
        with pytest.raises(LocalError, match="There is no chat"):
            it.all("nobody")
        with pytest.raises(LocalError, match="Nobody waits"):
            await it.announce(request, HASH, wallet=WALLET)
        assert it.announcements("news") == ()
        assert it.get(bytes(32)) is None

    run(story)


def test_the_event_of_a_step_is_that_of_a_message() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        kinds: list[int] = []
        bob.client.on(MessageReceived)(lambda event: kinds.append(event.message.content_type))
        chat = await alice.client.open_chat(bob.client.public_key)
        await of(alice).request_address(chat, 1)
        await network.wait(2)
        assert kinds == [5]

    run(story)
