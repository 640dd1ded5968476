"""JSON-RPC of a node of Ethereum, over the chain in memory: bytes in, bytes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from pystatus.account.address import address_of
from pystatus.crypto.hashing import keccak256
from pystatus.devchain.chain import ChainRefuses, DevChain, Snapshot
from pystatus.ethereum.quantities import BadAnswer, address, data, hash_of, quantity, to_hex
from pystatus.version import VERSION
from pystatus.wire.json_items import most_items

MAX_CALLS = 1_000
"""Calls of one batch."""
MAX_ITEMS = 200_000
"""Values in a request: a batch has fewer. 32 MiB of empty lists would be read as half a gigabyte."""
MAX_MINED = 10_000
"""Blocks that one call mines. All of them are mined before anybody else is answered."""
MAX_LOGGED = 10_000
"""Blocks whose logs are kept ready."""
MAX_SNAPSHOTS = 1_000
"""Snapshots that can be come back to; each holds the transactions that waited."""
TIP = 10**9
"""Wei of each gas that are said to be a usual tip."""
_BAD_PARAMS, _NO_METHOD, _REFUSED, _REVERTED = -32602, -32601, -32000, 3
_NAMES = {"coinbase": "miner"}


class Methods:
    """Answers calls, one or a batch. ``evm_*`` are those that chains for tests have: time, blocks, snapshots."""

    def __init__(self, chain: DevChain) -> None:
        self.chain = chain
        self._snapshots: list[Snapshot] = []
        self._logs: dict[bytes, list[dict[str, Any]]] = {}
        """By the hash of the block."""
        self._known: Mapping[str, Callable[..., Any]] = {
            "eth_accounts": lambda: [to_hex(address_of(key.public_key)) for key in chain.keys],
            "eth_blockNumber": lambda: to_hex(chain.height),
            "eth_call": self._call,
            "eth_chainId": lambda: to_hex(chain.chain_id),
            "eth_estimateGas": self._estimate,
            "eth_gasPrice": lambda: to_hex(2 * chain.backend.get_base_fee() + TIP),
            "eth_getBalance": lambda who, at: to_hex(chain.backend.get_balance(address(who), self._number(at))),
            "eth_getBlockByHash": self._block_by_hash,
            "eth_getBlockByNumber": self._block_by_number,
            "eth_getCode": lambda who, at: to_hex(chain.backend.get_code(address(who), self._number(at))),
            "eth_getLogs": self._get_logs,
            "eth_getTransactionByHash": self._transaction,
            "eth_getTransactionCount": self._nonce,
            "eth_getTransactionReceipt": self._receipt,
            "eth_maxPriorityFeePerGas": lambda: to_hex(TIP),
            "eth_sendRawTransaction": lambda raw: to_hex(chain.send(data(raw))),
            "eth_syncing": lambda: False,
            "evm_increaseTime": self._increase_time,
            "evm_mine": self._mine,
            "evm_revert": self._revert,
            "evm_setAutomine": self._set_automine,
            "evm_snapshot": self._snapshot,
            "net_version": lambda: str(chain.chain_id),
            "web3_clientVersion": lambda: f"pystatus-devchain/{VERSION}",
        }

    def answer(self, body: bytes) -> bytes:
        """What is said to a request, whatever it is."""
        if most_items(body) > MAX_ITEMS:
            return msgspec.json.encode(_failure(None, -32600, f"a request has at most {MAX_ITEMS} values"))
        try:
            asked = msgspec.json.decode(body)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return msgspec.json.encode(_failure(None, -32700, "parse error"))
        if isinstance(asked, list):
            if not 0 < len(asked) <= MAX_CALLS:
                return msgspec.json.encode(_failure(None, -32600, f"a batch has 1 to {MAX_CALLS} calls"))
            return msgspec.json.encode([self._answer(one) for one in asked])
        return msgspec.json.encode(self._answer(asked))

    def _answer(self, call: Any) -> dict[str, Any]:
        if not isinstance(call, dict) or not isinstance(call.get("method"), str):
            return _failure(None, -32600, "invalid request")
        number, params = call.get("id"), call.get("params", [])
        method = self._known.get(call["method"])
        if method is None:
            return _failure(number, _NO_METHOD, f"the method {call['method'][:80]} does not exist")
        if not isinstance(params, list):
            return _failure(number, _BAD_PARAMS, "invalid params")
        try:
            return {"jsonrpc": "2.0", "id": number, "result": method(*params)}
        except ChainRefuses as error:
            code = _REFUSED if error.data is None else _REVERTED
            return _failure(number, code, error.message, error.data)
        except (BadAnswer, TypeError, KeyError) as error:
            return _failure(number, _BAD_PARAMS, f"invalid params: {error}")

    def _number(self, at: object) -> int:
        """The number of a block that is meant.

        :raises ChainRefuses: there is none.
        """
        if at in ("latest", "pending", "safe", "finalized"):
            return self.chain.height
        number = 0 if at == "earliest" else quantity(at, "a block")
        if number > self.chain.height:
            raise ChainRefuses("header not found")
        return number

    def _call(self, call: dict[str, Any], at: object = "latest") -> str:
        sender, to, carried, value = _of_call(call)
        return to_hex(self.chain.call(sender, to, carried, value, self._number(at)))

    def _estimate(self, call: dict[str, Any], _: object = "latest") -> str:
        return to_hex(self.chain.estimate(*_of_call(call)))

    def _nonce(self, who: object, at: object = "latest") -> str:
        account = address(who)
        if at == "pending":
            return to_hex(self.chain.pending_nonce(account))
        return to_hex(self.chain.backend.get_nonce(account, self._number(at)))

    def _block_by_number(self, at: object, is_full: bool) -> dict[str, Any] | None:
        try:
            number = self._number(at)
        except ChainRefuses:
            return None
        return _block(self.chain.backend.get_block_by_number(number, is_full))

    def _block_by_hash(self, name: object, is_full: bool) -> dict[str, Any] | None:
        from eth_tester.exceptions import BlockNotFound

        try:
            return _block(self.chain.backend.get_block_by_hash(hash_of(name), is_full))
        except BlockNotFound:
            return None

    def _transaction(self, name: object) -> dict[str, Any] | None:
        from eth_tester.exceptions import TransactionNotFound

        wanted = hash_of(name)
        waiting = next((one for one in self.chain.waiting.values() if keccak256(one.raw) == wanted), None)
        if waiting is not None:
            return self._waiting(waiting.raw)
        try:
            return _transaction(self.chain.backend.get_transaction_by_hash(wanted))
        except TransactionNotFound:
            return None

    def _waiting(self, raw: bytes) -> dict[str, Any]:
        found = self.chain.evm.get_transaction_builder().decode(raw)
        return {
            "hash": to_hex(bytes(found.hash)),
            "from": to_hex(bytes(found.sender)),
            "to": to_hex(bytes(found.to)) if found.to else None,
            "value": to_hex(found.value),
            "nonce": to_hex(found.nonce),
            "gas": to_hex(found.gas),
            "gasPrice": to_hex(int(getattr(found, "max_fee_per_gas", 0) or found.gas_price)),
            "input": to_hex(bytes(found.data)),
            "blockNumber": None,
            "blockHash": None,
        }

    def _receipt(self, name: object) -> dict[str, Any] | None:
        from eth_tester.exceptions import TransactionNotFound

        try:
            receipt = self.chain.backend.get_transaction_receipt(hash_of(name))
        except TransactionNotFound:
            return None
        found: dict[str, Any] = _json({name: value for name, value in receipt.items() if name != "state_root"})
        own = found["transactionHash"]
        found["logs"] = [log for log in self._logs_of(receipt["block_number"]) if log["transactionHash"] == own]
        return found

    def _logs_of(self, number: int) -> list[dict[str, Any]]:
        """The logs of a block; their index counts through the block."""
        block = self.chain.backend.get_block_by_number(number, False)
        if block["hash"] not in self._logs:
            if len(self._logs) >= MAX_LOGGED:
                self._logs.clear()
            receipts = [self.chain.backend.get_transaction_receipt(name) for name in block["transactions"]]
            logs = [log for receipt in receipts for log in receipt["logs"]]
            self._logs[block["hash"]] = [
                {**_json(log), "logIndex": to_hex(index), "removed": False} for index, log in enumerate(logs)
            ]
        return self._logs[block["hash"]]

    def _get_logs(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        if "blockHash" in wanted:
            block = self._block_by_hash(wanted["blockHash"], False)
            if block is None:
                raise ChainRefuses("unknown block")
            start = end = quantity(block["number"])
        else:
            start = self._number(wanted.get("fromBlock", "latest"))
            end = min(self._number(wanted.get("toBlock", "latest")), self.chain.height)
        contracts = wanted.get("address")
        of = None if contracts is None else {one.lower() for one in _several(contracts)}
        topics = wanted.get("topics", [])
        return [
            log
            for number in range(start, end + 1)
            for log in self._logs_of(number)
            if (of is None or log["address"] in of) and _matches(topics, log["topics"])
        ]

    def _mine(self, count: object = None, *_: object) -> str:
        number = 1 if not isinstance(count, str) else quantity(count)
        if number > MAX_MINED:
            raise ChainRefuses(f"at most {MAX_MINED} blocks at a time")
        self.chain.mine(number)
        return "0x0"

    def _increase_time(self, seconds: Any) -> str:
        self.chain.pass_time(seconds if isinstance(seconds, int) else quantity(seconds))
        return to_hex(self.chain.now)

    def _set_automine(self, is_on: bool) -> bool:
        self.chain.mines_at_once = bool(is_on)
        return True

    def _snapshot(self) -> str:
        if len(self._snapshots) >= MAX_SNAPSHOTS:
            raise ChainRefuses(f"at most {MAX_SNAPSHOTS} snapshots: revert to one of them")
        self._snapshots.append(self.chain.snapshot())
        return to_hex(len(self._snapshots))

    def _revert(self, number: object) -> bool:
        place = quantity(number)
        if not 0 < place <= len(self._snapshots):
            return False
        self.chain.revert(self._snapshots[place - 1])
        del self._snapshots[place - 1 :]
        return True


def _of_call(call: dict[str, Any]) -> tuple[bytes, bytes | None, bytes, int]:
    to, value = call.get("to"), call.get("value")
    return (
        address(call["from"]) if call.get("from") else bytes(20),
        None if to is None else address(to),
        data(call.get("data", call.get("input", "0x"))),
        0 if value is None else quantity(value),
    )


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(wanted: list[Any], topics: list[str]) -> bool:
    """Whether a log has the topics that are asked for, each of them one, one of several, or any."""
    return len(topics) >= len(wanted) and all(
        one is None or one == [] or found in _several(one) for one, found in zip(wanted, topics, strict=False)
    )


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _json(block)
    given = block["transactions"]
    if given and isinstance(given[0], Mapping):
        found["transactions"] = [_transaction(one) for one in given]
    return found


def _transaction(transaction: Mapping[str, Any]) -> dict[str, Any]:
    """Its data are called input there."""
    found: dict[str, Any] = _json(transaction)
    found["input"] = found.pop("data")
    return found


def _json(value: Any) -> Any:
    """What the backend says, as nodes write it."""
    if isinstance(value, Mapping):
        return {_camel(name): _json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_json(one) for one in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return to_hex(value)


def _camel(name: str) -> str:
    first, *rest = _NAMES.get(name, name).split("_")
    return first + "".join(part.capitalize() for part in rest)


def _failure(number: Any, code: int, message: str, carried: bytes | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if carried is not None:
        error["data"] = to_hex(carried)
    return {"jsonrpc": "2.0", "id": number, "error": error}
