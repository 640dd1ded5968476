"""What was sent from a wallet, its tokens and its favourites: kept, followed, bounded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pystatus import Account, Client, LocalError, Profiles, Wallet
from pystatus.account.address import checksummed
from pystatus.ethereum.tokens import Token
from pystatus.messenger import sent_transactions
from pystatus.messenger.batch import Batch
from pystatus.messenger.effects import FollowSent, Notify
from pystatus.messenger.features import wallet as wallet_feature
from pystatus.messenger.features.wallet import Wallet as WalletFeature
from pystatus.messenger.sent_records import Finding, SentState, SentTransaction
from pystatus.messenger.sent_transactions import (
    LONGEST_PAUSE,
    MISSING_ANSWERS,
    OFTEN,
    ROUND,
    SentBook,
    SentTransactionChanged,
)
from pystatus.storage.database import Database
from pystatus.storage.messenger import SqlMessengerStore
from tests.account.test_wallet_accounts import PHRASE

ANN, BOB = b"\x0a" * 20, b"\x0b" * 20
PASSWORD = "correct horse"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlMessengerStore]:
    database = Database.open(tmp_path / "profile.db", bytes(32), create=True)
    yield SqlMessengerStore(database)
    database.close()


def ignored(*_: object) -> None:
    """Nobody else wants to know."""


def transaction(number: int, chain_id: int = 1) -> SentTransaction:
    name = number.to_bytes(32, "big")
    return SentTransaction(
        name, name[-16:], chain_id, ANN, BOB, 2**255, b"data", 2**63, 21_000, 2**70, 2**65, 1.5, "Ann pays."
    )


@pytest.mark.requirement("ET-13")
def test_what_was_sent_is_read_again(store: SqlMessengerStore) -> None:
    legacy = replace(transaction(2, chain_id=3), tip=None, to=None, replaces=bytes(32))
    with store.transaction():
        tables = store.tables(WalletFeature)
        for one in (transaction(1), legacy):
            tables.save_sent(one, followed=True, missing=2)
        assert tables.sent(None, 9, waiting=True) == [legacy, transaction(1)]
        assert tables.sent(1, 9, waiting=False) == [transaction(1)]
        assert tables.sent_transaction(legacy.hash) == legacy
        assert tables.followed(9) == [(transaction(1), 2), (legacy, 2)]
        assert (tables.is_draft_sent(legacy.draft_id), tables.is_draft_sent(b"other")) == (True, False)
        mined = replace(legacy, state=SentState.MINED, block_number=5)
        tables.save_sent(mined, followed=False, missing=0)
        assert tables.sent(None, 9, waiting=True) == [transaction(1)]
        assert tables.followed(9) == [(transaction(1), 2)]
        tables.forget_account(ANN)
        assert tables.sent(None, 9, waiting=False) == []


def test_the_oldest_of_what_does_not_change_goes(store: SqlMessengerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_transactions, "MAX_KEPT", 2)
    with store.transaction():
        tables = store.tables(WalletFeature)
        book = SentBook(tables, Batch(store), is_followed=True, changed=ignored)
        for number in range(5):
            book.begin(transaction(number))
        book.looked_up(
            [Finding(transaction(number).hash, SentState.MINED, 7, is_final=True) for number in range(1, 5)], 1.0
        )
        kept = [int.from_bytes(one.hash) for one in tables.sent(None, 9, waiting=False)]
        assert kept == [4, 3, 0]  # what may still change stays, however old


def test_it_is_asked_for_less_often_where_nothing_happens(store: SqlMessengerStore) -> None:
    batch = Batch(store)
    rounds = []

    def story() -> None:
        book = SentBook(store.tables(WalletFeature), batch, is_followed=True, changed=ignored)
        book.begin(transaction(1))
        now = 1_000.0
        for _ in range(OFTEN + 12):
            book.on_timer(now)
            due = book.next_timer()
            assert due is not None
            rounds.append(due - now)
            book.on_timer(due - 0.5)  # an early call is harmless
            now = due
        book.looked_up([Finding(transaction(1).hash, SentState.MINED, 5, is_final=True)], 1.0)
        book.on_timer(now)
        assert book.next_timer() is None

    _, effects = batch.run([story], lambda: None)
    assert rounds[0] == rounds[OFTEN - 1] == ROUND
    assert rounds[OFTEN] == 2 * ROUND
    assert rounds[-1] == LONGEST_PAUSE
    assert [type(one) for one in effects] == [FollowSent] * len(rounds) + [Notify]


def test_where_no_node_is_named_nobody_is_asked(store: SqlMessengerStore) -> None:
    batch = Batch(store)

    def story() -> None:
        book = SentBook(store.tables(WalletFeature), batch, is_followed=False, changed=ignored)
        book.begin(transaction(1))
        book.on_timer(1_000.0)
        assert book.next_timer() is None

    assert batch.run([story], lambda: None)[1] == []


def test_a_node_that_does_not_have_it_is_asked_again_before_it_counts_as_dropped(store: SqlMessengerStore) -> None:
    batch = Batch(store)
    missing = [Finding(transaction(1).hash, None)]

    def story() -> None:
        book = SentBook(store.tables(WalletFeature), batch, is_followed=True, changed=ignored)
        book.begin(transaction(1))
        for _ in range(MISSING_ANSWERS - 1):
            book.looked_up(missing, 1.0)
        book.looked_up([Finding(transaction(1).hash, SentState.WAITING)], 1.0)  # one node has it
        for _ in range(MISSING_ANSWERS):
            book.looked_up(missing, 1.0)
        book.looked_up([Finding(bytes(32), SentState.MINED, 1)], 1.0)  # of which nothing is known

    _, effects = batch.run([story], lambda: None)
    (told,) = (one.event for one in effects if isinstance(one, Notify))
    assert told == SentTransactionChanged(replace(transaction(1), state=SentState.DROPPED))


@pytest.mark.requirement("ET-4")
async def test_there_are_only_so_many_tokens_and_favourites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wallet_feature, "MAX_TOKENS", 2)
    monkeypatch.setattr(wallet_feature, "MAX_FAVOURITES", 2)
    Profiles(tmp_path).create(Account.from_mnemonic(PHRASE), PASSWORD, "ann")
    async with Client.open("ann", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state") as client:
        wallet = client.feature(Wallet)
        tokens = [Token(5, bytes([number] * 20), "T", "Token", 18) for number in range(3)]
        for token in tokens[:2]:
            await wallet._do(lambda it, now, token=token: it.add_token(token))
        with pytest.raises(LocalError, match="At most 2 tokens are added on one chain"):
            await wallet._do(lambda it, now: it.add_token(tokens[2]))
        for number in range(2):
            await wallet.save_favourite(checksummed(bytes([number] * 20)), f"Favourite {number}")
        with pytest.raises(LocalError, match="At most 2 favourites are kept"):
            await wallet.save_favourite(checksummed(BOB), "Bob")
        await wallet.save_favourite(checksummed(bytes(20)), "Zero")  # another name for one of them
