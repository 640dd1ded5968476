"""A node of Ethereum on this machine that is far away: each answer comes after a journey of so many milliseconds.

Its chain is long and made up as it is asked for: in some of its blocks, spread evenly, an account pays, is paid, and
moves tokens. It runs in a process of its own, so that its work is not the wallet's.
"""

from __future__ import annotations

import argparse
import asyncio
import bisect
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from aiohttp import web

from pystatus.crypto.hashing import keccak256
from pystatus.ethereum.abi import WORD
from pystatus.ethereum.quantities import quantity, to_hex
from pystatus.ethereum.transfers import TRANSFER, padded

ACCOUNT = b"\x5a" * 20
"""Whose history it is."""
OTHER = b"\x11" * 20
TOKEN = b"\x22" * 20
CHAIN_ID = 1
SOME_WEI = 10**15
GAS, GAS_PRICE = 21_000, 10**9
ALL = 10**24
"""Wei that the account has before anything happens."""
OTHERS = 20
"""Transactions of others in each block that something happens in: blocks are not empty where people pay."""
LARGEST_REQUEST = 16 << 20
"""Bytes."""


class Kind(Enum):
    """What happens in a block; one after the other."""

    PAID = 0
    PAYS = 1
    GETS_TOKENS = 2
    SENDS_TOKENS = 3

    @property
    def is_sent(self) -> bool:
        return self in (Kind.PAYS, Kind.SENDS_TOKENS)

    @property
    def is_token(self) -> bool:
        return self in (Kind.GETS_TOKENS, Kind.SENDS_TOKENS)

    @property
    def change(self) -> int:
        """Wei that the account has more or less afterwards."""
        received = SOME_WEI if self is Kind.PAID else 0
        paid = SOME_WEI if self is Kind.PAYS else 0
        return received - paid - (GAS * GAS_PRICE if self.is_sent else 0)


class SlowChain:
    """Answers questions about a chain of ``blocks`` blocks, in ``transfers`` of which something happens."""

    def __init__(self, blocks: int, transfers: int) -> None:
        self._head = blocks
        self._where = [blocks * (number + 1) // (transfers + 1) for number in range(transfers)]
        self._kinds = [Kind(number % len(Kind)) for number in range(transfers)]
        self._balances, self._nonces = [ALL], [0]
        for kind in self._kinds:
            self._balances.append(self._balances[-1] + kind.change)
            self._nonces.append(self._nonces[-1] + kind.is_sent)
        self._blocks = {self._transaction_name(number): number for number in self._where}
        self._methods: dict[str, Callable[..., Any]] = {
            "eth_chainId": self._chain_id,
            "eth_getBalance": self._balance,
            "eth_getTransactionCount": self._nonce,
            "eth_call": self._call,
            "eth_getBlockByNumber": self._block,
            "eth_getTransactionReceipt": self._receipt,
            "eth_getLogs": self._found_logs,
        }

    def answer(self, call: dict[str, Any]) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": call["id"], "result": self._methods[call["method"]](*call["params"])}

    def _passed(self, block: str) -> int:
        """How much has happened by a block."""
        return bisect.bisect_right(self._where, quantity(block))

    def _chain_id(self) -> str:
        return to_hex(CHAIN_ID)

    def _balance(self, _: str, block: str) -> str:
        return to_hex(self._balances[self._passed(block)])

    def _nonce(self, _: str, block: str) -> str:
        return to_hex(self._nonces[self._passed(block)])

    def _call(self, _call: dict[str, Any], _block: str) -> str:
        return to_hex(SOME_WEI.to_bytes(WORD, "big"))

    def _block(self, block: str, is_full: bool) -> dict[str, Any]:
        number = self._head if block == "latest" else quantity(block)
        return {
            "number": to_hex(number),
            "hash": _name("block", number),
            "parentHash": _name("block", number - 1),
            "timestamp": to_hex(1_700_000_000 + 12 * number),
            "baseFeePerGas": to_hex(GAS_PRICE),
            "transactions": self._transactions(number) if is_full else [],
        }

    def _receipt(self, name: str) -> dict[str, Any]:
        number = self._blocks[name]
        return {
            "transactionHash": name,
            "status": "0x1",
            "gasUsed": to_hex(GAS),
            "effectiveGasPrice": to_hex(GAS_PRICE),
            "contractAddress": None,
            "logs": self._logs(number),
            "blockNumber": to_hex(number),
            "blockHash": _name("block", number),
        }

    def _found_logs(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        first = bisect.bisect_left(self._where, quantity(wanted["fromBlock"]))
        last = bisect.bisect_right(self._where, quantity(wanted["toBlock"]))
        topics = wanted["topics"]
        return [
            log
            for number in self._where[first:last]
            for log in self._logs(number)
            if all(topic in (None, there) for topic, there in zip(topics, log["topics"], strict=False))
        ]

    def _kind_at(self, block: int) -> Kind | None:
        index = bisect.bisect_left(self._where, block)
        return self._kinds[index] if self._where[index : index + 1] == [block] else None

    def _logs(self, block: int) -> list[dict[str, Any]]:
        kind = self._kind_at(block)
        if kind is None or not kind.is_token:
            return []
        parties = (ACCOUNT, OTHER) if kind.is_sent else (OTHER, ACCOUNT)
        return [
            {
                "address": to_hex(TOKEN),
                "topics": [to_hex(TRANSFER), *(to_hex(padded(one)) for one in parties)],
                "data": to_hex(SOME_WEI.to_bytes(WORD, "big")),
                "blockNumber": to_hex(block),
                "blockHash": _name("block", block),
                "transactionHash": self._transaction_name(block),
                "logIndex": "0x0",
            }
        ]

    def _transactions(self, block: int) -> list[dict[str, Any]]:
        kind = self._kind_at(block)
        if kind is None:
            return []
        sender, receiver = (ACCOUNT, OTHER) if kind.is_sent else (OTHER, ACCOUNT)
        own = _transaction(self._transaction_name(block), sender, TOKEN if kind.is_token else receiver, block)
        return [own, *(_transaction(_name("other", block, index), OTHER, OTHER, block) for index in range(OTHERS))]

    @staticmethod
    def _transaction_name(block: int) -> str:
        return _name("transaction", block)


def _transaction(name: str, sender: bytes, to: bytes, block: int) -> dict[str, Any]:
    return {
        "hash": name,
        "from": to_hex(sender),
        "to": to_hex(to),
        "value": to_hex(0 if to == TOKEN else SOME_WEI),
        "nonce": "0x0",
        "gas": to_hex(GAS),
        "gasPrice": to_hex(GAS_PRICE),
        "input": "0x",
        "type": "0x2",
        "blockNumber": to_hex(block),
        "blockHash": _name("block", block),
    }


def _name(*parts: object) -> str:
    return to_hex(keccak256(repr(parts).encode()))


@contextmanager
def slow_chain(blocks: int, transfers: int, milliseconds: int) -> Iterator[str]:
    """The address of such a node, while it runs."""
    numbers = map(str, (blocks, transfers, milliseconds))
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, *numbers], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate()


async def serve(chain: SlowChain, seconds: float) -> None:
    async def post(request: web.Request) -> web.Response:
        calls = await request.json()
        journey = asyncio.create_task(asyncio.sleep(seconds))
        said = [chain.answer(call) for call in calls] if isinstance(calls, list) else chain.answer(calls)
        await journey
        return web.json_response(said)

    app = web.Application(client_max_size=LARGEST_REQUEST)
    app.router.add_post("/", post)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("blocks", "transfers", "milliseconds"):
        parser.add_argument(name, type=int)
    asked = parser.parse_args()
    asyncio.run(serve(SlowChain(asked.blocks, asked.transfers), asked.milliseconds / 1_000))


if __name__ == "__main__":
    main()
