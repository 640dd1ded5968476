"""Finding an account's transfers: the reference's cases, and where its faults are not copied."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from pystatus.ethereum import history, scan
from pystatus.ethereum.consistency import Contradiction
from pystatus.ethereum.plan import Question, Refusal
from pystatus.ethereum.quantities import BadAnswer, quantity, to_hex
from pystatus.ethereum.transfers import Asset, Transfer
from tests.ethereum.chains import MemoryChain, changing, empty_chain, of_case
from tests.ethereum.plans import Asked, run
from tests.ethereum.random_chains import RandomChain, account_of
from tests.support.vectors import Case, case_id, cases, unhex

ACCOUNT = b"\1" * 20
TOO_LONG = (23, 25)
"""Ranges of 2^30 blocks and more, in which the reference finds nothing and says nothing (ethereum.md §13)."""


@pytest.mark.requirement("ET-5")
@pytest.mark.parametrize("case", cases("wallet_history", "find_blocks"), ids=case_id)
def test_blocks_in_which_something_changes(case: Case) -> None:
    asked = Asked(changing(to_hex(ACCOUNT), case["changes"]))
    limit = None if case["no_limit"] else history.MAX_RANGES
    found = asked.run(history.changed_blocks(ACCOUNT, case["low"], case["high"], limit=limit))
    if case["id"] in TOO_LONG:
        assert found.blocks == (case["changes"][1][0],)
        return
    assert list(found.blocks) == case["blocks"]
    assert found.searched_from == case["from"]
    assert asked.rounds <= 30


@pytest.mark.requirement("ET-5")
@pytest.mark.parametrize("case", cases("wallet_history", "first_range"), ids=case_id)
def test_where_the_recent_history_begins(case: Case) -> None:
    """As far as the reference gets; it asks for one block up to fifty times."""
    nonces = [(block, "0", nonce) for block, nonce in case["nonces"]]
    asked = Asked(changing(to_hex(ACCOUNT), nonces))
    assert asked.run(history.first_range(ACCOUNT, case["to"])) == case["from"]
    blocks = [quantity(question.params[1]) for question in asked.questions]
    assert blocks == list(dict.fromkeys(case["asked"])) or case["to"] == 0
    assert len(blocks) < 20


@pytest.mark.parametrize("case", cases("wallet_history", "erc20_ranges"), ids=case_id)
def test_ranges_of_logs(case: Case) -> None:
    if case["from"] > case["to"]:
        return  # nobody asks
    assert [list(one) for one in history.log_ranges(case["from"], case["to"])] == case["ranges"]


@pytest.mark.requirement("ET-5")
@pytest.mark.parametrize("case", cases("wallet_history", "new_block"), ids=case_id)
def test_blocks_that_are_no_longer_part_of_the_chain(case: Case) -> None:
    """The reference removes nothing as soon as one saved block is valid; here all that are not valid go."""
    now = {block["number"]: block["hash"] for block in case["chain_now"]}

    def answer(question: Question) -> Any:
        number = quantity(question.params[0])
        parent = {"parentHash": to_hex(bytes(32)), "timestamp": "0x1"}
        return {"number": to_hex(number), "hash": now[number], **parent} if number in now else None

    saved = [(block["number"], unhex(block["hash"])) for block in case["saved_blocks"]]
    gone = run(history.vanished(saved), answer)
    assert gone == sorted({one for one in saved if unhex(now.get(one[0], "0x")) != one[1]})
    assert {(one["number"], unhex(one["hash"])) for one in case["removed"]} <= set(gone)


def shown(transfer: Transfer) -> tuple[str, str, str | None]:
    """As much of a transfer as both sides say in the same way."""
    is_token = transfer.asset is not Asset.ETHER
    return to_hex(transfer.id), "erc20" if is_token else "eth", to_hex(transfer.transaction_hash)


HIDDEN = {15: "0x0", 16: to_hex(663120935937), 17: to_hex(28356499390), 26: "0x0"}
"""Blocks with a transaction of the account that the reference does not record, because of a log, and its value."""


@pytest.mark.requirement("ET-5")
def test_transfers_of_blocks() -> None:
    first, second = cases("wallet_history", "block_transfers")
    chain = of_case(first["chain"], {"a": first["a"], "b": first["b"]})
    logs = of_chain(chain)
    for case in (first, second):
        for account in map(unhex, case["watched"]):
            loaded = run(history.load_blocks(account, range(len(chain.blocks)), logs[to_hex(account)]), chain)
            found = {one.header.number: one.transfers for one in loaded}
            for about in case["transfers"]:
                told = [one for kind in ("eth", "erc20") for one in about[kind] if unhex(one["address"]) == account]
                ours = list(found[about["block"]])
                compare(told, ours, HIDDEN.get(about["block"]) if to_hex(account) == first["a"] else None)


def of_chain(chain: MemoryChain) -> dict[str, list[Any]]:
    """What a search for logs finds for each account of the chain."""
    return {
        account: run(history.transfer_logs(unhex(account), 0, chain.head.number), chain)
        for account in chain.head.balances
    }


def compare(told: list[Case], ours: list[Transfer], hidden: str | None) -> None:
    """All that the reference tells is here with the same values, and nothing else but what it hides."""
    by_id = {to_hex(transfer.id): transfer for transfer in ours}
    for one in {one["id"]: one for one in told}.values():  # one to oneself is told twice
        transfer = by_id.pop(one["id"])
        collectible = transfer.asset is Asset.COLLECTIBLE
        assert to_hex(transfer.transaction_hash) == one["txHash"]
        assert transfer.block_number == quantity(one["blockNumber"])
        assert to_hex(transfer.block_hash) == one["blockhash"]
        assert transfer.timestamp == quantity(one["timestamp"])
        assert to_hex(transfer.sender) == one["from"]
        assert (to_hex(bytes(20)) if transfer.recipient is None else to_hex(transfer.recipient)) == one["to"]
        assert to_hex(transfer.contract or bytes(20)) == one["contract"]
        assert (transfer.nonce, transfer.gas_used) == (quantity(one["nonce"]), quantity(one["gasUsed"]))
        assert transfer.gas_price == quantity(one["gasPrice"])
        assert transfer.succeeded == (one["txStatus"] == "0x1")
        if collectible:
            assert one["value"] is None
        else:
            assert (None if transfer.amount is None else to_hex(transfer.amount)) == one["value"]
    rest = [to_hex(transfer.amount or 0) for transfer in by_id.values()]
    assert rest == ([] if hidden is None else [hidden])
    assert all(transfer.asset is Asset.ETHER for transfer in by_id.values())


def brute_force(chain: MemoryChain, account: bytes) -> dict[str, int]:
    """The transfers of every block of a chain, and where they are."""
    logs = run(history.transfer_logs(account, 0, chain.head.number), chain)
    loaded = run(history.load_blocks(account, range(len(chain.blocks)), logs), chain)
    return {to_hex(transfer.id): one.header.number for one in loaded for transfer in one.transfers}


class Saved:
    """What a wallet has saved of one account."""

    def __init__(self, account: bytes) -> None:
        self.account = account
        self.searched: scan.Searched | None = None
        self.blocks: dict[scan.Block, tuple[Transfer, ...]] = {}

    def refresh(self, answer: Any) -> scan.Update:
        update = run(scan.update(self.account, self.searched, list(self.blocks)), answer)
        return self.take(update)

    def extend(self, answer: Any) -> scan.Update:
        assert self.searched is not None
        return self.take(run(scan.older(self.account, self.searched), answer))

    def take(self, update: scan.Update) -> scan.Update:
        for block in update.gone:
            del self.blocks[block]
        for loaded in update.loaded:
            self.blocks[loaded.header.number, loaded.header.hash] = loaded.transfers
        self.searched = update.searched
        return update

    @property
    def transfers(self) -> dict[str, int]:
        return {to_hex(one.id): one.block_number for transfers in self.blocks.values() for one in transfers}


@pytest.mark.requirement("ET-5")
@pytest.mark.parametrize("case", cases("wallet_history", "follow_head"), ids=case_id)
def test_following_a_chain_that_changes(case: Case) -> None:
    """After each step the wallet has what every block of the chain has: the reference keeps what has vanished."""
    people = dict(zip("ab", case["watched"], strict=False))
    people["b"] = people.get("b", "0x" + "bb" * 20)
    saved = [Saved(unhex(account)) for account in case["watched"]]
    for step in case["steps"]:
        chain = of_case(step["chain"], people)
        for one in saved:
            one.refresh(chain)
            assert one.transfers == brute_force(chain, one.account)


@pytest.mark.requirement("ET-5")
def test_older_parts_on_demand() -> None:
    """Sixty transactions of an account: the newest first, then the others."""
    [case] = cases("wallet_history", "pages")
    account = unhex(case["watched"][0])
    chain = of_case(case["chain"], {"a": case["watched"][0], "b": "0x" + "bb" * 20})
    wallet = Saved(account)
    wallet.refresh(chain)
    started = len(wallet.transfers)
    assert history.RECENT <= started < 60
    while wallet.searched and wallet.searched.low:
        wallet.extend(chain)
    assert wallet.transfers == brute_force(chain, account)
    assert len(wallet.transfers) > started


def changing_after(chain: RandomChain, questions: int) -> Callable[[Question], Any]:
    """A chain whose last blocks are replaced after so many questions."""
    left = itertools.count(questions, -1)

    def answer(question: Question) -> Any:
        if next(left) == 0:
            chain.reorganise(100)
        return chain(question)

    return answer


CHAINS = 60


@pytest.mark.requirement("ET-5")
def test_older_parts_of_chains_that_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is fetched part by part, the newest first, while blocks come and others vanish, is in the end what every
    block has: nothing twice, nothing too little, and nothing of a chain that was left."""
    monkeypatch.setattr(history, "OLDER", 6)
    monkeypatch.setattr(history, "OLDER_SLACK", 2)
    monkeypatch.setattr(history, "OLDER_RANGES", 20)
    parts = changed = 0
    for seed in range(CHAINS):
        rng = random.Random(seed)
        chain = RandomChain(rng, account_of(seed))
        chain.grow(rng.randint(60, 160))
        wallet = Saved(account_of(seed))
        wallet.refresh(chain)
        while wallet.searched and wallet.searched.low:
            match rng.randint(0, 9):
                case 0 | 1:
                    chain.grow(rng.randint(1, 8))
                case 2 | 3:
                    chain.reorganise(rng.choice((1, 3, 10, 40, 200)))
                    changed += 1
                case 4 | 5 | 6:
                    wallet.refresh(chain)
                    every = brute_force(chain, wallet.account).items()
                    low = wallet.searched.low
                    assert {one for one in every if one[1] > low} <= wallet.transfers.items() <= every
                case 7:
                    with contextlib.suppress(Contradiction):  # then nothing is taken
                        wallet.extend(changing_after(chain, rng.randint(1, 60)))
                    changed += 1
                case _:
                    wallet.extend(chain)
                    parts += 1
        wallet.refresh(chain)
        assert wallet.transfers == brute_force(chain, wallet.account)
    assert parts > CHAINS
    assert changed > CHAINS // 2


def test_nothing_happens() -> None:
    chain = empty_chain(40)
    wallet = Saved(ACCOUNT)
    assert wallet.refresh(chain).loaded == ()
    asked = Asked(chain)
    wallet.take(asked.run(scan.update(ACCOUNT, wallet.searched, [])))
    assert len(asked.questions) == 3  # the head, the anchor, and whether the head is still the same


def test_an_endpoint_that_is_behind() -> None:
    wallet = Saved(ACCOUNT)
    wallet.refresh(empty_chain(40))
    with pytest.raises(BadAnswer, match="behind: it has block 19, and had 39 before"):
        wallet.refresh(empty_chain(20))


@pytest.mark.requirement("ET-5")
def test_a_chain_that_is_another_one() -> None:
    """Blocks without transfers were replaced: the end of what is known is not part of the chain any more."""
    wallet = Saved(ACCOUNT)
    wallet.refresh(empty_chain(20))
    wallet.refresh(empty_chain(40))
    other = empty_chain(20)
    other.blocks += empty_chain(45, "other").blocks[20:]
    update = wallet.refresh(other)
    assert (update.searched.high, [number for number, _ in update.searched.anchors]) == (44, [19, 44])


def test_a_chain_that_changes_while_it_is_asked() -> None:
    before, after = empty_chain(40), empty_chain(40, "other")
    count = 0

    def answer(question: Question) -> Any:
        nonlocal count
        count += 1
        return (before if count == 1 else after)(question)

    with pytest.raises(Contradiction, match="has changed"):
        run(scan.update(ACCOUNT, None, []), answer)


def test_a_nonce_that_falls() -> None:
    def answer(question: Question) -> Any:
        block = quantity(question.params[1])
        return to_hex(5) if question.method == "eth_getBalance" else to_hex(10 - block)

    with pytest.raises(Contradiction, match="fewer transactions"):
        run(history.changed_blocks(ACCOUNT, 0, 8), answer)


@pytest.mark.parametrize("limit", [None, history.MAX_RANGES])
def test_an_account_that_changes_in_every_block(limit: int | None) -> None:
    """An endpoint that lies about each balance, on a chain of twenty million blocks."""

    def answer(question: Question) -> Any:
        block = quantity(question.params[1])
        return to_hex(block) if question.method == "eth_getBalance" else to_hex(0)

    asked = Asked(answer)
    plan = history.changed_blocks(ACCOUNT, 0, 20_000_000, limit=limit)
    if limit is None:
        with pytest.raises(BadAnswer, match="changes in more than 10000 blocks"):
            asked.run(plan)
    else:
        assert len(asked.run(plan).blocks) <= 2 * limit
    assert len(asked.questions) < 100_000


def test_an_endpoint_that_does_not_look_through_so_many_blocks() -> None:
    chain = empty_chain(200)

    def answer(question: Question) -> Any:
        wanted = question.params[0]
        span = quantity(wanted["toBlock"]) - quantity(wanted["fromBlock"])
        return Refusal(-32005, "query exceeds max block range 50") if span > 50 else chain(question)

    assert run(history.transfer_logs(ACCOUNT, 0, 199), answer) == []


def test_an_endpoint_that_gives_no_logs_at_all() -> None:
    with pytest.raises(BadAnswer, match="does not give logs: the method is disabled"):
        run(history.transfer_logs(ACCOUNT, 0, 199), lambda _: Refusal(-32601, "the method is disabled"))


def test_logs_that_were_not_asked_for() -> None:
    log = {
        "address": to_hex(ACCOUNT),
        "topics": [to_hex(bytes(32))],
        "data": "0x",
        "blockNumber": "0x1",
        "blockHash": to_hex(bytes(32)),
        "transactionHash": to_hex(bytes(32)),
        "logIndex": "0x0",
    }
    with pytest.raises(BadAnswer, match="not asked for"):
        run(history.transfer_logs(ACCOUNT, 0, 5), lambda _: [log])
