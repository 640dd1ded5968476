"""The wallet on the embedded chain: balances, sending, replacing, and a history that is compared with every block."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import pytest

from pystatus.chain.endpoint import Endpoint
from pystatus.chain.wallet import Draft, Wallet
from pystatus.errors import LocalError
from pystatus.ethereum import abi, history
from pystatus.ethereum.plan import Question, QuestionRefused, ask
from pystatus.ethereum.quantities import quantity, to_hex
from pystatus.ethereum.signing import KeySigner
from pystatus.ethereum.tokens import default_tokens
from pystatus.ethereum.transactions import FeeTransaction, Payment
from pystatus.ethereum.transfers import Asset
from tests.ethereum.test_history import Saved
from tests.support.devchain import Chain, InMemory, chain_as_new

SOMEBODY = b"\x5a" * 20


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


def signer(chain: Chain, index: int) -> KeySigner:
    return KeySigner(chain.keys[index])


@pytest.mark.requirement("ET-2")
async def test_what_accounts_have(chain: Chain) -> None:
    """Of 170 tokens that are not there nothing is said, and not that there is none of them."""
    async with chain.endpoint() as endpoint:
        accounts = [chain.address(1), SOMEBODY]
        found = await Wallet(endpoint).balances(accounts, [*default_tokens(1), chain.contracts.token])
        assert found.ether[SOMEBODY] == 0
        assert found.ether[chain.address(1)] > 9_999 * 10**18
        assert {(one.account, one.amount) for one in found.tokens} == {
            (chain.address(1), 1_000 * 10**18),
            (SOMEBODY, 0),
        }
        assert {one.token for one in found.tokens} == {chain.contracts.token}
        assert endpoint.requests <= 60


@pytest.mark.requirement("ET-1", "ET-15")
async def test_a_payment_is_tried_and_then_sent(chain: Chain) -> None:
    height = chain.dev.height
    async with chain.endpoint() as endpoint:
        wallet = Wallet(endpoint)
        draft = await wallet.draft(chain.address(1), Payment(SOMEBODY, 10**18))
        assert isinstance(draft.transaction, FeeTransaction)
        assert chain.dev.height == height  # nothing was sent
        before = draft.balance
        sent = await wallet.send(draft, signer(chain, 1))
        assert quantity(await endpoint.carry_out(ask("eth_getBalance", to_hex(SOMEBODY), "latest"))) == 10**18
        after = (await wallet.balances([chain.address(1)], [])).ether[chain.address(1)]
        assert before - draft.most <= after < before - 10**18
        with pytest.raises(LocalError, match=r"is in block [0-9]+ already"):
            await wallet.replace(sent, signer(chain, 1), chain.address(1))


async def test_what_is_not_sent(chain: Chain) -> None:
    async with chain.endpoint() as endpoint:
        wallet = Wallet(endpoint)
        with pytest.raises(LocalError, match=r"has [0-9.]+ ether, and 10{12} ether to pay and a fee are needed"):
            await wallet.draft(chain.address(1), Payment(SOMEBODY, 10**30))
        call = abi.call_data("transfer(address,uint256)", SOMEBODY, 10**30)
        with pytest.raises(QuestionRefused, match="execution reverted: not enough"):
            await wallet.draft(chain.address(1), Payment(chain.contracts.token, 0, call))
        draft = await wallet.draft(chain.address(1), Payment(SOMEBODY, 1))
        with pytest.raises(LocalError, match="Another account would sign"):
            await wallet.send(draft, signer(chain, 2))


@pytest.mark.requirement("ET-1")
async def test_two_that_are_sent_at_once_do_not_share_a_nonce(chain: Chain) -> None:
    """The node answers both questions for the nonce before it has either transaction."""
    chain.dev.mines_at_once = False

    class Forgetful(InMemory):
        """Does not count what waits, as many services do not."""

        async def exchange(self, body: bytes) -> bytes:
            await asyncio.sleep(0)
            return await super().exchange(body.replace(b'"pending"', b'"latest"'))

    async with Endpoint("http://chain.test", transport=Forgetful(chain.methods)) as endpoint:
        wallet = Wallet(endpoint)
        drafts = [await wallet.draft(chain.address(1), Payment(SOMEBODY, value)) for value in (1, 2, 3)]
        assert len({draft.transaction.nonce for draft in drafts}) == 1
        sent = await asyncio.gather(*(wallet.send(draft, signer(chain, 1)) for draft in drafts))
        nonces = sorted(one.transaction.nonce for one in sent)
        assert nonces == list(range(nonces[0], nonces[0] + 3))
        chain.dev.mine()
        assert chain.dev.backend.get_balance(SOMEBODY) == 6


@pytest.mark.parametrize("cancel", [False, True], ids=["faster", "cancelled"])
async def test_a_payment_that_waits_is_replaced(chain: Chain, cancel: bool) -> None:
    chain.dev.mines_at_once = False
    async with chain.endpoint() as endpoint:
        wallet = Wallet(endpoint)
        draft = await wallet.draft(chain.address(1), Payment(SOMEBODY, 5))
        first = await wallet.send(draft, signer(chain, 1))
        second = await wallet.replace(first, signer(chain, 1), chain.address(1), cancel=cancel)
        assert second.transaction.nonce == first.transaction.nonce
        assert second.transaction.max_fee > first.transaction.max_fee
        chain.dev.mine()
        assert chain.dev.backend.get_balance(SOMEBODY) == (0 if cancel else 5)
        assert await endpoint.carry_out(ask("eth_getTransactionReceipt", to_hex(first.hash))) is None
        with pytest.raises(LocalError, match="Another transaction is in a block in the place of this one"):
            await wallet.draft_replacement(first, chain.address(1))


def something_happens(chain: Chain, rng: random.Random, account: bytes) -> None:
    """A few blocks, with an account paying, being paid, and moving tokens and collectibles."""
    for _ in range(rng.randint(1, 2)):
        index = rng.choice([1, 2])
        other = chain.address(3 - index)
        match rng.randint(0, 4):
            case 0 | 1:
                chain.transact(index, Payment(other, rng.randint(1, 10**9)))
            case 2:
                call = abi.call_data("transfer(address,uint256)", other, rng.randint(0, 10**6))
                chain.transact(index, Payment(chain.contracts.token, 0, call))
            case 3:
                chain.transact(index, Payment(account, rng.randint(1, 10**9)))
            case 4:
                chain.dev.mine(rng.randint(1, 4))


CHAINS = 200


def brute_force(chain: Chain, account: bytes, start: int) -> dict[str, int]:
    """The transfers of every block from one on."""
    logs = [
        log for log in chain.run(history.transfer_logs(account, start, chain.dev.height)) if log.block_number > start
    ]
    loaded = chain.run(history.load_blocks(account, range(start + 1, chain.dev.height + 1), logs))
    return {to_hex(transfer.id): one.header.number for one in loaded for transfer in one.transfers}


@pytest.mark.requirement("ET-5")
def test_a_search_finds_what_every_block_has(chain: Chain) -> None:
    """200 random chains, a reorganisation in each. They go on from the end of the contracts; what came before
    is the same for all."""
    rng, account, start = random.Random(11), chain.address(1), chain.dev.height
    origin = chain.dev.snapshot()
    first = Saved(account)
    first.refresh(chain.answer)
    found = 0
    for _ in range(CHAINS):
        chain.dev.revert(origin)
        saved = Saved(account)
        saved.searched, saved.blocks = first.searched, dict(first.blocks)
        if rng.random() < 0.3:
            something_happens(chain, rng, account)
        fork = chain.dev.snapshot()
        something_happens(chain, rng, account)
        saved.refresh(chain.answer)
        height = chain.dev.height
        chain.dev.revert(fork)  # what came since the fork never happened
        something_happens(chain, rng, account)
        while chain.dev.height <= height:
            chain.dev.mine()
        saved.refresh(chain.answer)
        expected = brute_force(chain, account, start)
        assert {name: number for name, number in saved.transfers.items() if number > start} == expected
        found += len(expected)
    assert found > CHAINS


@pytest.mark.requirement("ET-5")
async def test_the_history_of_an_account(chain: Chain) -> None:
    async with chain.endpoint() as endpoint:
        update = await Wallet(endpoint).update(chain.address(1), None, [])
    kinds = {transfer.asset for one in update.loaded for transfer in one.transfers}
    assert kinds == {Asset.FUNGIBLE, Asset.COLLECTIBLE}
    assert all(transfer.is_inbound for one in update.loaded for transfer in one.transfers)


async def test_a_chain_that_changes_in_the_middle_of_a_search(chain: Chain) -> None:
    """The search begins again."""
    chain.transact(1, Payment(SOMEBODY, 5))
    changes = [True]

    class Changing(InMemory):
        async def exchange(self, body: bytes) -> bytes:
            answer = await super().exchange(body)
            if b"eth_getLogs" in body and changes:
                changes.pop()
                chain.dev.revert(fork)
                chain.dev.pass_time(100)
                chain.dev.mine(3)
            return answer

    fork = chain.dev.snapshot()
    chain.dev.mine()
    async with Endpoint("http://chain.test", transport=Changing(chain.methods)) as endpoint:
        update = await Wallet(endpoint).update(chain.address(1), None, [])
    assert not changes
    assert update.head.number == chain.dev.height


def test_a_draft_says_what_it_takes_at_most() -> None:
    transaction = FeeTransaction(1, 0, 1, 10, 21_000, Payment(SOMEBODY, 5))
    assert Draft(SOMEBODY, transaction, 10**18).most == 210_005


async def test_a_node_of_another_chain_is_not_paid_on(chain: Chain) -> None:
    from pystatus.chain.failures import WrongChain

    asked: list[Any] = []

    class Watched(InMemory):
        async def exchange(self, body: bytes) -> bytes:
            asked.append(body)
            return await super().exchange(body)

    async with Endpoint("http://chain.test", chain_id=1, transport=Watched(chain.methods)) as endpoint:
        with pytest.raises(WrongChain):
            await Wallet(endpoint).draft(chain.address(1), Payment(SOMEBODY, 5))
    assert len(asked) == 1
    assert isinstance(chain.answer(Question("eth_chainId")), str)
