"""An endpoint that lies about an account: what it says does not fit together, is said, and nothing of it is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pystatus import Account, Client, Profiles, RemoteError, Wallet
from pystatus.account.address import checksummed
from pystatus.chain.endpoint import Endpoint
from pystatus.devchain.chain import PHRASE
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.transactions import Payment
from pystatus.ethereum.transfers import TRANSFER, padded
from tests.support.devchain import Chain, InMemory, chain_as_new

PASSWORD = "correct horse"
WATCHED = b"\x5a" * 20
Change = Callable[[dict[str, Any], Any], Any]


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


class Lying(InMemory):
    """Changes what the chain answers."""

    def __init__(self, chain: Chain, change: Change) -> None:
        super().__init__(chain.methods)
        self._change = change

    async def exchange(self, body: bytes) -> bytes:
        calls, said = json.loads(body), json.loads(await super().exchange(body))
        if isinstance(calls, dict):
            calls, said = [calls], [said]
        answers = {answer["id"]: answer for answer in said}
        for call in calls:
            answer = answers[call["id"]]
            answer["result"] = self._change(call, answer.get("result"))
        return json.dumps(said if len(said) > 1 else said[0]).encode()


async def told(folder: Path, chain: Chain, account: bytes, change: Change) -> str:
    """The sentence about a lie; afterwards nothing is stored, and an honest node is believed."""
    Profiles(folder).create(Account.from_mnemonic(PHRASE), PASSWORD, "ann")
    shown = checksummed(account)

    def on(endpoint: Endpoint) -> Client:
        return Client.open("ann", PASSWORD, data_dir=folder, state_dir=folder / "state", endpoint=endpoint)

    async with on(Endpoint("http://chain.test", transport=Lying(chain, change))) as client:
        wallet = client.feature(Wallet)
        await wallet.watch(shown, "Watched")
        with pytest.raises(RemoteError) as caught:
            await wallet.update_history(shown)
        assert wallet.history(shown, chain.dev.chain_id) == []
    async with on(chain.endpoint()) as client:
        wallet = client.feature(Wallet)
        await wallet.update_history(shown)
        assert all(one.account == account for one in wallet.history(shown, chain.dev.chain_id))
    return str(caught.value)


def block_of(call: dict[str, Any]) -> int:
    return int(call["params"][1], 16)


@pytest.mark.requirement("ET-5")
async def test_logs_of_tokens_that_were_never_moved(tmp_path: Path, chain: Chain) -> None:
    """The transaction is one of the chain, and has nothing to do with the token."""
    name = to_hex(chain.transact(1, Payment(WATCHED, 5)))
    receipt: Any = chain.methods.answer(
        json.dumps({"id": 1, "method": "eth_getTransactionReceipt", "params": [name]}).encode()
    )
    place = json.loads(receipt)["result"]

    def change(call: dict[str, Any], result: Any) -> Any:
        if call["method"] != "eth_getLogs":
            return result
        topics = [to_hex(TRANSFER), to_hex(padded(bytes(20))), to_hex(padded(WATCHED))]
        return [
            {
                "address": to_hex(chain.contracts.token),
                "topics": topics,
                "data": to_hex((10**18).to_bytes(32, "big")),
                "blockNumber": place["blockNumber"],
                "blockHash": place["blockHash"],
                "transactionHash": name,
                "logIndex": "0x0",
            }
        ]

    sentence = await told(tmp_path, chain, WATCHED, change)
    number = int(place["blockNumber"], 16)
    assert sentence.startswith(f"The endpoint gives a transfer of a token in block {number} that its receipts do not")
    assert sentence.endswith("Try again; if that does not help, name another node.")


@pytest.mark.requirement("ET-5")
async def test_transactions_that_no_block_has(tmp_path: Path, chain: Chain) -> None:
    chain.transact(1, Payment(WATCHED, 5))
    lie = chain.dev.height

    def change(call: dict[str, Any], result: Any) -> Any:
        is_later = call["method"] == "eth_getTransactionCount" and block_of(call) >= lie
        return to_hex(int(result, 16) + 2) if is_later else result

    sentence = await told(tmp_path, chain, WATCHED, change)
    assert f"has sent 2 transactions in block {lie}, and the block has 0 of it" in sentence


@pytest.mark.requirement("ET-5")
async def test_money_that_nobody_has_taken(tmp_path: Path, chain: Chain) -> None:
    chain.transact(1, Payment(WATCHED, 5))
    chain.dev.mine(4)
    lie = chain.dev.height - 2

    def change(call: dict[str, Any], result: Any) -> Any:
        return to_hex(3) if call["method"] == "eth_getBalance" and block_of(call) >= lie else result

    sentence = await told(tmp_path, chain, WATCHED, change)
    assert f"has less after block {lie} than before, and the block has no transaction of it" in sentence


@pytest.mark.requirement("ET-5")
async def test_a_contract_is_no_liar(tmp_path: Path, chain: Chain) -> None:
    """It pays without a transaction of its own: what a key could not do is nothing to be said of it."""
    contract = chain.contracts.token
    Profiles(tmp_path).create(Account.from_mnemonic(PHRASE), PASSWORD, "ann")
    lie = chain.dev.height

    def change(call: dict[str, Any], result: Any) -> Any:
        return to_hex(3) if call["method"] == "eth_getBalance" and block_of(call) < lie else result

    endpoint = Endpoint("http://chain.test", transport=Lying(chain, change))
    async with Client.open(
        "ann", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state", endpoint=endpoint
    ) as client:
        await client.feature(Wallet).watch(checksummed(contract), "Contract")
        assert await client.feature(Wallet).update_history("Contract") == chain.dev.chain_id
