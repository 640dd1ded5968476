"""A chain in memory, as a node of Ethereum tells of it: the chains of the vectors, and random ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pystatus.crypto.hashing import keccak256
from pystatus.ethereum.plan import Question, Refusal
from pystatus.ethereum.quantities import quantity, to_hex
from tests.support.vectors import Case


@dataclass(frozen=True)
class Block:
    """One block with the JSON of its transactions and receipts, and the accounts after it."""

    number: int
    hash: str
    parent: str
    timestamp: int
    transactions: tuple[dict[str, Any], ...] = ()
    receipts: tuple[dict[str, Any], ...] = ()
    balances: dict[str, int] = field(default_factory=dict)
    nonces: dict[str, int] = field(default_factory=dict)

    def header(self) -> dict[str, Any]:
        return {
            "number": to_hex(self.number),
            "hash": self.hash,
            "parentHash": self.parent,
            "timestamp": to_hex(self.timestamp),
        }

    @property
    def logs(self) -> list[dict[str, Any]]:
        return [log for receipt in self.receipts for log in receipt["logs"]]


class MemoryChain:
    """Answers what a plan asks, out of blocks."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = list(blocks)

    @property
    def head(self) -> Block:
        return self.blocks[-1]

    def __call__(self, question: Question) -> Any:
        answers: dict[str, Callable[..., Any]] = {
            "eth_getBalance": self._balance,
            "eth_getTransactionCount": self._nonce,
            "eth_getBlockByNumber": self._block,
            "eth_getTransactionReceipt": self._receipt,
            "eth_getLogs": self._logs,
            "eth_getCode": lambda account, where: "0x",
        }
        return answers[question.method](*question.params)

    def _at(self, where: str) -> Block | None:
        if where == "latest":
            return self.head
        number = quantity(where)
        return self.blocks[number] if number < len(self.blocks) else None

    def _balance(self, account: str, where: str) -> Any:
        block = self._at(where)
        return Refusal(-32000, "header not found") if block is None else to_hex(block.balances.get(account, 0))

    def _nonce(self, account: str, where: str) -> Any:
        block = self._at(where)
        return Refusal(-32000, "header not found") if block is None else to_hex(block.nonces.get(account, 0))

    def _block(self, where: str, is_full: bool) -> Any:
        block = self._at(where)
        if block is None:
            return None
        names = [transaction["hash"] for transaction in block.transactions]
        return {**block.header(), "transactions": list(block.transactions) if is_full else names}

    def _receipt(self, name: str) -> Any:
        return next((one for block in self.blocks for one in block.receipts if one["transactionHash"] == name), None)

    def _logs(self, wanted: dict[str, Any]) -> Any:
        start, end = quantity(wanted["fromBlock"]), quantity(wanted["toBlock"])
        return [
            log
            for block in self.blocks[start : end + 1]
            for log in block.logs
            if len(log["topics"]) >= len(wanted["topics"])
            and all(topic in (None, found) for topic, found in zip(wanted["topics"], log["topics"], strict=False))
        ]


def of_case(blocks: Sequence[Case], people: dict[str, str]) -> MemoryChain:
    """The chain that a case describes.

    :param people: the addresses of its accounts.
    """
    return MemoryChain([_block(block, people) for block in blocks])


def _block(block: Case, people: dict[str, str]) -> Block:
    index = 0
    receipts = []
    for transaction in block["transactions"]:
        logs = []
        for log in transaction["logs"]:
            logs.append(log_of(log, block["number"], block["hash"], transaction["hash"], index))
            index += 1
        receipts.append(receipt_of(transaction, block["number"], block["hash"], logs))
    return Block(
        block["number"],
        block["hash"],
        block["parent_hash"],
        block["timestamp"],
        tuple(transaction_of(one, block["number"], block["hash"]) for one in block["transactions"]),
        tuple(receipts),
        {people[name]: int(about["balance"]) for name, about in block["accounts"].items()},
        {people[name]: about["nonce"] for name, about in block["accounts"].items()},
    )


def transaction_of(about: Case, number: int, block_hash: str) -> dict[str, Any]:
    return {
        "hash": about["hash"],
        "from": about["from"],
        "to": about["to"],
        "value": to_hex(int(about["value"])),
        "nonce": to_hex(about["nonce"]),
        "gas": to_hex(about["gas"]),
        "gasPrice": to_hex(int(about["gas_price"])),
        "input": about["input"],
        "blockNumber": to_hex(number),
        "blockHash": block_hash,
    }


def receipt_of(about: Case, number: int, block_hash: str, logs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "transactionHash": about["hash"],
        "status": to_hex(about["status"]),
        "gasUsed": to_hex(about["gas_used"]),
        "contractAddress": about["contract_address"],
        "logs": logs,
        "blockNumber": to_hex(number),
        "blockHash": block_hash,
    }


def log_of(about: Case, number: int, block_hash: str, transaction: str, index: int) -> dict[str, Any]:
    return {
        "address": about["address"],
        "topics": about["topics"],
        "data": about["data"],
        "blockNumber": to_hex(number),
        "blockHash": block_hash,
        "transactionHash": transaction,
        "logIndex": to_hex(index),
    }


def empty_chain(length: int, salt: str = "") -> MemoryChain:
    """Blocks without anything in them."""
    blocks: list[Block] = []
    for number in range(length):
        name = to_hex(keccak256(f"{salt}{number}".encode()))
        blocks.append(Block(number, name, blocks[-1].hash if blocks else to_hex(bytes(32)), 1000 + number))
    return MemoryChain(blocks)


def changing(account: str, changes: Sequence[Sequence[Any]]) -> Callable[[Question], Any]:
    """A chain of any length of which only the balance and nonce of an account are known: they change in some blocks."""

    def at(where: str) -> Sequence[Any]:
        return [change for change in changes if change[0] <= quantity(where)][-1]

    def answer(question: Question) -> Any:
        _, where = question.params
        _, balance, nonce = at(where)
        return to_hex(int(balance) if question.method == "eth_getBalance" else nonce)

    return answer
