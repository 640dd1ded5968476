"""Making a transaction ready to be signed: its nonce, its fee, its gas (ethereum.md §2, §3.4), as plans."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pystatus.account.address import checksummed
from pystatus.errors import LocalError, RemoteError
from pystatus.ethereum.blocks import Header
from pystatus.ethereum.plan import Plan, Question, QuestionRefused, Refusal, ask, try_all
from pystatus.ethereum.quantities import MAX_CHAIN_ID, BadAnswer, address, data, quantity, to_hex
from pystatus.ethereum.tokens import in_ether
from pystatus.ethereum.transactions import (
    MAX_UINT64,
    FeeTransaction,
    LegacyTransaction,
    Payment,
    Transaction,
    transaction_hash,
)

GAS_FLOOR = 90_000
"""Gas that is given at least where a node has estimated it; what is not used is not paid."""
LONGEST_REQUEST = 512 << 10
"""Characters of a request in JSON: the data of the largest transaction, and some fields."""
TIP = 10**9
"""Wei of each gas that are offered to the maker of the block, where the node does not say what is usual."""
BASE_FEES = 2
"""So many base fees may be paid: enough for six full blocks in a row, each of which raises it by an eighth."""
RAISE_PERCENT = 10
"""By so much a transaction has to raise its fee, at least, to take the place of another one: what nodes ask for."""
MORE_ETHER = "Send less, or receive some ether first."
MAX_GAS_PRICE = 10**15
"""Wei of each gas that are paid at most, a million gwei: more is a mistake, or an endpoint that lies. Ours."""


@dataclass(frozen=True, slots=True)
class TransactionRequest:
    """What somebody wants to be sent; ``None`` is found out."""

    sender: bytes
    payment: Payment
    gas: int | None = None
    gas_price: int | None = None
    """Of a legacy transaction."""
    nonce: int | None = None

    @classmethod
    def parse(cls, text: str) -> TransactionRequest:
        """Read the JSON of ``eth_sendTransaction``. ``input`` and ``data`` are two names of one thing.

        :raises RemoteError: it is none.

        Implements: ET-1
        """
        try:
            fields: Any = json.loads(text) if len(text) <= LONGEST_REQUEST else None
        except (ValueError, RecursionError) as error:
            raise RemoteError("the transaction is no JSON") from error
        if not isinstance(fields, dict):
            raise RemoteError("the transaction is no structure")
        sender = address(fields["from"], "the sender") if "from" in fields else bytes(20)
        to = fields.get("to")
        given = [data(fields[name] or "0x", name) for name in ("input", "data") if _is_given(fields, name)]
        carried = [one for one in given if one]
        if len(set(carried)) > 1:
            raise RemoteError("input and data are two different things, and one is sent")
        value = fields.get("value")
        payment = Payment(
            None if to is None else address(to, "the recipient"),
            0 if value is None else quantity(value, "the amount"),
            carried[0] if carried else b"",
        )
        return cls(sender, payment, *(_number(fields, name) for name in ("gas", "gasPrice", "nonce")))


def _is_given(fields: dict[str, Any], name: str) -> bool:
    if name in fields and not isinstance(fields[name], str):
        raise RemoteError(f"{name} is no text")
    return name in fields


def _number(fields: dict[str, Any], name: str) -> int | None:
    if fields.get(name) is None:
        return None
    number = quantity(fields[name], name)
    if name != "gasPrice" and number > MAX_UINT64:
        raise RemoteError(f"{name} has more than 64 bits")
    return number


class Nonces:
    """The next nonce of each account on one chain, as far as this process has sent. Whoever uses it holds the lock of
    the account from asking until it is sent."""

    def __init__(self) -> None:
        self._next: dict[bytes, int] = {}

    def next(self, account: bytes, remote: int, dropped: Collection[int] = ()) -> int:
        """The nonce that the next transaction has to have.

        :param remote: what a node says.
        :param dropped: those of what no node has any more: behind one of them, nothing would ever get into a block.
        """
        known = self._next.get(account, 0)
        while known > remote and known - 1 in dropped:
            known -= 1
        return max(remote, known)

    def known(self, account: bytes) -> int | None:
        """What is remembered of an account."""
        return self._next.get(account)

    def sent(self, account: bytes, nonce: int) -> None:
        """A node has taken a transaction."""
        self._next[account] = nonce + 1


def with_nonce(transaction: Transaction, nonce: int) -> Transaction:
    """The same transaction in another place of its sender's order."""
    return replace(transaction, nonce=nonce)


def chain_id() -> Plan[int]:
    """The chain that a transaction is for."""
    found = quantity((yield from ask("eth_chainId")), "a chain id")
    if not 0 < found <= MAX_CHAIN_ID:
        raise BadAnswer("the endpoint says an id that no chain has")
    return found


def pending_nonce(account: bytes) -> Plan[int]:
    """The nonce that a node expects next."""
    return (yield from _nonce(account, "pending"))


def mined_nonce(account: bytes) -> Plan[int]:
    """The first nonce of an account that no block has."""
    return (yield from _nonce(account, "latest"))


def _nonce(account: bytes, after: str) -> Plan[int]:
    found = quantity((yield from ask("eth_getTransactionCount", to_hex(account), after)), "a nonce")
    if found > MAX_UINT64:
        raise BadAnswer("the endpoint says a nonce of more than 64 bits")
    return found


def behind_waiting(least: int, waiting: Mapping[bytes, int]) -> Plan[int]:
    """The next number of an account, behind those of its transactions that the node has in no block yet: many nodes do
    not count these, and one that has the number of another takes its place.

    :param least: that the node says.
    :param waiting: numbers of what was sent, by hash. What the node does not have is not counted: behind it, nothing
        would ever get into a block.

    Implements: ET-1
    """
    known = yield from _known([name for name, nonce in waiting.items() if nonce >= least])
    return max([least, *(waiting[name] + 1 for name in known)])


def _known(hashes: Sequence[bytes]) -> Plan[list[bytes]]:
    """Those transactions that the node has."""
    answers = yield from try_all([Question("eth_getTransactionByHash", (to_hex(name),)) for name in hashes])
    return [
        name
        for name, answer in zip(hashes, answers, strict=True)
        if isinstance(answer, dict) and answer.get("hash") == to_hex(name)
    ]


def legacy(request: TransactionRequest, chain_id: int, nonce: int) -> Plan[LegacyTransaction]:
    """A transaction with one price for its gas.

    :raises BadAnswer: the endpoint says a price or an amount of gas that can only be a mistake.

    Implements: ET-1
    """
    price = request.gas_price
    if price is None:
        price = _price(quantity((yield from ask("eth_gasPrice")), "a price of gas"))
    gas = request.gas
    if gas is None:
        gas = yield from estimate(request, {"gasPrice": to_hex(price)})
    return LegacyTransaction(chain_id, nonce, price, gas, request.payment)


def automatic(request: TransactionRequest, chain_id: int, nonce: int) -> Plan[Transaction]:
    """A transaction with a fee as the chain takes it: of type 2 where its blocks have a base fee, else a legacy one.

    Implements: ET-1, ET-15
    """
    head = Header.of((yield from ask("eth_getBlockByNumber", "latest", False)))
    if head.base_fee is None or request.gas_price is not None:
        return (yield from legacy(request, chain_id, nonce))
    try:
        tip = quantity((yield from ask("eth_maxPriorityFeePerGas")), "a tip")
    except QuestionRefused:  # not every node has the method
        tip = TIP
    most = _price(BASE_FEES * head.base_fee + tip)
    gas = request.gas
    if gas is None:
        gas = yield from estimate(request, {"maxFeePerGas": to_hex(most), "maxPriorityFeePerGas": to_hex(tip)})
    return FeeTransaction(chain_id, nonce, tip, most, gas, request.payment)


def estimate(request: TransactionRequest, fees: dict[str, str]) -> Plan[int]:
    """How much gas it may use.

    :raises QuestionRefused: it would fail; the node says why.
    """
    payment = request.payment
    call: dict[str, Any] = {
        "from": to_hex(request.sender),
        "to": None if payment.to is None else to_hex(payment.to),
        **fees,
    }
    if payment.value:
        call["value"] = to_hex(payment.value)
    if payment.data:
        call["data"] = to_hex(payment.data)
    found = quantity((yield from ask("eth_estimateGas", call)), "an amount of gas")
    if found > MAX_UINT64:
        raise BadAnswer("the endpoint says an amount of gas of more than 64 bits")
    return max(found, GAS_FLOOR)


def check_affordable(transaction: Transaction, sender: bytes) -> Plan[int]:
    """Whether the sender has what it pays and what it costs at most; its balance.

    :raises LocalError: it has not.
    """
    balance = yield from _balance(sender)
    value, fee = transaction.payment.value, transaction.max_fee
    if balance < value + fee:
        raise LocalError(
            f"{checksummed(sender)} has {in_ether(balance)}, and {in_ether(value + fee)} are needed: {in_ether(value)} "
            f"to pay and {in_ether(fee)} for the fee at most. {MORE_ETHER}"
        )
    return balance


def check_pays(payment: Payment, sender: bytes) -> Plan[None]:
    """Whether the sender has what it pays, and anything for a fee: what a node that refuses it says of that is in words
    of its own, and not how much there is.

    :raises LocalError: it has not.
    """
    balance = yield from _balance(sender)
    if balance <= payment.value:
        raise LocalError(
            f"{checksummed(sender)} has {in_ether(balance)}, and {in_ether(payment.value)} to pay and a fee are "
            f"needed. {MORE_ETHER}"
        )


def _balance(account: bytes) -> Plan[int]:
    return quantity((yield from ask("eth_getBalance", to_hex(account), "latest")), "a balance")


def replacement(original: Transaction, *, cancel: bytes | None = None) -> Transaction:
    """A transaction that takes the place of one that is not in a block yet: the same with a higher fee, or one that
    pays nothing.

    :param cancel: the sender, where the other one is to do nothing.
    """
    payment = original.payment if cancel is None else Payment(cancel)
    gas = original.gas if cancel is None else min(original.gas, GAS_FLOOR)
    if isinstance(original, LegacyTransaction):
        return replace(original, gas_price=_raised(original.gas_price), payment=payment, gas=gas)
    return replace(
        original,
        max_priority_fee_per_gas=_raised(original.max_priority_fee_per_gas),
        max_fee_per_gas=_raised(original.max_fee_per_gas),
        payment=payment,
        gas=gas,
    )


def submit(raw: bytes) -> Plan[bytes]:
    """Hand a signed transaction to the node; its hash. A node that refuses it may have it all the same, from another
    node behind the same address: it is asked, so that nobody sends it a second time.

    :raises QuestionRefused: the node does not take it, and does not have it.
    :raises BadAnswer: it says another hash: what it has taken is something else.

    Implements: ET-1
    """
    question = Question("eth_sendRawTransaction", (to_hex(raw),))
    [answer] = yield from try_all([question])
    expected = transaction_hash(raw)
    if isinstance(answer, Refusal):
        if (yield from _known([expected])):
            return expected
        raise QuestionRefused(question, answer)
    if data(answer, "the hash of a transaction") != expected:
        raise BadAnswer(f"the endpoint says another hash than {to_hex(expected)}, which the transaction has")
    return expected


def _price(wei: int) -> int:
    if wei > MAX_GAS_PRICE:
        raise BadAnswer(f"the endpoint wants {wei} wei for each gas, which nobody pays")
    return wei


def _raised(price: int) -> int:
    return price + max(1, -(-price * RAISE_PERCENT // 100))
