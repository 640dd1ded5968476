"""Names of our own, and what was sent to change a name: what follows from a transaction that is in a block, and the
bounds of what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from pystatus.errors import LocalError
from pystatus.messenger.features.names import Names
from pystatus.messenger.features.profile import OurProfile
from pystatus.messenger.features.wallet import Wallet
from pystatus.messenger.name_records import (
    MAX_CHANGES,
    MAX_DRAFTS,
    MAX_OWN_NAMES,
    MAX_SLASHES,
    NameAction,
    NameDrafted,
    OwnNamesChanged,
)
from pystatus.messenger.own_names import OwnNames
from pystatus.messenger.sent_records import Finding, SentState, SentTransaction
from tests.support.people import Network, Person

CHAIN = 1337


@pytest.fixture
def alice(network: Network, tmp_path: Path) -> Person:
    person = Person(tmp_path, "alice", network)
    network.people.append(person)
    return person


def own(person: Person) -> OwnNames:
    return person.messenger.feature(Names).own


def numbered(number: int) -> bytes:
    return number.to_bytes(16, "big")


def transaction(number: int, data: bytes = b"call", replaces: int | None = None) -> SentTransaction:
    place = None if replaces is None else 2 * numbered(replaces)
    fields = CHAIN, bytes(20), bytes(20), 0, data, number, 21_000, 1, None, 1_700_000_000.0, "words"
    return SentTransaction(2 * numbered(number), numbered(number), *fields, replaces=place)


def send(person: Person, sent: SentTransaction, change: NameDrafted | None = None) -> None:
    """A transaction is drafted, and handed to a node."""
    if change is not None:
        person.do(lambda: own(person).drafted(sent.draft_id, change))
    person.do(lambda: person.messenger.feature(Wallet).sent.begin(sent))


def mined(person: Person, sent: SentTransaction, state: SentState = SentState.MINED) -> None:
    finding = Finding(sent.hash, state, 1, is_final=True)
    person.do(lambda: person.messenger.feature(Wallet).looked_up([finding], person.network.now))


def registration(username: str) -> NameDrafted:
    return NameDrafted(NameAction.REGISTER, f"{username}.stateofus.eth", "")


@pytest.mark.requirement("ET-7")
def test_a_name_is_ours_when_its_transaction_is_in_a_block_and_no_longer_when_it_is_given_back(alice: Person) -> None:
    first, failing, back = transaction(1), transaction(2), transaction(3)
    send(alice, first, registration("alicious"))
    send(alice, failing, registration("another"))
    assert own(alice).all() == ()
    mined(alice, failing, SentState.FAILED)
    mined(alice, first)
    (name,) = own(alice).all()
    assert (name.name, name.chain_id, name.is_preferred) == ("alicious.stateofus.eth", CHAIN, True)
    assert [event for event in alice.events if isinstance(event, OwnNamesChanged)] == [OwnNamesChanged((name,))]
    assert alice.messenger.feature(OurProfile).get().ens_name == name.name
    send(alice, back, NameDrafted(NameAction.RELEASE, name.name, ""))
    mined(alice, back)
    assert own(alice).all() == ()
    assert alice.messenger.feature(OurProfile).get().ens_name == ""


def test_what_takes_the_place_of_a_change_does_the_same_unless_it_cancels_it(alice: Person) -> None:
    send(alice, transaction(1), registration("alicious"))
    send(alice, transaction(2, replaces=1))
    send(alice, transaction(3, data=b"", replaces=1))
    found = alice.messenger.feature(Names).changes()
    assert [one.transaction.nonce for one in found] == [2, 1]
    mined(alice, transaction(3))
    assert own(alice).all() == ()
    mined(alice, transaction(2))
    assert len(own(alice).all()) == 1


def test_what_changes_no_name_is_none_of_ours(alice: Person) -> None:
    send(alice, transaction(1))
    mined(alice, transaction(1))
    assert alice.messenger.feature(Names).changes() == []


def test_only_so_many_names_are_kept(alice: Person) -> None:
    now = alice.network.now
    for number in range(MAX_OWN_NAMES):
        alice.do(lambda number=number: own(alice).add(CHAIN, f"name{number}.eth", now))  # type: ignore[misc]
    with pytest.raises(LocalError, match="At most 100 names"):
        alice.do(lambda: own(alice).add(CHAIN, "another.eth", now))
    send(alice, transaction(1), registration("alicious"))
    mined(alice, transaction(1))
    assert len(own(alice).all()) == MAX_OWN_NAMES


def test_only_so_many_changes_are_listed(alice: Person) -> None:
    for number in range(1, MAX_CHANGES + 3):
        send(alice, transaction(number), registration("alicious"))
    found = alice.messenger.feature(Names).changes()
    assert [one.transaction.nonce for one in found] == list(range(MAX_CHANGES + 2, 2, -1))


def test_only_so_many_drafts_are_remembered(alice: Person) -> None:
    for number in range(1, MAX_DRAFTS + 2):
        alice.do(lambda number=number: own(alice).drafted(numbered(number), registration("alicious")))  # type: ignore[misc]
    send(alice, transaction(1))
    send(alice, transaction(2))
    assert [one.transaction.nonce for one in alice.messenger.feature(Names).changes()] == [2]


def test_only_so_many_names_are_reserved(alice: Person) -> None:
    for number in range(MAX_SLASHES):
        alice.do(lambda number=number: own(alice).keep_secret(CHAIN, f"n{number}", bytes(32)))  # type: ignore[misc]
    alice.do(lambda: own(alice).keep_secret(CHAIN, "n0", bytes([1] * 32)))
    assert own(alice).slash_secret(CHAIN, "n0") == bytes(32), "the one that was reserved with"
    assert own(alice).slash_secret(1, "n0") is None, "chains do not mix"
    with pytest.raises(LocalError, match="At most 100 names are reserved"):
        alice.do(lambda: own(alice).keep_secret(CHAIN, "more", bytes(32)))
