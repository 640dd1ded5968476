"""The wallet against nodes that lie or forget, and people who press twice: nothing is sent twice, nothing takes
the place of something else unasked, and what is kept of it is true."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pystatus import LocalError, RemoteError, SentState, Wallet
from pystatus.chain.endpoint import Endpoint
from pystatus.chain.failures import WrongChain
from pystatus.chain.stickers import bought_words
from pystatus.client import submitting
from pystatus.ethereum.sticker_market import PackData
from pystatus.ethereum.tokens import Token
from pystatus.messenger.sent_transactions import MISSING_ANSWERS
from tests.client.test_wallet_money import (
    FIRST,
    PASSWORD,
    SOMEBODY,
    TO,
    Answering,
    ann,
    chain,
    folder,
    on,
    states,
)
from tests.support.devchain import Chain, InMemory

__all__ = ["chain", "folder"]


class Forgetful(InMemory):
    """Does not count what waits, as many services do not."""

    async def exchange(self, body: bytes) -> bytes:
        return await super().exchange(body.replace(b'"pending"', b'"latest"'))


def forgetful(chain: Chain) -> Endpoint:
    return Endpoint("http://chain.test", transport=Forgetful(chain.methods))


@pytest.mark.requirement("ET-1", "ET-12")
async def test_a_button_for_a_higher_fee_that_is_pressed_twice_loses_nothing(folder: Path, chain: Chain) -> None:
    """Both questions are about the same transaction, to the last byte: the node refuses the second one."""
    chain.dev.mines_at_once = False
    async with on(chain, folder) as client:
        wallet = client.feature(Wallet)
        first = await wallet.send(await wallet.draft(FIRST, TO, 5), PASSWORD)
        drafts = [await wallet.draft_speed_up(first.hash) for _ in range(2)]
        second = await wallet.send(drafts[0], PASSWORD)
        for draft in drafts:
            with pytest.raises(LocalError, match="was sent already"):
                await wallet.send(draft, PASSWORD)
        assert list(wallet.sent()) == [second, first]


@pytest.mark.requirement("ET-1")
async def test_what_waits_is_counted_by_another_process_too(folder: Path, chain: Chain) -> None:
    """Each command is a process of its own: what it sends does not take the place of what the one before has sent."""
    chain.dev.mines_at_once = False
    for value in (1, 2, 4):
        async with ann(folder, forgetful(chain)) as client:
            wallet = client.feature(Wallet)
            await wallet.send(await wallet.draft(FIRST, TO, value), PASSWORD)
    chain.dev.mine()
    assert chain.dev.backend.get_balance(SOMEBODY) == 7


@pytest.mark.requirement("ET-1", "ET-12")
async def test_a_node_that_refuses_what_it_has(folder: Path, chain: Chain) -> None:
    """Several nodes behind one address hand a transaction to one another: the one that is asked knows it already."""

    async def exchange(self: InMemory, body: bytes) -> bytes:
        said = await InMemory.exchange(self, body)
        if b"eth_sendRawTransaction" not in body:
            return said
        error = {"code": -32000, "message": "already known"}
        return json.dumps({"jsonrpc": "2.0", "id": json.loads(body)["id"], "error": error}).encode()

    chain.dev.mines_at_once = False
    known = type("Known", (InMemory,), {"exchange": exchange})(chain.methods)
    async with ann(folder, Endpoint("http://chain.test", transport=known)) as client:
        wallet = client.feature(Wallet)
        draft = await wallet.draft(FIRST, TO, 3)
        await wallet.send(draft, PASSWORD)
        assert states(wallet) == [(3, SentState.WAITING)]
        with pytest.raises(LocalError, match="was sent already"):
            await wallet.send(draft, PASSWORD)
        chain.dev.mine()
        assert chain.dev.backend.get_balance(SOMEBODY) == 3


@pytest.mark.requirement("ET-1")
async def test_a_node_that_changes_its_chain_between_two_answers(folder: Path, chain: Chain) -> None:
    asked = [0]

    def change(body: bytes) -> bytes | None:
        if b'"eth_chainId"' not in body:
            return None
        asked[0] += 1
        return None if asked[0] == 1 else json.dumps({"id": json.loads(body)["id"], "result": "0x1"}).encode()

    async with ann(folder, Endpoint("http://chain.test", transport=Answering(chain, change))) as client:
        wallet = client.feature(Wallet)
        with pytest.raises(WrongChain, match="is a node of the chain 1, and this is about the chain"):
            await wallet.draft(FIRST, TO, 3)
        assert wallet.sent() == []


@pytest.mark.requirement("ET-12", "ET-13")
async def test_what_another_chain_says_is_not_stored(folder: Path, chain: Chain) -> None:
    """The address leads to a node of another chain since: there, the transaction is unknown and its number taken."""
    is_other = [False]

    def change(body: bytes) -> bytes | None:
        if b'"eth_chainId"' not in body or not is_other[0]:
            return None
        return json.dumps({"id": json.loads(body)["id"], "result": "0x1"}).encode()

    chain.dev.mines_at_once = False
    async with ann(folder, Endpoint("http://chain.test", transport=Answering(chain, change))) as client:
        wallet = client.feature(Wallet)
        await wallet.send(await wallet.draft(FIRST, TO, 3), PASSWORD)
        is_other[0] = True
        chain.dev.mine()
        for asked in (wallet.update_sent(), wallet.update_history(FIRST)):
            with pytest.raises(WrongChain, match="is a node of the chain 1, and this is about the chain"):
                await asked
        assert states(wallet) == [(3, SentState.WAITING)]
        assert wallet.history(FIRST, chain.dev.chain_id) == []


@pytest.mark.requirement("ET-1", "ET-12")
async def test_a_node_that_refuses_and_denies_what_it_has_gets_no_second_payment(folder: Path, chain: Chain) -> None:
    class Liar(InMemory):
        async def exchange(self, body: bytes) -> bytes:
            said = await super().exchange(body)
            if b"eth_sendRawTransaction" in body:
                error = {"code": -32000, "message": "the pool is full"}
                return json.dumps({"id": json.loads(body)["id"], "error": error}).encode()
            if b"eth_getTransactionByHash" in body:
                return json.dumps({"id": json.loads(body)["id"], "result": None}).encode()
            return said

    chain.dev.mines_at_once = False
    async with ann(folder, Endpoint("http://chain.test", transport=Liar(chain.methods))) as client:
        wallet = client.feature(Wallet)
        draft = await wallet.draft(FIRST, TO, 3)
        with pytest.raises(RemoteError, match="the pool is full"):
            await wallet.send(draft, PASSWORD)
        for nonce in (draft.nonce, draft.nonce + 1):  # whoever signs elsewhere may have counted, too
            with pytest.raises(LocalError, match="Look at what the account has"):
                await wallet.send(replace(draft, nonce=nonce), PASSWORD)
        chain.dev.mine()
        assert chain.dev.backend.get_balance(SOMEBODY) == 3


@pytest.mark.requirement("ET-1", "ET-12")
async def test_behind_what_was_dropped_nothing_waits_for_ever(folder: Path, chain: Chain) -> None:
    chain.dev.mines_at_once = False
    before = chain.dev.snapshot()
    async with on(chain, folder) as client:
        wallet = client.feature(Wallet)
        lost = await wallet.send(await wallet.draft(FIRST, TO, 1), PASSWORD)
        chain.dev.revert(before)
        for _ in range(MISSING_ANSWERS):
            await wallet.update_sent()
        sent = await wallet.send(await wallet.draft(FIRST, TO, 2), PASSWORD)
        assert sent.nonce == lost.nonce
        chain.dev.mine()
        assert chain.dev.backend.get_balance(SOMEBODY) == 2


async def test_only_so_many_refusals_are_remembered(
    folder: Path, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(body: bytes) -> bytes | None:
        if b"eth_sendRawTransaction" not in body:
            return None
        return json.dumps({"id": json.loads(body)["id"], "error": {"code": -32000, "message": "no"}}).encode()

    monkeypatch.setattr(submitting, "MAX_REFUSED", 2)
    async with ann(folder, Endpoint("http://chain.test", transport=Answering(chain, refusing))) as client:
        wallet = client.feature(Wallet)
        drafts = [await wallet.draft(FIRST, TO, value) for value in (1, 2, 3)]
        for draft in drafts:
            with pytest.raises(RemoteError, match="no"):
                await wallet.send(draft, PASSWORD)
        assert list(wallet._refused) == [draft.id for draft in drafts[1:]]


def test_the_name_of_a_pack_of_stickers_ends_where_it_ends() -> None:
    """Its author writes it, and it stands within the sentence about what is signed."""
    token = Token(1, b"\2" * 20, "SNT", "Status", 18)
    name = "Cats” for 0 SNT on the chain 1; the fee is at most 0 ether. It has a preview: “"
    words = bought_words(PackData(3, SOMEBODY, True, 10**18, None), token, name, SOMEBODY)
    assert words.index("”") == words.rindex("”") == words.index(" for 1 SNT (") - 1
