"""The history of the wallet in a profile: where a scan stopped, what a reorganisation undoes, and chains apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.ethereum.blocks import Header
from pystatus.ethereum.history import Loaded
from pystatus.ethereum.scan import Block, Searched, Update
from pystatus.ethereum.transfers import Asset, Transfer
from pystatus.messenger.features.wallet import Wallet
from pystatus.messenger.wallet_records import WalletTables
from pystatus.storage.database import Database
from pystatus.storage.messenger import SqlMessengerStore

ANN, BOB = b"\x0a" * 20, b"\x0b" * 20
ids = itertools.count(1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlMessengerStore]:
    database = Database.open(tmp_path / "profile.db", bytes(32), create=True)
    yield SqlMessengerStore(database)
    database.close()


@pytest.fixture
def tables(store: SqlMessengerStore) -> Iterator[WalletTables]:
    with store.transaction():
        yield store.tables(Wallet)


def block(number: int, fork: int = 0) -> Block:
    return number, bytes([fork]) + number.to_bytes(31, "big")


def transfer(account: bytes, where: Block, asset: Asset = Asset.ETHER, amount: int | None = 2**255) -> Transfer:
    id_ = next(ids).to_bytes(32, "big")
    return Transfer(
        id_, account, asset, BOB, ANN, amount, None, *where, 1_700_000_000, id_, True, 2**63, 21_000, 10**18
    )


def update(
    account: bytes, *blocks: Block, low: int = 0, gone: tuple[Block, ...] = (), amount: int | None = 1
) -> Update:
    loaded = tuple(Loaded(Header(*one, bytes(32), 1, None), (transfer(account, one, amount=amount),)) for one in blocks)
    high = blocks[-1]
    return Update(Searched(low, high[0], (high,)), loaded, gone, loaded[-1].header)


@pytest.mark.requirement("ET-5", "ET-13")
def test_what_was_found_is_read_again(tables: WalletTables) -> None:
    assert (tables.searched(1, ANN), tables.saved_blocks(1, ANN), tables.transfers(1, ANN, 9)) == (None, [], [])
    found = update(ANN, block(5), block(9), low=3, amount=2**256 - 1)
    tables.save_update(1, ANN, found)
    assert tables.searched(1, ANN) == found.searched
    assert tables.saved_blocks(1, ANN) == [block(5), block(9)]
    stored = tables.transfers(1, ANN, 9)
    assert list(stored) == [found.loaded[1].transfers[0], found.loaded[0].transfers[0]]
    assert tables.transfers(1, ANN, 1) == stored[:1]
    assert tables.transfers(1, ANN, 9, (stored[0].block_number, stored[0].id)) == stored[1:]


def test_every_field_of_a_transfer_stays(tables: WalletTables) -> None:
    id_, contract = bytes([1] * 32), bytes([2] * 20)
    one = Transfer(
        id_, ANN, Asset.COLLECTIBLE, BOB, None, None, contract, 7, bytes(32), 2**70, id_, False, None, 2**200, 2**200
    )  # fmt: skip
    loaded = Loaded(Header(7, bytes(32), bytes(32), 1, None), (one,))
    tables.save_update(1, ANN, Update(Searched(0, 7, ()), (loaded,), (), loaded.header))
    assert tables.transfers(1, ANN, 9) == [one]


@pytest.mark.requirement("ET-5", "ET-13")
def test_a_reorganisation_takes_its_blocks_and_no_others(tables: WalletTables) -> None:
    """Of two chains with the same blocks, and of two accounts in one block, only the one that is meant changes."""
    for chain_id, account in ((1, ANN), (3, ANN), (1, BOB)):
        tables.save_update(chain_id, account, update(account, block(5), block(9)))
    tables.save_update(1, ANN, update(ANN, block(9, fork=1), block(11), gone=(block(9),)))
    assert tables.saved_blocks(1, ANN) == [block(5), block(9, fork=1), block(11)]
    assert len(tables.transfers(1, ANN, 9)) == 3
    for chain_id, account in ((3, ANN), (1, BOB)):
        assert tables.saved_blocks(chain_id, account) == [block(5), block(9)]
        assert tables.searched(chain_id, account) == Searched(0, 9, (block(9),))


def test_an_account_that_is_removed_takes_its_histories_along(tables: WalletTables) -> None:
    for chain_id, account in ((1, ANN), (3, ANN), (1, BOB)):
        tables.save_update(chain_id, account, update(account, block(5)))
    tables.forget_account(ANN)
    for chain_id in (1, 3):
        assert (tables.searched(chain_id, ANN), tables.transfers(chain_id, ANN, 9)) == (None, [])
    assert len(tables.transfers(1, BOB, 9)) == 1
