"""Chains of random blocks, which grow and of which the end is replaced."""

from __future__ import annotations

import random
from typing import Any

from pystatus.crypto.hashing import keccak256
from pystatus.ethereum.abi import WORD
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.transfers import TRANSFER, padded
from tests.ethereum.chains import Block, MemoryChain, log_of, receipt_of, transaction_of

OTHER = b"\2" * 20
TOKEN = b"\3" * 20
GAS, GAS_PRICE = 21_000, 3


class RandomChain(MemoryChain):
    """In about every second of its blocks an account pays, is paid, moves tokens, or several of that."""

    def __init__(self, rng: random.Random, account: bytes) -> None:
        start = {to_hex(account): 10**12}
        super().__init__([Block(0, to_hex(rng.randbytes(32)), to_hex(bytes(32)), 0, balances=start)])
        self._rng = rng
        self._account = account

    def grow(self, blocks: int) -> None:
        for _ in range(blocks):
            self.blocks.append(self._next())

    def reorganise(self, depth: int) -> None:
        """Other blocks come in the place of the last ones, and one more than there were."""
        depth = min(depth, len(self.blocks) - 1)
        del self.blocks[len(self.blocks) - depth :]
        self.grow(depth + 1)

    def _next(self) -> Block:
        number, name = len(self.blocks), to_hex(self._rng.randbytes(32))
        own = to_hex(self._account)
        balance, nonce = self.head.balances[own], self.head.nonces.get(own, 0)
        transactions, receipts = [], []
        logs = 0
        for _ in range(self._rng.choice((0, 0, 0, 1, 1, 2))):
            is_sent, is_token = self._rng.random() < 0.5, self._rng.random() < 0.4
            about = self._transaction(nonce, is_sent=is_sent, is_token=is_token)
            transactions.append(transaction_of(about, number, name))
            receipts.append(receipt_of(about, number, name, self._logs_of(about, number, name, logs)))
            logs += is_token
            value = int(about["value"])
            balance += -value - GAS * GAS_PRICE if is_sent else 0 if is_token else value
            nonce += is_sent
        found = {own: balance}
        return Block(number, name, self.head.hash, number, tuple(transactions), tuple(receipts), found, {own: nonce})

    def _transaction(self, nonce: int, *, is_sent: bool, is_token: bool) -> dict[str, Any]:
        parties = (self._account, OTHER) if is_sent else (OTHER, self._account)
        return {
            "hash": to_hex(self._rng.randbytes(32)),
            "from": to_hex(parties[0]),
            "to": to_hex(TOKEN if is_token else parties[1]),
            "value": "0" if is_token else str(self._rng.randint(1, 1_000)),
            "nonce": nonce,
            "gas": GAS,
            "gas_price": str(GAS_PRICE),
            "input": "0x",
            "status": 1,
            "gas_used": GAS,
            "contract_address": None,
            "logs": [self._log(*parties)] if is_token else [],
        }

    def _log(self, sender: bytes, recipient: bytes) -> dict[str, Any]:
        topics = [TRANSFER, padded(sender), padded(recipient)]
        amount = self._rng.randint(1, 1_000)
        return {
            "address": to_hex(TOKEN),
            "topics": [to_hex(topic) for topic in topics],
            "data": to_hex(amount.to_bytes(WORD, "big")),
        }

    @staticmethod
    def _logs_of(about: dict[str, Any], number: int, block: str, first: int) -> list[dict[str, Any]]:
        return [log_of(log, number, block, about["hash"], first + index) for index, log in enumerate(about["logs"])]


def account_of(seed: int) -> bytes:
    """Another account for each chain."""
    return keccak256(b"%d" % seed)[:20]
