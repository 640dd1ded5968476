"""``client.wallet`` with a chain: what there is, what is shown before it is signed, what becomes of what was sent."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pystatus import (
    Account,
    Client,
    LocalError,
    MeaningKind,
    Profiles,
    RemoteError,
    SentState,
    SentTransaction,
    SentTransactionChanged,
    TokenPrice,
    TransactionDraft,
    Wallet,
    WalletChanged,
    WrongPassword,
)
from pystatus.account.address import checksummed
from pystatus.chain.endpoint import Endpoint
from pystatus.chain.failures import PerhapsSent
from pystatus.client.following import Following
from pystatus.devchain.chain import PHRASE
from pystatus.ethereum import abi, meaning
from pystatus.ethereum.history import OTHER_DEPTH
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.tokens import default_tokens
from pystatus.ethereum.transactions import Payment
from pystatus.faces.attach.attached import AttachedClient
from pystatus.faces.attach.connection import Connection
from pystatus.messenger.sent_transactions import MISSING_ANSWERS
from tests.support import prices
from tests.support.devchain import Chain, InMemory, chain_as_new
from tests.support.holding import Holder

PASSWORD = "correct horse"
SOMEBODY = b"\x5a" * 20
TO = checksummed(SOMEBODY)
FIRST = "Status account"


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With Ann in it, whose recovery phrase is that of the chain's accounts."""
    Profiles(tmp_path).create(Account.from_mnemonic(PHRASE), PASSWORD, "ann")
    return tmp_path


def ann(folder: Path, endpoint: Endpoint | None) -> Client:
    return Client.open("ann", PASSWORD, data_dir=folder, state_dir=folder / "state", endpoint=endpoint)


def on(chain: Chain, folder: Path) -> Client:
    return ann(folder, chain.endpoint())


class Answering(InMemory):
    """A node that says what a test wants to some methods."""

    def __init__(self, chain: Chain, change: Callable[[bytes], bytes | None]) -> None:
        super().__init__(chain.methods)
        self._change = change

    async def exchange(self, body: bytes) -> bytes:
        said = self._change(body)
        return await super().exchange(body) if said is None else said


def states(wallet: Wallet) -> list[tuple[int, SentState]]:
    """Of what was sent, the oldest first: its value and how far it got."""
    return [(one.value, one.state) for one in reversed(wallet.sent())]


@pytest.mark.requirement("ET-2")
async def test_what_accounts_have(folder: Path, chain: Chain) -> None:
    token = checksummed(chain.contracts.token)
    async with on(chain, folder) as client:
        wallet = client.feature(Wallet)
        await wallet.watch(TO, "Somebody")
        found = await wallet.balances()
        assert [(one.account, one.token) for one in found.holdings] == [(chain.address(0), None), (SOMEBODY, None)]
        assert found.holdings[0].amount > 9_000 * 10**18
        assert (found.chain_id, found.block_number) == (chain.dev.chain_id, chain.dev.height)
        asked = await wallet.balances("Somebody", tokens=[token])
        assert [(one.amount, one.token and one.token.symbol) for one in asked.holdings] == [(0, None), (0, "STT")]
        with pytest.raises(RemoteError, match="there is no token at this address"):
            await wallet.balances(tokens=[TO])


@pytest.mark.requirement("ET-4", "ET-13")
async def test_tokens_that_were_added_are_asked_for_on_their_chain(folder: Path, chain: Chain) -> None:
    token, here = checksummed(chain.contracts.token), chain.dev.chain_id
    async with on(chain, folder) as client:
        wallet, events = client.feature(Wallet), client.events()
        added = await wallet.add_token(token)
        assert (added.symbol, added.is_own, added.chain_id) == ("STT", True, here)
        assert [type(await anext(events))] == [WalletChanged]
        with pytest.raises(LocalError, match="was added already"):
            await wallet.add_token(token)
        with pytest.raises(RemoteError, match="there is no token at this address"):
            await wallet.add_token(TO)
        with pytest.raises(LocalError, match="0x and 40 hexadecimal digits"):
            await wallet.add_token("STT")
        assert [one.token and one.token.symbol for one in (await wallet.balances(FIRST)).holdings] == [None, "STT"]
    async with ann(folder, None) as client:
        wallet = client.feature(Wallet)
        assert wallet.tokens(here) == [added]
        assert added not in wallet.tokens(1)
        assert len(wallet.tokens(1)) == sum(not one.hidden for one in default_tokens(1))
        with pytest.raises(LocalError, match="No token with this address was added on the chain 1"):
            await wallet.remove_token(token, 1)
        await wallet.remove_token(token, here)
        assert wallet.tokens(here) == []


async def test_a_token_that_does_not_answer_is_said(folder: Path, chain: Chain) -> None:
    before = chain.dev.snapshot()
    async with on(chain, folder) as client:
        await client.feature(Wallet).add_token(checksummed(chain.contracts.token))

    def silent(body: bytes) -> bytes | None:
        call = to_hex(abi.selector("balanceOf(address)")).encode()
        return None if call not in body else b'{"id":%d,"error":{"code":3,"message":"no"}}' % _id(body)

    chain.dev.revert(before)
    async with ann(folder, Endpoint("http://chain.test", transport=Answering(chain, silent))) as client:
        found = await client.feature(Wallet).balances()
    assert found.silent == (chain.contracts.token,)
    assert len(found.holdings) == 1


def _id(body: bytes) -> int:
    found = re.search(rb'"id":(\d+)', body)
    assert found is not None
    return int(found[1])


async def test_collectibles_of_a_contract(folder: Path, chain: Chain) -> None:
    async with on(chain, folder) as client:
        wallet = client.feature(Wallet)
        contract = checksummed(chain.contracts.collectible)
        found = await wallet.collectibles(FIRST, contract)
        assert found.count == len(found.listed)


@pytest.mark.requirement("ET-1", "ET-12", "AC-35")
async def test_a_payment_is_shown_then_signed_then_followed(folder: Path, chain: Chain) -> None:
    chain.dev.mines_at_once = False
    async with on(chain, folder) as client:
        wallet, events = client.feature(Wallet), client.events()
        draft = await wallet.draft(FIRST, TO, 25 * 10**16)
        own = checksummed(chain.address(0))
        assert draft.words.startswith(f"{own} pays 0.25 ether to {TO} on the chain {chain.dev.chain_id}; the fee is ")
        assert (draft.signing_phrase, draft.warnings) == (wallet.signing_phrase(), ())
        assert draft.meaning.kind is MeaningKind.ETHER
        with pytest.raises(WrongPassword):
            await wallet.send(draft, "wrong horse")
        assert wallet.sent() == []
        sent = await wallet.send(draft, PASSWORD)
        assert await anext(events) == SentTransactionChanged(sent)
        assert (sent.state, sent.words, sent.nonce) == (SentState.WAITING, draft.words, draft.nonce)
        with pytest.raises(LocalError, match="was sent already"):  # as by a button that is pressed twice
            await wallet.send(draft, PASSWORD)
        assert await wallet.update_sent() == [sent]
        chain.dev.mine()
        assert await wallet.update_sent() == []
        mined = replace(sent, state=SentState.MINED, block_number=chain.dev.height)
        assert await anext(events) == SentTransactionChanged(mined)
        assert chain.dev.backend.get_balance(SOMEBODY) == 25 * 10**16
    async with ann(folder, None) as client:
        assert client.feature(Wallet).sent() == [mined]
        assert client.feature(Wallet).sent(waiting=True) == client.feature(Wallet).sent(1) == []


@pytest.mark.requirement("ET-1")
async def test_three_that_are_sent_at_once_all_arrive(folder: Path, chain: Chain) -> None:
    chain.dev.mines_at_once = False
    async with on(chain, folder) as client:
        wallet = client.feature(Wallet)
        drafts = [await wallet.draft(FIRST, TO, value) for value in (1, 2, 4)]
        sent = await asyncio.gather(*(wallet.send(draft, PASSWORD) for draft in drafts))
        first = min(one.nonce for one in sent)
        assert sorted(one.nonce for one in sent) == [first, first + 1, first + 2]
        for draft in drafts:  # whatever number each has got
            with pytest.raises(LocalError, match="was sent already"):
                await wallet.send(draft, PASSWORD)
        chain.dev.mine()
        assert chain.dev.backend.get_balance(SOMEBODY) == 7


async def test_what_was_signed_elsewhere(folder: Path, chain: Chain) -> None:
    async with on(chain, folder) as client:
        wallet = client.feature(Wallet)
        draft = await wallet.draft(FIRST, TO, 1)
        with pytest.raises(RemoteError, match="another account than the sender has signed"):
            await wallet.submit(draft, chain.keys[1].sign(draft.digest))
        with pytest.raises(RemoteError, match="65 bytes"):
            await wallet.submit(draft, bytes(64))
        with pytest.raises(LocalError, match="is for the chain 1, and the node is of the chain"):
            await wallet.submit(replace(draft, chain_id=1), chain.keys[0].sign(draft.digest))
        with pytest.raises(LocalError, match="no such account in this wallet"):
            await wallet.submit(replace(draft, sender=SOMEBODY), chain.keys[0].sign(draft.digest))
        assert wallet.sent() == []
        await wallet.send(await wallet.draft(FIRST, TO, 2), PASSWORD)
        again = await wallet.submit(draft, chain.keys[0].sign(draft.digest))
        assert isinstance(again, TransactionDraft)
        assert again == replace(draft, nonce=draft.nonce + 1)
        sent = await wallet.submit(again, chain.keys[0].sign(again.digest))
        assert isinstance(sent, SentTransaction)
        assert states(wallet) == [(2, SentState.WAITING), (1, SentState.WAITING)]


@pytest.mark.parametrize("cancel", [False, True], ids=["faster", "cancelled"])
async def test_one_that_waits_is_replaced(folder: Path, chain: Chain, cancel: bool) -> None:
    chain.dev.mines_at_once = False
    async with on(chain, folder) as client:
        wallet = client.feature(Wallet)
        first = await wallet.send(await wallet.draft(FIRST, TO, 5), PASSWORD)
        draft = await (wallet.draft_cancel if cancel else wallet.draft_speed_up)(first.hash)
        what = "pays nothing to itself" if cancel else f"pays 0.000000000000000005 ether to {TO}"
        assert draft.words.startswith(f"In the place of {to_hex(first.hash)}: {checksummed(chain.address(0))} {what}")
        second = await wallet.send(draft, PASSWORD)
        assert (second.replaces, second.nonce) == (first.hash, first.nonce)
        assert second.max_fee_per_gas > first.max_fee_per_gas
        chain.dev.mine()
        await wallet.update_sent()
        paid = (0 if cancel else 5, SentState.MINED)
        assert states(wallet) == [(5, SentState.WAITING), paid]  # the block may still be taken back
        chain.dev.mine(OTHER_DEPTH)
        await wallet.update_sent()
        assert states(wallet) == [(5, SentState.REPLACED), paid]
        assert chain.dev.backend.get_balance(SOMEBODY) == paid[0]
        with pytest.raises(LocalError, match="has taken its place already"):
            await wallet.draft_speed_up(first.hash)
        with pytest.raises(LocalError, match=r"is in block \d+ already"):
            await wallet.draft_cancel(second.hash)
        with pytest.raises(LocalError, match="No such transaction was sent from this profile"):
            await wallet.draft_cancel(bytes(32))


async def test_a_block_that_is_taken_back_lets_it_wait_again_and_then_it_is_dropped(folder: Path, chain: Chain) -> None:
    before = chain.dev.snapshot()
    async with on(chain, folder) as client:
        wallet = client.feature(Wallet)
        await wallet.send(await wallet.draft(FIRST, TO, 5), PASSWORD)
        await wallet.update_sent()
        assert states(wallet) == [(5, SentState.MINED)]
        chain.dev.revert(before)
        for _ in range(MISSING_ANSWERS - 1):
            await wallet.update_sent()
        assert states(wallet) == [(5, SentState.WAITING)]  # other nodes may have it
        (dropped,) = await wallet.update_sent()
        assert states(wallet) == [(5, SentState.DROPPED)]
        again = await wallet.send(await wallet.draft_speed_up(dropped.hash), PASSWORD)
        await wallet.update_sent()
        assert wallet.sent()[0].hash == again.hash
        assert states(wallet) == [(5, SentState.DROPPED), (5, SentState.MINED)]


async def test_one_that_failed_in_its_block(folder: Path, chain: Chain) -> None:
    """The token is given away between the try and the sending."""
    async with on(chain, folder) as client:
        wallet = client.feature(Wallet)
        token = checksummed(chain.contracts.token)
        draft = await wallet.draft(FIRST, TO, 1, token=token)
        have = (await wallet.balances(FIRST, tokens=[token])).holdings[1].amount
        chain.transact(0, Payment(chain.contracts.token, 0, abi.call_data(meaning.TRANSFER, SOMEBODY, have)))
        await wallet.send(draft, PASSWORD)
        await wallet.update_sent()
        assert [one.state for one in wallet.sent()] == [SentState.FAILED]


@pytest.mark.requirement("ET-1")
async def test_whoever_hears_nothing_is_told_so_and_it_is_followed(folder: Path, chain: Chain) -> None:
    class Swallowing(InMemory):
        async def exchange(self, body: bytes) -> bytes:
            said = await super().exchange(body)
            return b"<html>" if b"eth_sendRawTransaction" in body else said

    async with ann(folder, Endpoint("http://chain.test", transport=Swallowing(chain.methods))) as client:
        wallet = client.feature(Wallet)
        draft = await wallet.draft(FIRST, TO, 3)
        with pytest.raises(PerhapsSent, match="Look for it before you send it again"):
            await wallet.send(draft, PASSWORD)
        assert states(wallet) == [(3, SentState.WAITING)]
        await wallet.update_sent()
        assert states(wallet) == [(3, SentState.MINED)]


async def test_what_the_node_refuses_was_not_sent(folder: Path, chain: Chain) -> None:
    def refusing(body: bytes) -> bytes | None:
        if b"eth_sendRawTransaction" not in body:
            return None
        return b'{"id":%d,"error":{"code":-32000,"message":"the pool is full"}}' % _id(body)

    async with ann(folder, Endpoint("http://chain.test", transport=Answering(chain, refusing))) as client:
        wallet = client.feature(Wallet)
        draft = await wallet.draft(FIRST, TO, 3)
        with pytest.raises(RemoteError, match="the node refuses eth_sendRawTransaction: the pool is full"):
            await wallet.send(draft, PASSWORD)
        assert wallet.sent() == []


async def test_the_client_asks_by_itself_what_became_of_it(folder: Path, chain: Chain) -> None:
    async with on(chain, folder) as client:
        wallet, events = client.feature(Wallet), client.events()
        sent = await wallet.send(await wallet.draft(FIRST, TO, 3), PASSWORD)
        seen = [await anext(events), await anext(events)]
        assert seen == [
            SentTransactionChanged(sent),
            SentTransactionChanged(replace(sent, state=SentState.MINED, block_number=chain.dev.height)),
        ]


async def test_favourites(folder: Path, chain: Chain) -> None:
    async with ann(folder, None) as client:
        wallet = client.feature(Wallet)
        mother = await wallet.save_favourite(TO, "Mother")
        baker = await wallet.save_favourite("0x" + "11" * 20, "Baker")
        assert wallet.favourites() == [baker, mother]
        assert mother.shown_address == TO
        with pytest.raises(LocalError, match="Another favourite has this name"):
            await wallet.save_favourite("0x" + "12" * 20, "mother")
        for name in ("", "0x12", "a\nb", "a" * 61):
            with pytest.raises(LocalError):
                await wallet.save_favourite(TO, name)
        renamed = await wallet.save_favourite(TO, "Mum")
    async with ann(folder, None) as client:
        wallet = client.feature(Wallet)
        assert wallet.favourites() == [baker, renamed]
        assert await wallet.remove_favourite(baker.shown_address) == baker
        with pytest.raises(LocalError, match="There is no such favourite"):
            await wallet.remove_favourite(baker.shown_address)


@pytest.mark.requirement("ET-14")
async def test_without_a_node(folder: Path) -> None:
    async with ann(folder, None) as client:
        wallet = client.feature(Wallet)
        for asked in (
            wallet.chain_id(), wallet.balances(), wallet.collectibles(FIRST, TO), wallet.look_up_token(TO),
            wallet.add_token(TO), wallet.draft(FIRST, TO, 1), wallet.draft_call(FIRST, TO, b""), wallet.update_sent(),
        ):  # fmt: skip
            with pytest.raises(LocalError, match="No node of Ethereum is named"):
                await asked


@pytest.mark.requirement("ET-1", "ET-12")
async def test_beside_a_process_that_has_the_profile_open_no_password_passes(
    tmp_path: Path, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    call = Connection.call

    async def listening(self: Connection, method: str, params: Any) -> Any:
        said.append(params)
        return await call(self, method, params)

    monkeypatch.setattr(Connection, "call", listening)
    chain.dev.mines_at_once = False
    Profiles(tmp_path).create(Account.from_mnemonic(PHRASE), PASSWORD, "alice")
    holder = Holder(tmp_path, PASSWORD, endpoint=chain.endpoint())
    holder.start()
    try:
        async with AttachedClient(Profiles(tmp_path).find("alice")) as face:
            wallet, events = face.feature(Wallet), face.events()
            drafts = [await wallet.draft(FIRST, TO, value) for value in (10**18, 2)]
            with pytest.raises(WrongPassword):
                await wallet.send(drafts[0], "wrong horse")
            sent = [await wallet.send(draft, PASSWORD) for draft in drafts]
            assert [await anext(events), await anext(events)] == [SentTransactionChanged(one) for one in sent]
            assert sent[1].nonce == sent[0].nonce + 1
            assert list(wallet.sent()) == sent[::-1]
            chain.dev.mine()
            assert not await wallet.update_sent()
            assert (await wallet.balances(FIRST)).holdings[0].amount > 2**53
            await wallet.save_favourite(TO, "Mother")
            assert await holder.do(lambda alice: alice.feature(Wallet).favourites()) == list(wallet.favourites())
            assert PASSWORD not in repr(said)
    finally:
        holder.stop()


async def test_a_node_that_goes_away_is_said_once_and_that_it_answers_again(
    chain: Chain, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pystatus")
    there = [False]

    def change(_: bytes) -> bytes | None:
        return None if there[-1] else b"<html>"

    answered: list[int] = []
    endpoint = Endpoint("http://chain.test", transport=Answering(chain, change))
    following = Following(endpoint, lambda findings: answered.append(len(findings)))
    sent = SentTransaction(bytes(32), bytes(16), chain.dev.chain_id, SOMEBODY, SOMEBODY, 1, b"", 0, 1, 1, None, 1.0, "")
    for answers in (False, False, True):
        there.append(answers)
        following.ask([sent])
        assert following._round is not None
        await following._round
    await following.close()
    told = [record.message for record in caplog.records if "the node of the wallet" in record.message]
    assert len(told) == 2
    assert told[0].startswith("the node of the wallet does not answer")
    assert told[1].startswith("the node of the wallet answers again")
    assert answered == [1]


@pytest.mark.requirement("ET-14")
async def test_nobody_is_asked_for_prices_who_is_not_named(folder: Path, chain: Chain) -> None:
    with prices.serving() as service:
        named = f"{service.url}/s3cret"
        async with on(chain, folder) as client:
            assert client.network().prices == ""
            with pytest.raises(LocalError, match="No service of prices is named, and none is asked"):
                await client.feature(Wallet).prices("EUR")
        opened = Client.open("ann", PASSWORD, data_dir=folder, state_dir=folder / "state", prices=named)
        async with opened as client:
            wallet = client.feature(Wallet)
            assert client.network().prices == service.url
            with pytest.raises(LocalError, match="This is no currency"):
                await wallet.prices("EURO")
            assert service.asked == []
            assert await wallet.prices("eur") == [TokenPrice("ETH", None, "EUR", "210.5", "5.25")]
            service.status = 503
            with pytest.raises(RemoteError, match="refuses to answer"):
                await wallet.prices("EUR")
